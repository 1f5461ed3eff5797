//! Other lengths and other pitches for recorded music.
//!
//! Useful for: a [`TimeMap`] says which source moment sounds when; a [`Stretch`] engine changes the length of what it is fed
//! without changing pitch; a [`Resampler`] then changes rate and pitch together. Not useful for: reading files or knowing where a DAW is.
//!
//! Pitch is stretched first and resampled after, because the engine's own transposition is out of tune by 5 to 30 cents.

mod resample;
mod stretch;
mod timemap;

pub use resample::{Resampler, RetimeError};
pub use stretch::{Signalsmith, Stretch};
pub use timemap::TimeMap;

/// Channels of everything that is retimed: stereo.
pub const CHANNELS: usize = 2;
