//! Mel bands: a spectrum as the ear divides it, coarsely enough to compare from frame to frame.

use crate::lanes;

/// Number of bands, from 30 Hz to 16 kHz.
pub(crate) const BANDS: usize = 40;
const LOWEST_HZ: f64 = 30.0;
pub(crate) const HIGHEST_HZ: f64 = 16_000.0;

/// Sums of power by band.
pub(crate) type Energies = [f32; BANDS];
/// The same as log10(1 + 3e5 E): 0 for silence, 5.5 for a full-scale sine.
pub(crate) type Levels = [f32; BANDS];

/// Which bins make up each band.
pub(crate) struct Bands {
    ranges: Vec<(usize, usize)>,
    /// Bands of which something is under the highest frequency that the sample rate can hold.
    live: usize,
}

impl Bands {
    pub(crate) fn new(rate_hz: f64, size: usize) -> Self {
        let bin_hz = rate_hz / size as f64;
        let mel = |hz: f64| 2595.0 * (1.0 + hz / 700.0).log10();
        let hz = |mel: f64| 700.0 * (10f64.powf(mel / 2595.0) - 1.0);
        let (low, high) = (mel(LOWEST_HZ), mel(HIGHEST_HZ));
        // The same bands at every rate, so that what was learned of them holds; those beyond the rate's reach stay silent.
        let edge = |b: usize| (hz(low + (high - low) * b as f64 / BANDS as f64) / bin_hz).round() as usize;
        // Low bands are narrower than a bin; each still gets one of its own.
        let end = size / 2 + 1;
        let mut from = edge(0).max(1);
        let mut ranges = Vec::with_capacity(BANDS);
        for b in 0..BANDS {
            let to = edge(b + 1).max(from + 1);
            ranges.push((from.min(end), to.min(end)));
            from = to;
        }
        let live = ranges.iter().filter(|r| r.0 < r.1).count().max(1);
        Self { ranges, live }
    }

    /// How many bands this sample rate fills.
    pub(crate) fn live(&self) -> usize {
        self.live
    }

    /// The energy of each band.
    pub(crate) fn energies(&self, power: &[f32]) -> Energies {
        let mut energies = [0f32; BANDS];
        for (energy, &(from, to)) in energies.iter_mut().zip(&self.ranges) {
            *energy = lanes::sum(&power[from..to], |p| p);
        }
        energies
    }
}

/// The level of each band.
pub(crate) fn levels(energies: &Energies) -> Levels {
    energies.map(|e| (1.0 + 3e5 * e).log10())
}
