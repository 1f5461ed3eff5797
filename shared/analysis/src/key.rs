//! Key: which notes the music rests on.
//!
//! One idea: spectral peaks, each believed to be one of the first four harmonics of a note (Gómez 2006, HPCP), fill a fine chroma of 120
//! bins; its own grain gives the tuning; the tuned twelve of the whole and of the bass are weighed by profiles that were trained on
//! rendered music (`key_weights`). Whether anything tonal is heard at all is told by Temperley's profiles (1999, Music Perception 17).

use crate::key_weights::{BIAS, WEIGHTS};
use music::{Key, Mode, PitchClass};

const FINE: usize = 120;
const PER_SEMITONE: usize = FINE / 12;
const MAJOR: [f64; 12] = [5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0];
const MINOR: [f64; 12] = [5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 1.5, 4.0];
/// Under this correlation nothing tonal is heard; drums and noise stay below it.
const MIN_CORRELATION: f64 = 0.45;
/// Peaks are looked for between these frequencies, in Hz.
const RANGE_HZ: (f64, f64) = (55.0, 4000.0);

/// The bass lies below this.
const BASS_HZ: f64 = 260.0;

pub(crate) struct Chroma {
    bin_hz: f64,
    frame_s: f64,
    total: [f64; FINE],
    bass: [f64; FINE],
    frames: Vec<[f32; 12]>,
    tonal_frames: usize,
    peaks: Vec<(f64, f64)>,
}

/// What was heard of harmony.
pub(crate) struct Tonal {
    pub(crate) estimate: Option<KeyEstimate>,
    frames: Vec<[f32; 12]>,
    frame_s: f64,
}

#[derive(Debug)]
pub(crate) struct KeyEstimate {
    pub(crate) key: Key,
    pub(crate) confidence: f64,
    pub(crate) major_minor_balance: f64,
    pub(crate) tuning_cents: f64,
    pub(crate) chroma: [f32; 12],
    pub(crate) bass_chroma: Option<[f32; 12]>,
}

impl Tonal {
    /// How much the harmony of the beat that starts at `t_s` differs from that of the beat before: 0 (the same) to 1.
    pub(crate) fn change_at(&self, t_s: f64, period_s: f64) -> f64 {
        let mean = |from_s: f64| {
            let a = ((from_s + 0.2 * period_s) / self.frame_s).round().max(0.0) as usize;
            let b = ((from_s + 0.9 * period_s) / self.frame_s).round().max(0.0) as usize;
            let mut sum = [0f64; 12];
            for f in self.frames.iter().take(b + 1).skip(a) {
                for (s, x) in sum.iter_mut().zip(f) {
                    *s += f64::from(*x);
                }
            }
            sum
        };
        let (before, after) = (mean(t_s - period_s), mean(t_s));
        let dot: f64 = before.iter().zip(&after).map(|(a, b)| a * b).sum();
        let norm = |v: &[f64; 12]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
        let scale = norm(&before) * norm(&after);
        if scale > 1e-12 { 1.0 - dot / scale } else { 0.0 }
    }
}

impl Chroma {
    pub(crate) fn new(rate_hz: f64, size: usize) -> Self {
        Self {
            bin_hz: rate_hz / size as f64,
            frame_s: size as f64 / 2.0 / rate_hz,
            total: [0.0; FINE],
            bass: [0.0; FINE],
            frames: Vec::new(),
            tonal_frames: 0,
            peaks: Vec::new(),
        }
    }

    pub(crate) fn push_frame(&mut self, power: &[f32]) {
        let mut fine = [0f64; FINE];
        let from = (RANGE_HZ.0 / self.bin_hz).ceil().max(2.0) as usize;
        let to = ((RANGE_HZ.1 / self.bin_hz) as usize).min(power.len().saturating_sub(2));
        let loudest = power.get(from..to.max(from)).map_or(0.0, |p| p.iter().copied().fold(0.0, f32::max));
        // -75 dBFS: under that, noise of the converter.
        if loudest > 3e-8 {
            self.peaks.clear();
            for i in from..to {
                let (a, b, c) = (power[i - 1], power[i], power[i + 1]);
                if b > a && b >= c && b > loudest * 1e-5 {
                    let (la, lb, lc) = (f64::from(a + 1e-20).ln(), f64::from(b).ln(), f64::from(c + 1e-20).ln());
                    let bend = la - 2.0 * lb + lc;
                    let shift = if bend.abs() > 1e-12 { (0.5 * (la - lc) / bend).clamp(-0.5, 0.5) } else { 0.0 };
                    self.peaks.push(((i as f64 + shift) * self.bin_hz, f64::from(b / loudest).sqrt()));
                }
            }
            self.peaks.sort_unstable_by(|a, b| b.1.total_cmp(&a.1));
            let lows = self.peaks.iter().filter(|p| p.0 < BASS_HZ);
            let low_sum: f64 = lows.clone().map(|p| p.1).sum();
            for &(hz, weight) in lows {
                self.bass[fine_bin(hz)] += weight / low_sum;
            }
            for &(hz, weight) in self.peaks.iter().take(50) {
                let mut share = weight;
                for harmonic in 1..=4 {
                    fine[fine_bin(hz / f64::from(harmonic))] += share;
                    share *= 0.6;
                }
            }
            let sum: f64 = fine.iter().sum();
            if sum > 0.0 {
                self.tonal_frames += 1;
                for (t, f) in self.total.iter_mut().zip(&fine) {
                    *t += f / sum;
                }
            }
        }
        let mut coarse = [0f32; 12];
        for (i, f) in fine.iter().enumerate() {
            coarse[(i + PER_SEMITONE / 2) / PER_SEMITONE % 12] += *f as f32;
        }
        self.frames.push(coarse);
    }

