//! `cargo xtask eval analysis`: how right tempo, beats, key and onsets are, beside other tools, on music whose truth is known.
//!
//! One idea: the music is rendered from notes, so that every beat, key and onset of it is certain; other tools hear the same files.

mod drums;
mod fiddle;
mod forms;
mod measure;
mod ours;
mod patterns;
pub mod peers;
mod pop;
mod real;
mod report;
mod truth;
mod variants;

use crate::hash::hash;
use crate::parallel::in_parallel;
use crate::render::score::{self, Score};
use crate::render::{SOUNDFONT, own};
use anyhow::{Context, Result};
use measure::Answer;
pub use measure::auc;
pub use ours::analyser;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use truth::Truth;
use variants::CYCLE;

/// One piece in so many is played by the project's own instruments.
const OWN: u64 = 6;

/// What is asked for.
#[derive(clap::Args)]
pub struct Options {
    /// A General MIDI soundfont to render with
    #[arg(long, default_value = SOUNDFONT)]
    soundfont: PathBuf,
    /// Leave other tools out, showing their last answers, and write no report
    #[arg(long)]
    ours_only: bool,
    /// Write what is true of each piece and what each tool says of it there, an object a line
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    /// Take every Nth piece only, and write no report
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    every: u32,
    /// Score on these pieces of the training set instead (a name a line: those that training held out), to choose constants by
    #[arg(long, value_name = "FILE")]
    held_out: Option<PathBuf>,
    /// Render the pieces of the training set instead, which shares none with the evaluation, and write there what was measured of each
    #[arg(long, value_name = "DIR")]
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
    length_s: f64,
    truth: Truth,
}

