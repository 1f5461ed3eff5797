//! The line protocol between a scan and its workers.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use track::{ContentId, Tags, Track};

/// One file to measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// The file.
    #[serde(with = "track::path_text::one")]
    pub path: PathBuf,
    /// Sounds that the file may hold and that are known already: if it does, it need not be measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<ContentId>,
}

/// What became of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was measured.
    Measured(Box<Measured>),
    /// It holds one of the known sounds.
    Known {
        /// Which.
        content_id: ContentId,
        /// What the file says of it.
        tags: Box<Tags>,
    },
    /// It could not be measured: why.
    Failed {
        /// Why.
        reason: String,
        /// What would have to be otherwise.
        cause: Cause,
    },
}

/// A measured file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// All that is known of its sound.
    pub track: Track,
}

/// What a failure comes from, and so when it is worth another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The file itself: no use until it changes, or this program does.
    File,
    /// The limits that it was measured under.
    Limits,
    /// Something else that may be gone at the next scan: no permission, a disk that fell off, a worker that was killed.
    Circumstances,
}
