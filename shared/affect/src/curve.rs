//! Mood over time.

use crate::plane::AffectEstimate;
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
}
