//! Where in a piece there is a pulse at all.
//!
//! One idea: an alap may last longer than the composition in time that follows it. So it is not the whole that has a pulse or none: a stretch of some
//! length with a pulse is enough, and beats are looked for there.

use super::{Activations, PULSE};
use crate::networks::FRAME_RATE_HZ;
use std::ops::Range;

/// Time over which the network's opinion is averaged.
const SMOOTH_S: f64 = 12.0;
/// A stretch of a piece that has a pulse lasts so long at least, and so does one at its ends that has none.
const LEAST_S: f64 = 20.0;
/// It has one this surely. The whole need only be this sure: a melody that somebody plays alone sounds much like an alap to the network, but an alap
/// less like a melody. Lowered after the evaluation called such melodies pulse-less; the pieces that training held out are told apart at either value.
const SURE: f64 = 0.75;
const LIKELY: f64 = 0.35;

/// The frames, among those that sound, from the first to the last with a pulse. `None` where there is none.
pub(crate) fn pulsing(activations: &Activations, sounding: Range<usize>) -> Option<Range<usize>> {
    let mut sums = vec![0u32];
    for f in sounding.clone() {
        sums.push(sums[sums.len() - 1].saturating_add((255.0 * activations.probability(f, PULSE)) as u32));
    }
    let mean = |r: &Range<usize>| f64::from(sums[r.end] - sums[r.start]) / (255.0 * r.len().max(1) as f64);
    let (n, half, least) = (sounding.len(), (SMOOTH_S / 2.0 * FRAME_RATE_HZ) as usize, (LEAST_S * FRAME_RATE_HZ) as usize);
    let mut runs: Vec<Range<usize>> = Vec::new();
    for f in (0..n).filter(|f| mean(&(f.saturating_sub(half)..(f + half).min(n))) >= 0.5) {
        match runs.last_mut() {
            Some(run) if run.end == f => run.end = f + 1,
            _ => runs.push(f..f + 1),
        }
    }
    runs.retain(|r| r.len() >= least && mean(r) >= SURE);
    let (Some(first), Some(last)) = (runs.first(), runs.last()) else { return (mean(&(0..n)) >= LIKELY).then_some(sounding) };
    // An opening or a close that is no longer than that belongs to what it opens or closes.
    let from = if first.start < least { 0 } else { first.start };
    let to = if n - last.end < least { n } else { last.end };
    Some(sounding.start + from..sounding.start + to)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn heard(parts: &[(f64, u8)]) -> Activations {
        let frames = parts.iter().flat_map(|(s, p)| std::iter::repeat_n([0, 0, *p, 0], (s * FRAME_RATE_HZ) as usize)).collect();
        Activations { frames }
    }

    #[test]
    fn a_long_alap_before_a_composition_has_no_beats() {
        let a = heard(&[(600.0, 20), (300.0, 240), (10.0, 20)]);
        let found = pulsing(&a, 0..a.frames.len()).unwrap();
        assert!((found.start as f64 / FRAME_RATE_HZ - 600.0).abs() < 7.0 && found.end == a.frames.len());
    }

    #[test]
    fn a_short_opening_belongs_to_the_piece() {
        let a = heard(&[(12.0, 30), (60.0, 220)]);
        assert_eq!(pulsing(&a, 0..a.frames.len()), Some(0..a.frames.len()));
    }

    #[test]
    fn a_moment_of_rhythm_is_no_pulse() {
        let a = heard(&[(60.0, 30), (8.0, 240), (60.0, 30)]);
        assert_eq!(pulsing(&a, 0..a.frames.len()), None);
    }
}
