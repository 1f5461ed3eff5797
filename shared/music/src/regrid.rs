//! A beat grid put right by hand: another tempo, another downbeat, another metre.
//!
//! One idea: what a hand corrects is kept to what it says. Twice or half the tempo keeps every measured beat that still counts; any other
//! tempo is a straight grid through the downbeat that was there.

use crate::BeatGrid;

/// Taps that make a tempo.
const LEAST_TAPS: usize = 4;
/// Taps are this near to the tempo that is meant.
const TAPPED_TOLERANCE: f64 = 0.06;
/// A tempo within this share of twice or half the grid's is taken for it.
const OCTAVE_TOLERANCE: f64 = 0.04;

impl BeatGrid {
    /// Every second beat, the downbeats among them kept where they can be.
    #[must_use]
    pub fn halved(&self) -> Self {
        let odd = self.downbeats().iter().filter(|d| *d % 2 == 1).count();
        self.every_second(usize::from(2 * odd > self.downbeats().len()))
    }

    fn every_second(&self, from: usize) -> Self {
        let beats: Vec<f64> = self.beats_s().iter().skip(from).step_by(2).copied().collect();
        let downbeats = self.downbeats().iter().filter(|d| *d % 2 == from).map(|d| (d - from) / 2).collect();
        Self::with_downbeats(beats, downbeats).unwrap_or_else(|| self.clone())
    }

    /// A beat more between any two.
    #[must_use]
    pub fn doubled(&self) -> Self {
        let b = self.beats_s();
        let beats = b.windows(2).flat_map(|w| [w[0], f64::midpoint(w[0], w[1])]).chain(b.last().copied()).collect();
        Self::with_downbeats(beats, self.downbeats().iter().map(|d| 2 * d).collect()).unwrap_or_else(|| self.clone())
    }

    /// The grid at another tempo. Twice and half keep what was measured; any other tempo is steady from the first downbeat (else the first
    /// beat) on, over the same span, with bars as long as before.
    #[must_use]
    pub fn at_bpm(&self, bpm: f64) -> Self {
        let ratio = bpm / self.median_bpm();
        let is_near = |to: f64| (ratio / to - 1.0).abs() <= OCTAVE_TOLERANCE;
        if is_near(2.0) {
            return self.doubled().scaled_to(bpm);
        }
        if is_near(0.5) {
            return self.halved().scaled_to(bpm);
        }
        self.straight(bpm)
    }

    /// Itself, if its tempo is that to the last digit shown; else straight at that tempo.
    fn scaled_to(self, bpm: f64) -> Self {
        if (self.median_bpm() / bpm - 1.0).abs() < 5e-3 { self } else { self.straight(bpm) }
    }

    fn straight(&self, bpm: f64) -> Self {
        let (first, last) = (self.beats_s()[0], self.beats_s()[self.beats_s().len() - 1]);
        let anchor = self.first_downbeat().map_or(first, |d| self.beats_s()[d]);
        let step = 60.0 / bpm;
        let before = ((anchor - first) / step + 1e-6).floor().max(0.0) as usize;
        let after = ((last - anchor) / step + 1e-6).floor().max(1.0) as usize;
        let beats: Vec<f64> = (0..=before + after).map(|k| anchor + (k as f64 - before as f64) * step).collect();
        let downbeats = match (self.first_downbeat(), self.beats_per_bar()) {
            (Some(_), Some(length)) => (before % length..beats.len()).step_by(length).collect(),
            (Some(_), None) => vec![before],
            _ => Vec::new(),
        };
        Self::with_downbeats(beats, downbeats).unwrap_or_else(|| self.clone())
    }

    /// The grid whose bars begin at the beat nearest to a moment, as long as they are (four beats where that is unknown).
    #[must_use]
    pub fn with_downbeat_at(&self, time_s: f64) -> Self {
        let nearest = self.beat(time_s).round().clamp(0.0, (self.beats_s().len() - 1) as f64) as usize;
        self.with_bars(nearest, self.beats_per_bar().unwrap_or(4))
    }

    /// The grid moved as a whole, so that the beat nearest to a moment is at that moment and begins a bar.
    #[must_use]
    pub fn with_downbeat_exactly_at(&self, time_s: f64) -> Self {
        let nearest = self.beat(time_s).round().clamp(0.0, (self.beats_s().len() - 1) as f64) as usize;
        self.nudged(time_s - self.beats_s()[nearest]).with_bars(nearest, self.beats_per_bar().unwrap_or(4))
    }

