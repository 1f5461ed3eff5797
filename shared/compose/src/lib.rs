//! Melodies, and the instruments that play them.
//!
//! One idea: a piece is parts (an instrument, a place in the stereo field, notes in beats) at a tempo, and is rendered from nothing but
//! itself and a seed: the same piece gives the same samples everywhere. Useful for: the library that the project renders for itself.
//! Not useful for: recordings, or playing live.

mod band;
mod instrument;
mod piece;
mod raga;
mod room;

pub use band::{Character, band};
pub use instrument::Instrument;
pub use piece::{Part, Piece, RATE_HZ};
pub use raga::raga_piece;
