//! The level over time, coarsely: what silence, articulation and cuts are read from.

use crate::lanes;
use crate::passages::Course;

/// Lowest level that is told apart from silence, in dB of full scale.
const FLOOR_DB: f32 = -110.0;
/// Steps per dB in a byte.
const PER_DB: f32 = 2.0;

/// The mean level of every few milliseconds of a stream, a byte each.
#[derive(Debug, Clone, Default)]
pub struct LevelCurve {
    rate_hz: f64,
    per_s: f64,
    sum: f64,
    count: usize,
    frames: u64,
    steps: Vec<u8>,
}

/// How long a level is that is called one when its course is told, in seconds.
const MOMENT_S: f64 = 0.1;
/// What lies further under the loudest moment of the whole does not count as sounding.
const SOUNDING_DB: f32 = 40.0;

/// A stretch of silence, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Silence {
    /// It begins here.
    pub from_s: f64,
    /// It ends here.
    pub to_s: f64,
}

impl LevelCurve {
    /// A curve of so many levels per second.
    #[must_use]
    pub fn new(rate_hz: f64, per_s: f64) -> Self {
        Self { rate_hz, per_s, ..Self::default() }
    }

    /// Takes samples, one slice for each channel: a level is that of the mean power of the channels. Samples should be [`clean`](crate::clean).
    pub fn push(&mut self, planar: &[Vec<f32>]) {
        let length = planar.iter().map(Vec::len).min().unwrap_or(0);
        let mut from = 0;
        while from < length {
            let end = ((self.steps.len() + 1) as f64 * self.rate_hz / self.per_s).ceil() as u64;
            let to = (from + (end.saturating_sub(self.frames).max(1)) as usize).min(length);
            for channel in planar {
                self.sum += f64::from(lanes::energy(&channel[from..to]));
            }
            self.count += (to - from) * planar.len();
            self.frames += (to - from) as u64;
            if self.frames >= end {
                self.close();
            }
            from = to;
        }
    }

    fn close(&mut self) {
        let db = (10.0 * (self.sum / self.count.max(1) as f64).max(1e-20).log10()) as f32;
        self.steps.push(((db - FLOOR_DB) * PER_DB).round().clamp(0.0, 255.0) as u8);
        (self.sum, self.count) = (0.0, 0);
    }

    /// Length of what was heard, in seconds.
    #[must_use]
    pub fn duration_s(&self) -> f64 {
        self.frames as f64 / self.rate_hz.max(1.0)
    }

    fn db(&self, step: usize) -> f32 {
        f32::from(self.steps.get(step).copied().unwrap_or(0)) / PER_DB + FLOOR_DB
    }

    fn step(&self, s: f64) -> usize {
        (s * self.per_s).max(0.0) as usize
    }

    /// The stretches of at least `hold_s` that lie more than `below_db` under the loudest level. All of it, if nothing sounds.
    #[must_use]
    pub fn silences(&self, below_db: f64, hold_s: f64) -> Vec<Silence> {
        let loudest = (0..self.steps.len()).map(|i| self.db(i)).fold(FLOOR_DB, f32::max);
        let threshold = (loudest - below_db as f32).max(FLOOR_DB + 1.0 / PER_DB);
        let mut silences = Vec::new();
        let mut from = None;
        for i in 0..=self.steps.len() {
            let is_silent = i < self.steps.len() && self.db(i) < threshold;
            match (is_silent, from) {
                (true, None) => from = Some(i),
                (false, Some(start)) => {
                    let (from_s, to_s) = (start as f64 / self.per_s, (i as f64 / self.per_s).min(self.duration_s()));
                    if to_s - from_s >= hold_s {
                        silences.push(Silence { from_s, to_s });
                    }
                    from = None;
                }
                _ => {}
            }
        }
        silences
    }

    /// Silence at both ends, in seconds: see [`Self::silences`].
    #[must_use]
    pub fn silence_at_ends(&self, below_db: f64, hold_s: f64) -> (f64, f64) {
        let (silences, end_s) = (self.silences(below_db, hold_s), self.duration_s());
        let before = silences.first().filter(|s| s.from_s <= 0.0).map_or(0.0, |s| s.to_s);
        let after = silences.last().filter(|s| s.to_s >= end_s - 0.01 && s.from_s > 0.0).map_or(0.0, |s| end_s - s.from_s);
        (before, after)
    }

    /// Mean levels of the tenths of seconds between two moments, in dBFS.
    fn moments(&self, from_s: f64, to_s: f64) -> impl Iterator<Item = f32> {
        let steps = ((MOMENT_S * self.per_s).round() as usize).max(1);
        (self.step(from_s)..self.step(to_s).min(self.steps.len())).step_by(steps).map(move |from| {
            let all = from..(from + steps).min(self.steps.len());
            let n = all.len() as f32;
            let power = all.map(|i| 10f32.powf(self.db(i) / 10.0)).sum::<f32>() / n;
            10.0 * power.max(1e-12).log10()
        })
    }