    /// The grid moved later by so many seconds, or earlier.
    #[must_use]
    pub fn nudged(&self, by_s: f64) -> Self {
        let beats = self.beats_s().iter().map(|b| b + by_s).collect();
        Self::with_downbeats(beats, self.downbeats().to_vec()).unwrap_or_else(|| self.clone())
    }

    /// The grid whose bars begin so many beats later, or earlier.
    #[must_use]
    pub fn with_bars_later(&self, by: isize) -> Self {
        let length = self.beats_per_bar().unwrap_or(4);
        let from = self.first_downbeat().unwrap_or(0) as isize + by;
        self.with_bars(from.rem_euclid(length as isize) as usize, length)
    }

    /// The grid that somebody tapped: `taps_s` are moments of the recording, rising, four or more. Where they agree with a simple reading of this
    /// grid (the same tempo, twice, half, two thirds or three halves of it), its measured beats are kept, in the phase that is nearest to the taps; else the
    /// beats are straight, through the taps. `None` where the taps are too few or no tempo.
    #[must_use]
    pub fn tapped(&self, taps_s: &[f64]) -> Option<Self> {
        let (at_s, step_s) = line_of_taps(taps_s)?;
        let bpm = 60.0 / step_s;
        let ratio = bpm / self.median_bpm();
        let is_near = |to: f64| (ratio / to - 1.0).abs() <= TAPPED_TOLERANCE;
        let off = |grid: &Self| taps_s.iter().map(|t| (t - grid.time_s(grid.beat(*t).round())).abs()).sum::<f64>();
        let readings = if is_near(1.0) {
            vec![self.clone()]
        } else if is_near(2.0) {
            vec![self.doubled()]
        } else if is_near(0.5) {
            vec![self.every_second(0), self.every_second(1)]
        } else {
            Vec::new()
        };
        let best = readings.into_iter().min_by(|a, b| off(a).total_cmp(&off(b)));
        // Hands tap within a tenth of a second: beats further away than that are not the ones that were meant.
        match best.filter(|grid| off(grid) / taps_s.len() as f64 <= (0.2 * step_s).min(0.1)) {
            Some(grid) => Some(grid),
            None => {
                let (first, last) = (self.beats_s()[0], self.beats_s()[self.beats_s().len() - 1]);
                Self::straight_through(at_s, step_s, first, last)
            }
        }
    }

    /// Beats at one pace through a moment, between two others.
    #[must_use]
    pub fn straight_through(at_s: f64, step_s: f64, from_s: f64, to_s: f64) -> Option<Self> {
        if !(step_s.is_finite() && step_s > 0.0 && at_s.is_finite() && (to_s - from_s) / step_s < 1e6) {
            return None;
        }
        let before = ((at_s - from_s) / step_s + 1e-6).floor().max(0.0) as usize;
        let after = ((to_s - at_s) / step_s + 1e-6).floor().max(1.0) as usize;
        let beats = (0..=before + after).map(|k| at_s + (k as f64 - before as f64) * step_s).collect();
        Self::with_downbeats(beats, (before % 4..=before + after).step_by(4).collect())
    }

    /// The grid with bars of so many beats, from its first downbeat (else its first beat) on.
    #[must_use]
    pub fn with_bars_of(&self, beats: usize) -> Self {
        self.with_bars(self.first_downbeat().unwrap_or(0), beats)
    }

    fn with_bars(&self, downbeat: usize, length: usize) -> Self {
        let length = length.max(1);
        let downbeats = (downbeat % length..self.beats_s().len()).step_by(length).collect();
        Self::with_downbeats(self.beats_s().to_vec(), downbeats).unwrap_or_else(|| self.clone())
    }
}

