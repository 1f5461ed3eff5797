//! The tonic (sa) of music over a drone.
//!
//! One idea: which pitch class is the tonic is weighed like a key, by how much of each pitch class sounds above it, with weights trained on rendered
//! drones (`models/training/key.py`). Whether there is a drone at all is another question: tonal music without a pulse (alap, drones, ambience) is heard
//! over its tonic; music in time only if a pitch class hardly ever falls silent, and the weights are surer than of nearly all music without a drone.

use super::chroma::{Chroma, Pitches};
use super::key_weights::TONIC;
use track::Tonic;

/// A pitch class sounds in a frame in which it has at least this share of the strongest.
const SOUNDS: f64 = 0.2;
/// It holds on if it sounds in this share of the frames.
const HOLDS: f64 = 0.6;
/// Of the training set's pieces without a drone 95 in 100 weigh less than this, of those over one 19 in 100.
const DRONE: f64 = 13.9;

/// The tonic and how sure it is. `None` for music in time in which no pitch class holds on.
pub(crate) fn tonic(chroma: &Chroma, has_pulse: bool) -> Option<(Tonic, f64)> {
    let (mut sounding, mut frames) = ([0usize; 12], 0usize);
    for (all, _) in (0..chroma.len()).filter_map(|i| chroma.frame(i)) {
        frames += 1;
        let most = all.iter().copied().fold(0.0, f64::max);
        for (count, x) in sounding.iter_mut().zip(&all) {
            *count += usize::from(*x >= SOUNDS * most);
        }
    }
    let holds = |class: usize| sounding[class] as f64 >= HOLDS * frames.max(1) as f64;
    let bass = chroma.bass.unwrap_or([1.0 / 12.0; 12]);
    let score = |tonic: usize| {
        let fit = |share: &Pitches, weights: &Pitches| (0..12).map(|i| share[(i + tonic) % 12].sqrt() * weights[i]).sum::<f64>();
        fit(&chroma.all, &TONIC[0]) + fit(&bass, &TONIC[1])
    };
    let scores: Vec<(usize, f64)> = (0..12).map(|t| (t, score(t))).collect();
    let may_be = |s: &(usize, f64)| !has_pulse || (holds(s.0) && s.1 > DRONE);
    let best = scores.iter().copied().filter(may_be).max_by(|a, b| a.1.total_cmp(&b.1))?;
    let total: f64 = scores.iter().map(|s| (s.1 - best.1).exp()).sum();
    // A hair under zero is rounded up to all of 1200, which is zero again.
    let cents_above_c = (100.0 * (best.0 as f64 + chroma.offset)).rem_euclid(1200.0) % 1200.0;
    Some((Tonic { cents_above_c }, (1.0 / total).min(1.0)))
}
