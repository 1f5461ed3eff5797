//! `cargo xtask eval analysis`: how right tempo, beats, key and onsets are, beside other tools, on music whose truth is known.
//!
//! One idea: the music is rendered from notes, so that every beat, key and onset of it is certain; other tools hear the same files.

mod fiddle;
mod measure;
mod ours;
mod patterns;
mod peers;
mod pop;
mod report;
mod score;
mod truth;
mod variants;

use anyhow::{Context, Result};
use measure::Answer;
use score::Score;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use truth::Truth;
use variants::CYCLE;

/// Where Debian's soundfont lies.
const SOUNDFONT: &str = "/usr/share/sounds/sf2/FluidR3_GM.sf2";
/// Length of what is rendered.
const LENGTH_S: f64 = 40.0;

/// What is asked for.
#[derive(clap::Args)]
pub struct Options {
    /// A General MIDI soundfont to render with
    #[arg(long, default_value = SOUNDFONT)]
    soundfont: PathBuf,
    /// Leave other tools out, keeping their last answers
    #[arg(long)]
    ours_only: bool,
    /// Take every Nth piece only, and write no report
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    every: u32,
    /// Render the pieces of the training set instead, which shares none with the evaluation, and write what was measured of each there
    #[arg(long, value_name = "FILE")]
    training: Option<PathBuf>,
}

/// Which pieces: none is in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Split {
    Evaluation,
    Training,
}

/// A rendered piece.
struct Piece {
    file: PathBuf,
    truth: Truth,
}

pub fn run(root: &Path, options: &Options) -> Result<()> {
    let data = std::env::var_os("UNDERSCORE_DATA")
        .map(PathBuf::from)
        .context("UNDERSCORE_DATA must name the folder of real data (see CONTRIBUTING.md)")?;
    let dir = root.join("target/eval/analysis");
    std::fs::create_dir_all(&dir)?;
    if let Some(to) = &options.training {
        return training(&render(&data, &options.soundfont, &dir.join("training"), Split::Training)?, to);
    }
    let mut pieces = render(&data, &options.soundfont, &dir.join("music"), Split::Evaluation)?;
    // So that a part is a part of every kind.
    fastrand::Rng::with_seed(1).shuffle(&mut pieces);
    if options.every > 1 {
        pieces = pieces.into_iter().step_by(options.every as usize).collect();
    }
    eprintln!("{} pieces", pieces.len());

    let mut tools: Vec<(String, HashMap<PathBuf, Answer>, f64)> = Vec::new();
    let began = Instant::now();
    let answers = in_parallel(&pieces, |p| Ok((p.file.clone(), ours::answer(&ours::analyse(&p.file)?))))?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as f64;
    tools.push(("underscore".into(), answers.into_iter().collect(), began.elapsed().as_secs_f64() * cores));
    let files: Vec<PathBuf> = pieces.iter().map(|p| p.file.clone()).collect();
    let python = if options.ours_only { None } else { Some(peers::python(&dir.join("python"))?) };
    for tool in peers::TOOLS {
        let kept = dir.join(format!("{tool}.json"));
        let (answers, seconds) = match &python {
            Some(python) => {
                eprintln!("asking {tool}");
                let all = peers::ask(python, tool, &files)?;
                std::fs::write(&kept, serde_json::to_vec(&all)?)?;
                all
            }
            None => match std::fs::read(&kept) {
                Ok(bytes) => serde_json::from_slice(&bytes)?,
                Err(_) => continue,
            },
        };
        tools.push((tool.into(), answers, seconds));
    }
    report::write(root, &pieces, &tools, options.every == 1 && !options.ours_only)
}

/// Writes a JSON object a line: what is true of a piece, and what was measured of it.
fn training(pieces: &[Piece], to: &Path) -> Result<()> {
    let lines = in_parallel(pieces, |p| {
        let analysis = ours::analyse(&p.file)?;
        let peaks = track::Value::measured(track::Peaks::default(), analysis::VERSION, None);
        Ok(serde_json::to_string(&serde_json::json!({ "truth": p.truth, "analysis": track::Analysis { peaks, ..analysis } }))?)
    })?;
    std::fs::write(to, lines.join("\n") + "\n").with_context(|| to.display().to_string())
}

/// Renders what is not there yet.
fn render(data: &Path, soundfont: &Path, dir: &Path, split: Split) -> Result<Vec<Piece>> {
    std::fs::create_dir_all(dir)?;
    let mut scores: Vec<(Score, Truth)> = pop::pieces(data, 7, split)?;
    scores.extend(fiddle::pieces(data, 9, split)?);
    scores.extend(patterns::pieces(84, split));
    scores.extend(patterns::pulseless(40, split));
    let font = score::soundfont(soundfont)?;
    let numbered: Vec<(usize, (Score, Truth))> = scores.into_iter().enumerate().collect();
    in_parallel(&numbered, |(number, (score, truth))| {
        let (variant, mut score, mut truth) = (CYCLE[number % CYCLE.len()], score.clone(), truth.clone());
        variant.tune(&mut score);
        if let Some(tuned) = truth.tuning_cents {
            truth.tuning_cents = Some(score.cents);
            // Detuned, the tonic moves along.
            truth.tonic_hz = truth.tonic_hz.map(|hz| hz * 2f64.powf((score.cents - tuned) / 1200.0));
        }
        truth.variant = variant.name().into();
        let (note, stem) = (dir.join(format!("{}.json", truth.name)), dir.join(&truth.name));
        let known = std::fs::read(&note).ok().and_then(|b| serde_json::from_slice::<(PathBuf, Truth)>(&b).ok());
        if let Some((file, _)) = known.filter(|(f, t)| f.exists() && *t == truth) {
            return Ok(Piece { file, truth });
        }
        let sound = score.render(&font, LENGTH_S)?;
        let file = variant.write(sound, *number as u64, &stem)?;
        std::fs::write(&note, serde_json::to_vec(&(&file, &truth))?)?;
        Ok(Piece { file, truth })
    })
}

/// Does something with each, on all cores, keeping the order.
fn in_parallel<T: Sync, R: Send>(all: &[T], each: impl Fn(&T) -> Result<R> + Sync) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, R)>> {
        let mut done = Vec::new();
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = all.get(i) else { return Ok(done) };
            done.push((i, each(item)?));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut results: Vec<(usize, R)> = std::thread::scope(|s| {
        let handles: Vec<_> = (0..threads).map(|_| s.spawn(work)).collect();
        handles.into_iter().map(|h| h.join().map_err(|_| anyhow::anyhow!("a thread panicked"))?).collect::<Result<Vec<_>>>()
    })?
    .into_iter()
    .flatten()
    .collect();
    results.sort_by_key(|r| r.0);
    Ok(results.into_iter().map(|r| r.1).collect())
}