    pub(crate) fn finish(self) -> Tonal {
        let estimate = (self.tonal_frames > 0).then(|| estimate(&self.total, &self.bass)).flatten();
        Tonal { estimate, frames: self.frames, frame_s: self.frame_s }
    }
}

/// The bin of a frequency: 120 to an octave, from C.
fn fine_bin(hz: f64) -> usize {
    let semitones = 12.0 * (hz / 440.0).log2() + 9.0;
    (semitones * PER_SEMITONE as f64).round().rem_euclid(FINE as f64) as usize % FINE
}

/// Twelve bins out of 120, tuned; sums to 1. `None` where there is nothing.
fn tuned(fine: &[f64; FINE], offset: f64) -> Option<[f64; 12]> {
    let mut chroma = [0f64; 12];
    for (i, f) in fine.iter().enumerate() {
        let semitone = (i as f64 / PER_SEMITONE as f64 - offset).round() as i64;
        chroma[semitone.rem_euclid(12) as usize] += f;
    }
    let sum: f64 = chroma.iter().sum();
    (sum > 1e-12).then(|| chroma.map(|c| c / sum))
}

fn estimate(fine: &[f64; FINE], bass: &[f64; FINE]) -> Option<KeyEstimate> {
    // The phase of the chroma's period of one semitone is the tuning.
    let (mut re, mut im) = (0.0, 0.0);
    for (i, f) in fine.iter().enumerate() {
        let angle = std::f64::consts::TAU * i as f64 / PER_SEMITONE as f64;
        re += f * angle.cos();
        im += f * angle.sin();
    }
    let offset = im.atan2(re) / std::f64::consts::TAU;
    let chroma = tuned(fine, offset)?;
    let best_of = |mode, profile: &[f64; 12]| {
        Key::all().filter(|k| k.mode == mode).map(|k| correlation(&chroma, profile, k.tonic)).fold(-1.0, f64::max)
    };
    let (major, minor) = (best_of(Mode::Major, &MAJOR), best_of(Mode::Minor, &MINOR));
    if major.max(minor) < MIN_CORRELATION {
        return None;
    }
    let bass = tuned(bass, offset);
    let (key, confidence) = weigh(&chroma, bass.as_ref())?;
    Some(KeyEstimate {
        key,
        confidence,
        major_minor_balance: major - minor,
        tuning_cents: offset * 100.0,
        chroma: chroma.map(|c| c as f32),
        bass_chroma: bass.map(|b| b.map(|c| c as f32)),
    })
}

/// The key whose trained profile fits best, and how probable that makes it among the twenty-four.
fn weigh(chroma: &[f64; 12], bass: Option<&[f64; 12]>) -> Option<(Key, f64)> {
    let none = [1.0 / 12.0; 12];
    let bass = bass.unwrap_or(&none);
    let score = |key: Key| {
        let row = usize::from(key.mode == Mode::Minor);
        let tonic = usize::from(key.tonic.semitones());
        // Square roots, as in training: they keep one loud note from deciding alone.
        let fit = |share: &[f64; 12], weights: &[f64; 12]| (0..12).map(|i| share[(i + tonic) % 12].sqrt() * weights[i]).sum::<f64>();
        BIAS[row] + fit(chroma, &WEIGHTS[row][0]) + fit(bass, &WEIGHTS[row][1])
    };
    let scored: Vec<(Key, f64)> = Key::all().map(|key| (key, score(key))).collect();
    let best = scored.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let total: f64 = scored.iter().map(|s| (s.1 - best.1).exp()).sum();
    Some((best.0, 1.0 / total))
}

/// Pearson's correlation of the chroma, seen from `tonic`, with a profile.
fn correlation(chroma: &[f64; 12], profile: &[f64; 12], tonic: PitchClass) -> f64 {
    let seen: [f64; 12] = std::array::from_fn(|i| chroma[(i + usize::from(tonic.semitones())) % 12]);
    let mean = |v: &[f64; 12]| v.iter().sum::<f64>() / 12.0;
    let (a, b) = (mean(&seen), mean(profile));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in seen.iter().zip(profile) {
        ab += (x - a) * (y - b);
        aa += (x - a).powi(2);
        bb += (y - b).powi(2);
    }
    if aa * bb > 1e-18 { ab / (aa * bb).sqrt() } else { 0.0 }
}
