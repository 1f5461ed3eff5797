//! Recordings to train on, as one channel.

use crate::parallel::in_parallel;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Sample rate of EMO-DB and of all that is made of it, in Hz.
pub const SPEECH_HZ: u32 = 16_000;

/// Files of a folder that have an extension, by name.
pub fn files(dir: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir).with_context(|| dir.display().to_string())?.flatten().map(|e| e.path()).collect();
    files.retain(|p| p.extension().is_some_and(|e| e == extension));
    files.sort();
    Ok(files)
}

/// Sound through ffmpeg: as one channel at a rate, through filters.
pub fn through(path: &Path, filters: &str, rate_hz: u32) -> Result<Vec<f32>> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(path)
        .args(["-af", if filters.is_empty() { "anull" } else { filters }, "-ac", "1", "-ar", &rate_hz.to_string(), "-f", "f32le", "-"])
        .output()
        .context("ffmpeg changes pace, pitch and bandwidth")?;
    if !output.status.success() {
        bail!("{}: {}", path.display(), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(output.stdout.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect())
}

/// EMO-DB's place in the data folder.
pub const EMO_DB: &str = "speech/emo-db";

/// An utterance of EMO-DB.
#[derive(Debug, Clone)]
pub struct Utterance {
    /// Its name.
    pub name: String,
    /// Who speaks: two digits.
    pub speaker: String,
    /// What is said: a letter and two digits.
    pub text: String,
    /// The emotion: EMO-DB's letter.
    pub emotion: char,
    /// Its file.
    pub file: PathBuf,
    /// What is heard, at [`SPEECH_HZ`].
    pub sound: Vec<f32>,
}

/// All of EMO-DB, in order of names, which begin with the speaker.
pub fn utterances(data: &Path) -> Result<Vec<Utterance>> {
    in_parallel(&files(&data.join(EMO_DB), "flac")?, |file| {
        let name = file.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let (Some(speaker), Some(text), Some(emotion)) = (name.get(..2), name.get(2..5), name.chars().nth(5)) else {
            bail!("{name}: not a name of EMO-DB's");
        };
        let (speaker, text) = (speaker.to_owned(), text.to_owned());
        Ok(Utterance { speaker, text, emotion, sound: through(file, "", SPEECH_HZ)?, file: file.clone(), name })
    })
}
