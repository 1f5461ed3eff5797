//! Writing tags into music files, when somebody asks for it.
//!
//! One idea: the file itself is never opened for writing. A copy in the same folder gets the tags; only when its sound is the same, byte for byte, and it is on the disk for good, does it take the
//! file's name. Whatever goes wrong before that leaves the file as it was.
//!
//! Useful for: what was set by hand to travel with a file. Not useful for: reading tags (`audio`), or deciding what they say.

mod container;

use std::fmt;
use std::path::{Path, PathBuf};
use track::{ContentId, Field, Tags};

/// Something that is written into a file: what, and the text; an empty one takes out what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What is said.
    pub what: What,
    /// What it says.
    pub text: String,
}

/// What a tag says something of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// One of the things that are told in words.
    Field(Field),
    /// Tempo in beats per minute.
    Bpm,
    /// Key.
    Key,
    /// Mood, as a word.
    Mood,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Field(field) => field.name(),
            Self::Bpm => "bpm",
            Self::Key => "key",
            Self::Mood => "mood",
        })
    }
}

/// Why nothing was written. The file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum TaggingError {
    /// The file or its copy cannot be read or written.
    #[error("{}: {source}; the file is as it was", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Its tags cannot be read or written.
    #[error("{}: its tags cannot be written: {reason}; the file is as it was", path.display())]
    Tags {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Its sound cannot be read.
    #[error("{reason}; the file is as it was")]
    Sound {
        /// Why.
        reason: String,
    },
    /// It does not hold what the catalogue says.
    #[error("{} holds another sound than the catalogue knows: scan again first; the file is as it was", path.display())]
    Another {
        /// The file.
        path: PathBuf,
    },
    /// The copy's sound is not that of the file.
    #[error("{}: writing tags would have changed its sound, so nothing was written", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
}

/// A name that no scan looks at, should this process be killed: companion files of macOS begin so.
const COPY_PREFIX: &str = "._underscore-";

fn told(path: &Path) -> Result<Option<(ContentId, Tags)>, TaggingError> {
    audio::identity(path, &|| false).map_err(|e| TaggingError::Sound { reason: e.to_string() })
}

/// What a file said before and says no more, though nobody asked for that: some kinds of tags are not known here, and go when others are written.
fn lost(before: &Tags, after: &Tags, written: &[Written]) -> Option<String> {
    let others = [(What::Bpm, &before.bpm, &after.bpm), (What::Key, &before.key, &after.key), (What::Mood, &before.mood, &after.mood)];
    let numbers = others.into_iter().filter(|(_, before, after)| before.is_some() && after.is_none()).map(|o| o.0);
    let words = Field::ALL.into_iter().filter(|f| before.get(*f).is_some() && after.get(*f).is_none()).map(What::Field);
    let gone: Vec<String> =
        words.chain(numbers).filter(|what| written.iter().all(|w| w.what != *what)).map(|what| what.to_string()).collect();
    (!gone.is_empty()).then(|| gone.join(", "))
}

/// Writes tags into a file that holds a certain sound. Links are followed: what they point at is written.
///
/// # Errors
/// [`TaggingError`]; the file is as it was then.
pub fn write(path: &Path, holds: &ContentId, written: &[Written]) -> Result<(), TaggingError> {
    // A copy that took the place of a link would leave what that points at without its tags.
    let path = &std::fs::canonicalize(path).map_err(|source| TaggingError::Io { path: path.to_owned(), source })?;
    let io = |source| TaggingError::Io { path: path.clone(), source };
    let before = std::fs::metadata(path).map_err(io)?;
    let Some((_, tags)) = told(path)?.filter(|t| t.0 == *holds) else {
        return Err(TaggingError::Another { path: path.clone() });
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    let suffix = path.extension().map(|e| format!(".{}", e.to_string_lossy())).unwrap_or_default();
    let copy = tempfile::Builder::new().prefix(COPY_PREFIX).suffix(&suffix).tempfile_in(folder).map_err(io)?;
    std::io::copy(&mut std::fs::File::open(path).map_err(io)?, &mut copy.as_file()).map_err(io)?;

    container::write(copy.path(), written).map_err(|e| TaggingError::Tags { path: path.clone(), reason: e.to_string() })?;

    let Some((_, after)) = told(copy.path())?.filter(|t| t.0 == *holds) else {
        return Err(TaggingError::Changed { path: path.clone() });
    };
    if let Some(lost) = lost(&tags, &after, written) {
        let reason = format!("its tags are of a kind that would lose {lost}");
        return Err(TaggingError::Tags { path: path.clone(), reason });
    }
    std::fs::set_permissions(copy.path(), before.permissions()).map_err(io)?;
    copy.as_file().sync_all().map_err(io)?;
    // What somebody else has written meanwhile is not overwritten.
    let now = std::fs::metadata(path).map_err(io)?;
    if now.len() != before.len() || now.modified().ok() != before.modified().ok() {
        return Err(TaggingError::Another { path: path.clone() });
    }
    copy.persist(path).map_err(|e| io(e.error))?;
    // The new name must be on the disk for good, too, where folders can be synced.
    if let Ok(folder) = std::fs::File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}
