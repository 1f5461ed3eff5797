//! Why a file could not be read.

use std::path::{Path, PathBuf};

/// Why a file could not be read or written. Every message names the file.
#[derive(Debug, thiserror::Error)]
pub enum AudioError {
    /// The file could not be opened or read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is no audio file that we know, or its codec or variant is not supported.
    #[error("{}: not a supported audio file ({reason})", path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// What is not supported.
        reason: String,
    },
    /// Its content is damaged.
    #[error("{}: damaged ({reason})", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl AudioError {
    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }

    pub(crate) fn unsupported(path: &Path, reason: impl Into<String>) -> Self {
        Self::Unsupported { path: path.to_owned(), reason: reason.into() }
    }

    pub(crate) fn damaged(path: &Path, reason: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), reason: reason.into() }
    }

    pub(crate) fn from_symphonia(path: &Path, error: symphonia::core::errors::Error) -> Self {
        use symphonia::core::errors::Error;
        match error {
            Error::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => Self::damaged(path, "it ends too early"),
            Error::IoError(e) => Self::io(path, e),
            Error::Unsupported(what) => Self::unsupported(path, what),
            other => Self::damaged(path, other.to_string()),
        }
    }

    /// The reason without the path, for lists that show the path elsewhere.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Io { source, .. } => source.to_string(),
            Self::Unsupported { reason, .. } => format!("not a supported audio file ({reason})"),
            Self::Damaged { reason, .. } => format!("damaged ({reason})"),
        }
    }
}
