//! The line that a voice takes through the candidates, voiced and unvoiced.
//!
//! One idea: Viterbi with the strengths and costs of Boersma (Proc. Inst. Phonetic Sciences 17, 1993), as Praat has them by default.

use super::candidates::{Candidates, MOST, RANGE_HZ};

/// Favours the higher of octaves that explain a frame equally well, per octave.
const OCTAVE_COST: f32 = 0.01;
/// An unvoiced frame is as strong as a voiced one of this clarity.
const VOICING: f32 = 0.45;
/// Frames this far under the loudest are silence.
const SILENCE: f32 = 0.03;
/// A leap costs so much per octave, a change between voiced and unvoiced so much: per frame of 10 ms.
const LEAP_COST: f32 = 0.35;
const VOICING_COST: f32 = 0.14;
/// Frames that are decided in one go, and how far behind the last one a decision is final.
const STRETCH: usize = 2_000;
const LOOK_AHEAD: usize = 100;

/// Finds the path as candidates come.
#[derive(Default)]
pub(crate) struct PathFinder {
    waiting: Vec<Candidates>,
    /// Frequency of the last frame that is decided; `None` if it is unvoiced.
    last: Option<f32>,
    cents: Vec<u16>,
    clarity: f64,
    voiced: usize,
}

/// Cents above 10 Hz.
fn cents(hz: f32) -> u16 {
    (1200.0 * (hz / 10.0).log2()).round().clamp(1.0, 60_000.0) as u16
}

fn transition(from: Option<f32>, to: Option<f32>) -> f32 {
    match (from, to) {
        (None, None) => 0.0,
        (Some(a), Some(b)) => LEAP_COST * (a - b).abs(),
        _ => VOICING_COST,
    }
}

impl PathFinder {
    pub(crate) fn push(&mut self, candidates: Candidates) {
        self.waiting.push(candidates);
        if self.waiting.len() >= STRETCH + LOOK_AHEAD {
            self.decide(STRETCH);
        }
    }

    /// Decides so many frames.
    fn decide(&mut self, count: usize) {
        // State 0 is unvoiced, state i the (i-1)th candidate. Pitches as logarithms, which is how costs count.
        let pitch = |c: &Candidates, state: usize| (state > 0).then(|| c.of[state - 1].0.log2());
        let strength = |c: &Candidates, state: usize| match state {
            0 => VOICING + (2.0 - (c.peak / c.loudest.max(1e-9)) / (SILENCE / (1.0 + VOICING))).max(0.0),
            _ => c.of[state - 1].1 - OCTAVE_COST * (RANGE_HZ.1 as f32 / c.of[state - 1].0).log2(),
        };
        let mut back: Vec<[u8; MOST + 1]> = Vec::with_capacity(self.waiting.len());
        let mut score: [f32; MOST + 1];
        let mut before: [(Option<f32>, f32); MOST + 1] = [(None, f32::NEG_INFINITY); MOST + 1];
        before[0] = (self.last.map(f32::log2), 0.0);
        let mut live = 1;
        for c in &self.waiting {
            let mut from = [0u8; MOST + 1];
            score = [f32::NEG_INFINITY; MOST + 1];
            let mut here = [(None, f32::NEG_INFINITY); MOST + 1];
            for state in 0..=c.count {
                let to = pitch(c, state);
                for (i, (pitch, total)) in before[..live].iter().enumerate() {
                    let value = total - transition(*pitch, to);
                    if value > score[state] {
                        (score[state], from[state]) = (value, i as u8);
                    }
                }
                here[state] = (to, score[state] + strength(c, state));
            }
            (before, live) = (here, c.count + 1);
            back.push(from);
        }
        let mut state = (0..live).max_by(|a, b| before[*a].1.total_cmp(&before[*b].1)).unwrap_or(0);
        let mut states = vec![0; self.waiting.len()];
        for (i, from) in back.iter().enumerate().rev() {
            states[i] = state;
            state = from[state].into();
        }
        let count = count.min(self.waiting.len());
        for (c, state) in self.waiting.drain(..count).zip(&states) {
            self.last = (*state > 0).then(|| c.of[state - 1].0);
            self.cents.push(self.last.map_or(0, cents));
            if *state > 0 {
                self.voiced += 1;
                self.clarity += f64::from(c.of[state - 1].1);
            }
        }
    }

    /// The pitch of every frame, 0 for unvoiced, and the mean clarity of those that are voiced.
    pub(crate) fn finish(mut self) -> (Vec<u16>, f64) {
        self.decide(usize::MAX);
        (self.cents, if self.voiced > 0 { (self.clarity / self.voiced as f64).clamp(0.0, 1.0) } else { 0.0 })
    }
}
