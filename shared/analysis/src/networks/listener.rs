//! Runs the networks along a stream of any length.
//!
//! One idea: a stretch of minutes at a time, with as much of its surroundings as a network looks at; of each frame four bytes are kept, and of notes what a
//! passage's add up to.

use super::hearing::{FRAME_RATE_HZ, Hearing};
use super::network::{self, PULSE_OUTPUTS, REACH};
use super::notes::Notes;
use crate::bands::Levels;
use crate::passages::PASSAGE_S;

/// Frames that are looked at in one go (three minutes), besides their surroundings. A whole number of frames of harmony, of which one
/// comes for every eight of these.
const STRETCH: usize = 16_384;
const PER_HARMONY: usize = 8;

/// What the pulse network says of each frame, 255 for certain: beat, downbeat, pulse, triple.
#[derive(Default)]
pub(crate) struct Activations {
    pub(crate) frames: Vec<[u8; PULSE_OUTPUTS]>,
}

impl Activations {
    /// A probability, kept from being quite 0 or 1.
    pub(crate) fn probability(&self, frame: usize, output: usize) -> f64 {
        let byte = self.frames.get(frame).map_or(0, |f| f[output]);
        (f64::from(byte) / 255.0).clamp(0.002, 0.998)
    }

    /// The highest probability within `reach` frames.
    pub(crate) fn highest(&self, frame: usize, reach: usize, output: usize) -> f64 {
        (frame.saturating_sub(reach)..=frame + reach).map(|f| self.probability(f, output)).fold(0.0, f64::max)
    }
}

#[derive(Default)]
pub(crate) struct Listener {
    hearing: Hearing,
    /// Frames at the start of what is heard that have been judged before, and are there as surroundings.
    known: usize,
    activations: Activations,
    /// Notes of each passage.
    notes: Vec<Notes>,
}

impl Listener {
    pub(crate) fn push_levels(&mut self, levels: &Levels) {
        self.hearing.push_levels(levels);
    }

    pub(crate) fn push_harmony(&mut self, all: &[f32; 12], bass: &[f32; 12]) {
        self.hearing.push_harmony(all, bass);
        if self.hearing.levels.len() >= self.known + STRETCH + REACH {
            self.judge(STRETCH);
            let gone = (self.known + STRETCH).saturating_sub(REACH);
            self.hearing.levels.drain(..gone);
            self.hearing.harmony.drain(..(gone / PER_HARMONY).min(self.hearing.harmony.len()));
            self.known = REACH;
        }
    }

    /// Judges so many frames after those that are known.
    fn judge(&mut self, count: usize) {
        let inputs = self.hearing.inputs();
        let first = self.activations.frames.len();
        if let Some(network) = network::pulse() {
            let bytes = network.run(&inputs).into_iter().skip(self.known).take(count).map(|p| p.map(|p| (p * 255.0).round() as u8));
            self.activations.frames.extend(bytes);
        }
        if let Some(network) = network::notes() {
            for (i, said) in network.run(&inputs).iter().skip(self.known).take(count).enumerate() {
                // The middle of frame n lies a quarter of a frame after its number: it is the mean of two.
                let passage = (((first + i) as f64 + 0.25) / FRAME_RATE_HZ / PASSAGE_S) as usize;
                if self.notes.len() <= passage {
                    self.notes.resize_with(passage + 1, Notes::default);
                }
                self.notes[passage].push(said);
            }
        }
    }

    /// What the networks were given since they last ran: all there was, in a sound of under three minutes.
    pub(crate) fn inputs(&self) -> Vec<[f32; super::INPUTS]> {
        self.hearing.inputs()
    }

    /// What was heard of beats by the frame, and of notes by the passage.
    pub(crate) fn finish(mut self) -> (Activations, Vec<Notes>) {
        self.judge(usize::MAX);
        (self.activations, self.notes)
    }
}
