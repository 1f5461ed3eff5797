//! The mood of music, of speech and of words, as models tell it that were trained on people's verdicts.
//!
//! One idea: what is measured elsewhere goes through a model that comes with a card, and comes out as a place on the plane with a spread; the model's id is the
//! value's version, so that what two models say is never taken for one.
//!
//! Useful for: measures of `analysis`, voices, sentences. Not useful for: opening files.

pub mod learn;
mod models;
mod music;
mod rows;
pub mod speech;
pub mod words;

pub use models::{Models, Role, UnknownRole};
pub use music::{MusicModel, MusicMood};
