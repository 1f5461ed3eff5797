//! A drawing of what was measured: waveform with beats, bars and sections; chroma; loudness.

use anyhow::anyhow;
use music::PitchClass;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use std::path::Path;
use track::Track;

const SIZE: (u32, u32) = (1400, 820);
const WAVE: RGBColor = RGBColor(70, 110, 160);
const BEAT: RGBColor = RGBColor(120, 120, 120);
const DOWNBEAT: RGBColor = RGBColor(190, 190, 190);
const SECTION: RGBColor = RGBColor(200, 60, 40);
const LOUD: RGBColor = RGBColor(40, 130, 90);
/// More lines than this on a drawing are a grey surface: bars alone are shown then, and nothing beyond that.
const MOST_LINES: usize = 700;
/// Beats are marked at both edges, bars from edge to edge.
const TICK: f64 = 0.12;

type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Draws a track into an SVG file.
pub fn draw(track: &Track, to: &Path) -> anyhow::Result<()> {
    // Through a string, so that a failure leaves no half file.
    let mut svg = String::new();
    draw_into(track, &mut svg).map_err(|e| anyhow!("{}: cannot draw: {e}", to.display()))?;
    std::fs::write(to, svg).map_err(|e| anyhow!("{}: {e}", to.display()))
}

fn draw_into(track: &Track, svg: &mut String) -> Result<(), Box<dyn std::error::Error>> {
    let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let root = root.titled(&title(track), ("sans-serif", 22))?;
    let areas = root.split_by_breakpoints::<i32, i32, _, _>([], [300, 540]);
    let [wave, chroma, loudness] = &areas[..] else { return Ok(()) };
    let length = track.duration_s().max(0.001);
    draw_wave(track, wave, length)?;
    draw_chroma(track, chroma, length)?;
    draw_loudness(track, loudness, length)?;
    root.present()?;
    Ok(())
}

