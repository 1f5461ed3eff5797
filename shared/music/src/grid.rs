//! A beat grid: when each beat of a recording sounds.

use serde::{Deserialize, Serialize};

/// Beats over which a pace is taken: four usual bars.
const TEMPO_BEATS: usize = 16;
/// A pace that differs by no more is the same tempo (what evaluations of tempo allow).
const NEAR_MEDIAN: f64 = 0.04;

/// Beat times of a recording, in seconds from its first sample, strictly rising; at least two.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct BeatGrid {
    beats_s: Vec<f64>,
    /// Which beats begin bars, rising, where that is known.
    #[serde(default)]
    downbeats: Vec<usize>,
}

/// A grid as it is stored.
#[derive(Deserialize)]
struct Parts {
    beats_s: Vec<f64>,
    #[serde(default)]
    downbeats: Vec<usize>,
}

impl TryFrom<Parts> for BeatGrid {
    type Error = &'static str;

    fn try_from(parts: Parts) -> Result<Self, Self::Error> {
        Self::with_downbeats(parts.beats_s, parts.downbeats).ok_or("the beats of a grid must rise, and be two or more")
    }
}

impl BeatGrid {
    /// A grid from beat times, of which one is known to begin a bar. `None` if there are fewer than two, if they do not rise, or if one is
    /// not finite. A downbeat beyond the last beat is dropped.
    #[must_use]
    pub fn new(beats_s: Vec<f64>, first_downbeat: Option<usize>) -> Option<Self> {
        Self::with_downbeats(beats_s, first_downbeat.into_iter().collect())
    }

    /// A grid from beat times and the indices of those that begin bars. `None` as for [`Self::new`]; downbeats are
    /// sorted, and those beyond the last beat dropped.
    #[must_use]
    pub fn with_downbeats(beats_s: Vec<f64>, mut downbeats: Vec<usize>) -> Option<Self> {
        let rising = beats_s.windows(2).all(|w| w[0] < w[1]) && beats_s.iter().all(|b| b.is_finite());
        downbeats.retain(|d| *d < beats_s.len());
        downbeats.sort_unstable();
        downbeats.dedup();
        (beats_s.len() >= 2 && rising).then_some(Self { beats_s, downbeats })
    }

    /// The beat times in seconds.
    #[must_use]
    pub fn beats_s(&self) -> &[f64] {
        &self.beats_s
    }

    /// The index of the first downbeat, where known.
    #[must_use]
    pub fn first_downbeat(&self) -> Option<usize> {
        self.downbeats.first().copied()
    }

    /// The indices of the beats that begin bars, as far as they are known.
    #[must_use]
    pub fn downbeats(&self) -> &[usize] {
        &self.downbeats
    }

    /// When bars begin, in seconds.
    pub fn downbeats_s(&self) -> impl Iterator<Item = f64> + '_ {
        self.downbeats.iter().map(|d| self.beats_s[*d])
    }

    /// When a (fractional) beat sounds. Before the first and after the last beat the grid goes on at the pace of its ends.
    #[must_use]
    pub fn time_s(&self, beat: f64) -> f64 {
        let last = self.beats_s.len() - 2;
        let i = (beat.floor().max(0.0) as usize).min(last);
        let (a, b) = (self.beats_s[i], self.beats_s[i + 1]);
        a + (beat - i as f64) * (b - a)
    }

    /// Which (fractional) beat sounds at a time; the inverse of [`Self::time_s`].
    #[must_use]
    pub fn beat(&self, time_s: f64) -> f64 {
        let last = self.beats_s.len() - 2;
        let i = self.beats_s.partition_point(|b| *b <= time_s).saturating_sub(1).min(last);
        let (a, b) = (self.beats_s[i], self.beats_s[i + 1]);
        i as f64 + (time_s - a) / (b - a)
    }

    /// The tempo in beats per minute: the mean pace over sixteen beats (or three quarters of those there are), wherever it is near the median step; over
    /// fewer where it hardly ever is. The median leaves pauses and missed beats out; many beats even out one that comes late, which makes one step
    /// longer and the next one shorter.
    #[must_use]
    pub fn tempo_bpm(&self) -> f64 {
        let mut steps: Vec<f64> = self.beats_s.windows(2).map(|w| w[1] - w[0]).collect();
        let (middle, most) = (steps.len() / 2, (steps.len() * 3 / 4).clamp(1, TEMPO_BEATS));
        let median = *steps.select_nth_unstable_by(middle, f64::total_cmp).1;
        let pace_over = |span: usize| {
            let paces = self.beats_s.windows(span + 1).map(|w| (w[span] - w[0]) / span as f64);
            let (near, sum) = paces.filter(|p| (p / median - 1.0).abs() <= NEAR_MEDIAN).fold((0usize, 0.0), |(n, s), p| (n + 1, s + p));
            (near > 0 && near * 4 >= self.beats_s.len() - span).then(|| sum / near as f64)
        };
        let spans = std::iter::successors(Some(most), |span| (*span > 1).then_some(span / 2));
        60.0 / spans.filter_map(pace_over).next().unwrap_or(median)
    }

    /// Beats in most bars, where bars are known.
    #[must_use]
    pub fn beats_per_bar(&self) -> Option<usize> {
        let mut lengths: Vec<usize> = self.downbeats.windows(2).map(|w| w[1] - w[0]).collect();
        lengths.sort_unstable();
        // The commonest; of equals the longer.
        lengths.chunk_by(|a, b| a == b).max_by_key(|run| run.len()).map(|run| run[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nonsense_makes_no_grid() {
        assert!(BeatGrid::new(vec![1.0], None).is_none());
        assert!(BeatGrid::new(vec![1.0, 1.0], None).is_none());
        assert!(BeatGrid::new(vec![1.0, f64::INFINITY], None).is_none());
        assert_eq!(BeatGrid::new(vec![0.0, 1.0], Some(9)).unwrap().first_downbeat(), None);
    }

    proptest! {
        #[test]
        fn time_and_beat_are_inverse(gaps in prop::collection::vec(0.1f64..3.0, 2..40), at in -5.0f64..60.0) {
            let beats = gaps.iter().scan(0.3, |t, g| { *t += g; Some(*t) }).collect();
            let grid = BeatGrid::new(beats, None).unwrap();
            prop_assert!((grid.time_s(grid.beat(at)) - at).abs() < 1e-9);
        }
    }
}
