//! The plane of mood: every track and every scene is a point on it.
//!
//! One idea: mood is two numbers, valence (unpleasant to pleasant) and arousal (calm to excited), each in [-1, 1]
//! (Russell's circumplex model of affect, J. Pers. Soc. Psychol. 39, 1980). Words and quadrants are regions of that plane.
//! This crate knows nothing of music, files or programs.

mod curve;
mod emotions;
mod plane;
mod words;

pub use curve::AffectCurve;
pub use emotions::{Emotion, Rasa, weights};
pub use plane::{Affect, AffectEstimate, OutOfPlane, Quadrant};
pub use words::{MoodWord, TAGS, UnknownMood, all_moods, mood, nearest_word};
