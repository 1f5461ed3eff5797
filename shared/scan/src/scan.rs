//! The scan itself: walk, compare, measure, commit.

use crate::job::{Cause, Job, Outcome};
use crate::pool::{self, Limits, WorkerCommand};
use crate::{VERSION, walk};
use affect::AffectEstimate;
use catalogue::{Catalogue, CatalogueError, Change, FileStamp, FileState};
use mood::learn::Correction;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use track::{ContentId, Track, Value};

/// Results are committed at the latest after this long or this many.
const COMMIT_EVERY: Duration = Duration::from_secs(2);
const COMMIT_MANY: usize = 256;

/// Why a scan could not run.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// A folder that was named is not there or cannot be read.
    #[error("{}: {reason}; nothing in it was marked as missing", path.display())]
    Root {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The catalogue failed.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
}

/// How many files became what. `found` is the sum of the seven that follow it; `missing` stands apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Files that look like music.
    pub found: usize,
    /// Measured for the first time, or another copy of a known sound.
    pub new: usize,
    /// Known by path, and measured again because they changed.
    pub changed: usize,
    /// Known sounds at another path than before.
    pub moved: usize,
    /// As at the last scan; not opened.
    pub unchanged: usize,
    /// As at the last scan, and measured again because this program measures otherwise, or with another model.
    pub renewed: usize,
    /// Could not be measured.
    pub failed: usize,
    /// Left out on purpose.
    pub skipped: usize,
    /// Known files that are gone.
    pub missing: usize,
}

/// A file and why it failed or was skipped.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Failure {
    /// The file.
    #[serde(with = "track::path_text::one")]
    pub path: PathBuf,
    /// Why.
    pub reason: String,
}

/// What a scan did.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Report {
    /// Counts that add up.
    #[serde(flatten)]
    pub counts: Counts,
    /// Files that could not be measured.
    pub failures: Vec<Failure>,
    /// Files that were left out.
    pub skips: Vec<Failure>,
    /// Folders that could not be read. Nothing below their root was marked as missing.
    pub unreadable: Vec<Failure>,
    /// Seconds of music measured.
    pub measured_s: f64,
    /// Whether it was stopped before the end.
    pub stopped: bool,
}

/// What happens during a scan, for whoever shows it.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The walk is over: this many files must be measured, of this many found.
    Planned {
        /// To be measured.
        to_measure: usize,
        /// Found.
        found: usize,
    },
    /// A worker starts on a file.
    Started(PathBuf),
    /// A file is done.
    Done {
        /// The file.
        path: PathBuf,
        /// Seconds of music in it.
        seconds: f64,
        /// Why it failed, if it did.
        failure: Option<String>,
    },
}

/// How moods come about: by which model, and what was learned from moods that were set by hand.
#[derive(Debug, Clone)]
pub struct Moods {
    /// The id of the model that the workers use.
    pub model: String,
    /// What was learned.
    pub correction: Option<Correction>,
}

impl Moods {
    /// Versions of all that measures a sound.
    fn by(&self) -> String {
        format!("{}, {}", analysis::VERSION, self.model)
    }

    fn learned(&self, track: &Track) -> Option<Value<AffectEstimate>> {
        self.correction.as_ref()?.apply(track.affect.as_ref()?, &track.mood.as_ref()?.value.embedding)
    }
}

