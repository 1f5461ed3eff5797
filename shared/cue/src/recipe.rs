//! The cue itself: what is stored in a DAW project.

use crate::packed::PackedTimes;
use music::{TempoFit, TempoOctave};
use serde::{Deserialize, Serialize};
use track::ContentId;

/// The renderer that this build contains. A cue says which one it was made with.
pub const ENGINE: &str = "signalsmith-1.1.1 60/15 anchored 1";

/// Music for a place in a project: a recipe that needs nothing but the source file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cue {
    /// The renderer it was made with.
    pub engine: String,
    /// What is played.
    pub source: Source,
    /// How it follows the host's clock.
    pub timing: Timing,
    /// Gain that brings the source to -23 LUFS without its true peak passing -1 dBTP, in dB.
    /// Absent when its loudness could not be measured.
    pub loudness_gain_db: Option<f64>,
    /// Where it sits on the host's timeline. Absent while it is only auditioned.
    pub place: Option<Place>,
}

/// The file that is played.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The sound itself, wherever its file lies now.
    pub content_id: ContentId,
    /// Where the file was last seen.
    #[serde(with = "track::path_text::one")]
    pub path: std::path::PathBuf,
    /// What to call it.
    pub name: String,
    /// Frames per second.
    pub rate_hz: u32,
    /// Length in frames.
    pub frames: u64,
}

impl Cue {
    /// Why it plays at its own pace where the project has this tempo, in words for the user; `None` where it is locked to the beats.
    /// Decided as it plays, because a project's tempo may change after the cue was placed.
    #[must_use]
    pub fn why_unstretched(&self, project_bpm: f64) -> Option<&'static str> {
        match &self.timing {
            Timing::Unstretched(why) => Some(why.explain()),
            Timing::Locked { octave, bpm, .. } => (!is_in_reach(*octave, *bpm, project_bpm))
                .then_some("plays at its own pace: the project's tempo is more than twice or less than half of its own"),
        }
    }
}

/// Whether a source of that tempo can be stretched to a project's and still sound like itself.
pub(crate) fn is_in_reach(octave: TempoOctave, source_bpm: f64, project_bpm: f64) -> bool {
    TempoFit { octave, stretch: source_bpm * octave.factor() / project_bpm }.is_usable()
}

/// How the source follows the host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// Locked to the host's beats, wherever their tempo can be reached.
    Locked {
        /// Which reading of the measured tempo counts as the beat.
        octave: TempoOctave,
        /// The source's median tempo as measured, in beats per minute.
        bpm: f64,
        /// Beat times in the source.
        beats: PackedTimes,
        /// The beat that is put on the bar line.
        downbeat: usize,
        /// Onset times in the source.
        onsets: PackedTimes,
    },
    /// At its own pace.
    Unstretched(WhyUnstretched),
}

/// Why a source plays at its own pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyUnstretched {
    /// It has no pulse that could be measured.
    NoPulse,
    /// Somebody asked for it.
    Wish,
}

impl WhyUnstretched {
    /// In words for the user.
    #[must_use]
    pub fn explain(self) -> &'static str {
        match self {
            Self::NoPulse => "plays at its own pace: no pulse was found",
            Self::Wish => "plays at its own pace: by choice",
        }
    }
}

/// A place on the host's timeline, in both of its units, because tempo changes move one against the other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// In quarter notes: where the source's downbeat sits, when it is locked.
    pub at_beats: f64,
    /// In seconds: where the source's first sample sits, when it is not, or where the project's tempo is out of reach.
    pub at_s: f64,
}
