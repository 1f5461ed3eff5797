//! `indexer analyse`.

use crate::arguments::{Analyse, Arguments, Measuring};
use crate::{MEMORY, OK, derived, describe, output, plot, scan};
use analysis::LevelCurve;
use anyhow::{Context, anyhow, bail};
use mood::Models;
use std::path::Path;
use std::sync::Mutex;
use track::Track;

pub fn run(arguments: &Arguments, command: &Analyse) -> anyhow::Result<u8> {
    if let Some(to) = command.plot.as_ref().filter(|p| p.extension().is_none_or(|e| !e.eq_ignore_ascii_case("svg"))) {
        bail!("--plot {}: the drawing is an SVG file, so its name ends in .svg", to.display());
    }
    command.silence.check()?;
    let mut track = measured(&command.measuring, &command.models.models()?, &command.file)?;
    if !command.silence.is_usual()
        && let Some(sections) = &mut track.analysis.sections
    {
        let s = &command.silence;
        let (before, after) = level(&command.measuring, &command.file)?.silence_at_ends(s.below, s.hold);
        (sections.value.silence_before_s, sections.value.silence_after_s) = (before, after);
    }
    if let Some(to) = &command.plot {
        plot::draw(&track, to)?;
    }
    if arguments.json {
        let mut all = serde_json::to_value(&track)?;
        all["derived"] = derived::as_json(track.affect.as_ref().map(|a| &a.value));
        output::json(&all)?;
    } else {
        describe::print(&track)?;
    }
    Ok(OK)
}

/// Levels a second: silence is found to the hundredth of a second.
pub const LEVELS_HZ: f64 = 100.0;

/// From here on this process has so much memory: a file that asks for more ends it.
pub fn take_memory(megabytes: u64) -> anyhow::Result<()> {
    let bytes = usize::try_from(megabytes << 20).unwrap_or(usize::MAX);
    MEMORY.set_limit(bytes).map_err(|()| anyhow!("this program uses more memory than --memory allows already"))
}

/// The level over time of a file that a worker has survived, read in this process.
pub fn level(measuring: &Measuring, path: &Path) -> anyhow::Result<LevelCurve> {
    take_memory(measuring.memory)?;
    let mut reader = audio::Reader::open(path)?;
    let mut level = LevelCurve::new(f64::from(reader.info().rate_hz), LEVELS_HZ);
    let mut clean: Vec<Vec<f32>> = vec![Vec::new(); reader.info().channels];
    audio::read_unbroken(&mut reader, |planes| -> anyhow::Result<()> {
        for (plane, samples) in clean.iter_mut().zip(planes) {
            plane.clear();
            plane.extend(samples.iter().map(|x| analysis::clean(*x)));
        }
        level.push(&clean);
        Ok(())
    })?;
    Ok(level)
}

/// Measures a file in a worker: a file that breaks a decoder breaks that one.
pub fn measured(measuring: &Measuring, models: &Models, path: &Path) -> anyhow::Result<Track> {
    if path.is_dir() {
        bail!("{} is a folder; name one file of it, or scan it: indexer scan {0}", path.display());
    }
    if !path.is_file() {
        bail!("{}: no such file", path.display());
    }
    let path = dunce::canonicalize(path).with_context(|| path.display().to_string())?;
    let (worker, limits) = scan::workers(measuring, models, Some(1))?;
    let result = Mutex::new(None);
    ::scan::measure_all(&worker, limits, std::slice::from_ref(&path), &|_, outcome| {
        *result.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(outcome);
    });
    let outcome = result.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let outcome = outcome.unwrap_or_else(|| Err("it was not measured".into()));
    outcome.map_err(|reason| anyhow!("{}: {reason}", path.display()))
}