    /// The level of the loudest tenth of a second, in dBFS.
    pub(crate) fn loudest_dbfs(&self) -> f32 {
        self.moments(0.0, self.duration_s()).fold(FLOOR_DB, f32::max)
    }

    /// How the level runs between two moments of a sound whose loudest tenth of a second is known. `None` where nothing sounds.
    pub(crate) fn course(&self, from_s: f64, to_s: f64, loudest_dbfs: f32) -> Option<Course> {
        let threshold = (loudest_dbfs - SOUNDING_DB).max(FLOOR_DB + 1.0);
        let all: Vec<f32> = self.moments(from_s, to_s).filter(|l| *l > threshold).collect();
        let mut sorted = all.clone();
        sorted.sort_unstable_by(f32::total_cmp);
        let at = |share: f64| sorted.get((share * sorted.len() as f64) as usize).map(|l| f64::from(*l));
        let steps: Vec<f64> = all.windows(2).map(|w| f64::from(w[1] - w[0]).powi(2)).collect();
        let power = all.iter().map(|l| 10f64.powf(f64::from(*l) / 10.0)).sum::<f64>() / all.len().max(1) as f64;
        Some(Course {
            sounding_s: all.len() as f64 * MOMENT_S,
            mean_dbfs: 10.0 * power.max(1e-12).log10(),
            low_dbfs: at(0.1)?,
            middle_dbfs: at(0.5)?,
            high_dbfs: at(0.95)?,
            unrest_db: (steps.iter().sum::<f64>() / steps.len().max(1) as f64).sqrt(),
        })
    }

    /// Median share of the time between two onsets for which the level stays within 10 dB of its highest just after the first.
    pub(crate) fn articulation(&self, onsets_s: &[f64]) -> Option<f64> {
        let mut shares: Vec<f64> = self.holds(onsets_s).collect();
        shares.sort_unstable_by(f64::total_cmp);
        (shares.len() >= 3).then(|| shares[shares.len() / 2])
    }

    /// The mean of the same.
    pub(crate) fn mean_articulation(&self, onsets_s: &[f64]) -> Option<f64> {
        let shares: Vec<f64> = self.holds(onsets_s).collect();
        (shares.len() >= 3).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
    }

    /// Shares of the times between two onsets for which the level stays within 10 dB of its highest just after the first; times that are those
    /// of notes.
    fn holds(&self, onsets_s: &[f64]) -> impl Iterator<Item = f64> {
        const ATTACK_S: f64 = 0.08;
        const FALL_DB: f32 = 10.0;
        onsets_s.windows(2).filter(|w| (0.1..2.0).contains(&(w[1] - w[0]))).map(|w| {
            let (from, to) = (self.step(w[0]), self.step(w[1]));
            let attack = from..(from + self.step(ATTACK_S)).min(to).max(from + 1);
            let top = attack.clone().max_by(|a, b| self.db(*a).total_cmp(&self.db(*b))).unwrap_or(from);
            let held = (top..to).take_while(|i| self.db(*i) > self.db(top) - FALL_DB).count() + top - from;
            (held as f64 / (to - from).max(1) as f64).min(1.0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(parts: &[(f64, f32)]) -> LevelCurve {
        let mut curve = LevelCurve::new(8000.0, 100.0);
        for (seconds, amplitude) in parts {
            let sound: Vec<f32> = (0..(seconds * 8000.0) as usize).map(|i| amplitude * (0.3 * i as f32).sin()).collect();
            curve.push(&[sound]);
        }
        curve
    }

    #[test]
    fn silences_are_found_and_rests_are_not() {
        let curve = curve(&[(1.5, 0.0), (2.0, 0.5), (0.6, 0.0), (2.0, 0.5), (1.2, 0.001), (1.0, 0.3), (3.0, 0.0)]);
        let found = curve.silences(40.0, 1.0);
        let expected = [(0.0, 1.5), (6.1, 7.3), (8.3, 11.3)];
        assert_eq!(found.len(), 3);
        for (f, (from, to)) in found.iter().zip(expected) {
            assert!((f.from_s - from).abs() < 0.02 && (f.to_s - to).abs() < 0.02, "{f:?}");
        }
        assert_eq!(curve.silences(70.0, 1.0).len(), 2);
        assert_eq!(curve.silences(40.0, 0.5).len(), 4);
    }

    #[test]
    fn nothing_is_all_silence() {
        assert_eq!(curve(&[(2.0, 0.0)]).silences(40.0, 1.0).len(), 1);
        assert!(LevelCurve::new(8000.0, 100.0).silences(40.0, 1.0).is_empty());
    }
}
