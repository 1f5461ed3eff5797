//! `indexer split`.
//!
//! One idea: a first pass finds the silences, a second one writes what lies between them, so that a file of any length takes little memory.
//! Both read as a scan does, with damage as silence, so that a moment is the same in all of them.

use crate::arguments::{Arguments, Split};
use crate::output::{self, duration, printable};
use crate::{OK, SOME_FAILED, analyse};
use analysis::LevelCurve;
use anyhow::{Context, bail};
use audio::{Reader, WavFile};
use mood::Models;
use std::path::{Path, PathBuf};

/// A piece keeps so much of the silence around it, so that no attack or echo is cut, in seconds.
const MARGIN_S: f64 = 0.1;
pub fn run(arguments: &Arguments, command: &Split) -> anyhow::Result<u8> {
    command.silence.check()?;
    if !command.shortest.is_finite() || command.shortest < 0.0 {
        bail!("--shortest: {} is no number from 0 on", command.shortest);
    }
    // A worker reads it first: a file that breaks a decoder breaks that one.
    let track = analyse::measured(&command.measuring, &Models::default(), &command.file)?;
    let level = analyse::level(&command.measuring, &command.file)?;
    let (pieces, short) = pieces(command, &level);
    let (channels, rate_hz) = (usize::from(track.channels), f64::from(track.sample_rate_hz));
    let longest_s = WavFile::most_frames(channels) as f64 / rate_hz;
    if let Some((from, to)) = pieces.iter().find(|(from, to)| to - from > longest_s) {
        let (from, to, most) = (duration(*from), duration(*to), duration(longest_s));
        bail!("nothing is silent from {from} to {to}, and a WAV file of this sound holds {most}: try a lower --below or a shorter --hold");
    }
    std::fs::create_dir_all(&command.out).with_context(|| command.out.display().to_string())?;
    let stem = command.file.file_stem().map_or_else(|| "piece".into(), |s| s.to_string_lossy().into_owned());
    let digits = pieces.len().to_string().len().max(2);
    let named: Vec<(f64, f64, PathBuf)> =
        (1..).zip(&pieces).map(|(i, (from, to))| (*from, *to, command.out.join(format!("{stem}-{i:0digits$}.wav")))).collect();
    if let Some((_, _, path)) = named.iter().find(|n| n.2.exists()) {
        bail!("{} is there already; nothing was written", path.display());
    }
    write(&command.file, &named)?;
    if arguments.json {
        let list: Vec<_> = named
            .iter()
            .map(|(from, to, path)| serde_json::json!({ "path": track::path_text::to_text(path), "from_s": from, "to_s": to }))
            .collect();
        output::json(&list)?;
    } else {
        for (from, to, path) in &named {
            output::line(&printable(&format!("{}  {} to {}", path.display(), duration(*from), duration(*to))))?;
        }
        if named.is_empty() && short == 0 {
            output::line("nothing but silence")?;
        }
        if short > 0 {
            output::line(&format!("left out: {short} shorter than {} s (see --shortest)", command.shortest))?;
        }
    }
    Ok(if named.is_empty() { SOME_FAILED } else { OK })
}

/// What lies between the silences, in seconds, and how much of it was too short.
fn pieces(command: &Split, level: &LevelCurve) -> (Vec<(f64, f64)>, usize) {
    let (mut pieces, mut short) = (Vec::new(), 0);
    // Never so much that one piece begins before the last one ends.
    let margin_s = MARGIN_S.min(command.silence.hold / 2.0);
    let mut from_s = 0.0;
    let end = analysis::Silence { from_s: level.duration_s(), to_s: level.duration_s() };
    for silence in level.silences(command.silence.below, command.silence.hold).into_iter().chain([end]) {
        if silence.from_s - from_s >= command.shortest.max(1.0 / analyse::LEVELS_HZ) {
            pieces.push(((from_s - margin_s).max(0.0), (silence.from_s + margin_s).min(level.duration_s())));
        } else if silence.from_s > from_s {
            short += 1;
        }
        from_s = silence.to_s;
    }
    (pieces, short)
}

/// Writes each piece into its file. If that fails, the files that were begun are taken away again, and no other.
fn write(from: &Path, pieces: &[(f64, f64, PathBuf)]) -> anyhow::Result<()> {
    let mut begun = Vec::new();
    let result = write_all(from, pieces, &mut begun);
    if result.is_err() {
        for path in begun {
            let _ = std::fs::remove_file(path);
        }
    }
    result
}

/// A piece that is being written: its first frame, the one after its last, its file.
type Open = (u64, u64, WavFile);

fn write_all(from: &Path, pieces: &[(f64, f64, PathBuf)], begun: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let mut reader = Reader::open(from)?;
    let (rate_hz, channels) = (reader.info().rate_hz, reader.info().channels);
    let frame = |s: f64| (s * f64::from(rate_hz)).round() as u64;
    let mut waiting = pieces.iter();
    let mut begin = || -> anyhow::Result<Option<Open>> {
        let Some((from, to, path)) = waiting.next() else { return Ok(None) };
        let file = WavFile::create(path, rate_hz, channels)?;
        begun.push(path.clone());
        Ok(Some((frame(*from), frame(*to), file)))
    };
    let mut open = begin()?;
    let mut start = 0;
    audio::read_unbroken(&mut reader, |planes| -> anyhow::Result<()> {
        let end = start + planes.first().map_or(0, |p| p.len()) as u64;
        while let Some((first, last, file)) = &mut open {
            let (a, b) = (start.max(*first), end.min(*last));
            if a < b {
                let part: Vec<&[f32]> = planes.iter().map(|p| &p[(a - start) as usize..(b - start) as usize]).collect();
                file.push(&part)?;
            }
            if end < *last {
                break;
            }
            if let Some((_, _, file)) = open.take() {
                file.finish()?;
            }
            open = begin()?;
        }
        start = end;
        Ok(())
    })?;
    match open {
        Some((_, _, file)) => Ok(file.finish()?),
        None => Ok(()),
    }
}