pub fn run(root: &Path, options: &Options) -> Result<()> {
    let data = crate::data()?;
    let dir = root.join("target/eval/analysis");
    std::fs::create_dir_all(&dir)?;
    if let Some(to) = &options.training {
        return training(&data, &options.soundfont, to);
    }
    let mut pieces = match &options.held_out {
        Some(names) => {
            let names = std::fs::read_to_string(names).with_context(|| names.display().to_string())?;
            render(&data, &options.soundfont, &dir.join("held-out"), Split::Training, &|t| names.lines().any(|n| n == t.name))?
        }
        None => render(&data, &options.soundfont, &dir.join("music"), Split::Evaluation, &|_| true)?,
    };
    // So that a part is a part of every kind.
    fastrand::Rng::with_seed(1).shuffle(&mut pieces);
    if options.every > 1 {
        pieces = pieces.into_iter().step_by(options.every as usize).collect();
    }
    eprintln!("{} pieces", pieces.len());

    let ours_only = options.ours_only || options.held_out.is_some();
    let mut tools: Vec<(String, HashMap<PathBuf, Answer>, f64)> = Vec::new();
    let began = Instant::now();
    let mut answers = in_parallel(&pieces, |p| Ok((p.file.clone(), ours::answer(&ours::analyse(&p.file)?))))?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as f64;
    let seconds = began.elapsed().as_secs_f64() * cores;
    let pitches = in_parallel(&pieces, |p| p.truth.voice.as_ref().map(|notes| ours::pitch(&p.file, notes, 1)).transpose())?;
    for (answer, pitch) in answers.iter_mut().zip(pitches) {
        answer.1.pitch = pitch;
    }
    tools.push(("underscore".into(), answers.into_iter().collect(), seconds));
    let real = real::prepare(&data, &dir.join("real"))?;
    let real_files: Vec<PathBuf> = real.recordings.iter().cloned().chain(real.loops.iter().map(|l| l.0.clone())).collect();
    let heard = in_parallel(&real_files, |file| Ok((file.clone(), ours::answer(&ours::analyse(file)?))))?;
    tools[0].1.extend(heard);
    let files: Vec<PathBuf> = pieces.iter().map(|p| p.file.clone()).collect();
    let python = if ours_only { None } else { Some(peers::python(&dir.join("python"))?) };
    // Nobody else was asked about what was held out.
    for tool in peers::TOOLS.into_iter().filter(|_| options.held_out.is_none()) {
        let kept = dir.join(format!("{tool}.json"));
        let (answers, seconds) = match &python {
            Some(python) => {
                eprintln!("asking {tool}");
                let (mut answers, seconds) = peers::ask(python, tool, &files)?;
                answers.extend(peers::ask(python, tool, &real_files)?.0);
                let all = (answers, seconds);
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
    if let Some(to) = &options.list {
        let lines = pieces.iter().map(|p| {
            let answers: HashMap<&str, Option<&Answer>> = tools.iter().map(|t| (t.0.as_str(), t.1.get(&p.file))).collect();
            serde_json::to_string(&serde_json::json!({ "file": p.file, "truth": p.truth, "answers": answers }))
        });
        std::fs::write(to, lines.collect::<Result<Vec<_>, _>>()?.join("\n") + "\n").with_context(|| to.display().to_string())?;
    }
    // A report is of one run.
    report::write(root, &pieces, &tools, &real::table(&real, &tools)?, options.every == 1 && !ours_only)
}

/// Writes `pieces.jsonl`, an object a line: what is true of a piece and what was measured of it; and, for each, what the pulse network
/// is given of it. The sound itself is not kept.
fn training(data: &Path, soundfont: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    let font = score::soundfont(soundfont)?;
    let lines = in_parallel(&scores(data, Split::Training)?, |(number, (score, truth))| {
        let Piece { file, truth, .. } = make(font.as_ref(), to, *number, score, truth)?;
        let analysis::Whole { analysis, network_inputs, .. } = analyser(&file)?.finish_whole();
        crate::table::write_npy(&to.join(format!("{}.npy", truth.name)), analysis::networks::INPUTS, network_inputs.as_flattened())?;
        std::fs::remove_file(&file)?;
        let peaks = track::Value::measured(track::Peaks::default(), analysis::VERSION, None);
        Ok(serde_json::to_string(&serde_json::json!({ "truth": truth, "analysis": track::Analysis { peaks, ..analysis } }))?)
    })?;
    let list = to.join("pieces.jsonl");
    std::fs::write(&list, lines.join("\n") + "\n").with_context(|| list.display().to_string())
}

/// The pieces of the training set, which shares none with the evaluation, by name.
pub fn training_scores(data: &Path) -> Result<Vec<(String, Score)>> {
    Ok(scores(data, Split::Training)?.into_iter().map(|(_, (score, truth))| (truth.name, score)).collect())
}

/// The pieces of a set, numbered.
fn scores(data: &Path, split: Split) -> Result<Vec<(usize, (Score, Truth))>> {
    let (patterns, free) = if split == Split::Evaluation { (84, 40) } else { (84 * 7, 40 * 7) };
    let mut scores: Vec<(Score, Truth)> = pop::pieces(data, 7, split)?;
    scores.extend(fiddle::pieces(data, 9, split)?);
    scores.extend(patterns::pieces(patterns, split));
    scores.extend(patterns::pulseless(free, split));
    scores.extend(forms::pieces(32, split));
    scores.extend(fiddle::voices(data, split)?);
    scores.extend(drums::pieces(if split == Split::Evaluation { 20 } else { 300 }, split));
    if split == Split::Training {
        // What is learned is to hold whatever plays.
        for (score, truth) in scores.iter_mut().filter(|s| hash(&s.1.name) / OWN % 2 == 1) {
            patterns::other_instruments(score, hash(&truth.name));
            truth.onsets_s = score.onsets_s();
        }
    }
    Ok(scores.into_iter().enumerate().collect())
}

/// Renders what is not there yet.
fn render(data: &Path, soundfont: &Path, dir: &Path, split: Split, wanted: &dyn Fn(&Truth) -> bool) -> Result<Vec<Piece>> {
    std::fs::create_dir_all(dir)?;
    let font = score::soundfont(soundfont)?;
    let scores: Vec<_> = scores(data, split)?.into_iter().filter(|s| wanted(&s.1.1)).collect();
    in_parallel(&scores, |(number, (score, truth))| make(font.as_ref(), dir, *number, score, truth))
}

/// Renders a piece in its variant, unless that was done before.
fn make(font: Option<&Arc<rustysynth::SoundFont>>, dir: &Path, number: usize, score: &Score, truth: &Truth) -> Result<Piece> {
    let (variant, mut score, mut truth) = (CYCLE[number % CYCLE.len()], score.clone(), truth.clone());
    variant.tune(&mut score);
    if let Some(tuned) = truth.tuning_cents {
        truth.tuning_cents = Some(score.cents);
        // Detuned, the tonic moves along.
        let factor = 2f64.powf((score.cents - tuned) / 1200.0);
        truth.tonic_hz = truth.tonic_hz.map(|hz| hz * factor);
        truth.voice.iter_mut().flatten().for_each(|note| note.2 *= factor);
    }
    truth.variant = variant.name().into();
    // The project's own instruments play a share, and all where there is no soundfont.
    let is_own = hash(&truth.name).is_multiple_of(OWN);
    truth.instruments = if is_own || font.is_none() { "our own" } else { "soundfont" }.into();
    // What no longer sounds is not asked.
    let sounds = |t: &f64| *t < score.length_s - 0.1;
    truth.beats_s.retain(sounds);
    truth.downbeats_s.retain(sounds);
    truth.onsets_s.iter_mut().for_each(|onsets| onsets.retain(sounds));
    let (note, stem) = (dir.join(format!("{}.json", truth.name)), dir.join(&truth.name));
    // Kept sound is that of these very notes.
    let notes = hash(&format!("{:?}{:?}{}", score.notes, score.programs, score.cents));
    let known = std::fs::read(&note).ok().and_then(|b| serde_json::from_slice::<(PathBuf, Truth, u64)>(&b).ok());
    if let Some((file, ..)) = known.filter(|(f, t, n)| f.exists() && *t == truth && *n == notes) {
        return Ok(Piece { file, length_s: score.length_s, truth });
    }
    let (sound, rate_hz) = match font {
        Some(font) if !is_own => (score.render(font)?, score::RATE_HZ),
        _ => (own::render(&score, number as u64), own::rate_hz()),
    };
    let file = variant.write(sound, rate_hz, number as u64, &stem)?;
    std::fs::write(&note, serde_json::to_vec(&(&file, &truth, notes))?)?;
    Ok(Piece { file, length_s: score.length_s, truth })
}