/// Brings the catalogue up to date with some folders. `events` is called from several threads; `stop` ends the scan within a
/// moment, keeping what was done.
///
/// # Errors
/// [`ScanError`] when a folder cannot be read at all or the catalogue fails. Single files never end a scan.
pub fn scan(
    catalogue: &mut Catalogue,
    roots: &[PathBuf],
    worker: &WorkerCommand,
    limits: Limits,
    moods: &Moods,
    events: &(dyn Fn(Event) + Sync),
    stop: &AtomicBool,
) -> Result<Report, ScanError> {
    let by = moods.by();
    let known = catalogue.files()?;
    // A file that failed under these limits is tried again under others only.
    let under_limits = format!("{VERSION} within {} s {}", limits.per_file.as_secs_f64(), worker.arguments.join(" "));
    let mut report = Report::default();
    let mut seen: HashSet<PathBuf> = HashSet::new();
    let mut files: Vec<(PathBuf, FileStamp)> = Vec::new();
    let mut gone: Vec<PathBuf> = Vec::new();
    let mut bad_roots = 0;
    let mut emptied: HashSet<PathBuf> = HashSet::new();
    for root in roots {
        let root = match canonical(root) {
            Ok(root) => root,
            // The others are still worth a scan.
            Err(ScanError::Root { path, reason }) if bad_roots + 1 < roots.len() => {
                bad_roots += 1;
                report.unreadable.push(Failure { path, reason });
                continue;
            }
            Err(e) => return Err(e),
        };
        let walked = walk::walk(&root, &|| stop.load(Ordering::Relaxed));
        // A mount point without its share is an empty folder, and not the end of a collection.
        let known_here = || known.iter().filter(|(path, state)| path.starts_with(&root) && !state.missing);
        let looks_unmounted = walked.files.is_empty() && known_here().any(|(path, _)| !path.exists());
        if walked.unreadable.is_empty() && !looks_unmounted && !stop.load(Ordering::Relaxed) {
            let here: HashSet<&Path> =
                walked.files.iter().map(|f| f.0.as_path()).chain(walked.skipped.iter().map(|s| s.0.as_path())).collect();
            for path in known_here().map(|(path, _)| path).filter(|p| !here.contains(p.as_path())) {
                // A share may be mounted on a folder inside, too.
                match emptied_folder(path, &root) {
                    Some(folder) if emptied.insert(folder.clone()) => report.unreadable.push(looks_emptied(folder)),
                    Some(_) => {}
                    None => gone.push(path.clone()),
                }
            }
        } else if looks_unmounted {
            report.unreadable.push(looks_emptied(root.clone()));
        }
        report.unreadable.extend(walked.unreadable.into_iter().map(|(path, reason)| Failure { path, reason }));
        report.skips.extend(walked.skipped.into_iter().filter(|s| seen.insert(s.0.clone())).map(|(path, reason)| Failure { path, reason }));
        files.extend(walked.files.into_iter().filter(|f| seen.insert(f.0.clone())));
    }
    gone.sort();
    gone.dedup();
    report.counts.skipped = report.skips.len();
    report.counts.found = files.len() + report.skips.len();
    report.counts.missing = gone.len();

    // Sounds of files that are gone, by size: a new file of that size may be one of them, moved.
    let mut strays: HashMap<u64, Vec<ContentId>> = HashMap::new();
    let gone_now: HashSet<&PathBuf> = gone.iter().collect();
    let is_there = |(path, state): &(&PathBuf, &FileState)| !state.missing && !gone_now.contains(path);
    let still_there: HashSet<&ContentId> = known.iter().filter(is_there).filter_map(|(_, s)| s.content_id.as_ref()).collect();
    let lost = gone.iter().filter_map(|p| known.get(p)).chain(known.values().filter(|s| s.missing));
    for state in lost {
        if let Some(id) = state.content_id.as_ref().filter(|id| !still_there.contains(id)) {
            strays.entry(state.stamp.size).or_default().push(id.clone());
        }
    }

    let mut changes: Vec<Change> = gone.iter().cloned().map(Change::Missing).collect();
    let mut jobs: Vec<(Job, FileStamp)> = Vec::new();
    for (path, stamp) in files {
        match known.get(&path) {
            Some(state) if state.stamp == stamp && is_settled(state, &by, &under_limits) => {
                match &state.failure {
                    Some((reason, _)) => {
                        report.counts.failed += 1;
                        report.failures.push(Failure { path: path.clone(), reason: reason.clone() });
                    }
                    None => report.counts.unchanged += 1,
                }
                if state.missing {
                    changes.push(Change::Back(path));
                }
            }
            _ => {
                let known = strays.get(&stamp.size).cloned().unwrap_or_default();
                jobs.push((Job { path, known }, stamp));
            }
        }
    }
    catalogue.commit(&changes)?;
    events(Event::Planned { to_measure: jobs.len(), found: report.counts.found });
    let failed_before = report.failures.len();
    measure(catalogue, &known, jobs, worker, limits, moods, events, stop, &mut report, &strays, &under_limits)?;
    report.stopped = stop.load(Ordering::Relaxed);
    report.failures[failed_before..].sort_by(|a, b| a.path.cmp(&b.path));
    if report.stopped {
        // What was not reached is not found yet, so that the counts add up.
        let c = &mut report.counts;
        c.found = c.new + c.changed + c.moved + c.unchanged + c.renewed + c.failed + c.skipped;
    }
    Ok(report)
}

/// Whether there is nothing to be done about a file that has not changed.
fn is_settled(state: &FileState, by: &str, under_limits: &str) -> bool {
    match &state.failure {
        Some((_, version)) => version == VERSION || version == under_limits,
        None => state.measured_by.as_deref() == Some(by),
    }
}

fn looks_emptied(path: PathBuf) -> Failure {
    Failure { path, reason: "is empty, though music was there before; is a share not mounted?".into() }
}

/// The folder around a file that is gone, if it is there and holds nothing at all: what a mount point looks like without its share.
/// Who deletes music deletes its folder as a rule.
fn emptied_folder(gone: &Path, root: &Path) -> Option<PathBuf> {
    let folder = gone.ancestors().skip(1).take_while(|a| a.starts_with(root)).find(|a| a.exists())?;
    let is_empty = std::fs::read_dir(folder).ok()?.next().is_none();
    is_empty.then(|| folder.to_owned())
}

