//! Onsets: when something new begins.
//!
//! One idea: a coarse detector says where (log-mel flux, Böck & Widmer, DAFx 2013), a fine level curve says when: an onset is
//! moved to the steepest rise of the level, measured every millisecond, near the flux peak. Both look back a second at most.

use crate::FRAME_RATE_HZ;
use crate::bands::{BANDS, Bands, Levels};
use crate::lanes;

/// The flux compares frames this far apart, so that an attack that straddles two windows is seen whole.
const LAG: usize = 2;
/// An onset rises this far above the mean of its surroundings (in mean log10 energy per band); found on recordings and loops.
const THRESHOLD: f32 = 0.035;
/// A peak is the highest so many frames around (25 ms), and stands out of so many (0.1 s).
const NEAR: usize = 4;
const WIDE: usize = 17;
/// Onsets closer than this are one.
const LEAST_GAP_S: f64 = 0.03;
/// Once so much history has gathered, what nobody looks at any more is dropped.
const HISTORY_FRAMES: usize = 1024;
const HISTORY_MS: usize = 4096;
/// The oldest that is still looked at.
const LOOK_BACK_FRAMES: usize = 2 * WIDE + 2;
const LOOK_BACK_MS: usize = 1000;

/// Finds onsets as spectra and samples come.
pub(crate) struct OnsetDetector {
    live_bands: usize,
    history: [Levels; LAG],
    frames: usize,
    /// Onset strength from frame `first_frame` on.
    strength: Vec<f32>,
    first_frame: usize,
    /// The next frame that is looked at.
    next: usize,
    times_s: Vec<f64>,
    /// How far each of them stands out, 0 to 1, added up.
    clarity: f64,
    // The millisecond level curve, from millisecond `first_ms` on.
    samples_per_ms: f64,
    previous: f32,
    steps: Vec<f32>,
    energy: f32,
    count: f64,
    level_db: Vec<f32>,
    first_ms: usize,
}

impl OnsetDetector {
    pub(crate) fn new(rate_hz: f64, bands: &Bands) -> Self {
        Self {
            live_bands: bands.live(),
            history: [[0.0; BANDS]; LAG],
            frames: 0,
            strength: Vec::new(),
            first_frame: 0,
            next: 0,
            times_s: Vec::new(),
            clarity: 0.0,
            samples_per_ms: rate_hz / 1000.0,
            previous: 0.0,
            steps: Vec::new(),
            energy: 0.0,
            count: 0.0,
            level_db: Vec::new(),
            first_ms: 0,
        }
    }

    /// Takes samples. Those of a frame must come before the frame.
    pub(crate) fn push_samples(&mut self, mono: &[f32]) {
        self.steps.clear();
        // The difference of neighbours lifts attacks over held bass.
        self.steps.extend(mono.first().map(|x| x - self.previous));
        self.steps.extend(mono.windows(2).map(|w| w[1] - w[0]));
        self.previous = mono.last().copied().unwrap_or(self.previous);
        let mut from = 0;
        while from < self.steps.len() {
            let missing = (self.samples_per_ms - self.count).ceil().max(1.0) as usize;
            let to = (from + missing).min(self.steps.len());
            self.energy += lanes::energy(&self.steps[from..to]);
            self.count += (to - from) as f64;
            if self.count >= self.samples_per_ms {
                self.level_db.push(10.0 * (self.energy / self.count as f32 + 1e-9).log10());
                self.count -= self.samples_per_ms;
                self.energy = 0.0;
            }
            from = to;
        }
    }

    /// Takes the levels of the next frame, and picks the onsets that it makes certain.
    pub(crate) fn push_frame(&mut self, now: &Levels) {
        let slot = self.frames % LAG;
        // The first frames have nothing to compare with but silence, which is right: a file that starts loud starts with an onset.
        let rise: f32 = now.iter().zip(&self.history[slot]).map(|(now, before)| (now - before).max(0.0)).sum();
        self.strength.push(rise / self.live_bands as f32);
        self.history[slot] = *now;
        self.frames += 1;
        while self.next + WIDE < self.frames {
            self.pick(self.next);
            self.next += 1;
        }
        if self.strength.len() > HISTORY_FRAMES {
            let gone = self.strength.len() - LOOK_BACK_FRAMES;
            self.strength.drain(..gone);
            self.first_frame += gone;
        }
        if self.level_db.len() > HISTORY_MS {
            // Samples may have come in large blocks, far ahead of the frames.
            let looked_at_ms = (1000.0 * self.next as f64 / FRAME_RATE_HZ) as usize;
            let gone = looked_at_ms.saturating_sub(self.first_ms + LOOK_BACK_MS).min(self.level_db.len());
            self.level_db.drain(..gone);
            self.first_ms += gone;
        }
    }

    /// Takes a frame as an onset if it is one.
    fn pick(&mut self, frame: usize) {
        let i = frame - self.first_frame;
        let s = &self.strength;
        let (a, b) = (i.saturating_sub(NEAR), (i + NEAR + 1).min(s.len()));
        let is_peak = s[a..i].iter().all(|x| *x < s[i]) && s[i + 1..b].iter().all(|x| *x <= s[i]);
        if !is_peak {
            return;
        }
        let around = &s[i.saturating_sub(WIDE)..(i + WIDE + 1).min(s.len())];
        let mean = around.iter().sum::<f32>() / around.len() as f32;
        let least = mean * 1.3 + THRESHOLD;
        if s[i] > least {
            let t = self.steepest_rise_s(frame as f64 / FRAME_RATE_HZ);
            if self.times_s.last().is_none_or(|last| t - last > LEAST_GAP_S) {
                self.times_s.push(t);
                self.clarity += f64::from(1.0 - least / s[i]);
            }
        }
    }

    /// The millisecond near `t_s` after which the level rises most.
    fn steepest_rise_s(&self, t_s: f64) -> f64 {
        let level = |ms: i64| {
            let i = usize::try_from(ms).ok().and_then(|ms| ms.checked_sub(self.first_ms));
            i.and_then(|i| self.level_db.get(i)).copied().unwrap_or(-90.0)
        };
        let centre = (t_s * 1000.0).round() as i64;
        let rise = |ms: i64| (0..3).map(|k| level(ms + k).max(-80.0) - level(ms - 1 - k).max(-80.0)).sum::<f32>();
        let best = (centre - 25..=centre + 20).max_by(|a, b| rise(*a).total_cmp(&rise(*b))).unwrap_or(centre);
        best.max(0) as f64 / 1000.0
    }

    /// The onsets before the end, in seconds, and how sure they are: how far they stand out of what is taken for one, on average. `None` where
    /// there are none.
    pub(crate) fn finish(mut self, duration_s: f64) -> (Vec<f64>, Option<f64>) {
        while self.next < self.frames {
            self.pick(self.next);
            self.next += 1;
        }
        let confidence = (!self.times_s.is_empty()).then(|| (self.clarity / self.times_s.len() as f64).clamp(0.0, 1.0));
        self.times_s.retain(|t| *t < duration_s);
        (self.times_s, confidence)
    }
}
