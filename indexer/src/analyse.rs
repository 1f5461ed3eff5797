//! `indexer analyse`.

use crate::arguments::{Analyse, Arguments, Measuring};
use crate::{OK, describe, output, plot, scan};
use anyhow::{Context, anyhow, bail};
use std::path::Path;
use std::sync::Mutex;
use track::Track;

pub fn run(arguments: &Arguments, command: &Analyse) -> anyhow::Result<u8> {
    if let Some(to) = command.plot.as_ref().filter(|p| p.extension().is_none_or(|e| !e.eq_ignore_ascii_case("svg"))) {
        bail!("--plot {}: the drawing is an SVG file, so its name ends in .svg", to.display());
    }
    let track = measured(&command.measuring, &command.file)?;
    if let Some(to) = &command.plot {
        plot::draw(&track, to)?;
    }
    if arguments.json {
        output::json(&track)?;
    } else {
        describe::print(&track)?;
    }
    Ok(OK)
}

/// Measures a file in a worker: a file that breaks a decoder breaks that one.
pub fn measured(measuring: &Measuring, path: &Path) -> anyhow::Result<Track> {
    if path.is_dir() {
        bail!("{} is a folder; name one file of it, or scan it: indexer scan {0}", path.display());
    }
    if !path.is_file() {
        bail!("{}: no such file", path.display());
    }
    let path = dunce::canonicalize(path).with_context(|| path.display().to_string())?;
    let (worker, limits) = scan::workers(measuring, Some(1))?;
    let result = Mutex::new(None);
    ::scan::measure_all(&worker, limits, std::slice::from_ref(&path), &|_, outcome| {
        *result.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(outcome);
    });
    let outcome = result.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let outcome = outcome.unwrap_or_else(|| Err("it was not measured".into()));
    outcome.map_err(|reason| anyhow!("{}: {reason}", path.display()))
}
