//! Timbre: how bright, noisy, peaky and changing the sound is.
//!
//! One idea: the sound's colour changes slowly beside its onsets, so a spectrum in four is enough for it, and one in sixteen for what must
//! be sorted.

use crate::FRAME_RATE_HZ;
use crate::bands::{BANDS, Energies, Levels};
use crate::passages::{PASSAGE_S, Texture};
use crate::running::Reservoir;

/// One spectrum in so many is looked at; for contrast one in so many of those.
const EVERY: usize = 4;
const CONTRAST_EVERY: usize = 4;
/// Cepstral coefficients, the zeroth among them.
pub(crate) const COEFFICIENTS: usize = 13;
/// Octaves in which contrast is measured, the first up to 200 Hz (Jiang et al., ICME 2002).
pub(crate) const OCTAVES: usize = 7;
const FIRST_OCTAVE_HZ: f64 = 200.0;
/// Share of an octave's bins that counts as its peaks, and as its valleys (ibid.: 0.02 to 0.2 serve alike).
const EXTREME_SHARE: f64 = 0.2;
/// Power of a spectrum, in full scale, under which nothing is told of it.
const SILENCE: f32 = 1e-7;

pub(crate) struct TimbreMeter {
    frame: usize,
    bin_hz: f64,
    octaves: Vec<(usize, usize)>,
    cosines: Vec<[f32; BANDS]>,
    magnitudes: Vec<f32>,
    sorted: Vec<f32>,
    previous: Option<Levels>,
    centroid: Reservoir,
    flatness: Reservoir,
    /// Of each passage, one after the other.
    passages: Vec<Texture>,
}

/// What was measured of timbre.
pub(crate) struct Timbre {
    pub(crate) brightness_hz: f64,
    pub(crate) brightness_deviation_hz: f64,
    pub(crate) flatness: f64,
    pub(crate) flux_db: f64,
    pub(crate) contrast_db: [f32; OCTAVES],
    pub(crate) mfcc_mean: [f32; COEFFICIENTS],
    pub(crate) mfcc_deviation: [f32; COEFFICIENTS],
    pub(crate) passages: Vec<Texture>,
}

impl TimbreMeter {
    pub(crate) fn new(rate_hz: f64, size: usize) -> Self {
        let bin_hz = rate_hz / size as f64;
        // Up to where mel bands go: what lies above is empty at high sample rates, and would make the same music another.
        let bins = ((crate::bands::HIGHEST_HZ / bin_hz) as usize + 1).clamp(16.min(size / 2 + 1), size / 2 + 1);
        let edge = |octave: usize| {
            if octave == 0 { 1 } else { ((FIRST_OCTAVE_HZ * 2f64.powi(octave as i32 - 1) / bin_hz).round() as usize).clamp(2, bins) }
        };
        let octaves = (0..OCTAVES).map(|o| (edge(o), if o + 1 == OCTAVES { bins } else { edge(o + 1) })).collect();
        // The orthonormal cosine transform of the levels.
        let cosine = |k: usize, b: usize| {
            let norm = if k == 0 { (1.0 / BANDS as f64).sqrt() } else { (2.0 / BANDS as f64).sqrt() };
            (norm * (std::f64::consts::PI * k as f64 * (b as f64 + 0.5) / BANDS as f64).cos()) as f32
        };
        Self {
            frame: 0,
            bin_hz,
            octaves,
            cosines: (0..COEFFICIENTS).map(|k| std::array::from_fn(|b| cosine(k, b))).collect(),
            magnitudes: vec![0.0; bins],
            sorted: Vec::with_capacity(bins),
            previous: None,
            centroid: Reservoir::default(),
            flatness: Reservoir::default(),
            passages: Vec::new(),
        }
    }

    /// Takes the next spectrum of the short windows.
    pub(crate) fn push_frame(&mut self, power: &[f32], energies: &Energies, levels: &Levels) {
        let frame = self.frame;
        self.frame += 1;
        if !frame.is_multiple_of(EVERY) {
            return;
        }
        let passage = (frame as f64 / (FRAME_RATE_HZ * PASSAGE_S)) as usize;
        if self.passages.len() <= passage {
            self.passages.resize(passage + 1, Texture::default());
        }
        let texture = &mut self.passages[passage];
        let power = &power[..self.magnitudes.len()];
        let sum: f32 = power[1..].iter().sum();
        if sum < SILENCE {
            self.previous = None;
            return;
        }
        // By magnitude, not power: else a bass decides alone.
        for (m, p) in self.magnitudes.iter_mut().zip(power) {
            *m = p.sqrt();
        }
        let (mut total, mut weighted) = (0f32, 0f32);
        for (i, m) in self.magnitudes.iter().enumerate().skip(1) {
            total += m;
            weighted += m * i as f32;
        }
        let centroid = f64::from(weighted / total) * self.bin_hz;
        self.centroid.push(centroid as f32);
        texture.push_energies(energies);
        texture.centroid.push(centroid);
        texture.centroid_octaves.push(centroid.max(1.0).log2());
        // The logarithm of a product of eight is one logarithm.
        let logs: f64 = power[1..].chunks(8).map(|c| c.iter().map(|p| f64::from(p + 1e-12)).product::<f64>().ln()).sum();
        let bins = (power.len() - 1) as f64;
        let flatness = ((logs / bins).exp() / (f64::from(sum) / bins)).min(1.0);
        self.flatness.push(flatness as f32);
        texture.flatness_db.push(10.0 * flatness.max(1e-10).log10());

        for (moments, row) in texture.coefficients.iter_mut().zip(&self.cosines) {
            moments.push(f64::from(row.iter().zip(levels).map(|(c, l)| c * l).sum::<f32>()));
        }
        if let Some(previous) = &self.previous {
            let rise: f32 = levels.iter().zip(previous).map(|(now, before)| (now - before).max(0.0)).sum();
            // Levels are logarithms to the base of ten.
            texture.flux.push(f64::from(10.0 * rise / BANDS as f32));
        }
        self.previous = Some(*levels);
        if frame.is_multiple_of(EVERY * CONTRAST_EVERY) {
            for (moments, &(from, to)) in texture.contrast.iter_mut().zip(&self.octaves) {
                let n = to.saturating_sub(from);
                if n < 2 {
                    continue;
                }
                self.sorted.clear();
                self.sorted.extend_from_slice(&power[from..to]);
                self.sorted.sort_unstable_by(f32::total_cmp);
                let share = ((n as f64 * EXTREME_SHARE).round() as usize).max(1);
                let mean = |part: &[f32]| f64::from(part.iter().sum::<f32>() / part.len() as f32 + 1e-12);
                moments.push(10.0 * (mean(&self.sorted[n - share..]) / mean(&self.sorted[..share])).log10());
            }
        }
    }

    pub(crate) fn finish(self) -> Timbre {
        let mut whole = Texture::default();
        self.passages.iter().for_each(|p| whole.add(p));
        Timbre {
            brightness_hz: self.centroid.median(),
            brightness_deviation_hz: whole.centroid.deviation(),
            flatness: self.flatness.median(),
            flux_db: whole.flux.mean(),
            contrast_db: whole.contrast.map(|m| m.mean() as f32),
            mfcc_mean: whole.coefficients.map(|m| m.mean() as f32),
            mfcc_deviation: whole.coefficients.map(|m| m.deviation() as f32),
            passages: self.passages,
        }
    }
}
