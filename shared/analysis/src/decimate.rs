//! A stream at a lower sample rate: pitch and fingerprint need no treble.

use crate::lanes;

/// Taps of the low-pass on either side, per sample that comes out.
const REACH: usize = 8;

/// Keeps every n-th sample of a stream, after a low-pass.
pub(crate) struct Decimator {
    factor: usize,
    rate_hz: f64,
    taps: Vec<f32>,
    pending: Vec<f32>,
}

impl Decimator {
    /// From a rate to the lowest whole part of it that is not under another.
    pub(crate) fn new(rate_hz: f64, lowest_rate_hz: f64) -> Self {
        let factor = ((rate_hz / lowest_rate_hz) as usize).max(1);
        let half = if factor == 1 { 0 } else { REACH * factor };
        // A Hann-windowed sinc, cut off at 0.8 of the lower Nyquist frequency.
        let cutoff = 0.8 / factor as f64;
        let tap = |i: usize| {
            let x = i as f64 - half as f64;
            let sinc = if x.abs() < 1e-9 { cutoff } else { (std::f64::consts::PI * cutoff * x).sin() / (std::f64::consts::PI * x) };
            sinc * (0.5 + 0.5 * (std::f64::consts::PI * x / (half + 1) as f64).cos())
        };
        let taps: Vec<f64> = (0..=2 * half).map(tap).collect();
        let sum: f64 = taps.iter().sum();
        Self {
            factor,
            rate_hz: rate_hz / factor as f64,
            taps: taps.into_iter().map(|t| (t / sum) as f32).collect(),
            // Half a filter of silence in front keeps time where it was.
            pending: vec![0.0; half],
        }
    }

    /// Samples per second that come out.
    pub(crate) fn rate_hz(&self) -> f64 {
        self.rate_hz
    }

    /// Appends to `out` what the samples complete.
    pub(crate) fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        if self.factor == 1 {
            out.extend_from_slice(samples);
            return;
        }
        self.pending.extend_from_slice(samples);
        let mut start = 0;
        while let Some(span) = self.pending.get(start..start + self.taps.len()) {
            out.push(lanes::dot(span, &self.taps));
            start += self.factor;
        }
        self.pending.drain(..start.min(self.pending.len()));
    }
}
