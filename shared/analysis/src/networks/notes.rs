//! How many notes begin and sound in a stretch.
//!
//! One idea: probabilities add up to counts, so that notes whose beginning nobody could point to, as those of bowed strings, are counted all the same.

use super::hearing::FRAME_RATE_HZ;
use super::network::NOTES_OUTPUTS;

/// One note that begins is shared by three frames, as `models/training/notes.py` has it: so much in all.
const SMEARED: f64 = 1.8;
/// Steps between the numbers of notes that probabilities are of: at least 1, 2, 3, 5 that begin, at least 1, 2, 4, 6 that sound.
const STEPS: [f64; NOTES_OUTPUTS] = [1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 2.0, 2.0];
/// Outputs of notes that begin.
const BEGIN: std::ops::Range<usize> = 0..4;

/// What the network of notes says of a stretch, added up.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Notes {
    sums: [f64; NOTES_OUTPUTS],
}

impl Notes {
    pub(super) fn push(&mut self, said: &[f32; NOTES_OUTPUTS]) {
        self.sums.iter_mut().zip(said).for_each(|(sum, p)| *sum += f64::from(*p));
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.sums.iter_mut().zip(other.sums).for_each(|(sum, o)| *sum += o);
    }

    fn counted(&self, outputs: std::ops::Range<usize>) -> f64 {
        outputs.map(|i| STEPS[i] * self.sums[i]).sum()
    }

    /// Moments at which notes begin, those of a chord together.
    pub(crate) fn events(&self) -> f64 {
        self.sums[BEGIN.start] / SMEARED
    }

    /// Notes that begin.
    pub(crate) fn begun(&self) -> f64 {
        self.counted(BEGIN) / SMEARED
    }

    /// How long notes sound, in seconds, each by itself.
    pub(crate) fn sounding_s(&self) -> f64 {
        self.counted(BEGIN.end..NOTES_OUTPUTS) / FRAME_RATE_HZ
    }
}
