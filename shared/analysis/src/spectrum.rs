//! Overlapping windowed power spectra of a stream, one at a time, with nothing allocated per frame.

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Cuts a stream into Hann windows and hands out their power spectra.
pub(crate) struct Framer {
    size: usize,
    hop: usize,
    window: Vec<f32>,
    pending: Vec<f32>,
    fft: Arc<dyn RealToComplex<f32>>,
    input: Vec<f32>,
    output: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    power: Vec<f32>,
}

impl Framer {
    pub(crate) fn new(size: usize, hop: usize) -> Self {
        let fft = RealFftPlanner::<f32>::new().plan_fft_forward(size);
        // Scaled so that a full-scale sine on a bin has power 1.
        let hann = |i: usize| 0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / size as f32).cos();
        Self {
            size,
            hop,
            window: (0..size).map(|i| hann(i) * 4.0 / size as f32).collect(),
            // Half a window of silence in front centres frame n on sample n * hop.
            pending: vec![0.0; size / 2],
            input: fft.make_input_vec(),
            output: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            power: vec![0.0; size / 2 + 1],
            fft,
        }
    }

    /// Takes samples and calls `each` with the power spectrum of every window that they complete. Window n is centred on sample n * hop.
    pub(crate) fn push(&mut self, samples: &[f32], mut each: impl FnMut(&[f32])) {
        self.pending.extend_from_slice(samples);
        let mut start = 0;
        while self.pending.len() - start >= self.size {
            for ((x, w), s) in self.input.iter_mut().zip(&self.window).zip(&self.pending[start..]) {
                *x = w * s;
            }
            // The buffers come from the plan itself, so their lengths fit and this cannot fail.
            if self.fft.process_with_scratch(&mut self.input, &mut self.output, &mut self.scratch).is_ok() {
                for (p, c) in self.power.iter_mut().zip(&self.output) {
                    *p = c.norm_sqr();
                }
                each(&self.power);
            }
            start += self.hop;
        }
        self.pending.drain(..start);
    }

    /// Pads with silence so that the last samples are seen, too.
    pub(crate) fn flush(&mut self, each: impl FnMut(&[f32])) {
        self.push(&vec![0.0; self.size / 2], each);
    }
}
