//! A hundredth of a second of a voice, described.

use super::FRAMES_HZ;
use super::periods;
use crate::bands::Bands;
use crate::decimate::Decimator;
use crate::spectrum::Framer;
use crate::voice::PitchFrames;
use std::collections::VecDeque;

/// Mel bands that are looked at: those up to 7 kHz, which every recording of speech reaches but a telephone's.
pub(super) const BANDS: usize = 29;
/// Length of the spectrum's window, in seconds.
const WINDOW_S: f64 = 0.032;
/// Samples per second that pitch needs at least.
const LOWEST_RATE_HZ: f64 = 14_000.0;
/// Pitches of speaking voices, in Hz.
const PITCH_HZ: (f32, f32) = (65.0, 600.0);
/// A frame is voiced from this clarity on.
const VOICED: f32 = 0.6;
/// What a leap of an octave costs a candidate, in clarity.
const LEAP: f32 = 0.25;
/// A leap costs nothing any more after so many unvoiced frames.
const FORGOTTEN: usize = 40;
/// Edges of the spectral balance (Eyben et al. 2016, GeMAPS): alpha ratio and Hammarberg index, in Hz.
const ALPHA_HZ: (f64, f64, f64) = (50.0, 1_000.0, 5_000.0);
const HAMMARBERG_HZ: (f64, f64) = (2_000.0, 5_000.0);

/// A description of a hundredth of a second.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// Level, in dBFS.
    pub(super) level_db: f32,
    /// Pitch in semitones above 27.5 Hz; NaN where unvoiced.
    pub(super) pitch: f32,
    /// How periodic it is, 0 to 1.
    pub(super) clarity: f32,
    /// Differences between neighbouring periods, as shares; NaN where they cannot be told.
    pub(super) jitter: f32,
    pub(super) shimmer: f32,
    /// Energy below 1 kHz against that from 1 to 5 kHz, in dB.
    pub(super) alpha_db: f32,
    /// The strongest partial below 2 kHz against that from 2 to 5 kHz, in dB.
    pub(super) hammarberg_db: f32,
    /// Energies of the mel bands in dB.
    pub(super) bands_db: [f32; BANDS],
}

/// Cuts a stream into frames.
pub(super) struct Frames {
    spectra: Framer,
    bands: Bands,
    bin_hz: f64,
    decimator: Decimator,
    /// Samples that wait for a piece to be whole, and the length of one.
    waiting: Vec<f32>,
    piece: usize,
    low: Vec<f32>,
    /// The low-rate samples that periods are looked for in.
    recent: VecDeque<f32>,
    pitches: PitchFrames,
    /// What waits for its other half.
    spectral: VecDeque<Spectral>,
    pitched: VecDeque<(f32, f32, f32, f32)>,
    last: Option<f32>,
    unvoiced: usize,
}

struct Spectral {
    level_db: f32,
    alpha_db: f32,
    hammarberg_db: f32,
    bands_db: [f32; BANDS],
}

fn db(power: f32) -> f32 {
    10.0 * power.max(1e-12).log10()
}

impl Frames {
    pub(super) fn new(rate_hz: f64) -> Self {
        let spectra = Framer::new(rate_hz, WINDOW_S, 1.0 / FRAMES_HZ);
        let decimator = Decimator::new(rate_hz, LOWEST_RATE_HZ);
        Self {
            bands: Bands::new(rate_hz, spectra.size()),
            bin_hz: rate_hz / spectra.size() as f64,
            pitches: PitchFrames::new(decimator.rate_hz(), 1.0 / FRAMES_HZ),
            spectra,
            waiting: Vec::new(),
            piece: ((decimator.rate_hz() / FRAMES_HZ) as usize).max(16),
            decimator,
            low: Vec::new(),
            recent: VecDeque::new(),
            spectral: VecDeque::new(),
            pitched: VecDeque::new(),
            last: None,
            unvoiced: 0,
        }
    }

