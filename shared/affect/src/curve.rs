//! Mood over time.

use crate::plane::{Affect, AffectEstimate};
use serde::{Deserialize, Serialize};

/// Estimates at even steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AffectCurve {
    /// Length of a step in seconds. The first begins at 0.
    pub step_s: f64,
    /// One for each step; absent where nothing can be told of it.
    pub estimates: Vec<Option<AffectEstimate>>,
}

impl AffectCurve {
    /// The estimate at a time.
    #[must_use]
    pub fn at(&self, time_s: f64) -> Option<&AffectEstimate> {
        self.estimates.get((time_s / self.step_s).floor().max(0.0) as usize)?.as_ref()
    }

    /// Moves every place by what lies between two: the course of a whole that was put from the one to the other.
    pub fn follow(&mut self, from: Affect, to: Affect) {
        self.estimates.iter_mut().flatten().for_each(|e| e.at = e.at.followed(from, to));
    }
}
