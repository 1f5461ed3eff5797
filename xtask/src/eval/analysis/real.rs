//! Real recordings: few, and what is known of them is little, but nobody rendered them.

use super::measure::Answer;
use anyhow::{Context, Result};
use std::collections::HashMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is known: part of the file's name, tempo, key, where that is known from.
const KNOWN: [(&str, Option<f64>, Option<&str>, &str); 5] = [
    ("solo-trumpet", Some(90.0), Some("F"), "its player: 90 bpm, in F, \"mostly Blues and Dorian\""),
    ("Hungarian_Dance", None, Some("F# minor"), "its name, which is the original\u{2019}s; this orchestra sounds in G minor"),
    ("Sugar_Plum", None, Some("E minor"), "the score"),
    ("Vibe_Ace", None, None, "-"),
    ("Lets_Go_Fishin", None, None, "-"),
];
/// A loop has a whole number of beats, one of these.
const BEATS: [f64; 6] = [2.0, 4.0, 8.0, 16.0, 32.0, 64.0];
/// Loops are heard as they are used: again and again, for so long.
const LOOPED_S: u32 = 20;

/// Real recordings and loops, made ready.
pub struct Real {
    /// The recordings.
    pub recordings: Vec<PathBuf>,
    /// Loops that were repeated, with the length of one round in seconds.
    pub loops: Vec<(PathBuf, f64)>,
}

/// Finds recordings, and repeats loops.
pub fn prepare(data: &Path, dir: &Path) -> Result<Real> {
    std::fs::create_dir_all(dir)?;
    let list = |folder: &Path, extension: &str| -> Result<Vec<PathBuf>> {
        let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
        let mut files: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
        files.retain(|p| p.extension().is_some_and(|e| e == extension));
        files.sort();
        Ok(files)
    };
    let mut loops = Vec::new();
    for file in list(&data.join("audio/loops"), "flac")? {
        // A drone has no beats.
        if file.to_string_lossy().contains("drone") {
            continue;
        }
        let mut reader = audio::Reader::open(&file)?;
        let rate_hz = f64::from(reader.info().rate_hz);
        let frames = audio::read_unbroken(&mut reader, |_| -> Result<()> { Ok(()) })?;
        let to = dir.join(file.file_name().unwrap_or_default()).with_extension("wav");
        if !to.exists() {
            let status = Command::new("ffmpeg")
                .args(["-v", "error", "-y", "-stream_loop", "-1", "-i"])
                .arg(&file)
                .args(["-t", &LOOPED_S.to_string()])
                .arg(&to)
                .status()
                .context("ffmpeg repeats the loops")?;
            anyhow::ensure!(status.success(), "ffmpeg could not repeat {}", file.display());
        }
        loops.push((to, frames as f64 / rate_hz));
    }
    Ok(Real { recordings: list(&data.join("audio/recordings"), "ogg")?, loops })
}

/// The tables.
pub fn table(real: &Real, tools: &[(String, HashMap<PathBuf, Answer>, f64)]) -> Result<String> {
    let mut text = String::from("## Real recordings\n\nTempo in BPM and key, as each tool hears them.\n\n");
    let names: Vec<&str> = tools.iter().map(|t| t.0.as_str()).collect();
    writeln!(text, "| recording | known | from | {} |\n|---|---|---|{}", names.join(" | "), "---|".repeat(names.len()))?;
    for file in &real.recordings {
        let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let known = KNOWN.iter().find(|k| name.contains(k.0));
        let say = |bpm: Option<f64>, key: Option<String>| {
            let parts: Vec<String> = bpm.map(|b| format!("{b:.1}")).into_iter().chain(key).collect();
            if parts.is_empty() { "-".into() } else { parts.join(", ") }
        };
        let cells: Vec<String> =
            tools.iter().map(|t| t.1.get(file).map_or("-".into(), |a| say(a.bpm, a.key.map(|k| k.to_string())))).collect();
        let (truth, source) = known.map_or(("-".into(), "-"), |k| (say(k.1, k.2.map(str::to_owned)), k.3));
        let short = name.split('.').next().unwrap_or_default().replace('_', " ");
        writeln!(text, "| {short} | {truth} | {source} | {} |", cells.join(" | "))?;
    }
    let right = |answers: &HashMap<PathBuf, Answer>| {
        let is_whole = |(file, round_s): &&(PathBuf, f64)| {
            let beats = answers.get(file).and_then(|a| a.bpm).map_or(0.0, |bpm| bpm * round_s / 60.0);
            BEATS.iter().any(|b| (beats / b - 1.0).abs() <= 0.04)
        };
        real.loops.iter().filter(is_whole).count()
    };
    writeln!(
        text,
        "\nOf {} drum and percussion loops, repeated for {LOOPED_S} s, a tempo with a usual whole number of beats in one round (within 4 %):",
        real.loops.len()
    )?;
    let counts: Vec<String> = tools.iter().map(|t| format!("{} {}", t.0, right(&t.1))).collect();
    writeln!(text, "{}.\n", counts.join(", "))?;
    Ok(text)
}
