//! `indexer stats`.

use crate::arguments::Arguments;
use crate::{OK, output};
use affect::Quadrant;
use catalogue::Reader;
use serde_json::json;

/// Columns and rows of the text map.
const MAP: (usize, usize) = (49, 21);

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let reader = Reader::open(&arguments.catalogue_dir()?)?;
    let totals = reader.totals();
    let placed: Vec<_> = reader.places().map(|p| p.0).collect();
    let count = |q: Quadrant| placed.iter().filter(|a| a.quadrant() == q).count();
    let (hours, with_tempo, with_key, missing) =
        ((totals.duration_s / 3600.0).max(0.0), totals.with_tempo, totals.with_key, totals.missing);
    let failed = reader.failures()?.len();
    let measured_by = reader.measured_by()?;
    if arguments.json {
        output::json(&json!({
            "tracks": totals.tracks, "hours": hours, "missing": missing, "failed_files": failed,
            "with_mood": placed.len(), "with_tempo": with_tempo, "with_key": with_key,
            "measured_by": measured_by.iter().map(|(version, tracks)| json!({ "version": version, "tracks": tracks })).collect::<Vec<_>>(),
            "quadrants": Quadrant::ALL.map(|q| json!({ "quadrant": q, "label": q.label(), "tracks": count(q) })),
        }))?;
        return Ok(OK);
    }
    output::line(&format!(
        "{} tracks, {hours:.1} hours; {with_tempo} with a pulse, {with_key} with a key; {missing} missing; {failed} files failed",
        totals.tracks
    ))?;
    for (version, tracks) in &measured_by {
        output::line(&output::printable(&format!("measured by {version}: {tracks}")))?;
    }
    if measured_by.len() > 1 {
        eprintln!("{}", output::MIXED);
    }
    for q in Quadrant::ALL {
        output::line(&format!("{q:?} {:<18}{:>6}", q.label(), count(q)))?;
    }
    output::line("")?;
    for line in map(&placed) {
        output::line(&line)?;
    }
    Ok(OK)
}

/// The plane as text: a digit is how many tracks lie there, + for ten and more.
fn map(placed: &[affect::Affect]) -> Vec<String> {
    let (columns, rows) = MAP;
    let mut counts = vec![vec![0usize; columns]; rows];
    for a in placed {
        let x = ((a.valence + 1.0) / 2.0 * (columns - 1) as f64).round() as usize;
        let y = ((1.0 - a.arousal) / 2.0 * (rows - 1) as f64).round() as usize;
        counts[y.min(rows - 1)][x.min(columns - 1)] += 1;
    }
    let mut lines = vec![format!("{:^width$}", "excited", width = columns + 12)];
    for (y, row) in counts.iter().enumerate() {
        let middle = y == rows / 2;
        let text: String = row
            .iter()
            .enumerate()
            .map(|(x, n)| match n {
                0 if middle && x == columns / 2 => '┼',
                0 if middle => '─',
                0 if x == columns / 2 => '│',
                0 => ' ',
                1..=9 => char::from(b'0' + *n as u8),
                _ => '+',
            })
            .collect();
        let (left, right) = if middle { ("unpleasant ", " pleasant") } else { ("           ", "") };
        lines.push(format!("{left}{text}{right}").trim_end().to_owned());
    }
    lines.push(format!("{:^width$}", "calm", width = columns + 22).trim_end().to_owned());
    lines[0] = format!("{:^width$}", "excited", width = columns + 22).trim_end().to_owned();
    lines
}
