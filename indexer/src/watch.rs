//! `indexer watch`: scans again whenever something changes.
//!
//! One idea: a notice of a change is no account of it; it only says that a folder is worth a scan, which looks for itself. So lost, late and doubled notices do no harm.

use crate::arguments::{Arguments, Watch};
use crate::output::{self, printable};
use crate::{OK, scan};
use anyhow::Context;
use crossbeam_channel::RecvTimeoutError;
use notify_debouncer_full::notify::{EventKind, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, new_debouncer};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A folder is scanned when nothing has changed in it for so long: whoever copies an album writes for a while.
const QUIET: Duration = Duration::from_secs(2);
/// And at the latest after so long of changes without an end.
const LATEST: Duration = Duration::from_secs(60);
/// Where changes are not told (a share, too many folders), folders are looked at so often.
const LOOK: Duration = Duration::from_secs(60);
/// How often a wait looks whether it should end.
const TICK: Duration = Duration::from_millis(200);

pub fn run(arguments: &Arguments, command: &Watch) -> anyhow::Result<u8> {
    let stop = Arc::new(AtomicBool::new(false));
    let told = stop.clone();
    ctrlc::set_handler(move || told.store(true, Ordering::Relaxed)).context("cannot listen for Ctrl-C")?;
    let folders: Vec<PathBuf> = command
        .scan
        .folders
        .iter()
        .map(|f| dunce::canonicalize(f).with_context(|| f.display().to_string()))
        .collect::<anyhow::Result<_>>()?;
    let (tell, hear) = crossbeam_channel::unbounded();
    let mut watcher = new_debouncer(QUIET, None, move |result: DebounceEventResult| {
        // What cannot be told in full is told as a change of everything.
        let changed = match result {
            Ok(events) => events.into_iter().filter(|e| !matches!(e.kind, EventKind::Access(_))).flat_map(|e| e.event.paths).collect(),
            Err(_) => vec![PathBuf::new()],
        };
        let _ = tell.send(changed);
    })
    .context("this system tells no changes of files")?;
    // Watched first and scanned then, so that nothing falls between the two.
    let mut unwatched: Vec<&Path> = Vec::new();
    for folder in &folders {
        if let Err(e) = watcher.watch(folder, RecursiveMode::Recursive) {
            let every = LOOK.as_secs();
            eprintln!("{}", printable(&format!("{}: {e}; it is looked at every {every} s instead", folder.display())));
            unwatched.push(folder);
        }
    }
    let scan = |folders: &[PathBuf]| -> anyhow::Result<()> {
        match scan::once(arguments, &command.scan, folders, &stop) {
            Ok(_) => Ok(()),
            // Another program that writes, or a drive that is away for a moment, is no reason to end.
            Err(e) => output::line(&printable(&format!("not scanned: {e:#}; it is tried again at the next change"))),
        }
    };
    scan(&folders)?;
    if !stop.load(Ordering::Relaxed) {
        eprintln!("watching; Ctrl-C ends it");
    }
    let mut looked = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        let mut changed: Vec<PathBuf> = match hear.recv_timeout(TICK) {
            Ok(changed) => changed,
            Err(RecvTimeoutError::Timeout) => Vec::new(),
            Err(RecvTimeoutError::Disconnected) => break,
        };
        let since = Instant::now();
        while !changed.is_empty() && since.elapsed() < LATEST {
            match hear.recv_timeout(QUIET) {
                Ok(more) => changed.extend(more),
                Err(_) => break,
            }
        }
        let is_due = looked.elapsed() >= LOOK;
        let everything = changed.iter().any(|p| p.as_os_str().is_empty());
        let is_meant =
            |f: &&PathBuf| everything || changed.iter().any(|p| p.starts_with(f)) || (is_due && unwatched.contains(&f.as_path()));
        let due: Vec<PathBuf> = folders.iter().filter(is_meant).cloned().collect();
        if is_due {
            looked = Instant::now();
        }
        if !due.is_empty() {
            scan(&due)?;
        }
    }
    Ok(OK)
}
