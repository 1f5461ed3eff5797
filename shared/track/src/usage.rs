//! Where a track was used.

use crate::ContentId;
use crate::clock::{Timecode, to_thousandths};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How a use counts for performing-rights organisations, by the codes of cue sheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum UsageCode {
    /// Background instrumental.
    #[default]
    BI,
    /// Background vocal.
    BV,
    /// Visual instrumental: somebody is seen playing.
    VI,
    /// Visual vocal: somebody is seen singing.
    VV,
    /// Main title.
    MT,
    /// Ending title.
    ET,
    /// Theme.
    T,
}

impl UsageCode {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::BI, Self::BV, Self::VI, Self::VV, Self::MT, Self::ET, Self::T];

    /// What it means.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::BI => "background instrumental",
            Self::BV => "background vocal",
            Self::VI => "visual instrumental",
            Self::VV => "visual vocal",
            Self::MT => "main title",
            Self::ET => "ending title",
            Self::T => "theme",
        }
    }
}

/// One use of a track: a cue in a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Tells this use from every other, so that telling it twice changes nothing.
    pub id: String,
    /// The sound.
    pub content_id: ContentId,
    /// The production.
    pub project: String,
    /// The scene.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scene: String,
    /// Where it begins on the project's timeline, in seconds.
    pub in_s: f64,
    /// Where it ends there, in seconds.
    pub out_s: f64,
    /// Frames per second of the project's timecode, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frames_per_s: Option<f64>,
    /// Whether that timecode drops no numbers, though at its rate it could (29.97 and 59.94).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drops_none: bool,
    /// The day on which it was placed.
    pub date: Date,
    /// How it counts.
    #[serde(default)]
    pub code: UsageCode,
}

impl Usage {
    /// A time of the project as it is written there: timecode where its rate is known, else thousandths.
    #[must_use]
    pub fn written(&self, seconds: f64) -> String {
        let code = self.frames_per_s.and_then(|fps| Timecode::new(fps, !self.drops_none));
        code.map_or_else(|| to_thousandths(seconds), |code| code.at(seconds))
    }
}
