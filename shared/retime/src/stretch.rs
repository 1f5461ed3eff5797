//! Time-stretch: another length at the same pitch.
//!
//! The engine is Signalsmith Stretch (MIT) with 60 ms blocks every 15 ms: short enough to keep attacks, steady in load, and fed so
//! that it never sees digital silence, because its shortcut for silence skips a spectrum when sound returns.

// The binding's only call that does not allocate takes raw pointers.
#![allow(unsafe_code)]

use crate::CHANNELS;

/// An engine that makes any number of output frames from any number of input frames.
///
/// Output frame `e` is centred on the input that had been fed when output frame `e - output_latency` was made, less
/// `input_latency` frames. No call allocates, except construction.
pub trait Stretch: Send {
    /// Frames of input beyond the moment that is being rendered.
    fn input_latency(&self) -> usize;
    /// Frames of output between the call and the moment that it renders.
    fn output_latency(&self) -> usize;
    /// Consumes all of `input` and fills all of `output`.
    fn process(&mut self, input: [&mut [f32]; CHANNELS], output: [&mut [f32]; CHANNELS]);
}

/// Block and hop in seconds. 120/30 ms blocks smear attacks and peak at twice the load.
const BLOCK_S: f64 = 0.060;
const HOP_S: f64 = 0.015;
/// -140 dBFS, alternating: keeps the engine from its shortcut for silence.
const BREATH: f32 = 1e-7;
/// Beyond a stretch of 2 the engine randomises phases; a fixed seed makes every render the same.
const SEED: i64 = 0x5eed;

/// Signalsmith Stretch, in stereo.
pub struct Signalsmith {
    inner: ssstretch::Stretch,
    sign: f32,
}

// SAFETY: the C++ object owns plain buffers and a random generator, has no thread affinity and no shared state; it is moved between
// threads, never shared.
unsafe impl Send for Signalsmith {}

impl Signalsmith {
    /// An engine for sound at the given rate.
    #[must_use]
    pub fn new(rate_hz: f64) -> Self {
        let mut inner = ssstretch::Stretch::with_seed(SEED);
        inner.configure(CHANNELS as i32, (rate_hz * BLOCK_S) as i32, (rate_hz * HOP_S) as i32);
        Self { inner, sign: BREATH }
    }
}

impl Stretch for Signalsmith {
    fn input_latency(&self) -> usize {
        self.inner.input_latency().max(0) as usize
    }

    fn output_latency(&self) -> usize {
        self.inner.output_latency().max(0) as usize
    }

    fn process(&mut self, input: [&mut [f32]; CHANNELS], output: [&mut [f32]; CHANNELS]) {
        let [left, right] = input;
        let [out_left, out_right] = output;
        let (n_in, n_out) = (left.len().min(right.len()), out_left.len().min(out_right.len()));
        for i in 0..n_in {
            left[i] += self.sign;
            right[i] += self.sign;
            self.sign = -self.sign;
        }
        let inputs = [left.as_ptr(), right.as_ptr()];
        let mut outputs = [out_left.as_mut_ptr(), out_right.as_mut_ptr()];
        // SAFETY: every pointer is valid for the count given beside it, for the length of the call.
        unsafe { self.inner.process(&inputs, n_in as i32, &mut outputs, n_out as i32) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Positions of the peaks of clicks that lie further than 50 ms apart.
    fn clicks(x: &[f32], rate_hz: f64) -> Vec<f64> {
        let mut found: Vec<(usize, f32)> = Vec::new();
        for (i, v) in x.iter().enumerate().filter(|(_, v)| v.abs() > 0.05) {
            match found.last_mut() {
                Some(last) if i - last.0 < (0.05 * rate_hz) as usize => {
                    if v.abs() > last.1 {
                        *last = (i, v.abs());
                    }
                }
                _ => found.push((i, v.abs())),
            }
        }
        found.iter().map(|f| f.0 as f64).collect()
    }

    #[test]
    fn at_ratio_one_clicks_come_out_after_both_latencies_even_out_of_silence() {
        let rate_hz = 48_000.0;
        let mut engine = Signalsmith::new(rate_hz);
        let late = engine.input_latency() + engine.output_latency();
        let at = [9_000usize, 33_333, 72_001];
        let mut out = [vec![0f32; 96_000], vec![0f32; 96_000]];
        for start in (0..96_000).step_by(64) {
            let mut block: [Vec<f32>; 2] =
                std::array::from_fn(|_| (start..start + 64).map(|i| if at.contains(&i) { 0.9 } else { 0.0 }).collect());
            let [l, r] = &mut block;
            let [ol, or] = &mut out;
            engine.process([l, r], [&mut ol[start..start + 64], &mut or[start..start + 64]]);
        }
        let heard = clicks(&out[0], rate_hz);
        assert_eq!(heard.len(), at.len(), "{heard:?}");
        for (h, a) in heard.iter().zip(at) {
            assert!((h - (a + late) as f64).abs() <= 2.0, "{h} {a}");
        }
    }

    #[test]
    fn two_engines_agree_to_the_bit_even_where_phases_are_random() {
        let render = || {
            let mut engine = Signalsmith::new(44_100.0);
            let mut all = Vec::new();
            for block in 0..400 {
                let x = |i: usize| ((block * 25 + i) as f32 * 0.05).sin() * 0.3;
                let mut input: [Vec<f32>; 2] = std::array::from_fn(|_| (0..25).map(x).collect());
                let mut output = [vec![0f32; 64], vec![0f32; 64]];
                let [l, r] = &mut input;
                let [ol, or] = &mut output;
                engine.process([l, r], [ol, or]);
                all.extend(output[0].iter().map(|v| v.to_bits()));
            }
            all
        };
        assert_eq!(render(), render());
    }
}
