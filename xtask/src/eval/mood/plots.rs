//! Drawings of the report.

use anyhow::{Result, anyhow};
use plotters::chart::SeriesLabelPosition;
use plotters::prelude::*;
use std::path::Path;

const INK: RGBColor = RGBColor(60, 60, 60);
/// Colours of up to four kinds of points or lines.
pub const COLOURS: [RGBColor; 4] = [RGBColor(225, 130, 30), RGBColor(190, 40, 50), RGBColor(60, 90, 170), RGBColor(50, 140, 90)];

/// Points of one kind.
pub struct Series {
    /// What they are.
    pub name: String,
    /// Where they are.
    pub points: Vec<(f64, f64)>,
}

fn drawn(
    to: &Path,
    size: (u32, u32),
    draw: impl FnOnce(&DrawingArea<SVGBackend<'_>, plotters::coord::Shift>) -> Result<(), Box<dyn std::error::Error>>,
) -> Result<()> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        area.fill(&WHITE).map_err(|e| anyhow!("{e}"))?;
        draw(&area).map_err(|e| anyhow!("{}: cannot draw: {e}", to.display()))?;
        area.present().map_err(|e| anyhow!("{e}"))?;
    }
    std::fs::write(to, svg).map_err(|e| anyhow!("{}: {e}", to.display()))
}

/// Counts as a square of shades, a row for what is true; shares of each row are written in.
pub fn confusion(to: &Path, title: &str, labels: &[&str], counts: &[Vec<usize>]) -> Result<()> {
    let n = labels.len() as f64;
    drawn(to, (620, 560), |area| {
        let mut chart = ChartBuilder::on(area)
            .caption(title, ("sans-serif", 18))
            .margin(12)
            .x_label_area_size(46)
            .y_label_area_size(96)
            .build_cartesian_2d(0.0..n, 0.0..n)?;
        let label =
            |x: &f64| if x.fract() == 0.5 { labels.get(*x as usize).copied().unwrap_or_default().to_owned() } else { String::new() };
        let from_top = |y: &f64| label(&(n - y));
        chart
            .configure_mesh()
            .disable_mesh()
            .x_labels(2 * labels.len() + 1)
            .y_labels(2 * labels.len() + 1)
            .x_label_formatter(&label)
            .y_label_formatter(&from_top)
            .x_desc("said")
            .y_desc("true")
            .draw()?;
        for (i, row) in counts.iter().enumerate() {
            let sum = row.iter().sum::<usize>().max(1) as f64;
            for (j, count) in row.iter().enumerate() {
                let part = *count as f64 / sum;
                let shade = |full: u8| (255.0 - part * f64::from(255 - full)) as u8;
                let (x, y) = (j as f64, n - i as f64);
                chart.draw_series([Rectangle::new([(x, y - 1.0), (x + 1.0, y)], RGBColor(shade(50), shade(80), shade(150)).filled())])?;
                let ink = if part > 0.55 { WHITE } else { INK };
                let style = ("sans-serif", 15).into_font().color(&ink);
                chart.draw_series([Text::new(format!("{part:.2}"), (x + 0.34, y - 0.44), style)])?;
            }
        }
        Ok(())
    })
}

/// What was said (across) against what came true (up), with the line where both are the same.
pub fn reliability(to: &Path, title: &str, series: &[Series]) -> Result<()> {
    drawn(to, (560, 520), |area| {
        let mut chart = ChartBuilder::on(area)
            .caption(title, ("sans-serif", 18))
            .margin(12)
            .x_label_area_size(40)
            .y_label_area_size(50)
            .build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
        chart.configure_mesh().light_line_style(WHITE).x_desc("probability that was said").y_desc("share that came true").draw()?;
        chart.draw_series([PathElement::new(vec![(0.0, 0.0), (1.0, 1.0)], INK.mix(0.5))])?;
        for (one, colour) in series.iter().zip(COLOURS) {
            chart
                .draw_series(LineSeries::new(one.points.iter().copied(), colour.stroke_width(2)))?
                .label(&one.name)
                .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 18, y)], colour.stroke_width(2)));
            chart.draw_series(one.points.iter().map(|p| Circle::new(*p, 3, colour.filled())))?;
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .border_style(INK.mix(0.3))
            .background_style(WHITE)
            .draw()?;
        Ok(())
    })
}

/// Points on two axes from -1 to 1, or as far as they go.
pub fn scatter(to: &Path, title: &str, axes: (&str, &str), reach: f64, series: &[Series]) -> Result<()> {
    drawn(to, (620, 580), |area| {
        let mut chart = ChartBuilder::on(area)
            .caption(title, ("sans-serif", 18))
            .margin(12)
            .x_label_area_size(40)
            .y_label_area_size(50)
            .build_cartesian_2d(-reach..reach, -reach..reach)?;
        // Without the sign of a zero.
        let tenths = |x: &f64| format!("{:.1}", (10.0 * x).round() / 10.0 + 0.0);
        let mut mesh = chart.configure_mesh();
        mesh.light_line_style(WHITE).x_desc(axes.0).y_desc(axes.1).x_label_formatter(&tenths).y_label_formatter(&tenths).draw()?;
        chart.draw_series([
            PathElement::new(vec![(-reach, 0.0), (reach, 0.0)], INK.mix(0.5)),
            PathElement::new(vec![(0.0, -reach), (0.0, reach)], INK.mix(0.5)),
        ])?;
        for (one, colour) in series.iter().zip(COLOURS).filter(|s| !s.0.points.is_empty()) {
            chart
                .draw_series(one.points.iter().map(|p| Circle::new(*p, 2, colour.mix(0.55).filled())))?
                .label(&one.name)
                .legend(move |(x, y)| Circle::new((x + 8, y), 4, colour.filled()));
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .border_style(INK.mix(0.3))
            .background_style(WHITE)
            .draw()?;
        Ok(())
    })
}
