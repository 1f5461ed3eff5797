//! Overlapping windowed power spectra of a stream, one at a time, with nothing allocated per frame.
//!
//! One idea: windows and hops are given in seconds, so that a frame means the same at every sample rate.

use crate::hops::Hops;
use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Cuts a stream into Hann windows and hands out their power spectra.
pub(crate) struct Framer {
    hops: Hops,
    window: Vec<f32>,
    fft: Arc<dyn RealToComplex<f32>>,
    input: Vec<f32>,
    output: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    power: Vec<f32>,
}

/// The smallest even size from `samples` on that a fast Fourier transform likes: 2, 3 and 5 its only factors.
fn good_size(samples: f64) -> usize {
    let is_good = |n: usize| {
        let strip = |n: usize, p: usize| std::iter::successors(Some(n), |n| n.is_multiple_of(p).then(|| n / p)).last().unwrap_or(n);
        n.is_multiple_of(2) && [2, 3, 5].into_iter().fold(n, strip) == 1
    };
    ((samples.ceil() as usize).max(16)..).find(|n| is_good(*n)).unwrap_or(16)
}

impl Framer {
    /// Windows of at least `window_s`, one every `hop_s` (which need not be whole samples).
    pub(crate) fn new(rate_hz: f64, window_s: f64, hop_s: f64) -> Self {
        let size = good_size(window_s * rate_hz);
        let fft = RealFftPlanner::<f32>::new().plan_fft_forward(size);
        // Scaled so that a full-scale sine on a bin has power 1.
        let hann = |i: usize| 0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / size as f32).cos();
        Self {
            hops: Hops::new(size, hop_s * rate_hz),
            window: (0..size).map(|i| hann(i) * 4.0 / size as f32).collect(),
            input: fft.make_input_vec(),
            output: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            power: vec![0.0; size / 2 + 1],
            fft,
        }
    }

    /// Samples in a window.
    pub(crate) fn size(&self) -> usize {
        self.hops.size()
    }

    /// Samples that complete the next window.
    pub(crate) fn missing(&self) -> usize {
        self.hops.missing()
    }

    /// Takes samples and calls `each` with the power spectrum of every window that they complete.
    pub(crate) fn push(&mut self, samples: &[f32], mut each: impl FnMut(&[f32])) {
        self.hops.push(samples);
        while let Some(span) = self.hops.next() {
            for ((x, w), s) in self.input.iter_mut().zip(&self.window).zip(span) {
                *x = w * s;
            }
            // The buffers come from the plan itself, so their lengths fit and this cannot fail.
            if self.fft.process_with_scratch(&mut self.input, &mut self.output, &mut self.scratch).is_ok() {
                for (p, c) in self.power.iter_mut().zip(&self.output) {
                    *p = c.norm_sqr();
                }
                each(&self.power);
            }
        }
    }
}