    /// Takes samples and hands out the frames that they complete.
    pub(super) fn push(&mut self, mono: &[f32], mut each: impl FnMut(Frame)) {
        // In short pieces, counted from the start, so that the samples at hand are those of the frame that they complete, whatever is pushed at a time.
        let mut rest = mono;
        while self.waiting.len() + rest.len() >= self.piece {
            let (now, later) = rest.split_at(self.piece - self.waiting.len());
            rest = later;
            let mut samples = std::mem::take(&mut self.waiting);
            samples.extend(now.iter().map(|x| crate::clean(*x)));
            self.take(&samples);
            samples.clear();
            self.waiting = samples;
            while !self.spectral.is_empty() && !self.pitched.is_empty() {
                if let (Some(s), Some((pitch, clarity, jitter, shimmer))) = (self.spectral.pop_front(), self.pitched.pop_front()) {
                    let Spectral { level_db, alpha_db, hammarberg_db, bands_db } = s;
                    each(Frame { level_db, pitch, clarity, jitter, shimmer, alpha_db, hammarberg_db, bands_db });
                }
            }
        }
        self.waiting.extend(rest.iter().map(|x| crate::clean(*x)));
    }

    fn take(&mut self, samples: &[f32]) {
        let Self { spectra, bands, bin_hz, spectral, .. } = self;
        let bin = |hz: f64| (hz / *bin_hz).round() as usize;
        spectra.push(samples, |power| {
            let within = |from: f64, to: f64| &power[bin(from).min(power.len())..bin(to).min(power.len())];
            let sum = |from, to| within(from, to).iter().sum::<f32>();
            let most = |from, to| within(from, to).iter().copied().fold(0.0, f32::max);
            let energies = bands.energies(power);
            spectral.push_back(Spectral {
                level_db: db(energies[..BANDS].iter().sum()),
                alpha_db: db(sum(ALPHA_HZ.0, ALPHA_HZ.1)) - db(sum(ALPHA_HZ.1, ALPHA_HZ.2)),
                hammarberg_db: db(most(0.0, HAMMARBERG_HZ.0)) - db(most(HAMMARBERG_HZ.0, HAMMARBERG_HZ.1)),
                bands_db: std::array::from_fn(|b| db(energies[b])),
            });
        });
        self.low.clear();
        self.decimator.push(samples, &mut self.low);
        self.pitches.push(&self.low);
        self.recent.extend(&self.low);
        let kept = (0.05 * self.decimator.rate_hz()) as usize;
        let excess = self.recent.len().saturating_sub(kept);
        self.recent.drain(..excess);
        while let Some(candidates) = self.pitches.next() {
            let leap = |hz: f32| match self.last {
                Some(last) if self.unvoiced < FORGOTTEN => {
                    LEAP * (hz / last).log2().abs() * (1.0 - self.unvoiced as f32 / FORGOTTEN as f32)
                }
                _ => 0.0,
            };
            let best = candidates.of[..candidates.count]
                .iter()
                .filter(|c| (PITCH_HZ.0..PITCH_HZ.1).contains(&c.0))
                .map(|c| (c.0, c.1, c.1 - leap(c.0)))
                .max_by(|a, b| a.2.total_cmp(&b.2));
            let clarity = best.map_or(0.0, |b| b.1.clamp(0.0, 1.0));
            match best.filter(|b| b.1 >= VOICED) {
                Some((hz, ..)) => {
                    (self.last, self.unvoiced) = (Some(hz), 0);
                    let period = self.decimator.rate_hz() / f64::from(hz);
                    let found = periods::differences(self.recent.make_contiguous(), period);
                    let (jitter, shimmer) = found.unwrap_or((f32::NAN, f32::NAN));
                    self.pitched.push_back((12.0 * (hz / 27.5).log2(), clarity, jitter, shimmer));
                }
                None => {
                    self.unvoiced += 1;
                    self.pitched.push_back((f32::NAN, clarity, f32::NAN, f32::NAN));
                }
            }
        }
    }
}
