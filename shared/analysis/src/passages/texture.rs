//! Sums over the spectra of a stretch, from which means and deviations of its timbre are read.
//!
//! One idea: sums add up, so that the timbre of any stretch is that of the passages that it is made of, without hearing it again.

use crate::bands::{BANDS, Energies};
use crate::timbre::{COEFFICIENTS, OCTAVES};

/// A count, a sum and a sum of squares.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sums {
    count: u32,
    sum: f64,
    squares: f64,
}

impl Sums {
    pub(crate) fn push(&mut self, value: f64) {
        self.count += 1;
        self.sum += value;
        self.squares += value * value;
    }

    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// The mean; 0 of nothing.
    pub(crate) fn mean(&self) -> f64 {
        self.sum / f64::from(self.count.max(1))
    }

    /// The standard deviation; 0 of nothing.
    pub(crate) fn deviation(&self) -> f64 {
        let mean = self.mean();
        (self.squares / f64::from(self.count.max(1)) - mean * mean).max(0.0).sqrt()
    }
}

/// What the spectra of a stretch add up to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Texture {
    /// Spectra that were looked at and were not silent.
    pub(crate) frames: u32,
    /// Fourth roots of the energies of the mel bands, and their squares: near to how loud a band is heard, and as quiet passages are louder or
    /// softer by a factor, so are these.
    roots: [f32; BANDS],
    root_squares: [f32; BANDS],
    /// Centre of gravity in Hz, and its logarithm to the base of two.
    pub(crate) centroid: Sums,
    pub(crate) centroid_octaves: Sums,
    pub(crate) flatness_db: Sums,
    pub(crate) flux: Sums,
    pub(crate) coefficients: [Sums; COEFFICIENTS],
    pub(crate) contrast: [Sums; OCTAVES],
}

impl Default for Texture {
    fn default() -> Self {
        Self {
            frames: 0,
            roots: [0.0; BANDS],
            root_squares: [0.0; BANDS],
            centroid: Sums::default(),
            centroid_octaves: Sums::default(),
            flatness_db: Sums::default(),
            flux: Sums::default(),
            coefficients: [Sums::default(); COEFFICIENTS],
            contrast: [Sums::default(); OCTAVES],
        }
    }
}

impl Texture {
    /// Takes the energies of the mel bands of a spectrum.
    pub(crate) fn push_energies(&mut self, energies: &Energies) {
        self.frames += 1;
        for ((root, square), energy) in self.roots.iter_mut().zip(&mut self.root_squares).zip(energies) {
            let power = energy.sqrt();
            *square += power;
            *root += power.sqrt();
        }
    }

    /// The same of both.
    pub(crate) fn add(&mut self, other: &Self) {
        self.frames += other.frames;
        for b in 0..BANDS {
            self.roots[b] += other.roots[b];
            self.root_squares[b] += other.root_squares[b];
        }
        self.centroid.add(&other.centroid);
        self.centroid_octaves.add(&other.centroid_octaves);
        self.flatness_db.add(&other.flatness_db);
        self.flux.add(&other.flux);
        self.coefficients.iter_mut().zip(&other.coefficients).for_each(|(a, b)| a.add(b));
        self.contrast.iter_mut().zip(&other.contrast).for_each(|(a, b)| a.add(b));
    }

    /// The level of each band in dB against the mean of all, and how much it varies (as a share of it).
    pub(crate) fn bands(&self) -> ([f64; BANDS], [f64; BANDS]) {
        let n = f64::from(self.frames.max(1));
        let mut levels = [0.0; BANDS];
        let mut variation = [0.0; BANDS];
        // A band in which nothing sounds lies 60 dB under the loudest at most: 10^(-60/40) of its root.
        let floor = self.roots.iter().copied().fold(0.0, f32::max) * 0.0316;
        for b in 0..BANDS {
            let mean = f64::from(self.roots[b].max(floor).max(1e-12)) / n;
            levels[b] = 40.0 * mean.log10();
            variation[b] = (f64::from(self.root_squares[b]) / n / (mean * mean) - 1.0).max(0.0).sqrt();
        }
        let mean = levels.iter().sum::<f64>() / BANDS as f64;
        (levels.map(|l| l - mean), variation)
    }
}
