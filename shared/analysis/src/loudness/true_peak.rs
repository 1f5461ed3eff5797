//! True peak: the highest level that the sound reaches between samples, too.
//!
//! One idea: the interpolator of ITU-R BS.1770-4, annex 2 (four times the rate, 48 taps) can raise a sample by a factor of two at most, so where
//! no sample comes near half of the highest level so far, there is nothing to interpolate.

/// Taps of each of the four phases (BS.1770-4, table in annex 2); the other two are these backwards.
const TAPS: usize = 12;
const PHASES: [[f32; TAPS]; 2] = [
    [
        0.001_708_984_4,
        0.010_986_328,
        -0.019_653_32,
        0.033_203_125,
        -0.059_448_242,
        0.137_329_1,
        0.972_167_97,
        -0.102_294_92,
        0.047_607_42,
        -0.026_611_328,
        0.014_892_578,
        -0.008_300_781,
    ],
    [
        -0.029_174_805,
        0.029_296_875,
        -0.051_757_812,
        0.089_111_33,
        -0.166_503_9,
        0.465_087_9,
        0.779_785_16,
        -0.200_317_38,
        0.101_562_5,
        -0.058_227_54,
        0.033_081_055,
        -0.018_920_898,
    ],
];
/// The most that a phase can raise the highest sample: the larger sum of absolute taps.
const MOST: f32 = 2.03;
/// Samples that are looked at together.
const BLOCK: usize = 64;
/// From this sample rate on the samples themselves are close enough together (ibid.: four times 48 kHz).
const FINE_RATE_HZ: u32 = 176_400;

/// Follows the true peak of one channel.
#[derive(Default)]
pub(crate) struct TruePeak {
    interpolates: bool,
    highest: f32,
    /// The last samples of what came before, then what comes.
    samples: Vec<f32>,
}

impl TruePeak {
    pub(crate) fn new(rate_hz: u32) -> Self {
        Self { interpolates: rate_hz < FINE_RATE_HZ, highest: 0.0, samples: vec![0.0; TAPS - 1] }
    }

    pub(crate) fn push(&mut self, samples: &[f32]) {
        let loudest = |part: &[f32]| part.iter().fold(0f32, |m, x| m.max(x.abs()));
        if !self.interpolates {
            self.highest = self.highest.max(loudest(samples));
            return;
        }
        self.samples.extend_from_slice(samples);
        let ends = self.samples.len() - (TAPS - 1);
        let mut from = 0;
        while from < ends {
            let to = (from + BLOCK).min(ends);
            // What ends in this block, and what its interpolation looks back on.
            let seen = &self.samples[from..to + TAPS - 1];
            let peak = loudest(seen);
            self.highest = self.highest.max(peak);
            if peak * MOST > self.highest {
                for window in seen.windows(TAPS) {
                    for phase in &PHASES {
                        let (mut forward, mut backward) = (0f32, 0f32);
                        for (k, x) in window.iter().enumerate() {
                            forward += x * phase[k];
                            backward += x * phase[TAPS - 1 - k];
                        }
                        self.highest = self.highest.max(forward.abs()).max(backward.abs());
                    }
                }
            }
            from = to;
        }
        self.samples.drain(..ends);
    }

    /// The highest level so far, 1 for full scale.
    pub(crate) fn highest(&self) -> f32 {
        self.highest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f32::consts::TAU;

    /// A sine of a quarter of the sample rate, sampled 45 degrees off its crests: 3 dB above its samples (BS.1770-4, annex 2).
    #[test]
    fn crests_between_samples_are_found() {
        let mut peak = TruePeak::new(48_000);
        let sine: Vec<f32> = (0..4800).map(|i| 0.5 * (TAU * (i as f32 / 4.0 + 0.125)).sin()).collect();
        sine.chunks(100).for_each(|c| peak.push(c));
        assert!((20.0 * (peak.highest() / 0.5).log10()).abs() < 0.2, "{}", peak.highest());
    }

    #[test]
    fn blocks_do_not_matter() {
        let next = |x: &u32| Some(x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
        let noise: Vec<f32> =
            std::iter::successors(Some(7u32), next).take(9000).map(|x| (x >> 8) as f32 / (1 << 23) as f32 - 1.0).collect();
        let highest = |size: usize| {
            let mut peak = TruePeak::new(44_100);
            noise.chunks(size).for_each(|c| peak.push(c));
            peak.highest()
        };
        assert!(highest(9000) > 1.2);
        assert_eq!(highest(9000), highest(7));
    }
}
