//! `cargo xtask train speech`: EMO-DB's utterances in many surroundings, followed as the program follows a voice. No model is fitted to the
//! measures yet.

use super::cache::{Cache, Kept, assemble, keep, kept_row};
use crate::parallel::in_parallel;
use crate::render::room;
use analysis::prosody::{self, Prosody};
use anyhow::{Context, Result, bail};
use fastrand::Rng;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Versions of each utterance; the first is as it was recorded.
const TAKES: usize = 9;
/// Sample rate of EMO-DB and of all that is made of it, in Hz.
const RATE_HZ: u32 = 16_000;
/// Silence after an utterance, so that its end is heard: a step and the reach of the windows.
const TAIL_S: f64 = 0.3;

/// What is asked for.
#[derive(clap::Args)]
pub struct Options {
    #[command(flatten)]
    cache: Cache,
}

/// What is known of an utterance beside its measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct About {
    /// EMO-DB's name of it.
    name: String,
    /// Who speaks: two digits.
    speaker: String,
    /// What is said: a letter and two digits.
    text: String,
    /// The emotion: EMO-DB's letter.
    emotion: char,
    /// Which version.
    take: usize,
    /// What was done to it, for reading.
    done: String,
    /// Times of its rows in seconds.
    times_s: Vec<f64>,
}

pub fn run(root: &Path, data: &Path, options: &Options) -> Result<()> {
    let cache = options.cache.part(&format!("speech {}", analysis::VERSION))?;
    let dir = data.join("speech/emo-db");
    let mut utterances: Vec<PathBuf> =
        std::fs::read_dir(&dir).with_context(|| dir.display().to_string())?.flatten().map(|e| e.path()).collect();
    utterances.retain(|p| p.extension().is_some_and(|e| e == "flac"));
    utterances.sort();
    let music = beneath(&root.join("library"))?;
    let jobs: Vec<(&PathBuf, usize)> = (0..TAKES).flat_map(|take| utterances.iter().map(move |u| (u, take))).collect();
    let files = in_parallel(&jobs, |&(utterance, take)| {
        let name = utterance.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let kept = cache.join(format!("{name}-{take}.json"));
        keep(&kept, || {
            let mut rng = Rng::with_seed(name.bytes().fold(take as u64, |h, b| h.wrapping_mul(0x100_0000_01b3) ^ u64::from(b)));
            let (sound, done) = version(utterance, take, &music, &mut rng)?;
            let mut prosody = Prosody::new(RATE_HZ)?;
            let (mut rows, mut times_s) = (Vec::new(), Vec::new());
            prosody.push(&sound, |at_s, row| {
                if let Some(row) = row {
                    rows.push(kept_row(&row));
                    times_s.push(at_s);
                }
            });
            let (Some(speaker), Some(text), Some(emotion)) = (name.get(..2), name.get(2..5), name.chars().nth(5)) else {
                bail!("{name}: not a name of EMO-DB's");
            };
            let about = About { speaker: speaker.into(), text: text.into(), emotion, take, done, times_s, name: name.clone() };
            Ok(Kept { about, rows })
        })?;
        Ok(kept)
    })?;
    assemble::<About>(&cache, &files, &prosody::names())
}

/// Sound through ffmpeg: as one channel at [`RATE_HZ`], through filters.
fn through(path: &Path, filters: &str) -> Result<Vec<f32>> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(path)
        .args(["-af", if filters.is_empty() { "anull" } else { filters }, "-ac", "1", "-ar", &RATE_HZ.to_string(), "-f", "f32le", "-"])
        .output()
        .context("ffmpeg changes pace, pitch and bandwidth")?;
    if !output.status.success() {
        bail!("{}: {}", path.display(), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(output.stdout.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect())
}

/// The project's own library, to lie beneath.
fn beneath(library: &Path) -> Result<Vec<Vec<f32>>> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(library).with_context(|| library.display().to_string())?.flatten().map(|e| e.path()).collect();
    files.retain(|p| p.extension().is_some_and(|e| e == "opus"));
    files.sort();
    in_parallel(&files, |file| through(file, ""))
}

fn rms(sound: &[f32]) -> f32 {
    (sound.iter().map(|x| x * x).sum::<f32>() / sound.len().max(1) as f32).sqrt()
}

/// One version of an utterance, and what was done.
fn version(path: &Path, take: usize, music: &[Vec<f32>], rng: &mut Rng) -> Result<(Vec<f32>, String)> {
    let mut done = Vec::new();
    let mut filters = Vec::new();
    if take > 0 {
        if rng.f64() < 0.6 {
            let (pitch, pace) = ((0.16 * (rng.f64() - 0.5)).exp(), (0.2 * (rng.f64() - 0.5)).exp());
            filters.push(format!("asetrate={:.0},aresample={RATE_HZ},atempo={:.3}", f64::from(RATE_HZ) * pitch, pace / pitch));
            done.push(format!("pitch {pitch:.2}, pace {pace:.2}"));
        }
        if rng.f64() < 0.15 {
            filters.push("highpass=f=300,highpass=f=300,lowpass=f=3400,lowpass=f=3400".into());
            done.push("telephone".into());
        } else if rng.f64() < 0.5 {
            let (low, high) = (12.0 * (rng.f64() - 0.5), 16.0 * (rng.f64() - 0.5));
            filters.push(format!("bass=g={low:.1}:f=200,treble=g={high:.1}:f=3000"));
            done.push(format!("bass {low:.0} dB, treble {high:.0} dB"));
        }
    }
    let mut sound = through(path, &filters.join(","))?;
    sound.extend(std::iter::repeat_n(0.0, (TAIL_S * f64::from(RATE_HZ)) as usize));
    if take > 0 && rng.f64() < 0.3 {
        sound = room::reverberated(&sound, RATE_HZ, rng);
        done.push("room".into());
    }
    let level = rms(&sound);
    if take > 0 && rng.f64() < 0.35 {
        let snr_db = 8.0 + 25.0 * rng.f32();
        let (a, dull) = (level * 3f32.sqrt() * 10f32.powf(-snr_db / 20.0), 0.9 * rng.f32());
        let mut held = 0.0;
        for x in &mut sound {
            held = dull * held + (1.0 - dull) * a * (2.0 * rng.f32() - 1.0);
            // A filter of one pole keeps (1 - d) / (1 + d) of the power.
            *x += held * ((1.0 + dull) / (1.0 - dull)).sqrt();
        }
        done.push(format!("noise at {snr_db:.0} dB"));
    } else if take > 0 && rng.f64() < 0.4 && !music.is_empty() {
        let snr_db = 4.0 + 20.0 * rng.f32();
        let song = &music[rng.usize(..music.len())];
        let start = rng.usize(..song.len().saturating_sub(sound.len()).max(1));
        let span = &song[start..(start + sound.len()).min(song.len())];
        let gain = level * 10f32.powf(-snr_db / 20.0) / rms(span).max(1e-6);
        sound.iter_mut().zip(span).for_each(|(x, m)| *x += gain * m);
        done.push(format!("music {snr_db:.0} dB beneath"));
    }
    let gain = 10f32.powf(-rng.f32());
    sound.iter_mut().for_each(|x| *x *= gain);
    Ok((sound, done.join(", ")))
}
