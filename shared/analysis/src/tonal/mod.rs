//! Harmony: tuning, key, changes of key, the tonic of a drone.

mod chroma;
mod key;
mod key_weights;
mod spans;
mod tonic;

pub(crate) use chroma::{Chroma, ChromaMeter, Colour, Pitches};
pub(crate) use key::{fits, modes, probabilities, ranked};
pub(crate) use spans::{held, spans};
pub(crate) use tonic::tonic;