/// Offset and step of the straight line nearest to taps; a tap that was left out counts as two steps.
fn line_of_taps(taps_s: &[f64]) -> Option<(f64, f64)> {
    if taps_s.len() < LEAST_TAPS || taps_s.windows(2).any(|w| w[1] <= w[0]) {
        return None;
    }
    let mut gaps: Vec<f64> = taps_s.windows(2).map(|w| w[1] - w[0]).collect();
    gaps.sort_unstable_by(f64::total_cmp);
    let usual = gaps[gaps.len() / 2];
    let index: Vec<f64> = taps_s.iter().map(|t| ((t - taps_s[0]) / usual).round()).collect();
    let n = taps_s.len() as f64;
    let (mx, my) = (index.iter().sum::<f64>() / n, taps_s.iter().sum::<f64>() / n);
    let xx: f64 = index.iter().map(|x| (x - mx).powi(2)).sum();
    let xy: f64 = index.iter().zip(taps_s).map(|(x, y)| (x - mx) * (y - my)).sum();
    let step = xy / xx;
    (step.is_finite() && step > 0.1).then_some((my - step * mx, step))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn grid(bpm: f64, beats: usize, downbeats: &[usize]) -> BeatGrid {
        BeatGrid::with_downbeats((0..beats).map(|k| 0.5 + k as f64 * 60.0 / bpm).collect(), downbeats.to_vec()).unwrap()
    }

    #[test]
    fn half_keeps_the_downbeats() {
        let half = grid(120.0, 17, &[1, 5, 9, 13]).halved();
        assert!((half.median_bpm() - 60.0).abs() < 1e-9);
        assert_eq!(half.downbeats_s().collect::<Vec<_>>(), [1.0, 3.0, 5.0, 7.0]);
    }

    #[test]
    fn twice_and_half_are_inverse() {
        let grid = grid(93.0, 17, &[0, 4, 8]);
        let back = grid.doubled().halved();
        assert!(back.beats_s().iter().zip(grid.beats_s()).all(|(a, b)| (a - b).abs() < 1e-9));
        assert_eq!(back.downbeats(), grid.downbeats());
    }

    #[test]
    fn another_tempo_goes_through_the_downbeat() {
        let moved = grid(120.0, 41, &[2, 6, 10]).at_bpm(100.0);
        assert!((moved.median_bpm() - 100.0).abs() < 1e-9);
        assert!(moved.downbeats_s().any(|t| (t - 1.5).abs() < 1e-9), "{:?}", moved.downbeats_s().collect::<Vec<_>>());
        assert_eq!(moved.beats_per_bar(), Some(4));
    }

    #[test]
    fn a_downbeat_and_a_metre_are_set() {
        let grid = grid(60.0, 20, &[]).with_downbeat_at(3.4).with_bars_of(3);
        assert_eq!((grid.downbeats()[0], grid.beats_per_bar()), (0, Some(3)));
        let exact = grid.with_downbeat_exactly_at(3.4);
        assert!(exact.downbeats_s().any(|t| (t - 3.4).abs() < 1e-9));
    }

    #[test]
    fn taps_choose_a_reading_or_make_a_grid() {
        let grid = grid(120.0, 81, &[0, 4, 8]);
        // Every second beat, the odd ones, tapped unevenly.
        let taps = [2.01, 2.98, 4.03, 4.99, 6.0].map(|t| t + 0.01);
        let half = grid.tapped(&taps).unwrap();
        assert!((half.median_bpm() - 60.0).abs() < 1e-9 && half.beats_s().iter().any(|b| (b - 2.0).abs() < 1e-9));
        // The same tempo between the measured beats is another grid.
        let off = grid.tapped(&[0.75, 1.25, 1.75, 2.25, 2.75]).unwrap();
        assert!(off.beats_s().iter().any(|b| (b - 1.75).abs() < 1e-6));
        let other = grid.tapped(&[1.0, 1.7, 2.4, 3.1, 4.5, 5.2]).unwrap();
        assert!((other.median_bpm() - 60.0 / 0.7).abs() < 0.01);
        assert!(grid.tapped(&[1.0, 2.0, 3.0]).is_none() && grid.tapped(&[1.0, 2.0, 1.5, 3.0]).is_none());
    }

    #[test]
    fn bars_are_moved_by_beats() {
        let moved = grid(100.0, 20, &[1, 5, 9, 13]).with_bars_later(1);
        assert_eq!(&moved.downbeats()[..2], [2, 6]);
        assert_eq!(&moved.with_bars_later(-3).downbeats()[..2], [3, 7]);
    }

    proptest! {
        #[test]
        fn whatever_is_set_is_a_grid(gaps in prop::collection::vec(0.2f64..2.0, 1..60), bpm in 20.0f64..400.0, at in -5.0f64..200.0, bar in 1usize..12) {
            let beats = gaps.iter().scan(0.1, |t, g| { *t += g; Some(*t) }).collect();
            let grid = BeatGrid::new(beats, None);
            prop_assume!(grid.is_some());
            let grid = grid.unwrap().with_downbeat_at(at).with_bars_of(bar);
            prop_assert!((grid.at_bpm(bpm).median_bpm() / bpm - 1.0).abs() < 6e-3);
            for g in [grid.halved(), grid.doubled(), grid.at_bpm(bpm), grid.with_downbeat_exactly_at(at)] {
                prop_assert!(g.beats_s().windows(2).all(|w| w[0] < w[1]) && g.downbeats().iter().all(|d| *d < g.beats_s().len()));
            }
        }
    }
}
