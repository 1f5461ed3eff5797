//! `cargo xtask train music`: EMOPIA's clips rendered many ways, measured, and a model fitted to the measures.

mod mastering;
mod takes;

use super::cache::{Cache, Kept, assemble, keep, kept_row};
use crate::parallel::in_parallel;
use crate::render::{SOUNDFONT, score};
use crate::table::write_npy;
use analysis::{Analyser, Whole, passages};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Renderings of each clip.
const TAKES: usize = 6;
/// Frames of the log-mel picture a second: those of the pulse network, so many taken together.
const PICTURE_FRAMES: usize = 8;
/// Mel bands of the picture.
const PICTURE_BANDS: usize = 40;

/// What is asked for.
#[derive(clap::Args)]
pub struct Options {
    #[command(flatten)]
    cache: Cache,
    /// A General MIDI soundfont to render with
    #[arg(long, default_value = SOUNDFONT)]
    soundfont: PathBuf,
    /// Only render and measure
    #[arg(long)]
    measure_only: bool,
}

/// What is known of a rendering beside its measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// EMOPIA's name of the clip.
    pub clip: String,
    /// The song that it is from.
    pub song: String,
    /// Its quadrant, 1 to 4.
    pub quadrant: u8,
    /// Which rendering.
    pub take: usize,
    /// The family of instruments that plays.
    pub family: String,
    /// What was done to it, for reading.
    pub done: String,
    /// Rows of its passages that follow that of the whole.
    pub passages: usize,
}

pub fn run(root: &Path, data: &Path, options: &Options) -> Result<()> {
    let font = score::soundfont(&options.soundfont)?.context("training wants a soundfont: our own instruments are but one family")?;
    // What other measures would have said does not mix with these.
    let cache = options.cache.part(&format!("music {}", analysis::VERSION))?;
    let clips = takes::clips(data)?;
    let jobs: Vec<(usize, usize)> = (0..TAKES).flat_map(|take| (0..clips.len()).map(move |clip| (clip, take))).collect();
    let done = AtomicUsize::new(0);
    let files = in_parallel(&jobs, |&(clip, take)| {
        let clip = &clips[clip];
        let stem = cache.join(format!("{}-{take}", clip.name));
        let kept = stem.with_extension("json");
        keep(&kept, || {
            let (sound, rate_hz, about) = takes::take(clip, take, &font, &cache).with_context(|| clip.name.clone())?;
            let whole = hear(&sound, rate_hz)?;
            write_picture(&stem.with_extension("npy"), &whole)?;
            let all = std::iter::once(&whole.passages.whole).chain(&whole.passages.each);
            let rows: Vec<_> = all.filter_map(|p| p.row.as_deref()).map(kept_row).collect();
            Ok(Kept { about: About { passages: rows.len().saturating_sub(1), ..about }, rows })
        })?;
        let n = done.fetch_add(1, Ordering::Relaxed) + 1;
        if n.is_multiple_of(200) {
            eprintln!("{n} of {}", jobs.len());
        }
        Ok(kept)
    })?;
    assemble::<About>(&cache, &files, &passages::names())?;
    if options.measure_only {
        return Ok(());
    }
    options.cache.fit(root, "music.py", &cache)
}

/// Measures a sound as a scan does.
fn hear(sound: &[Vec<f32>; 2], rate_hz: u32) -> Result<Whole> {
    let mut analyser = Analyser::new(rate_hz, 2)?;
    analyser.push(&[&sound[0], &sound[1]]);
    Ok(analyser.finish_whole())
}

fn write_picture(to: &Path, whole: &Whole) -> Result<()> {
    let rows: Vec<f32> = whole
        .pulse_inputs
        .chunks(PICTURE_FRAMES)
        .flat_map(|frames| (0..PICTURE_BANDS).map(|b| frames.iter().map(|f| f[b]).sum::<f32>() / frames.len() as f32))
        .collect();
    write_npy(to, PICTURE_BANDS, &rows)
}
