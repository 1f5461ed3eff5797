//! Chroma: how much of each pitch class sounds, over time.
//!
//! One idea: spectral peaks, each believed to be one of the first four harmonics of a note (Gómez 2006, HPCP), fill a fine chroma of 120
//! bins, whose own grain gives the tuning; of each frame 24 half semitones are kept, which can still be tuned afterwards.

use crate::running::Moments;
use std::f64::consts::TAU;
use track::Chromagram;

const FINE: usize = 120;
const PER_SEMITONE: usize = FINE / 12;
/// Half semitones.
const HALVES: usize = 24;
/// Peaks are looked for between these frequencies, in Hz.
const RANGE_HZ: (f64, f64) = (55.0, 4000.0);
/// The bass lies below this.
const BASS_HZ: f64 = 260.0;
/// Peaks that count, the strongest first.
const PEAKS: usize = 50;
/// Peaks whose beating against each other is roughness.
const ROUGH_PEAKS: usize = 16;
/// A frame whose highest peak is under -75 dBFS is silence: noise of the converter.
const SILENCE: f32 = 3e-8;

/// Semitones that are watched for new partials, from the lowest A of a piano on.
const SEMITONES: usize = 96;
const LOWEST_MIDI: f64 = 21.0;
/// A partial this far under the loudest of the last seconds does not stand out at all, in dB.
const FAINT_DB: f64 = 40.0;
/// By so much a frame the loudest is forgotten, in dB: half of that range in four seconds.
const FORGET_DB: f64 = 0.46;

/// Shares of the pitch classes, from C on.
pub(crate) type Pitches = [f64; 12];

/// Collects chroma from the spectra of the long windows.
pub(crate) struct ChromaMeter {
    bin_hz: f64,
    total: [f64; FINE],
    bass: [f64; FINE],
    frames: Vec<Kept>,
    peaks: Vec<(f64, f64)>,
    /// How far each semitone stood out of the last two frames, 0 to 1.
    before: [[f32; SEMITONES]; 2],
    /// The loudest of the last seconds, in dB.
    loudest_db: f64,
}

/// What is kept of a frame: half semitones of all that sounds and of the bass, the largest of each 255; 0 for silence.
#[derive(Debug, Clone, Copy)]
struct Kept {
    all: [u8; HALVES],
    bass: [u8; HALVES],
    colour: Option<Colour>,
}

/// What the partials of a frame that sounds are like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Colour {
    /// Their mean pitch as a MIDI note number, weighted by magnitude.
    pub(crate) register: f32,
    /// Roughness of the strongest, 0 (none) to 1.
    pub(crate) roughness: f32,
    /// How many semitones stand out, each by how far (0 to 1), and how much of that was not there in the two frames before.
    pub(crate) standing: f32,
    pub(crate) novelty: f32,
}

/// Chroma of a whole sound and of its frames, at [`crate::HARMONY_RATE_HZ`].
pub(crate) struct Chroma {
    /// Semitones that everything is above A = 440 Hz, -0.5 to 0.5.
    pub(crate) offset: f64,
    /// Of the whole; sums to 1.
    pub(crate) all: Pitches,
    /// Of the bass; sums to 1. `None` where there is none.
    pub(crate) bass: Option<Pitches>,
    frames: Vec<Kept>,
}

impl ChromaMeter {
    pub(crate) fn new(rate_hz: f64, size: usize) -> Self {
        Self {
            bin_hz: rate_hz / size as f64,
            total: [0.0; FINE],
            bass: [0.0; FINE],
            frames: Vec::new(),
            peaks: Vec::new(),
            before: [[0.0; SEMITONES]; 2],
            loudest_db: f64::NEG_INFINITY,
        }
    }

    /// Takes a spectrum; gives the pitch classes of all that sounds in it and of its bass, untuned.
    pub(crate) fn push_frame(&mut self, power: &[f32]) -> ([f32; 12], [f32; 12]) {
        let mut fine = [0f64; FINE];
        let mut low = [0f64; FINE];
        let mut colour = None;
        let mut standing = [0f32; SEMITONES];
        let from = (RANGE_HZ.0 / self.bin_hz).ceil().max(2.0) as usize;
        let to = ((RANGE_HZ.1 / self.bin_hz) as usize).min(power.len().saturating_sub(2));
        let loudest = power.get(from..to.max(from)).map_or(0.0, |p| p.iter().copied().fold(0.0, f32::max));
        if loudest > SILENCE {
            self.find_peaks(power, from..to, loudest);
            self.stand_out(loudest, &mut standing);
            let lows = self.peaks.iter().filter(|p| p.0 < BASS_HZ);
            let low_sum: f64 = lows.clone().map(|p| p.1).sum();
            for &(hz, weight) in lows {
                low[fine_bin(hz)] += weight / low_sum;
            }
            for &(hz, weight) in self.peaks.iter().take(PEAKS) {
                let mut share = weight;
                for harmonic in 1..=4 {
                    fine[fine_bin(hz / f64::from(harmonic))] += share;
                    share *= 0.6;
                }
            }
            let sum: f64 = fine.iter().sum();
            if sum > 0.0 {
                for ((t, b), (f, l)) in self.total.iter_mut().zip(&mut self.bass).zip(fine.iter().zip(&low)) {
                    *t += f / sum;
                    *b += l;
                }
                colour = Some(self.colour(&standing));
            }
        }
        self.before = [standing, self.before[0]];
        self.frames.push(Kept { all: halves(&fine), bass: halves(&low), colour });
        (coarse(&fine), coarse(&low))
    }

