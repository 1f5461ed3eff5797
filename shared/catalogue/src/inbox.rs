//! What a plugin has to tell the catalogue, which it never writes itself.
//!
//! One idea: every instance appends whole lines to a file of its own, so that nobody waits for anybody; `indexer` takes them in at its next run ([`crate::Catalogue::fold_inbox`]).

use crate::CatalogueError;
use serde::{Deserialize, Serialize};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use track::{ContentId, Usage};

/// One thing that a plugin has to tell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Note {
    /// A track was placed in a project; a later note with the same id takes its place.
    Used(Usage),
    /// It was taken out again.
    NotUsed {
        /// The id of the use.
        id: String,
    },
    /// A track was put into a bin.
    IntoBin {
        /// The bin.
        bin: String,
        /// The track.
        content_id: ContentId,
    },
    /// It was taken out of it.
    OutOfBin {
        /// The bin.
        bin: String,
        /// The track.
        content_id: ContentId,
    },
    /// A value was put right by hand.
    Set {
        /// The track.
        content_id: ContentId,
        /// What was set, like `bpm=96`, in absolute values.
        set: Vec<String>,
    },
}

/// A file of the inbox.
#[derive(Debug, Clone)]
pub(crate) struct InboxFile {
    pub(crate) name: String,
    path: PathBuf,
}

/// Bytes that are taken in at a time, at most.
const MOST_BYTES: u64 = 16 << 20;
/// A file that nobody has written for so long, and that is taken in, is cleared away. Its instance, if it lives, makes a new one.
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

fn folder(dir: &Path) -> PathBuf {
    dir.join("inbox")
}

/// Appends a note to the file of an instance, in the catalogue in a folder.
///
/// # Errors
/// [`CatalogueError::Io`] where it cannot be written.
pub fn tell(dir: &Path, instance: &str, note: &Note) -> Result<(), CatalogueError> {
    let path = folder(dir).join(format!("{instance}.jsonl"));
    let mut line = serde_json::to_vec(note)?;
    line.push(b'\n');
    let write = || {
        std::fs::create_dir_all(folder(dir))?;
        // One write: a line is there as a whole or not at all.
        std::fs::File::options().create(true).append(true).open(&path)?.write_all(&line)
    };
    write().map_err(|source| CatalogueError::Io { path: path.clone(), source })
}

/// The files of the inbox.
pub(crate) fn files(dir: &Path) -> Vec<InboxFile> {
    let entries = std::fs::read_dir(folder(dir)).into_iter().flatten().flatten();
    let mut files: Vec<InboxFile> = entries
        .filter(|e| e.path().extension().is_some_and(|x| x == "jsonl"))
        .map(|e| InboxFile { name: e.file_name().to_string_lossy().into_owned(), path: e.path() })
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

/// The whole lines of a file from a byte on, and up to which byte they go. A line that is not finished yet waits.
pub(crate) fn read(file: &InboxFile, from: u64) -> std::io::Result<(Vec<String>, u64)> {
    let mut open = std::fs::File::open(&file.path)?;
    // A file that has become shorter is another one.
    let from = if open.metadata()?.len() < from { 0 } else { from };
    open.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    open.take(MOST_BYTES).read_to_end(&mut bytes)?;
    let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    let text = String::from_utf8_lossy(&bytes[..whole]);
    Ok((text.lines().filter(|l| !l.trim().is_empty()).map(ToOwned::to_owned).collect(), from + whole as u64))
}

/// Removes a file that has been taken in up to its end and that nobody has written for a while. Says whether it did.
pub(crate) fn clear_away(file: &InboxFile, upto: u64) -> bool {
    let Ok(meta) = std::fs::metadata(&file.path) else { return false };
    let is_old = meta.modified().ok().and_then(|m| m.elapsed().ok()).is_some_and(|age| age > KEPT);
    meta.len() == upto && is_old && std::fs::remove_file(&file.path).is_ok()
}
