//! Which pitches a short stretch of sound may have.
//!
//! One idea: YIN's difference function d(τ) = m(τ) - 2 r(τ) (de Cheveigné & Kawahara, JASA 2002), divided by the energy m(τ) of the two
//! stretches that it compares, is 1 less McLeod's normalised square difference n(τ) = 2 r(τ) / m(τ) (McLeod & Wyvill, ICMC 2005), whose peaks
//! are the periods, each with its clarity. By FFT.

use crate::hops::Hops;
use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Lowest and highest pitch that is looked for.
pub(crate) const RANGE_HZ: (f64, f64) = (60.0, 1_700.0);
/// Length of a stretch: three periods of the lowest pitch.
const WINDOW_S: f64 = 0.05;
/// Candidates of a stretch at most.
pub(crate) const MOST: usize = 8;
/// Peaks below this clarity are no candidates.
const LEAST_CLARITY: f32 = 0.25;

/// A peak of this share of the clearest is a key maximum (McLeod & Wyvill: 0.8 to 1).
const KEY_PEAK: f32 = 0.85;
/// Longer periods than that of the first key maximum count so much less.
const MULTIPLE: f32 = 0.65;

/// What counts as a partial, as a share of the strongest one's power, and from where on.
const PARTIAL: f32 = 0.01;
const LOWEST_PARTIAL_HZ: f64 = 40.0;
/// The lowest partial of a voice is its first or second; that of a chord, whose common period is much longer than its notes', is its fourth or so.
const LOWEST_HARMONIC: f32 = 2.6;

/// The pitches that a stretch may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidates {
    /// Highest absolute sample of the stretch, and of all stretches so far.
    pub(crate) peak: f32,
    pub(crate) loudest: f32,
    /// Frequency of the lowest partial that is not more than 20 dB under the strongest, in Hz.
    pub(crate) lowest_hz: f32,
    /// Frequency in Hz and clarity, 0 to 1.
    pub(crate) of: [(f32, f32); MOST],
    pub(crate) count: usize,
}

impl Candidates {
    /// Whether its clearest period is clearer than that, and is one of a single voice.
    pub(crate) fn is_voice(&self, clarity: f32) -> bool {
        let clearest = self.of[..self.count].iter().max_by(|a, b| a.1.total_cmp(&b.1));
        clearest.is_some_and(|c| c.1 > clarity && self.lowest_hz < LOWEST_HARMONIC * c.0)
    }

    /// Clarity of the clearest.
    pub(crate) fn best_clarity(&self) -> f32 {
        self.of[..self.count].iter().fold(0.0, |m, c| m.max(c.1))
    }
}

/// Cuts a stream into stretches and finds the candidates of each.
pub(crate) struct PitchFrames {
    rate_hz: f64,
    hops: Hops,
    window: usize,
    lags: (usize, usize),
    loudest: f32,
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    time: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    clarity: Vec<f32>,
}

impl PitchFrames {
    pub(crate) fn new(rate_hz: f64, hop_s: f64) -> Self {
        let window = (WINDOW_S * rate_hz) as usize;
        let lags = ((rate_hz / RANGE_HZ.1).floor().max(2.0) as usize, ((rate_hz / RANGE_HZ.0).ceil() as usize).min(window - 2));
        // Room for the longest lag, so that the circular correlation does not wrap into it.
        let size = (window + lags.1 + 2).next_power_of_two();
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
        Self {
            rate_hz,
            hops: Hops::new(window, hop_s * rate_hz),
            window,
            lags,
            loudest: 0.0,
            time: forward.make_input_vec(),
            spectrum: forward.make_output_vec(),
            scratch: vec![Complex::default(); forward.get_scratch_len().max(inverse.get_scratch_len())],
            clarity: vec![0.0; lags.1 + 2],
            forward,
            inverse,
        }
    }

    /// Samples in a stretch.
    pub(crate) fn window(&self) -> usize {
        self.window
    }

    pub(crate) fn push(&mut self, samples: &[f32]) {
        self.hops.push(samples);
    }