    /// Peaks with their frequency (from a parabola through the logarithms) and magnitude beside the loudest, strongest first.
    fn find_peaks(&mut self, power: &[f32], bins: std::ops::Range<usize>, loudest: f32) {
        self.peaks.clear();
        for i in bins {
            let (a, b, c) = (power[i - 1], power[i], power[i + 1]);
            if b > a && b >= c && b > loudest * 1e-5 {
                let (la, lb, lc) = ((a + 1e-20).ln(), b.ln(), (c + 1e-20).ln());
                let bend = la - 2.0 * lb + lc;
                let shift = if bend.abs() > 1e-9 { (0.5 * (la - lc) / bend).clamp(-0.5, 0.5) } else { 0.0 };
                self.peaks.push(((i as f64 + f64::from(shift)) * self.bin_hz, f64::from(b / loudest).sqrt()));
            }
        }
        self.peaks.sort_unstable_by(|a, b| b.1.total_cmp(&a.1));
    }

    /// How far each semitone stands out.
    fn stand_out(&mut self, loudest: f32, standing: &mut [f32; SEMITONES]) {
        let db = 10.0 * f64::from(loudest).log10();
        self.loudest_db = db.max(self.loudest_db - FORGET_DB);
        for &(hz, weight) in self.peaks.iter().take(PEAKS) {
            let level = 1.0 + (20.0 * weight.log10() + db - self.loudest_db) / FAINT_DB;
            let semitone = (69.0 + 12.0 * (hz / 440.0).log2() - LOWEST_MIDI).round();
            if let Some(s) = standing.get_mut(semitone.max(0.0) as usize) {
                *s = s.max(level as f32);
            }
        }
    }

    fn colour(&self, standing: &[f32; SEMITONES]) -> Colour {
        let strongest = &self.peaks[..self.peaks.len().min(PEAKS)];
        let weight: f64 = strongest.iter().map(|p| p.1).sum();
        let pitch: f64 = strongest.iter().map(|p| p.1 * (69.0 + 12.0 * (p.0 / 440.0).log2())).sum();
        let rough = &strongest[..strongest.len().min(ROUGH_PEAKS)];
        let energy: f64 = rough.iter().map(|p| p.1 * p.1).sum();
        let beating: f64 = rough.iter().enumerate().flat_map(|(i, a)| rough[..i].iter().map(|b| dissonance(*a, *b))).sum();
        let known = |i: usize| self.before[0][i].max(self.before[1][i]);
        Colour {
            register: (pitch / weight) as f32,
            roughness: (beating / energy).min(1.0) as f32,
            standing: standing.iter().sum(),
            novelty: standing.iter().enumerate().map(|(i, s)| (s - known(i)).max(0.0)).sum(),
        }
    }

    /// `None` where nothing sounded.
    pub(crate) fn finish(self) -> Option<Chroma> {
        // The phase of the chroma's period of one semitone is the tuning.
        let (mut re, mut im) = (0.0, 0.0);
        for (i, f) in self.total.iter().enumerate() {
            let angle = TAU * i as f64 / PER_SEMITONE as f64;
            re += f * angle.cos();
            im += f * angle.sin();
        }
        let offset = im.atan2(re) / TAU;
        Some(Chroma { offset, all: tuned(&self.total, offset)?, bass: tuned(&self.bass, offset), frames: self.frames })
    }
}

impl Chroma {
    /// Number of frames.
    pub(crate) fn len(&self) -> usize {
        self.frames.len()
    }

    /// Means over the frames that sound.
    pub(crate) fn colour(&self) -> Colour {
        let colours = || self.frames.iter().filter_map(|f| f.colour);
        let n = colours().count().max(1) as f64;
        let mean = |of: fn(Colour) -> f32| (colours().map(|c| f64::from(of(c))).sum::<f64>() / n) as f32;
        Colour {
            register: mean(|c| c.register),
            roughness: mean(|c| c.roughness),
            standing: mean(|c| c.standing),
            novelty: mean(|c| c.novelty),
        }
    }

