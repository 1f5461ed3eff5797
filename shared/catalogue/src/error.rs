//! Why the catalogue could not do something.

use std::path::PathBuf;

/// Why the catalogue could not do something. Messages say what to do next.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// There is none yet.
    #[error("there is no catalogue in {} yet; make one with: indexer scan FOLDER", .0.display())]
    Absent(PathBuf),
    /// Another program is writing.
    #[error("another scan is writing the catalogue in {}; wait for it or stop it", .0.display())]
    Busy(PathBuf),
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
    Store(#[from] rusqlite::Error),
    /// The text index failed.
    #[error("the catalogue's text index: {0}")]
    Index(#[from] tantivy::TantivyError),
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
    #[error("a row of the catalogue is damaged: {0}")]
    Damaged(#[from] serde_json::Error),
    /// No place for a catalogue is known on this system.
    #[error("this system tells no folder for user data; say where with --catalogue DIR or UNDERSCORE_CATALOGUE")]
    Nowhere,
}
