//! Why the catalogue could not do something.

use std::path::PathBuf;

/// Why the catalogue could not do something. Messages say what to do next.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// There is none yet.
    #[error("there is no catalogue in {} yet; make one with: indexer scan FOLDER", .0.display())]
    Absent(PathBuf),
    /// Another program is writing.
    #[error("{who} is writing the catalogue in {}; wait for it or stop it", dir.display())]
    Busy {
        /// Its folder.
        dir: PathBuf,
        /// Who writes it, as far as that is known.
        who: String,
    },
    /// It was made by a newer version of this program.
    #[error("the catalogue in {} was made by a newer version (format {found}, this program knows {known}); update this program", dir.display())]
    Newer {
        /// Its folder.
        dir: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format known here.
        known: i64,
    },
    /// The folder cannot be made or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The store failed.
    #[error("the catalogue's store: {0}")]
    Store(rusqlite::Error),
    /// The text index failed.
    #[error("the catalogue's text index: {0}")]
    Index(tantivy::TantivyError),
    /// A change is in the store for good, and the index could not be brought up to date.
    #[error("it is written down, but searches do not know it yet: {0}; the next scan or edit sees to it")]
    NotIndexed(Box<CatalogueError>),
    /// What was typed cannot be read as a search.
    #[error("cannot read '{text}' as words to look for: {reason}; put special characters between double quotes")]
    Words {
        /// What was typed.
        text: String,
        /// What the parser said.
        reason: String,
    },
    /// The index of words cannot be opened, though there are tracks.
    #[error("words cannot be searched for: the text index in {} cannot be opened ({reason}); scan again to rebuild it, or search without words", dir.display())]
    NoWords {
        /// The catalogue's folder.
        dir: PathBuf,
        /// What the index said.
        reason: String,
    },
    /// A stored value cannot be read back.
    #[error("{what} in the catalogue is damaged: {reason}; 'indexer check' says what can be done")]
    Damaged {
        /// What.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The settings cannot be read.
    #[error("{}: {reason}", path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// What was asked for is not there.
    #[error("{0}")]
    NotThere(String),
    /// No place for a catalogue is known on this system.
    #[error("this system tells no folder for user data; say where with --catalogue DIR or UNDERSCORE_CATALOGUE")]
    Nowhere,
}

impl CatalogueError {
    pub(crate) fn damaged(what: &str, reason: &str) -> Self {
        Self::Damaged { what: what.to_owned(), reason: reason.to_owned() }
    }

    pub(crate) fn busy(dir: &std::path::Path) -> Self {
        Self::Busy { dir: dir.to_owned(), who: "another program".to_owned() }
    }
}

// Their messages are part of ours, so they are not told once more as its cause.
impl From<rusqlite::Error> for CatalogueError {
    fn from(e: rusqlite::Error) -> Self {
        Self::Store(e)
    }
}

impl From<tantivy::TantivyError> for CatalogueError {
    fn from(e: tantivy::TantivyError) -> Self {
        Self::Index(e)
    }
}

impl From<serde_json::Error> for CatalogueError {
    fn from(e: serde_json::Error) -> Self {
        Self::damaged("a row", &e.to_string())
    }
}
