//! Points on the plane, with and without a spread, and the four quadrants.

use serde::{Deserialize, Serialize};

/// A coordinate outside [-1, 1] or not a number.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{name} is {value}, but must lie in -1..1")]
pub struct OutOfPlane {
    /// Which coordinate: `valence` or `arousal`.
    pub name: &'static str,
    /// What was given.
    pub value: f64,
}

/// A point on the plane: valence and arousal, each in [-1, 1].
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Affect {
    /// Unpleasant (-1) to pleasant (1).
    pub valence: f64,
    /// Calm (-1) to excited (1).
    pub arousal: f64,
}

impl Affect {
    /// A point from coordinates that are already known to be in range; others are clamped, and NaN becomes 0.
    #[must_use]
    pub fn clamped(valence: f64, arousal: f64) -> Self {
        let c = |x: f64| if x.is_nan() { 0.0 } else { x.clamp(-1.0, 1.0) };
        Self { valence: c(valence), arousal: c(arousal) }
    }

    /// Where this lies once a whole that it is a part of was put from one place to another; on the edge of the plane where that is beyond it.
    #[must_use]
    pub fn followed(self, from: Self, to: Self) -> Self {
        Self::clamped(self.valence + to.valence - from.valence, self.arousal + to.arousal - from.arousal)
    }

    /// A point from coordinates that somebody typed.
    ///
    /// # Errors
    /// [`OutOfPlane`] names the coordinate that is not in [-1, 1].
    pub fn new(valence: f64, arousal: f64) -> Result<Self, OutOfPlane> {
        for (name, value) in [("valence", valence), ("arousal", arousal)] {
            if !(-1.0..=1.0).contains(&value) {
                return Err(OutOfPlane { name, value });
            }
        }
        Ok(Self { valence, arousal })
    }

    /// Euclidean distance on the plane, 0 to 2√2.
    #[must_use]
    pub fn distance(self, other: Self) -> f64 {
        (self.valence - other.valence).hypot(self.arousal - other.arousal)
    }

    /// The quadrant that the point lies in; an axis belongs to its positive side.
    #[must_use]
    pub fn quadrant(self) -> Quadrant {
        match (self.valence >= 0.0, self.arousal >= 0.0) {
            (true, true) => Quadrant::Q1,
            (false, true) => Quadrant::Q2,
            (false, false) => Quadrant::Q3,
            (true, false) => Quadrant::Q4,
        }
    }
}

/// A measured or estimated mood: a point and how far the truth may lie from it (one standard deviation per axis).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AffectEstimate {
    /// The most likely point.
    pub at: Affect,
    /// Standard deviation of valence, in plane units.
    pub valence_spread: f64,
    /// Standard deviation of arousal, in plane units.
    pub arousal_spread: f64,
}

/// The four quadrants of the plane, numbered as in the literature (anticlockwise from happy).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Quadrant {
    /// Pleasant and excited.
    Q1,
    /// Unpleasant and excited.
    Q2,
    /// Unpleasant and calm.
    Q3,
    /// Pleasant and calm.
    Q4,
}

impl Quadrant {
    /// All four, in order.
    pub const ALL: [Self; 4] = [Self::Q1, Self::Q2, Self::Q3, Self::Q4];

    /// What people call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Q1 => "joyful, energetic",
            Self::Q2 => "tense, fierce",
            Self::Q3 => "sad, gloomy",
            Self::Q4 => "calm, tender",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_coordinates_are_checked_and_named() {
        assert_eq!(Affect::new(0.2, 1.5).unwrap_err().to_string(), "arousal is 1.5, but must lie in -1..1");
        assert_eq!(Affect::new(f64::NAN, 0.0).unwrap_err().name, "valence");
        assert!(Affect::new(-1.0, 1.0).is_ok());
    }

    #[test]
    fn quadrants_go_anticlockwise() {
        let q = |v, a| Affect::clamped(v, a).quadrant();
        assert_eq!([q(0.5, 0.5), q(-0.5, 0.5), q(-0.5, -0.5), q(0.5, -0.5)], Quadrant::ALL);
    }

    #[test]
    fn distance_is_a_metric() {
        let (a, b, c) = (Affect::clamped(0.1, 0.9), Affect::clamped(-0.4, 0.2), Affect::clamped(7.0, f64::NAN));
        assert_eq!(a.distance(b), b.distance(a));
        assert!(a.distance(c) <= a.distance(b) + b.distance(c));
        assert_eq!(c, Affect { valence: 1.0, arousal: 0.0 });
    }
}
