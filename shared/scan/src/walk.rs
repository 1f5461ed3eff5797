//! Which files there are.

use catalogue::FileStamp;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

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

pub(crate) fn walk(root: &Path, stop: &dyn Fn() -> bool) -> Walked {
    let mut walked = Walked::default();
    for entry in WalkDir::new(root).follow_links(true).sort_by_file_name() {
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
                let looks_like_music = is_music(&path);
                let reason = e.io_error().map_or_else(|| "cannot be read".into(), ToString::to_string);
                if looks_like_music {
                    walked.skipped.push((path, reason))
                } else {
                    walked.unreadable.push((path, reason))
                }
                continue;
            }
        };
        if entry.file_type().is_dir() || !is_music(entry.path()) {
            continue;
        }
        let path = entry.path().to_owned();
        if !entry.file_type().is_file() {
            walked.skipped.push((path, "not a plain file".into()));
        } else if entry.file_name().as_encoded_bytes().starts_with(b"._") {
            walked.skipped.push((path, "a macOS companion file without sound".into()));
        } else {
            match entry.metadata() {
                Ok(meta) => walked.files.push((path, FileStamp::of(&meta))),
                Err(e) => walked.skipped.push((path, e.to_string())),
            }
        }
    }
    walked
}

fn is_music(path: &Path) -> bool {
    path.extension().and_then(|e| e.to_str()).is_some_and(|e| audio::EXTENSIONS.iter().any(|known| e.eq_ignore_ascii_case(known)))
}
