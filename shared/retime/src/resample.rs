//! Resampling by any ratio, in fixed blocks of output, through rubato's windowed sinc.

use crate::CHANNELS;
use audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{Async, FixedAsync, Resampler as _, SincInterpolationParameters, WindowFunction};

/// Taps of the sinc: 64 before and after, 1.3 ms at 48 kHz.
const SINC_LENGTH: usize = 128;
/// Positions between two input frames that the filter is worked out for; cubic interpolation does the rest.
const OVERSAMPLING: usize = 128;

/// Why an engine could not be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RetimeError {
    /// The ratio of rates or the block size is not one that can be resampled.
    #[error("cannot resample by a ratio of {ratio}: {reason}")]
    Ratio {
        /// Output rate over input rate, as text.
        ratio: String,
        /// What the resampler said.
        reason: String,
    },
}

/// Makes fixed blocks of output from as much input as each needs. Allocates only when it is built.
pub struct Resampler {
    inner: Async<f32>,
    input: Vec<Vec<f32>>,
    ratio: f64,
}

impl Resampler {
    /// A stereo resampler that makes `block` frames of output at `ratio` output frames per input frame.
    ///
    /// # Errors
    /// [`RetimeError::Ratio`] when the ratio is not finite, not positive, or absurd.
    pub fn new(ratio: f64, block: usize) -> Result<Self, RetimeError> {
        let fail = |reason: String| RetimeError::Ratio { ratio: ratio.to_string(), reason };
        if !(1.0 / 64.0..=64.0).contains(&ratio) {
            return Err(fail("it must lie between 1/64 and 64".into()));
        }
        let parameters = SincInterpolationParameters::new(SINC_LENGTH, WindowFunction::BlackmanHarris2).oversampling_factor(OVERSAMPLING);
        let inner = Async::new_sinc(ratio, 1.0, &parameters, block, CHANNELS, FixedAsync::Output).map_err(|e| fail(e.to_string()))?;
        let input = vec![vec![0.0; inner.input_frames_max()]; CHANNELS];
        Ok(Self { inner, input, ratio })
    }

    /// Output frames per input frame.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.ratio
    }

    /// How many output frames an impulse comes late.
    #[must_use]
    pub fn delay(&self) -> f64 {
        // The crate's own figure is rounded to frames and one too many; this is where its filter puts an impulse.
        let taps = SINC_LENGTH as f64 / 2.0 - 1.0 / OVERSAMPLING as f64;
        self.ratio * taps - 1.0
    }

    /// The buffers to fill (first [`Self::needs`] frames of each) before [`Self::process`].
    pub fn input(&mut self) -> &mut [Vec<f32>] {
        &mut self.input
    }

    /// How many input frames the next block needs.
    #[must_use]
    pub fn needs(&self) -> usize {
        self.inner.input_frames_next()
    }

    /// The most that [`Self::needs`] ever answers.
    #[must_use]
    pub fn needs_at_most(&self) -> usize {
        self.inner.input_frames_max()
    }

    /// Makes one block from [`Self::input`]. `output` holds one vector of a block's length per channel.
    pub fn process(&mut self, output: &mut [Vec<f32>]) {
        let (needs, block) = (self.needs(), self.inner.output_frames_next());
        let (Ok(from), Ok(mut to)) =
            (SequentialSliceOfVecs::new(&self.input, CHANNELS, needs), SequentialSliceOfVecs::new_mut(output, CHANNELS, block))
        else {
            return;
        };
        // Both buffers have the sizes that it asked for, the only thing that it checks.
        let _ = self.inner.process_into_buffer(&from, &mut to, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_comes_out_at_the_same_pitch_in_time_and_level() {
        let (from_hz, to_hz, tone_hz) = (44_100.0, 48_000.0, 1000.0);
        let mut r = Resampler::new(to_hz / from_hz, 64).unwrap();
        let (mut fed, mut worst) = (0usize, 0f64);
        let mut out = vec![vec![0f32; 64]; CHANNELS];
        for block in 0..500 {
            let n = r.needs();
            for channel in r.input() {
                for (i, x) in channel[..n].iter_mut().enumerate() {
                    *x = (std::f64::consts::TAU * tone_hz * (fed + i) as f64 / from_hz).sin() as f32;
                }
            }
            fed += n;
            r.process(&mut out);
            for (i, heard) in out[0].iter().enumerate() {
                let t = ((block * 64 + i) as f64 - r.delay()) / to_hz;
                if block > 10 {
                    let want = (std::f64::consts::TAU * tone_hz * t).sin();
                    worst = worst.max((f64::from(*heard) - want).abs());
                }
            }
        }
        // A tenth of a frame of delay error at 1 kHz would be 0.013.
        assert!(worst < 0.005, "{worst}");
    }

    #[test]
    fn absurd_ratios_are_refused() {
        for ratio in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9] {
            assert!(Resampler::new(ratio, 64).is_err(), "{ratio}");
        }
    }
}
