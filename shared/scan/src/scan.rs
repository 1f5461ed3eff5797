//! The scan itself: walk, compare, measure, commit.

use crate::job::{Cause, Job, Outcome};
use crate::plan::{Plan, Rules, compare};
use crate::pool::{self, Limits, WorkerCommand};
use crate::{VERSION, walk};
use affect::AffectEstimate;
use catalogue::{Catalogue, CatalogueError, Change, FileStamp, FileState};
use mood::learn::Correction;
use std::collections::HashMap;
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

/// How many files became what. `found` is the sum of the seven that follow it; `missing` and `stale` stand apart.
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
    /// As at the last scan, and measured again because this program measures otherwise, or with another model, and that was asked for.
    pub renewed: usize,
    /// Could not be measured.
    pub failed: usize,
    /// Left out on purpose.
    pub skipped: usize,
    /// Files that the last scan knew and that are gone, but for those that have moved.
    pub missing: usize,
    /// Among the unchanged: what was measured of them is of another version or model.
    pub stale: usize,
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

/// What is done about values that an older version of this program, or another model, measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upgrade {
    /// They stay, and are counted.
    None,
    /// So many are measured anew.
    AtMost(usize),
    /// All are.
    All,
}

/// Brings the catalogue up to date with some folders. `events` is called from several threads; `stop` ends the scan within a
/// moment, keeping what was done.
///
/// # Errors
/// [`ScanError`] when a folder cannot be read at all or the catalogue fails. Single files never end a scan.
#[allow(clippy::too_many_arguments)]
pub fn scan(
    catalogue: &mut Catalogue,
    roots: &[PathBuf],
    worker: &WorkerCommand,
    limits: Limits,
    moods: &Moods,
    upgrade: Upgrade,
    events: &(dyn Fn(Event) + Sync),
    stop: &AtomicBool,
) -> Result<Report, ScanError> {
    let by = moods.by();
    let mut upgrades = match upgrade {
        Upgrade::None => 0,
        Upgrade::AtMost(n) => n,
        Upgrade::All => usize::MAX,
    };
    // A file that failed under these limits is tried again under others only.
    let under_limits = format!("{VERSION} within {} s {}", limits.per_file.as_secs_f64(), worker.arguments.join(" "));
    let mut report = Report::default();
    let mut folders: Vec<PathBuf> = Vec::new();
    for root in roots {
        match canonical(root) {
            Ok(root) => folders.push(root),
            // The others are still worth a scan.
            Err(ScanError::Root { path, reason }) if report.unreadable.len() + 1 < roots.len() => {
                report.unreadable.push(Failure { path, reason })
            }
            Err(e) => return Err(e),
        }
    }
    for root in &folders {
        let folder = if root.is_dir() { root } else { root.parent().unwrap_or(root) };
        // A part of a root that is read by itself stays a part of it.
        if !catalogue.roots().iter().any(|known| folder.starts_with(&known.path)) {
            catalogue.add_root(folder)?;
        }
    }
    // The disk is asked and the catalogue read side by side.
    let (walks, known) = std::thread::scope(|scope| {
        let walks = scope.spawn(|| folders.iter().map(|root| walk::walk(root, &|| stop.load(Ordering::Relaxed))).collect::<Vec<_>>());
        let known = catalogue.files();
        (walks.join(), known)
    });
    let walks =
        walks.map_err(|_| ScanError::Root { path: folders.first().cloned().unwrap_or_default(), reason: "the walk broke off".into() })?;
    let rules = Rules { by: &by, under_limits: &under_limits, is_stopped: stop.load(Ordering::Relaxed) };
    let plan = compare(folders.into_iter().zip(walks).collect(), known?, &rules, &mut upgrades, &mut report);
    let Plan { changes, jobs, before, mut strays } = plan;
    catalogue.commit(&changes)?;
    events(Event::Planned { to_measure: jobs.len(), found: report.counts.found });
    let failed_before = report.failures.len();
    measure(catalogue, &before, jobs, worker, limits, moods, events, stop, &mut report, &mut strays, &under_limits)?;
    report.stopped = stop.load(Ordering::Relaxed);
    report.failures[failed_before..].sort_by(|a, b| a.path.cmp(&b.path));
    if report.stopped {
        // What was not reached is not found yet, so that the counts add up.
        let c = &mut report.counts;
        c.found = c.new + c.changed + c.moved + c.unchanged + c.renewed + c.failed + c.skipped;
    }
    Ok(report)
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
    strays: &mut HashMap<ContentId, usize>,
    under_limits: &str,
) -> Result<(), ScanError> {
    if jobs.is_empty() {
        return Ok(());
    }
    let stamps: HashMap<PathBuf, FileStamp> = jobs.iter().map(|(job, stamp)| (job.path.clone(), *stamp)).collect();
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
                settle(report, before, strays, job.path, stamp, outcome, moods, under_limits, &mut batch, events);
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
    strays: &mut HashMap<ContentId, usize>,
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
        _ if strays.contains_key(id) => {
            counts.moved += 1;
            // What is found elsewhere is not missing.
            if let Some(files) = strays.get_mut(id).filter(|files| **files > 0) {
                *files -= 1;
                counts.missing -= 1;
            }
        }
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
        Outcome::Known { content_id, tags } => {
            count(&content_id);
            // A copy that says something else of a sound does not overrule the file that is known.
            let is_its_own = before.is_some_and(|b| b.content_id.as_ref() == Some(&content_id)) || strays.contains_key(&content_id);
            batch.push(Change::Linked { path: path.clone(), stamp, content_id, tags: is_its_own.then_some(tags) });
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
