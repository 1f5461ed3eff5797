//! MP3 files, as ffmpeg makes them.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Writes a WAV file as MP3 beside it, giving that one's path. The WAV file goes.
pub fn encode(wav: &Path, kbits: u32) -> Result<PathBuf> {
    let mp3 = wav.with_extension("mp3");
    let rate = format!("{kbits}k");
    let status = Command::new("ffmpeg").args(["-v", "error", "-y", "-i"]).arg(wav).args(["-b:a", &rate]).arg(&mp3).status();
    if !status.context("ffmpeg makes the mp3 files")?.success() {
        bail!("ffmpeg could not write {}", mp3.display());
    }
    std::fs::remove_file(wav)?;
    Ok(mp3)
}
