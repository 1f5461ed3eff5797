//! Which files there are.

use catalogue::FileStamp;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::thread::ScopedJoinHandle;
use walkdir::WalkDir;

/// So many files are asked for at a time: what a disk has in memory it tells as fast as there are cores, and a share over a slow line takes nearly as long for one as for eight.
const QUESTIONS_AT_ONCE: usize = 8;
/// Fewer are not worth a thread.
const LEAST_FOR_A_THREAD: usize = 4;

/// What a walk over a folder saw.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// Files that may hold music.
    pub(crate) files: Vec<(PathBuf, FileStamp)>,
    /// Files that look like music and are left out, with the reason.
    pub(crate) skipped: Vec<(PathBuf, String)>,
    /// Folders that could not be read.
    pub(crate) unreadable: Vec<(PathBuf, String)>,
}

/// The music files of a folder and the folders in it, in order; a file that is named itself is taken as it is.
///
/// # Errors
/// When the folder cannot be read.
pub fn music_files(root: &Path) -> std::io::Result<Vec<PathBuf>> {
    if std::fs::metadata(root)?.is_file() {
        return Ok(vec![root.to_owned()]);
    }
    let walked = walk(root, &|| false);
    match walked.unreadable.into_iter().next() {
        Some((path, reason)) => Err(std::io::Error::other(format!("{}: {reason}", path.display()))),
        None => Ok(walked.files.into_iter().map(|f| f.0).collect()),
    }
}

pub(crate) fn walk(root: &Path, stop: &(dyn Fn() -> bool + Sync)) -> Walked {
    let mut walked = Walked::default();
    let mut files: Vec<PathBuf> = Vec::new();
    // Where links to folders led so far.
    let mut linked: HashSet<PathBuf> = HashSet::new();
    let mut entries = WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter();
    while let Some(entry) = entries.next() {
        if stop() {
            break;
        }
        let entry = match entry {
            Ok(entry) => entry,
            Err(e) => {
                let path = e.path().unwrap_or(root).to_owned();
                // A link that leads to a folder above itself: all of it is seen there.
                if e.loop_ancestor().is_some() {
                    continue;
                }
                let reason = e.io_error().map_or_else(|| "cannot be read".into(), ToString::to_string);
                // A link to nowhere looks like music by its name; so may a folder.
                let is_file = is_music(&path) && !std::fs::symlink_metadata(&path).is_ok_and(|m| m.is_dir());
                if is_file {
                    walked.skipped.push((path, reason))
                } else {
                    walked.unreadable.push((path, reason))
                }
                continue;
            }
        };
        if entry.file_type().is_dir() && entry.path_is_symlink() && entry.depth() > 0 {
            // Each folder is seen once: where it lies, if that is under the root, else through the first link to it.
            let to = dunce::canonicalize(entry.path()).unwrap_or_else(|_| entry.path().to_owned());
            if to.starts_with(root) || root.starts_with(&to) || linked.iter().any(|l| to.starts_with(l)) {
                entries.skip_current_dir();
                continue;
            }
            linked.insert(to);
        }
        if entry.file_type().is_dir() {
            continue;
        }
        if !is_music(entry.path()) {
            if entry.depth() == 0 {
                // Somebody named this very file.
                walked.skipped.push((entry.path().to_owned(), "not the name of a music file".into()));
            }
            continue;
        }
        let path = entry.path().to_owned();
        if !entry.file_type().is_file() {
            walked.skipped.push((path, "not a plain file".into()));
        } else if entry.file_name().as_encoded_bytes().starts_with(b"._") {
            walked.skipped.push((path, "a macOS companion file without sound".into()));
        } else {
            files.push(path);
        }
    }
    let mut stamps = stamps(&files, stop).into_iter();
    for path in files {
        match stamps.next().flatten() {
            Some(Ok(stamp)) => walked.files.push((path, stamp)),
            Some(Err(e)) => walked.skipped.push((path, e.to_string())),
            // It was stopped before.
            None => {}
        }
    }
    walked
}

/// The stamps of files, in their order, as far as it was not stopped. A share that takes its time for each answer gives several at a time.
fn stamps(files: &[PathBuf], stop: &(dyn Fn() -> bool + Sync)) -> Vec<Option<std::io::Result<FileStamp>>> {
    let one = |path: &PathBuf| (!stop()).then(|| std::fs::metadata(path).map(|meta| FileStamp::of(&meta)));
    std::thread::scope(|scope| {
        let parts: Vec<_> = files
            .chunks(files.len().div_ceil(QUESTIONS_AT_ONCE).max(LEAST_FOR_A_THREAD))
            .map(|part| {
                let ask = move || part.iter().map(one).collect::<Vec<_>>();
                (part, std::thread::Builder::new().spawn_scoped(scope, ask))
            })
            .collect();
        let answers = parts.into_iter().flat_map(|(part, thread)| match thread.map(ScopedJoinHandle::join) {
            Ok(Ok(answers)) => answers,
            // There can be no more threads.
            _ => part.iter().map(one).collect(),
        });
        answers.collect()
    })
}

fn is_music(path: &Path) -> bool {
    path.extension().and_then(|e| e.to_str()).is_some_and(|e| audio::EXTENSIONS.iter().any(|known| e.eq_ignore_ascii_case(known)))
}
