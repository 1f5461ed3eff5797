//! What small networks hear: which moments are beats (for `pulse`), and how many notes begin and sound (for `passages`).
//!
//! One idea: both are given the same few numbers of each frame, and run together along the stream.

mod hearing;
mod listener;
mod network;
mod notes;

pub use hearing::{FRAME_RATE_HZ, INPUTS};

pub(crate) use listener::{Activations, Listener};
pub(crate) use notes::Notes;
