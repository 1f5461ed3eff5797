//! `cargo xtask train music`: EMOPIA's clips rendered many ways, and what is no music, measured, and a model fitted to the measures.

mod mastering;
mod strange;
pub mod takes;

use super::cache::{Cache, Kept, assemble, keep, kept_row, read};
use super::recording;
use crate::eval::training_scores;
use crate::parallel::in_parallel_told;
use crate::render::score::Score;
use crate::render::{SOUNDFONT, score};
use crate::table::write_npy;
use analysis::{Analyser, Whole, passages};
use anyhow::{Context, Result};
use rustysynth::SoundFont;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use strange::Strange;
use takes::Clip;

/// Renderings of each clip.
const TAKES: usize = 3;
/// Frames of the log-mel picture a second: those of the pulse network, so many taken together.
const PICTURE_FRAMES: usize = 8;
/// Mel bands of the picture.
const PICTURE_BANDS: usize = 40;

/// What is asked for.
#[derive(clap::Args)]
pub struct Options {
    #[command(flatten)]
    pub cache: Cache,
    /// A General MIDI soundfont to render with
    #[arg(long, default_value = SOUNDFONT)]
    pub soundfont: PathBuf,
    /// Only render and measure
    #[arg(long)]
    pub measure_only: bool,
}

/// What is known of a sound beside its measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// What it is a version of: EMOPIA's name of a clip, or a name of its own.
    pub clip: String,
    /// Its song, or whoever is heard: what is not to be known from elsewhere when it is judged.
    pub group: String,
    /// `music`, or what it is instead.
    pub kind: String,
    /// Its quadrant, 1 to 4, where listeners were asked.
    pub quadrant: Option<u8>,
    /// Which rendering.
    pub take: usize,
    /// The family of instruments that plays.
    pub family: String,
    /// What was done to it, for reading.
    pub done: String,
    /// Rows of its passages that follow that of the whole.
    pub passages: usize,
}

/// Music, by its kind in [`About`].
const MUSIC: &str = "music";
/// One piece in so many of those that nobody rated is told from what is no music.
const UNRATED_STEP: usize = 5;

/// Something to be heard.
enum Sound<'a> {
    /// A clip that listeners sorted, and which rendering of it.
    Clip(&'a Clip, usize),
    /// Music that nobody was asked about.
    Unrated(&'a str, &'a Score),
    /// What is no music.
    Strange(&'a Strange<'a>),
}

impl Sound<'_> {
    fn name(&self) -> String {
        match self {
            Self::Clip(clip, take) => format!("{}-{take}", clip.name),
            Self::Unrated(name, _) => format!("unrated {name}"),
            Self::Strange(strange) => strange.name(),
        }
    }

    /// Left and right, the sample rate, and what it is.
    fn make(&self, font: &Arc<SoundFont>, scratch: &Path) -> Result<([Vec<f32>; 2], u32, About)> {
        match self {
            Self::Clip(clip, take) => takes::take(clip, *take, font, scratch),
            Self::Unrated(name, score) => takes::unrated(name, score, font, scratch),
            Self::Strange(strange) => {
                let (sound, rate_hz, done) = strange.sound(scratch)?;
                let kind = strange.kind.name().to_owned();
                let about = About {
                    clip: strange.name(),
                    group: strange.group.clone(),
                    kind,
                    quadrant: None,
                    take: 0,
                    family: String::new(),
                    done,
                    passages: 0,
                };
                Ok((sound, rate_hz, about))
            }
        }
    }
}

/// Renders and measures everything that is not there yet, and gives the folder of the table.
pub fn measure(data: &Path, cache: &Cache, soundfont: &Path) -> Result<PathBuf> {
    let font = score::soundfont(soundfont)?.context("training wants a soundfont: our own instruments are but one family")?;
    // What other measures would have said does not mix with these.
    let dir = cache.part(&format!("music {}", analysis::VERSION))?;
    let clips = takes::clips(data)?;
    let utterances = recording::utterances(data)?;
    let strange = strange::all(&utterances);
    let unrated: Vec<(String, Score)> = training_scores(data)?.into_iter().step_by(UNRATED_STEP).collect();
    let mut sounds: Vec<Sound<'_>> = strange.iter().map(Sound::Strange).collect();
    sounds.extend(unrated.iter().map(|(name, score)| Sound::Unrated(name, score)));
    sounds.extend((0..TAKES).flat_map(|take| clips.iter().map(move |clip| Sound::Clip(clip, take))));
    let files = in_parallel_told(&sounds, |sound| {
        let stem = dir.join(sound.name());
        let kept = dir.join(format!("{}.json", sound.name()));
        keep(&kept, || {
            let (samples, rate_hz, about) = sound.make(&font, &stem).with_context(|| sound.name())?;
            let whole = hear(&samples, rate_hz)?;
            if about.quadrant.is_some() {
                write_picture(&dir.join(format!("{}.npy", sound.name())), &whole)?;
            }
            let all = std::iter::once(&whole.passages.whole).chain(&whole.passages.each);
            let rows: Vec<_> = all.filter_map(|p| p.row.as_deref()).map(kept_row).collect();
            Ok(Kept { about: About { passages: rows.len().saturating_sub(1), ..about }, rows })
        })?;
        Ok(kept)
    })?;
    let heard: Vec<Kept<About>> = files.iter().map(|f| read(f)).collect::<Result<_>>()?;
    assemble(&dir, &heard, &passages::names())?;
    let written: BTreeMap<&str, _> = clips.iter().map(|c| (c.name.as_str(), c.written())).collect();
    std::fs::write(dir.join("written.json"), serde_json::to_vec(&written)?)?;
    Ok(dir)
}

pub fn run(root: &Path, data: &Path, options: &Options) -> Result<()> {
    let measured = measure(data, &options.cache, &options.soundfont)?;
    if options.measure_only {
        return Ok(());
    }
    options.cache.fit(root, "music.py", &measured)
}

/// Measures a sound as a scan does.
pub fn hear(sound: &[Vec<f32>; 2], rate_hz: u32) -> Result<Whole> {
    let mut analyser = Analyser::new(rate_hz, 2)?;
    analyser.push(&[&sound[0], &sound[1]]);
    Ok(analyser.finish_whole())
}

fn write_picture(to: &Path, whole: &Whole) -> Result<()> {
    let rows: Vec<f32> = whole
        .network_inputs
        .chunks(PICTURE_FRAMES)
        .flat_map(|frames| (0..PICTURE_BANDS).map(|b| frames.iter().map(|f| f[b]).sum::<f32>() / frames.len() as f32))
        .collect();
    write_npy(to, PICTURE_BANDS, &rows)
}
