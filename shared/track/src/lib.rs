//! What is known of a music file, as plain data: no file is opened here and nothing is computed.
//!
//! One idea: a value never travels without its origin. A [`Value`] says whether it was measured (and by which version of which
//! analyser), declared in tags, or set by hand; what was not measured is absent, never zero.

mod analysis;
mod best;
pub mod clock;
mod edits;
mod fields;
pub mod mood;
pub mod path_text;
pub mod rights;
mod tags;
mod usage;
mod value;

pub use analysis::{
    Analysis, Chromagram, Descriptors, Harmony, KeySpan, Loudness, LoudnessCurve, Pace, Peaks, Sections, Timbre, Tonic, Voice,
};
pub use best::{best_affect, said};
pub use edits::{Edits, NotAnEdit};
pub use fields::{Field, NotAField};
pub use mood::Mood;
pub use tags::Tags;
pub use usage::{Usage, UsageCode};
pub use value::{Origin, Value};

use affect::AffectEstimate;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;

/// The identity of a sound: blake3 of its encoded payload (packets or data chunk, without container and tags), in hex.
///
/// Retagging, renaming and moving do not change it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ContentId(pub String);

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A sound of the library with all that is known of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// What it sounds like, byte for byte.
    pub content_id: ContentId,
    /// Every file that holds this sound and was there at the last scan, the first one found in front.
    #[serde(with = "path_text::many")]
    pub paths: Vec<PathBuf>,
    /// Codec, as its usual short name (`flac`, `mp3`, `pcm_s16le`).
    pub codec: String,
    /// Frames per second.
    pub sample_rate_hz: u32,
    /// Channels in the file.
    pub channels: u16,
    /// Length in frames at [`Self::sample_rate_hz`], counted while decoding.
    pub frames: u64,
    /// What the file says of itself.
    pub tags: Tags,
    /// What was measured, with what was set by hand in its place.
    pub analysis: Analysis,
    /// What was set by hand.
    #[serde(default, skip_serializing_if = "Edits::is_empty")]
    pub edits: Edits,
    /// Where it lies on the plane of mood: what was set by hand, else what was learned from such settings, else what was measured. Absent for silence and the
    /// like.
    pub affect: Option<Value<AffectEstimate>>,
    /// What else was measured of its mood. Absent where the place is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mood: Option<Value<Mood>>,
}

impl Track {
    /// Length in seconds.
    #[must_use]
    pub fn duration_s(&self) -> f64 {
        self.frames as f64 / f64::from(self.sample_rate_hz.max(1))
    }

    /// What to call it: its title, else its file name.
    #[must_use]
    pub fn name(&self) -> String {
        self.said(Field::Title).map(|t| t.value.to_owned()).unwrap_or_else(|| {
            let stem = self.paths.first().and_then(|p| p.file_stem());
            stem.map_or_else(|| self.content_id.to_string(), |s| s.to_string_lossy().into_owned())
        })
    }
}