    /// The candidates of the next stretch, if all of it is there.
    pub(crate) fn next(&mut self) -> Option<Candidates> {
        let stretch = self.hops.next()?;
        let mut found = Candidates { peak: stretch.iter().fold(0.0, |m, x| m.max(x.abs())), ..Candidates::default() };
        self.loudest = self.loudest.max(found.peak);
        found.loudest = self.loudest;
        // -90 dBFS: nothing.
        if found.peak < 3e-5 {
            return Some(found);
        }
        let mean = stretch.iter().sum::<f32>() / self.window as f32;
        self.time.fill(0.0);
        for (t, x) in self.time.iter_mut().zip(stretch) {
            *t = x - mean;
        }
        let energy: f32 = self.time[..self.window].iter().map(|x| x * x).sum();
        // m(τ): the energy of the first and of the last (window - τ) samples, updated from lag to lag.
        let mut both = 2.0 * energy;
        let fits = |lag: usize, both: &mut f32, time: &[f32]| {
            if lag > 0 {
                *both -= time[lag - 1] * time[lag - 1] + time[self.window - lag] * time[self.window - lag];
            }
            *both
        };
        let m: &mut [f32] = &mut self.clarity;
        for (lag, m) in m.iter_mut().enumerate() {
            *m = fits(lag, &mut both, &self.time);
        }
        let scale = 2.0 / self.time.len() as f32;
        // Lengths are those of the plans: neither can fail.
        if self.forward.process_with_scratch(&mut self.time, &mut self.spectrum, &mut self.scratch).is_err() {
            return Some(found);
        }
        for c in &mut self.spectrum {
            *c = Complex::new(c.norm_sqr(), 0.0);
        }
        let strongest = self.spectrum.iter().map(|c| c.re).fold(0.0, f32::max);
        let bin_hz = self.rate_hz / (2 * (self.spectrum.len() - 1)) as f64;
        let lowest = self.spectrum.iter().skip((LOWEST_PARTIAL_HZ / bin_hz) as usize).position(|c| c.re >= PARTIAL * strongest);
        found.lowest_hz = lowest.map_or(0.0, |i| ((i + (LOWEST_PARTIAL_HZ / bin_hz) as usize) as f64 * bin_hz) as f32);
        if self.inverse.process_with_scratch(&mut self.spectrum, &mut self.time, &mut self.scratch).is_err() {
            return Some(found);
        }
        for (n, r) in self.clarity.iter_mut().zip(&self.time) {
            *n = if *n > 1e-6 * energy { scale * r / *n } else { 0.0 };
        }
        self.pick(&mut found);
        Some(found)
    }

    /// The peaks between zero crossings, refined by a parabola.
    fn pick(&self, found: &mut Candidates) {
        let n = &self.clarity;
        // The hill around lag 0 is no period.
        let Some(valley) = n.iter().position(|x| *x < 0.0) else { return };
        let mut lag = valley.max(self.lags.0);
        while lag + 1 < n.len() {
            // One peak for each stretch above zero: its highest.
            if n[lag] <= 0.0 {
                lag += 1;
                continue;
            }
            let end = (lag..n.len()).find(|l| n[*l] <= 0.0).unwrap_or(n.len());
            let top = (lag..end).filter(|l| *l > 0 && *l + 1 < n.len()).max_by(|a, b| n[*a].total_cmp(&n[*b]));
            if let Some(top) = top.filter(|t| n[*t] >= n[t - 1] && n[*t] >= n[t + 1] && n[*t] > LEAST_CLARITY) {
                let (a, b, c) = (n[top - 1], n[top], n[top + 1]);
                let bend = a - 2.0 * b + c;
                let shift = if bend < -1e-9 { 0.5 * (a - c) / bend } else { 0.0 };
                let candidate = ((self.rate_hz / (top as f64 + f64::from(shift))) as f32, (b - 0.25 * (a - c) * shift).min(1.0));
                if found.count < MOST {
                    found.of[found.count] = candidate;
                    found.count += 1;
                } else if let Some(worst) = found.of.iter_mut().min_by(|x, y| x.1.total_cmp(&y.1)).filter(|w| w.1 < candidate.1) {
                    *worst = candidate;
                }
            }
            lag = end;
        }
        // Every multiple of a period is one, too: of those that are nearly as clear as the clearest, the shortest is meant.
        let enough = KEY_PEAK * found.best_clarity();
        let meant = found.of[..found.count].iter().filter(|c| c.1 >= enough).map(|c| c.0).fold(0.0, f32::max);
        for candidate in found.of[..found.count].iter_mut().filter(|c| c.0 < meant) {
            candidate.1 *= MULTIPLE;
        }
    }
}
