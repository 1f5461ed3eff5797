//! What a scan has to do: the folders as they are, held against what is known of them.
//!
//! One idea: what is known of a file is taken out of the known ones when the file is met, so that what is left at the end is gone. A rescan of a hundred thousand
//! unchanged files does little more than ask the disk for them.

use crate::VERSION;
use crate::job::Job;
use crate::scan::{Failure, Report};
use crate::walk::Walked;
use catalogue::{Change, FileStamp, FileState};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use track::ContentId;

/// Known sounds of one size that a new file is held against, which means reading it once more; music files are hardly ever of one size.
const MOST_OF_A_SIZE: usize = 4;

/// What there is to do.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// What can be written down at once.
    pub(crate) changes: Vec<Change>,
    /// Files to open.
    pub(crate) jobs: Vec<(Job, FileStamp)>,
    /// What was known of those.
    pub(crate) before: HashMap<PathBuf, FileState>,
    /// Sounds that no file holds any more: where they are found again they have moved. Each with how many of its files this scan found gone.
    pub(crate) strays: HashMap<ContentId, usize>,
}

/// What decides whether a file is opened.
pub(crate) struct Rules<'a> {
    /// The versions that measure here.
    pub(crate) by: &'a str,
    /// The limits, as failures are told under them.
    pub(crate) under_limits: &'a str,
    /// Whether the walk was stopped, so that nothing is known to be gone.
    pub(crate) is_stopped: bool,
}

/// Holds what walks saw against what is known. `upgrades` counts down how many files are measured anew for their version alone.
pub(crate) fn compare(
    walks: Vec<(PathBuf, Walked)>,
    mut known: HashMap<PathBuf, FileState>,
    rules: &Rules<'_>,
    upgrades: &mut usize,
    report: &mut Report,
) -> Plan {
    let mut plan = Plan::default();
    let mut seen: HashSet<PathBuf> = HashSet::new();
    let are_many = walks.len() > 1;
    let mut sound: Vec<PathBuf> = Vec::new();
    let mut new: Vec<(PathBuf, FileStamp)> = Vec::new();
    let mut there: Vec<ContentId> = Vec::new();
    for (root, walked) in walks {
        // A mount point without its share is an empty folder, and not the end of a collection.
        let looks_unmounted =
            walked.files.is_empty() && known.iter().any(|(path, s)| !s.missing && path.starts_with(&root) && !path.exists());
        if looks_unmounted {
            report.unreadable.push(looks_emptied(root.clone()));
        } else if walked.unreadable.is_empty() && !rules.is_stopped {
            sound.push(root);
        }
        report.unreadable.extend(walked.unreadable.into_iter().map(|(path, reason)| Failure { path, reason }));
        for (path, reason) in walked.skipped {
            if seen.insert(path.clone()) {
                report.skips.push(Failure { path, reason });
            }
        }
        for (path, stamp) in walked.files {
            // Folders that were named may lie in each other.
            if are_many && !seen.insert(path.clone()) {
                continue;
            }
            report.counts.found += 1;
            match known.remove(&path) {
                Some(state) if state.stamp == stamp && is_settled(&state, rules) && !is_upgraded(&state, rules, upgrades) => {
                    let is_back = state.missing;
                    there.extend(state.content_id);
                    match state.failure {
                        Some((reason, _)) => {
                            report.counts.failed += 1;
                            report.failures.push(Failure { path: path.clone(), reason });
                        }
                        None => {
                            report.counts.unchanged += 1;
                            report.counts.stale += usize::from(state.measured_by.as_deref() != Some(rules.by));
                        }
                    }
                    if is_back {
                        plan.changes.push(Change::Back(path));
                    }
                }
                Some(state) => {
                    // What looks changed may be other tags on the same sound.
                    let is_retagged = state.stamp != stamp && state.measured_by.is_some();
                    let sounds = state.content_id.clone().filter(|_| is_retagged).into_iter().collect();
                    plan.jobs.push((Job { path: path.clone(), known: sounds }, stamp));
                    plan.before.insert(path, state);
                }
                None => new.push((path, stamp)),
            }
        }
    }
    report.counts.skipped = report.skips.len();
    report.counts.found += report.skips.len();

    let skipped: HashSet<&PathBuf> = report.skips.iter().map(|s| &s.path).collect();
    let mut emptied: HashSet<PathBuf> = HashSet::new();
    let mut gone: Vec<PathBuf> = Vec::new();
    for (path, _) in known.iter().filter(|(path, state)| !state.missing && !skipped.contains(path)) {
        let Some(root) = sound.iter().find(|root| path.starts_with(root)) else { continue };
        // A share may be mounted on a folder inside, too.
        match emptied_folder(path, root) {
            Some(folder) if emptied.insert(folder.clone()) => report.unreadable.push(looks_emptied(folder)),
            Some(_) => {}
            None => gone.push(path.clone()),
        }
    }
    gone.sort();
    report.counts.missing = gone.len();
    // A sound whose last file is gone, or was, may be met again under another name.
    let is_gone: HashSet<&PathBuf> = gone.iter().collect();
    let lost = known.iter().filter(|(path, state)| state.missing || is_gone.contains(path));
    let mut files_lost: HashMap<ContentId, usize> = HashMap::new();
    for (path, state) in lost {
        if let Some(id) = &state.content_id {
            *files_lost.entry(id.clone()).or_default() += usize::from(is_gone.contains(path));
        }
    }
    if !files_lost.is_empty() {
        let elsewhere =
            known.iter().filter(|(path, state)| !state.missing && !is_gone.contains(path)).filter_map(|(_, s)| s.content_id.as_ref());
        let held: HashSet<&ContentId> = there.iter().chain(elsewhere).collect();
        plan.strays = files_lost.into_iter().filter(|(id, _)| !held.contains(id)).collect();
    }
    if !new.is_empty() {
        let sizes: HashSet<u64> = new.iter().map(|n| n.1.size).collect();
        let mut by_size: HashMap<u64, Vec<ContentId>> = HashMap::new();
        for state in known.values().chain(plan.before.values()).filter(|s| s.measured_by.is_some() && sizes.contains(&s.stamp.size)) {
            let sounds = by_size.entry(state.stamp.size).or_default();
            if let Some(id) = state.content_id.as_ref().filter(|id| sounds.len() < MOST_OF_A_SIZE && !sounds.contains(id)) {
                sounds.push(id.clone());
            }
        }
        for (path, stamp) in new {
            let sounds = by_size.get(&stamp.size).cloned().unwrap_or_default();
            plan.jobs.push((Job { path, known: sounds }, stamp));
        }
    }
    plan.changes.extend(gone.into_iter().map(Change::Missing));
    plan
}

/// Whether there is nothing to be done about a file that has not changed.
fn is_settled(state: &FileState, rules: &Rules<'_>) -> bool {
    match &state.failure {
        Some((_, version)) => version == VERSION || version == rules.under_limits,
        None => state.measured_by.is_some(),
    }
}

/// Whether a file that has not changed is measured anew because this program measures otherwise, and that was asked for. Counts down how many are left.
fn is_upgraded(state: &FileState, rules: &Rules<'_>, upgrades: &mut usize) -> bool {
    let is = state.failure.is_none() && state.measured_by.as_deref() != Some(rules.by) && *upgrades > 0;
    *upgrades -= usize::from(is);
    is
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