fn title(track: &Track) -> String {
    let a = &track.analysis;
    let tempo = a.tempo_bpm.as_ref().map_or("no pulse".into(), |t| format!("{:.1} BPM", t.value));
    let metre = a.metre.as_ref().map_or(String::new(), |m| format!(", {}", m.value));
    let key = a.key.as_ref().map_or("nothing tonal".into(), |k| k.value.to_string());
    let loudness = a.loudness.as_ref().map_or(String::new(), |l| format!(", {:.1} LUFS", l.value.integrated_lufs));
    crate::output::printable(&format!("{}: {tempo}{metre}, {key}{loudness}", track.name()))
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn chart<'a, 'b>(area: &'a Area<'b>, length: f64, range: std::ops::Range<f64>) -> Result<Chart<'a, 'b>, Box<dyn std::error::Error>> {
    Ok(ChartBuilder::on(area)
        .margin(6)
        .margin_right(14)
        .x_label_area_size(26)
        .y_label_area_size(52)
        .build_cartesian_2d(0.0..length, range)?)
}

fn minutes(seconds: &f64) -> String {
    crate::output::duration(*seconds)
}

fn draw_wave(track: &Track, area: &Area<'_>, length: f64) -> Result<(), Box<dyn std::error::Error>> {
    let mut chart = chart(area, length, -1.0..1.0)?;
    chart
        .configure_mesh()
        .disable_mesh()
        .x_labels(12)
        .x_label_formatter(&minutes)
        .y_desc("waveform, beats, sections")
        .y_labels(3)
        .draw()?;
    if let Some(grid) = track.analysis.beats.as_ref().map(|b| &b.value) {
        if grid.beats_s().len() <= MOST_LINES {
            let tick = |t: f64, edge: f64| PathElement::new(vec![(t, edge), (t, edge * (1.0 - TICK))], BEAT);
            chart.draw_series(grid.beats_s().iter().flat_map(|t| [tick(*t, 1.0), tick(*t, -1.0)]))?;
        }
        if grid.downbeats().len() <= MOST_LINES {
            chart.draw_series(grid.downbeats_s().map(|t| PathElement::new(vec![(t, -1.0), (t, 1.0)], DOWNBEAT)))?;
        }
    }
    let peaks = &track.analysis.peaks.value;
    let column_s = f64::from(peaks.frames_per_column) / f64::from(track.sample_rate_hz.max(1));
    let columns = peaks.low.iter().zip(&peaks.high).enumerate();
    chart.draw_series(columns.map(|(i, (low, high))| {
        let t = (i as f64 + 0.5) * column_s;
        PathElement::new(vec![(t, f64::from(*low) / 127.0), (t, f64::from(*high) / 127.0)], WAVE)
    }))?;
    if let Some(sections) = &track.analysis.sections {
        let lines = sections.value.boundaries_s.iter();
        chart.draw_series(lines.map(|t| PathElement::new(vec![(*t, -1.0), (*t, 1.0)], SECTION.stroke_width(2))))?;
    }
    Ok(())
}

fn draw_chroma(track: &Track, area: &Area<'_>, length: f64) -> Result<(), Box<dyn std::error::Error>> {
    // A class lies around its number, and is named there.
    let mut chart = chart(area, length, -0.5..11.5)?;
    chart
        .configure_mesh()
        .disable_mesh()
        .x_labels(12)
        .x_label_formatter(&minutes)
        .y_desc("chroma")
        .y_labels(25)
        .y_label_formatter(&|y| {
            if y.fract().abs() < 0.01 { PitchClass::from_semitones(y.round() as i32).to_string() } else { String::new() }
        })
        .draw()?;
    let Some(chromagram) = track.analysis.chromagram.as_ref().map(|c| &c.value) else { return Ok(()) };
    let cells = chromagram.columns.iter().enumerate().flat_map(|(i, column)| {
        let (from, to) = (i as f64 * chromagram.step_s, ((i + 1) as f64 * chromagram.step_s).min(length));
        column.iter().enumerate().filter(|(_, x)| **x > 8).map(move |(k, x)| {
            // Squared, so that what rings along does not drown what sounds.
            let dark = 1.0 - (f64::from(*x) / 255.0).powi(2);
            let shade = |full: u8| (f64::from(full) + dark * f64::from(255 - full)) as u8;
            Rectangle::new([(from, k as f64 - 0.5), (to, k as f64 + 0.5)], RGBColor(shade(90), shade(40), shade(120)).filled())
        })
    });
    chart.draw_series(cells)?;
    Ok(())
}

fn draw_loudness(track: &Track, area: &Area<'_>, length: f64) -> Result<(), Box<dyn std::error::Error>> {
    const LOWEST: f64 = -50.0;
    const HIGHEST: f64 = 5.0;
    let mut chart = chart(area, length, LOWEST..HIGHEST)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(12)
        .x_label_formatter(&minutes)
        .y_desc("momentary loudness, LUFS")
        .y_labels(6)
        .draw()?;
    let Some(curve) = track.analysis.loudness_curve.as_ref().map(|c| &c.value) else { return Ok(()) };
    // A drawing has no use for more points than columns.
    let step = curve.tenths_lufs.len().div_ceil(SIZE.0 as usize).max(1);
    let points = curve.tenths_lufs.chunks(step).enumerate().map(|(i, part)| {
        let t = (i * step + part.len()) as f64 / f64::from(curve.per_s.max(1));
        let loudest = part.iter().copied().max().unwrap_or(-700);
        (t, (f64::from(loudest) / 10.0).clamp(LOWEST, HIGHEST))
    });
    chart.draw_series(AreaSeries::new(points, LOWEST, LOUD.mix(0.3)).border_style(LOUD))?;
    if let Some(loudness) = &track.analysis.loudness {
        let level = loudness.value.integrated_lufs.clamp(LOWEST, HIGHEST);
        chart.draw_series(std::iter::once(PathElement::new(vec![(0.0, level), (length, level)], SECTION)))?;
    }
    Ok(())
}
