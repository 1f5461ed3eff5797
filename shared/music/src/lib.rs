//! Music as symbols: what a musician would write down, without a sample of sound in it.
//!
//! Pitch classes and keys, tempo and its octaves, beat grids, ragas, melodies. This crate knows nothing of audio or files.

mod grid;
mod key;
mod melody;
mod metre;
mod raga;
mod raga_names;
mod regrid;
mod tempo;

pub use grid::BeatGrid;
pub use key::{Key, Mode, NotAKey, PitchClass};
pub use melody::{Melody, Note};
pub use metre::{Metre, NotAMetre};
pub use raga::{RAGAS, Raga, raga, swara_semitone};
pub use raga_names::{canonical_raga, fold_raga, may_begin_raga};
pub use tempo::{TempoFit, TempoOctave, fit_tempo};
