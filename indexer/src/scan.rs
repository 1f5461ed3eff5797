//! `indexer scan` and the worker that it starts.

use crate::arguments::{Arguments, Measuring, Scan, Worker};
use crate::progress::Progress;
use crate::watchdog::Watch;
use crate::{COULD_NOT_RUN, MEMORY, OK, SOME_FAILED, keeping, learn, output, usage};
use anyhow::Context;
use catalogue::{Catalogue, Reader};
use mood::{Models, MusicModel, Role};
use scan::{Limits, Moods, Upgrade, WorkerCommand};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How workers are started, and what they may use.
pub fn workers(measuring: &Measuring, models: &Models, count: Option<u16>) -> anyhow::Result<(WorkerCommand, Limits)> {
    let mut arguments: Vec<String> =
        vec!["worker".into(), "--memory".into(), measuring.memory.to_string(), "--timeout".into(), measuring.timeout.to_string()];
    for (role, file) in models.replaced() {
        // Said here and not by every worker: what does not fit is refused before the work.
        models.model(role)?;
        let file = file.to_str().with_context(|| format!("{}: a model's path must be UTF-8", file.display()))?;
        arguments.extend(["--model".into(), format!("{role}={file}")]);
    }
    let program = std::env::current_exe().context("cannot find this program, which is its own worker")?;
    let command = WorkerCommand { program, arguments };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok((command, Limits { workers: count.map_or(cores, usize::from), per_file: Duration::from_secs(measuring.timeout) }))
}

pub fn run(arguments: &Arguments, command: &Scan) -> anyhow::Result<u8> {
    let stop = Arc::new(AtomicBool::new(false));
    let told = stop.clone();
    ctrlc::set_handler(move || told.store(true, Ordering::Relaxed)).context("cannot listen for Ctrl-C")?;
    once(arguments, command, &command.folders, &stop)
}

/// Scans some folders once and tells what was found.
pub fn once(arguments: &Arguments, command: &Scan, folders: &[PathBuf], stop: &AtomicBool) -> anyhow::Result<u8> {
    usage::fold_inbox(&arguments.catalogue_dir()?);
    let mut catalogue = Catalogue::open(&arguments.catalogue_dir()?)?;
    let models = command.models.models()?;
    let (worker, limits) = workers(&command.measuring, &models, command.workers)?;
    let moods = Moods { model: models.model(Role::Music)?.id().to_owned(), correction: learn::known(&catalogue)? };
    if let Some(learned) = moods.correction.as_ref().filter(|c| c.model != moods.model) {
        eprintln!(
            "what was learned from moods that were set by hand was learned over {}, and is not applied to what {} measures; 'indexer learn' learns anew",
            learned.model, moods.model
        );
    }
    let upgrade = match command.upgrade {
        // Who puts another model in its place wants its values.
        None if models.replaced().next().is_some() => Upgrade::All,
        None => Upgrade::None,
        Some(0) => Upgrade::All,
        Some(n) => Upgrade::AtMost(n),
    };
    let progress = Progress::new();
    let result = scan::scan(&mut catalogue, folders, &worker, limits, &moods, upgrade, &|event| progress.event(event), stop);
    progress.finish();
    let report = result?;

    if arguments.json {
        output::json(&report)?;
    } else {
        let c = report.counts;
        output::line(&format!(
            "{} found: {} new, {} changed, {} moved, {} unchanged, {}{} failed, {} skipped; {} gone missing",
            output::files(c.found),
            c.new,
            c.changed,
            c.moved,
            c.unchanged,
            // Said only where there are some: that this program measures otherwise is rare.
            if c.renewed > 0 { format!("{} measured anew, ", c.renewed) } else { String::new() },
            c.failed,
            c.skipped,
            c.missing
        ))?;
        for (what, list) in [("failed", &report.failures), ("skipped", &report.skips), ("cannot read", &report.unreadable)] {
            for item in list {
                output::line(&output::printable(&format!("{what}: {}: {}", item.path.display(), item.reason)))?;
            }
        }
        if c.found == 0 && report.unreadable.is_empty() && !report.stopped {
            output::line(&format!("no music in there; files are looked for by their names: {}", audio_names()))?;
        }
        if c.stale > 0 {
            output::line(&format!(
                "{} measured by another version or model; 'indexer scan --upgrade' measures anew",
                output::count(c.stale, "file was", "files were")
            ))?;
        }
        if c.changed > 0 {
            keeping::tell_without_files(&Reader::open(&arguments.catalogue_dir()?)?)?;
        }
        if report.stopped {
            output::line("stopped; what was measured is kept, and the next scan goes on from there")?;
        }
    }
    // That all was left out is no success.
    let is_all_skipped = report.counts.found > 0 && report.counts.skipped == report.counts.found;
    Ok(if report.stopped {
        COULD_NOT_RUN
    } else if report.counts.failed > 0 || !report.unreadable.is_empty() || is_all_skipped {
        SOME_FAILED
    } else {
        OK
    })
}

/// The names of music files, for users.
fn audio_names() -> String {
    scan::EXTENSIONS.iter().map(|e| format!(".{e}")).collect::<Vec<_>>().join(" ")
}

pub fn run_worker(command: &Worker) -> anyhow::Result<u8> {
    let bytes = usize::try_from(command.memory.saturating_mul(1 << 20)).unwrap_or(usize::MAX);
    MEMORY.set_limit(bytes).map_err(|()| anyhow::anyhow!("--memory {}: not even the start of a worker fits into that", command.memory))?;
    // A panic is an answer, not a message on somebody's terminal.
    std::panic::set_hook(Box::new(|_| {}));
    let watch = Watch::new(command.timeout.map(|s| Duration::from_secs(s) + Watch::GRACE));
    let mood = MusicModel::new(command.models.models()?.model(Role::Music)?)?;
    scan::serve(&mood, watch.reading(std::io::stdin().lock()), watch.writing(std::io::stdout().lock()))?;
    Ok(OK)
}
