//! `cargo xtask train music`: EMOPIA's clips rendered many ways, measured, and a model fitted to the measures.

mod mastering;
mod takes;

use super::Cache;
use crate::parallel::in_parallel;
use crate::render::{SOUNDFONT, score};
use analysis::{Analyser, Passage, Whole, passages};
use anyhow::{Context, Result};
use npyz::WriterBuilder;
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

/// What is kept of a rendering: its name, what is true of it, rows of measures (the whole first), and the log-mel picture.
#[derive(Serialize, Deserialize)]
struct Kept {
    about: About,
    rows: Vec<Vec<Option<f32>>>,
}

pub fn run(_root: &Path, data: &Path, options: &Options) -> Result<()> {
    let font = score::soundfont(&options.soundfont)?.context("training wants a soundfont: our own instruments are but one family")?;
    // What other measures would have said does not mix with these.
    let cache = options.cache.part(&format!("music {}", analysis::VERSION))?;
    let clips = takes::clips(data)?;
    let jobs: Vec<(usize, usize)> = (0..TAKES).flat_map(|take| (0..clips.len()).map(move |clip| (clip, take))).collect();
    let done = AtomicUsize::new(0);
    in_parallel(&jobs, |&(clip, take)| {
        let clip = &clips[clip];
        let stem = cache.join(format!("{}-{take}", clip.name));
        let kept = stem.with_extension("json");
        if !kept.exists() {
            let (sound, rate_hz, about) = takes::take(clip, take, &font, &cache).with_context(|| clip.name.clone())?;
            let whole = hear(&sound, rate_hz)?;
            write_picture(&stem.with_extension("npy"), &whole)?;
            let all: Vec<&Passage> = std::iter::once(&whole.passages.whole).chain(&whole.passages.each).collect();
            let rows: Vec<Vec<Option<f32>>> =
                all.iter().filter_map(|p| p.row.as_ref()).map(|r| r.iter().map(|x| x.is_finite().then_some(*x)).collect()).collect();
            let about = About { passages: rows.len().saturating_sub(1), ..about };
            // Under another name first: what is there is whole.
            let unfinished = stem.with_extension("unfinished");
            std::fs::write(&unfinished, serde_json::to_vec(&Kept { about, rows })?)?;
            std::fs::rename(&unfinished, &kept)?;
        }
        let n = done.fetch_add(1, Ordering::Relaxed) + 1;
        if n.is_multiple_of(200) {
            eprintln!("{n} of {}", jobs.len());
        }
        Ok(())
    })?;
    assemble(&cache, &jobs.iter().map(|&(clip, take)| format!("{}-{take}", clips[clip].name)).collect::<Vec<_>>())?;
    if options.measure_only {
        return Ok(());
    }
    Ok(())
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
    let file = std::io::BufWriter::new(std::fs::File::create(to).with_context(|| to.display().to_string())?);
    let shape = [(rows.len() / PICTURE_BANDS) as u64, PICTURE_BANDS as u64];
    let mut writer = npyz::WriteOptions::new().default_dtype().shape(&shape).writer(file).begin_nd()?;
    writer.extend(rows)?;
    Ok(writer.finish()?)
}

/// Puts everything into one table: `rows.npy`, and what each row is in `rows.jsonl`.
fn assemble(cache: &Path, stems: &[String]) -> Result<()> {
    let columns = passages::names();
    std::fs::write(cache.join("columns.txt"), columns.join("\n") + "\n")?;
    let mut abouts = String::new();
    let mut numbers: Vec<f32> = Vec::new();
    for stem in stems {
        let path = cache.join(format!("{stem}.json"));
        let kept: Kept = serde_json::from_slice(&std::fs::read(&path)?).with_context(|| path.display().to_string())?;
        abouts += &serde_json::to_string(&kept.about)?;
        abouts.push('\n');
        numbers.extend(kept.rows.iter().flatten().map(|x| x.unwrap_or(f32::NAN)));
    }
    let table = cache.join("rows.npy");
    let file = std::io::BufWriter::new(std::fs::File::create(&table).with_context(|| table.display().to_string())?);
    let shape = [(numbers.len() / columns.len()) as u64, columns.len() as u64];
    let mut writer = npyz::WriteOptions::new().default_dtype().shape(&shape).writer(file).begin_nd()?;
    writer.extend(numbers)?;
    writer.finish()?;
    Ok(std::fs::write(cache.join("rows.jsonl"), abouts)?)
}
