//! `indexer analyse`.

use crate::arguments::{Analyse, Arguments};
use crate::{OK, describe, output, plot, scan};
use anyhow::{Context, anyhow, bail};
use std::path::Path;
use std::sync::Mutex;
use track::Track;

pub fn run(arguments: &Arguments, command: &Analyse) -> anyhow::Result<u8> {
    let track = measured(command, &command.file)?;
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
fn measured(command: &Analyse, path: &Path) -> anyhow::Result<Track> {
    if !path.is_file() {
        bail!("{}: no such file", path.display());
    }
    let path = dunce::canonicalize(path).with_context(|| path.display().to_string())?;
    let (worker, limits) = scan::workers(&command.measuring, Some(1))?;
    let result = Mutex::new(None);
    ::scan::measure_all(&worker, limits, std::slice::from_ref(&path), &|_, outcome| {
        *result.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(outcome);
    });
    let outcome = result.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let outcome = outcome.unwrap_or_else(|| Err("it was not measured".into()));
    outcome.map_err(|reason| anyhow!("{}: {reason}", path.display()))
}
