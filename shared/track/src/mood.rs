//! What a model heard of a sound's mood.

use affect::{AffectCurve, Quadrant};
use serde::{Deserialize, Serialize};

/// From this probability on a sound is taken for music without a word of doubt.
pub const LIKELY_MUSIC: f64 = 0.5;

/// The mood of a sound, beside its place on the plane.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mood {
    /// Probabilities of the four quadrants, in the order of [`Quadrant::ALL`]; they sum to 1.
    pub quadrants: [f64; 4],
    /// Its course.
    pub curve: AffectCurve,
    /// How probable it is that this is music at all, 0 to 1: speech, noise and the like are none, and what is said of their mood means little. Absent where the
    /// model was not taught what is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_music: Option<f64>,
    /// What the model makes of the measures before it decides: alike for sounds that it finds alike. Only those of one model can be compared.
    pub embedding: Vec<f32>,
}

impl Mood {
    /// How probable it is that this is music, where that is doubtful.
    #[must_use]
    pub fn doubt(&self) -> Option<f64> {
        self.is_music.filter(|p| *p < LIKELY_MUSIC)
    }

    /// The most probable quadrant, and its probability.
    #[must_use]
    pub fn quadrant(&self) -> (Quadrant, f64) {
        let pairs = Quadrant::ALL.into_iter().zip(self.quadrants);
        pairs.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((Quadrant::Q1, 0.0))
    }
}
