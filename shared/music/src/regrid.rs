//! A beat grid put right by hand: another tempo, another downbeat, another metre, beats that were tapped.
//!
//! One idea: what a hand corrects is kept to what it says. The same tempo, twice or half of it keep every measured beat that still counts; any
//! other tempo is a straight grid through the downbeat that was there.

use crate::BeatGrid;

/// A tempo within this share of the grid's, of twice or of half of it is taken for it, and its measured beats are kept.
const SAME_TEMPO: f64 = 0.005;
/// Taps that make a tempo.
const LEAST_TAPS: usize = 4;
/// Taps are this near to the tempo that is meant.
const TAPPED_TEMPO: f64 = 0.06;
/// Hands tap within so much of a beat that is meant, and never worse than so many seconds.
const TAPPED_SHARE: f64 = 0.2;
const TAPPED_S: f64 = 0.1;
/// Beats of a grid at most: more are no music.
const MOST_BEATS: f64 = 1e6;
/// Beats to a bar where nothing tells.
const USUAL_BAR: usize = 4;

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

    /// The grid at another tempo. The same, twice and half of it keep what was measured; any other tempo is steady from the first downbeat
    /// (else the first beat) on, over the same span, with bars as long as before.
    #[must_use]
    pub fn at_bpm(&self, bpm: f64) -> Self {
        let ratio = bpm / self.tempo_bpm();
        let is = |to: f64| (ratio / to - 1.0).abs() <= SAME_TEMPO;
        if is(1.0) {
            return self.clone();
        }
        if is(2.0) {
            return self.doubled();
        }
        if is(0.5) {
            return self.halved();
        }
        let anchor = self.first_downbeat().map_or(self.beats_s()[0], |d| self.beats_s()[d]);
        let bar = self.first_downbeat().map(|_| self.beats_per_bar().unwrap_or(USUAL_BAR));
        Self::straight(anchor, 60.0 / bpm, self.span_s(), bar).unwrap_or_else(|| self.clone())
    }

    fn span_s(&self) -> (f64, f64) {
        (self.beats_s()[0], self.beats_s()[self.beats_s().len() - 1])
    }

    /// Beats at one pace through a moment, between two others (which it may lie outside of), with bars of so many beats from that moment on and
    /// before it; without bars for `None`. `None` for a pace that is no number above zero, or one that makes more beats than music has.
    #[must_use]
    pub fn straight(through_s: f64, step_s: f64, (from_s, to_s): (f64, f64), bar: Option<usize>) -> Option<Self> {
        let is_sound = through_s.is_finite() && step_s.is_finite() && step_s > 0.0 && (to_s - from_s) / step_s < MOST_BEATS;
        // Numbers of the first and the last beat, counted from the moment.
        let first = ((from_s - through_s) / step_s - 1e-6).ceil();
        let last = ((to_s - through_s) / step_s + 1e-6).floor().max(first + 1.0);
        if !is_sound || first.abs() > MOST_BEATS || last.abs() > 2.0 * MOST_BEATS {
            return None;
        }
        let beats = (first as i64..=last as i64).map(|k| through_s + k as f64 * step_s).collect();
        let downbeats = bar.map_or(Vec::new(), |bar| {
            let bar = bar.max(1) as i64;
            (first as i64..=last as i64).filter(|k| k.rem_euclid(bar) == 0).map(|k| (k - first as i64) as usize).collect()
        });
        Self::with_downbeats(beats, downbeats)
    }

    /// The grid moved as a whole by less than a beat, so that a beat is at that moment and begins a bar; bars have `length` beats, else as many
    /// as before. Beats before the start, or after `end_s`, are left out. A moment beyond the grid is reached by going on at its pace.
    #[must_use]
    pub fn with_downbeat_exactly_at(&self, time_s: f64, length: Option<usize>, end_s: f64) -> Self {
        let length = length.or(self.beats_per_bar()).unwrap_or(USUAL_BAR).max(1);
        let number = self.beat(time_s).round();
        let moved = self.nudged(time_s - self.time_s(number));
        let phase = (number as i64).rem_euclid(length as i64) as usize;
        moved.with_bars(phase, length).within(end_s)
    }

    /// The grid without beats before the start or after the end.
    fn within(&self, end_s: f64) -> Self {
        let gone = self.beats_s().iter().take_while(|b| **b < 0.0).count();
        let beats: Vec<f64> = self.beats_s().iter().copied().filter(|b| (0.0..=end_s).contains(b)).collect();
        let downbeats = self.downbeats().iter().filter_map(|d| d.checked_sub(gone)).collect();
        Self::with_downbeats(beats, downbeats).unwrap_or_else(|| self.clone())
    }

    /// The grid moved later by so many seconds, or earlier.
    #[must_use]
    pub fn nudged(&self, by_s: f64) -> Self {
        let beats = self.beats_s().iter().map(|b| b + by_s).collect();
        Self::with_downbeats(beats, self.downbeats().to_vec()).unwrap_or_else(|| self.clone())
    }

    /// The grid with bars of so many beats, from its first downbeat (else its first beat) on.
    #[must_use]
    pub fn with_bars_of(&self, beats: usize) -> Self {
        self.with_bars(self.first_downbeat().unwrap_or(0), beats)
    }

    /// The grid whose first known downbeat lies so many beats later, or earlier, with bars of so many beats from there on. Before the first beat there
    /// is none: there it is one bar later.
    #[must_use]
    pub fn with_bars_later(&self, by: isize, length: usize) -> Self {
        let length = length.max(1);
        let from = self.first_downbeat().unwrap_or(0) as isize + by;
        let from = if from < 0 { from.rem_euclid(length as isize) } else { from } as usize;
        let from = if from < self.beats_s().len() { from } else { from % length };
        let downbeats = (from..self.beats_s().len()).step_by(length).collect();
        Self::with_downbeats(self.beats_s().to_vec(), downbeats).unwrap_or_else(|| self.clone())
    }

    fn with_bars(&self, downbeat: usize, length: usize) -> Self {
        let length = length.max(1);
        let downbeats = (downbeat % length..self.beats_s().len()).step_by(length).collect();
        Self::with_downbeats(self.beats_s().to_vec(), downbeats).unwrap_or_else(|| self.clone())
    }

    /// The grid that somebody tapped: `taps_s` are moments of the recording, rising, four or more. Where they agree with this grid, twice or half
    /// of it, its measured beats are kept, in the phase that is nearest to the taps; else the beats are straight, through the taps, and bars of the
    /// same length begin at the first one. `None` where the taps are too few or no tempo.
    #[must_use]
    pub fn tapped(&self, taps_s: &[f64]) -> Option<Self> {
        let (at_s, step_s) = line_of_taps(taps_s)?;
        let ratio = 60.0 / step_s / self.tempo_bpm();
        let is_near = |to: f64| (ratio / to - 1.0).abs() <= TAPPED_TEMPO;
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
        match best.filter(|grid| off(grid) / taps_s.len() as f64 <= (TAPPED_SHARE * step_s).min(TAPPED_S)) {
            Some(grid) => Some(grid),
            None => Self::straight(at_s, step_s, self.span_s(), Some(self.beats_per_bar().unwrap_or(USUAL_BAR))),
        }
    }

    /// The grid that somebody tapped to a recording of some length that has none. `None` where the taps are too few or no tempo.
    #[must_use]
    pub fn from_taps(taps_s: &[f64], length_s: f64) -> Option<Self> {
        let (at_s, step_s) = line_of_taps(taps_s)?;
        Self::straight(at_s, step_s, (0.0, length_s), Some(USUAL_BAR))
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
    // Counted from tap to tap, so that hands that are off by a little do not add up to a beat.
    let steps = taps_s.windows(2).map(|w| ((w[1] - w[0]) / usual).round().max(1.0));
    let index: Vec<f64> = std::iter::once(0.0)
        .chain(steps.scan(0.0, |at, step| {
            *at += step;
            Some(*at)
        }))
        .collect();
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
        assert!((half.tempo_bpm() - 60.0).abs() < 1e-9);
        assert_eq!(half.downbeats_s().collect::<Vec<_>>(), [1.0, 3.0, 5.0, 7.0]);
    }

    #[test]
    fn the_same_twice_and_half_keep_uneven_beats() {
        let uneven: Vec<f64> = (0..33).map(|k| f64::from(k) * 0.5 + if k % 2 == 1 { 0.02 } else { 0.0 }).collect();
        let grid = BeatGrid::with_downbeats(uneven, vec![0, 4, 8]).unwrap();
        let bpm = grid.tempo_bpm();
        assert_eq!(grid.at_bpm(bpm), grid);
        assert_eq!(grid.at_bpm(bpm / 2.0), grid.halved());
        let back = grid.at_bpm(2.0 * bpm).halved();
        assert!(back.beats_s().iter().zip(grid.beats_s()).all(|(a, b)| (a - b).abs() < 1e-9));
        assert_eq!(back.downbeats(), grid.downbeats());
    }

    #[test]
    fn another_tempo_goes_through_the_downbeat() {
        let moved = grid(120.0, 41, &[2, 6, 10]).at_bpm(100.0);
        assert!((moved.tempo_bpm() - 100.0).abs() < 1e-9);
        assert!(moved.downbeats_s().any(|t| (t - 1.5).abs() < 1e-9), "{:?}", moved.downbeats_s().collect::<Vec<_>>());
        assert_eq!(moved.beats_per_bar(), Some(4));
    }

    #[test]
    fn a_downbeat_moves_the_grid_by_less_than_a_beat_wherever_it_is() {
        let grid = grid(60.0, 20, &[]);
        let inside = grid.with_downbeat_exactly_at(3.4, Some(3), 60.0);
        assert!(inside.downbeats_s().any(|t| (t - 3.4).abs() < 1e-9) && inside.beats_per_bar() == Some(3));
        // Before the first and after the last beat the music goes on, and so do its bars.
        for at in [0.1, 47.3] {
            let moved = grid.with_downbeat_exactly_at(at, Some(4), 60.0);
            assert!((moved.beats_s()[0] - grid.beats_s()[0]).abs() < 1.0, "{at}: {:?}", moved.beats_s());
            let bars = (moved.downbeats_s().next().unwrap() - at) / 4.0;
            assert!((bars - bars.round()).abs() < 1e-9, "{at}: {bars}");
        }
        assert!(grid.with_downbeat_exactly_at(19.6, None, 19.7).beats_s().iter().all(|b| (0.0..=19.7).contains(b)));
    }

    #[test]
    fn taps_choose_a_reading_or_make_a_grid() {
        let grid = grid(120.0, 81, &[0, 3, 6]);
        // Every second beat, the odd ones, tapped unevenly.
        let taps = [2.01, 2.98, 4.03, 4.99, 6.0].map(|t| t + 0.01);
        let half = grid.tapped(&taps).unwrap();
        assert!((half.tempo_bpm() - 60.0).abs() < 1e-9 && half.beats_s().iter().any(|b| (b - 2.0).abs() < 1e-9));
        // The same tempo between the measured beats is another grid.
        let off = grid.tapped(&[0.75, 1.25, 1.75, 2.25, 2.75]).unwrap();
        assert!(off.beats_s().iter().any(|b| (b - 1.75).abs() < 1e-6) && off.beats_per_bar() == Some(3));
        let other = grid.tapped(&[1.0, 1.7, 2.4, 3.1, 4.5, 5.2]).unwrap();
        assert!((other.tempo_bpm() - 60.0 / 0.7).abs() < 0.01);
        let swinging: Vec<f64> = (0..60).map(|k| 0.5 * f64::from(k) + if k % 2 == 1 { 0.49 - 0.5 } else { 0.0 }).collect();
        assert!((BeatGrid::from_taps(&swinging, 60.0).unwrap().tempo_bpm() - 120.0).abs() < 0.2);
        assert!(grid.tapped(&[1.0, 2.0, 3.0]).is_none() && grid.tapped(&[1.0, 2.0, 1.5, 3.0]).is_none());
        let new = BeatGrid::from_taps(&[10.02, 10.53, 11.03, 11.55], 60.0).unwrap();
        assert!((new.tempo_bpm() - 117.9).abs() < 0.5 && new.beats_s()[0] < 0.51 && new.downbeats_s().any(|t| (t - 10.02).abs() < 0.02));
    }

    #[test]
    fn bars_are_moved_by_beats() {
        let moved = grid(100.0, 20, &[1, 5, 9, 13]).with_bars_later(3, 4);
        assert_eq!(&moved.downbeats()[..2], [4, 8]);
        assert_eq!(&moved.with_bars_later(-3, 4).downbeats()[..2], [1, 5]);
        assert_eq!(grid(100.0, 20, &[0]).with_bars_later(-1, 3).downbeats()[0], 2);
    }

    proptest! {
        #[test]
        fn whatever_is_set_is_a_grid(gaps in prop::collection::vec(0.2f64..2.0, 1..60), bpm in 20.0f64..400.0, at in -5.0f64..200.0, bar in 1usize..12) {
            let beats = gaps.iter().scan(0.1, |t, g| { *t += g; Some(*t) }).collect();
            let grid = BeatGrid::new(beats, None);
            prop_assume!(grid.is_some());
            let grid = grid.unwrap().with_bars_of(bar);
            prop_assert!(!grid.at_bpm(bpm).beats_s().is_empty());
            for g in [grid.halved(), grid.doubled(), grid.at_bpm(bpm), grid.with_downbeat_exactly_at(at, None, 300.0), grid.with_bars_later(-7, bar)] {
                prop_assert!(g.beats_s().windows(2).all(|w| w[0] < w[1]) && g.downbeats().iter().all(|d| *d < g.beats_s().len()));
            }
        }
    }
}