fn canonical(root: &Path) -> Result<PathBuf, ScanError> {
    let fail = |e: std::io::Error| ScanError::Root { path: root.to_owned(), reason: e.to_string() };
    let root = dunce::canonicalize(root).map_err(fail)?;
    if root.is_dir() {
        std::fs::read_dir(&root).map_err(fail)?;
    }
    Ok(root)
}

#[allow(clippy::too_many_arguments)]
fn measure(
    catalogue: &mut Catalogue,
    known: &HashMap<PathBuf, FileState>,
    jobs: Vec<(Job, FileStamp)>,
    worker: &WorkerCommand,
    limits: Limits,
    moods: &Moods,
    events: &(dyn Fn(Event) + Sync),
    stop: &AtomicBool,
    report: &mut Report,
    strays: &HashMap<u64, Vec<ContentId>>,
    under_limits: &str,
) -> Result<(), ScanError> {
    if jobs.is_empty() {
        return Ok(());
    }
    let stamps: HashMap<PathBuf, FileStamp> = jobs.iter().map(|(job, stamp)| (job.path.clone(), *stamp)).collect();
    let stray_ids: HashSet<&ContentId> = strays.values().flatten().collect();
    let (give, take) = crossbeam_channel::unbounded();
    let (tell, hear) = crossbeam_channel::unbounded();
    for (job, _) in jobs {
        let _ = give.send(job);
    }
    drop(give);
    let starting = |job: &Job| events(Event::Started(job.path.clone()));
    std::thread::scope(|scope| {
        for _ in 0..limits.workers.max(1) {
            let (take, tell, starting) = (take.clone(), tell.clone(), &starting);
            scope.spawn(move || pool::run(worker, limits, &take, &tell, starting, stop));
        }
        drop(tell);
        let mut batch: Vec<Change> = Vec::new();
        let mut last = Instant::now();
        loop {
            let answer = hear.recv_timeout(COMMIT_EVERY);
            if let Ok((job, outcome)) = answer {
                let Some(stamp) = stamps.get(&job.path).copied() else { continue };
                let before = known.get(&job.path);
                settle(report, before, &stray_ids, job.path, stamp, outcome, moods, under_limits, &mut batch, events);
            } else if matches!(answer, Err(crossbeam_channel::RecvTimeoutError::Disconnected)) {
                return catalogue.commit(&batch).map_err(ScanError::from);
            }
            if batch.len() >= COMMIT_MANY || (last.elapsed() > COMMIT_EVERY && !batch.is_empty()) {
                if let Err(e) = catalogue.commit(&batch) {
                    stop.store(true, Ordering::Relaxed);
                    return Err(e.into());
                }
                batch.clear();
                last = Instant::now();
            }
        }
    })
}

/// Counts an outcome and turns it into a change.
#[allow(clippy::too_many_arguments)]
fn settle(
    report: &mut Report,
    before: Option<&FileState>,
    strays: &HashSet<&ContentId>,
    path: PathBuf,
    stamp: FileStamp,
    outcome: Outcome,
    moods: &Moods,
    under_limits: &str,
    batch: &mut Vec<Change>,
    events: &(dyn Fn(Event) + Sync),
) {
    let counts = &mut report.counts;
    let mut count = |id: &ContentId| match before {
        Some(state) if state.content_id.as_ref() == Some(id) && state.stamp == stamp => counts.renewed += 1,
        Some(state) if state.content_id.is_some() => counts.changed += 1,
        _ if strays.contains(id) => counts.moved += 1,
        _ => counts.new += 1,
    };
    let (mut seconds, mut failure) = (0.0, None);
    match outcome {
        Outcome::Measured(measured) => {
            count(&measured.track.content_id);
            seconds = measured.track.duration_s();
            report.measured_s += seconds;
            let learned = moods.learned(&measured.track);
            batch.push(Change::Measured { path: path.clone(), stamp, track: Box::new(measured.track), by: moods.by(), learned });
        }
        Outcome::Known(content_id) => {
            count(&content_id);
            batch.push(Change::Linked { path: path.clone(), stamp, content_id });
        }
        Outcome::Failed { reason, cause } => {
            counts.failed += 1;
            report.failures.push(Failure { path: path.clone(), reason: reason.clone() });
            let version = match cause {
                Cause::File => VERSION.to_owned(),
                Cause::Limits => under_limits.to_owned(),
                Cause::Circumstances => String::new(),
            };
            batch.push(Change::Failed { path: path.clone(), stamp, reason: reason.clone(), version });
            failure = Some(reason);
        }
    }
    events(Event::Done { path, seconds, failure });
}
