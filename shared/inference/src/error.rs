//! What can be wrong with a model.

use std::path::PathBuf;

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// It cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The card is no card.
    #[error("{}: not a model's card: {reason}", path.display())]
    Card {
        /// The card's file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file is not the one that the card is about.
    #[error(
        "{}: its sha256 is {found}, its card is about {expected}: the file was changed, or the card belongs to another one",
        path.display()
    )]
    OtherFile {
        /// The model's file.
        path: PathBuf,
        /// What the card says.
        expected: String,
        /// What the file has.
        found: String,
    },
    /// It is no model that can be run.
    #[error("{}: cannot be run: {reason}", path.display())]
    Broken {
        /// The model's file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The file is other than its card says.
    #[error("{}: does not fit its card: {differences}", path.display())]
    Misfit {
        /// The model's file.
        path: PathBuf,
        /// What differs.
        differences: String,
    },
    /// The card is not what is wanted in its place.
    #[error("{}: cannot stand in for {wanted}: {differences}", path.display())]
    Unsuitable {
        /// The model's file.
        path: PathBuf,
        /// What it was to be.
        wanted: String,
        /// What differs.
        differences: String,
    },
    /// A run failed.
    #[error("{model}: {reason}")]
    Run {
        /// Name and hash of the model.
        model: String,
        /// Why.
        reason: String,
    },
}