    /// What the partials of a frame are like. `None` for silence.
    pub(crate) fn frame_colour(&self, i: usize) -> Option<Colour> {
        self.frames.get(i)?.colour
    }

    /// Tuned chroma of a frame: of all that sounds and of the bass, each with a largest value of about 1. `None` for silence.
    pub(crate) fn frame(&self, i: usize) -> Option<(Pitches, Pitches)> {
        let kept = self.frames.get(i).filter(|k| k.all.iter().any(|x| *x > 0))?;
        Some((self.tuned_halves(&kept.all), self.tuned_halves(&kept.bass)))
    }

    /// The whole in at most so many columns.
    pub(crate) fn columns(&self, most: usize) -> Chromagram {
        let per_column = self.len().div_ceil(most).max(1);
        let columns = (0..self.len()).step_by(per_column).map(|from| {
            let mut sum = [0f64; 12];
            for (all, _) in (from..from + per_column).filter_map(|i| self.frame(i)) {
                sum.iter_mut().zip(all).for_each(|(s, x)| *s += x);
            }
            let most = sum.iter().copied().fold(0.0, f64::max);
            sum.map(|s| if most > 0.0 { (255.0 * s / most).round() as u8 } else { 0 })
        });
        Chromagram { step_s: per_column as f64 / crate::HARMONY_RATE_HZ, columns: columns.collect() }
    }

    /// Standard deviation of each pitch class's share over time.
    pub(crate) fn deviation(&self) -> [f32; 12] {
        let mut moments = [Moments::default(); 12];
        for (all, _) in (0..self.len()).filter_map(|i| self.frame(i)) {
            let total: f64 = all.iter().sum();
            moments.iter_mut().zip(all).for_each(|(m, x)| m.push(x / total));
        }
        moments.map(|m| m.deviation() as f32)
    }

    /// Each pitch class takes what lies less than a semitone from it, the more the nearer.
    fn tuned_halves(&self, halves: &[u8; HALVES]) -> Pitches {
        let mut classes = [0.0; 12];
        for (i, x) in halves.iter().enumerate().filter(|(_, x)| **x > 0) {
            let at = i as f64 / 2.0 - self.offset;
            let below = at.floor();
            let part = at - below;
            let k = (below as i64).rem_euclid(12) as usize;
            let value = f64::from(*x) / 255.0;
            // Steeper than linear: a note is mostly where it is.
            let up = if part < 0.25 {
                0.0
            } else if part > 0.75 {
                1.0
            } else {
                2.0 * part - 0.5
            };
            classes[k] += value * (1.0 - up);
            classes[(k + 1) % 12] += value * up;
        }
        classes
    }
}

/// Sensory dissonance of two partials (Plomp & Levelt 1965, in the form of Sethares, JASA 1993).
fn dissonance(a: (f64, f64), b: (f64, f64)) -> f64 {
    let s = 0.24 / (0.0207 * a.0.min(b.0) + 18.96);
    let x = s * (a.0 - b.0).abs();
    if x > 4.0 { 0.0 } else { a.1 * b.1 * ((-3.51 * x).exp() - (-5.75 * x).exp()) }
}

/// The bin of a frequency: 120 to an octave, from C.
fn fine_bin(hz: f64) -> usize {
    let semitones = 12.0 * (hz / 440.0).log2() + 9.0;
    (semitones * PER_SEMITONE as f64).round().rem_euclid(FINE as f64) as usize % FINE
}

/// Twelve pitch classes, untuned.
fn coarse(fine: &[f64; FINE]) -> [f32; 12] {
    let mut classes = [0f32; 12];
    for (i, f) in fine.iter().enumerate() {
        classes[(i + PER_SEMITONE / 2) / PER_SEMITONE % 12] += *f as f32;
    }
    classes
}

fn halves(fine: &[f64; FINE]) -> [u8; HALVES] {
    const PER_HALF: usize = FINE / HALVES;
    let mut sums = [0f64; HALVES];
    for (i, f) in fine.iter().enumerate() {
        sums[(i + PER_HALF / 2) / PER_HALF % HALVES] += f;
    }
    let most = sums.iter().copied().fold(0.0, f64::max);
    if most > 0.0 { sums.map(|s| (255.0 * s / most).round() as u8) } else { [0; HALVES] }
}

/// Twelve bins out of 120, tuned; sums to 1. `None` where there is nothing.
fn tuned(fine: &[f64; FINE], offset: f64) -> Option<Pitches> {
    let mut chroma = [0f64; 12];
    for (i, f) in fine.iter().enumerate() {
        let semitone = (i as f64 / PER_SEMITONE as f64 - offset).round() as i64;
        chroma[semitone.rem_euclid(12) as usize] += f;
    }
    let sum: f64 = chroma.iter().sum();
    (sum > 1e-12).then(|| chroma.map(|c| c / sum))
}
