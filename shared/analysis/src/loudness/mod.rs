//! Loudness after EBU R 128 and ITU-R BS.1770-4: of the whole, its range, its course.
//!
//! One idea: the energy of every tenth of a second is summed once. Whatever looks at 0.4 s or 3 s adds up tenths; the gates are applied at the end.

mod true_peak;
mod weighting;

use track::{Loudness, LoudnessCurve};
use true_peak::TruePeak;
use weighting::{LANES, Weighting};

/// The range is that between percentiles of loudnesses over 3 s (EBU Tech 3342): over a few seconds it says nothing.
const SHORTEST_FOR_RANGE_S: u64 = 12;
/// Momentary loudnesses a second.
const MOMENTS_HZ: u32 = 10;
/// Tenths of a second in a momentary loudness and in a short-term one.
const MOMENT: usize = 4;
const SHORT_TERM: usize = 30;
/// Weights of channels in the order of WAV: left, right, centre, LFE (which the standard leaves out), left and right surround. The rest counts for
/// nothing.
const WEIGHTS: [f64; 6] = [1.0, 1.0, 1.0, 0.0, 1.41, 1.41];
/// The same where there is no LFE: quadraphony, and five channels.
const WEIGHTS_OF_4: [f64; 4] = [1.0, 1.0, 1.41, 1.41];
const WEIGHTS_OF_5: [f64; 5] = [1.0, 1.0, 1.0, 1.41, 1.41];
/// Below this a loudness is silence (the standard's absolute gate).
const SILENCE_LUFS: f64 = -70.0;
/// The relative gates: of the whole's loudness, and of its range.
const GATE_LU: f64 = -10.0;
const RANGE_GATE_LU: f64 = -20.0;

pub(crate) struct LoudnessMeter {
    rate_hz: u32,
    /// A filter for every two channels that count.
    pairs: Vec<Weighting>,
    weights: &'static [f64],
    peaks: Vec<TruePeak>,
    frames: u64,
    /// The energy of the tenth that has begun.
    energy: f64,
    /// Mean energies of the tenths that are over.
    tenths: Vec<f32>,
}

/// LUFS of a mean energy (BS.1770-4, annex 1).
fn lufs(energy: f64) -> f64 {
    10.0 * energy.max(1e-30).log10() - 0.691
}

fn energy(lufs: f64) -> f64 {
    10f64.powf((lufs + 0.691) / 10.0)
}

fn mean(energies: &[f64]) -> Option<f64> {
    (!energies.is_empty()).then(|| energies.iter().sum::<f64>() / energies.len() as f64)
}

impl LoudnessMeter {
    pub(crate) fn new(rate_hz: u32, channels: usize) -> Self {
        let weights: &[f64] = match channels {
            4 => &WEIGHTS_OF_4,
            5 => &WEIGHTS_OF_5,
            n => &WEIGHTS[..n.min(WEIGHTS.len())],
        };
        Self {
            rate_hz,
            pairs: vec![Weighting::new(f64::from(rate_hz)); weights.len().div_ceil(LANES)],
            weights,
            peaks: (0..channels).map(|_| TruePeak::new(rate_hz)).collect(),
            frames: 0,
            energy: 0.0,
            tenths: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, planar: &[Vec<f32>]) {
        let length = planar.first().map_or(0, Vec::len);
        for (peak, channel) in self.peaks.iter_mut().zip(planar) {
            peak.push(channel);
        }
        let counted = &planar[..planar.len().min(self.weights.len())];
        let mut from = 0;
        while from < length {
            // Counted from the start, so that a tenth of a second that is no whole number of frames does not add up.
            let end_of = |tenths: u64| tenths * u64::from(self.rate_hz) / u64::from(MOMENTS_HZ);
            let (begun, next) = (end_of(self.tenths.len() as u64), end_of(self.tenths.len() as u64 + 1));
            let to = (from as u64 + next.saturating_sub(self.frames + from as u64).max(1)).min(length as u64) as usize;
            let weights = self.weights.chunks(LANES);
            for ((filter, channels), weights) in self.pairs.iter_mut().zip(counted.chunks(LANES)).zip(weights) {
                let Some((left, right)) = channels.split_first() else { continue };
                let sums = filter.energies(&left[from..to], right.first().map(|r| &r[from..to]));
                self.energy += sums.iter().zip(weights).map(|(s, w)| s * w).sum::<f64>();
            }
            if self.frames + to as u64 >= next {
                self.tenths.push((self.energy / next.saturating_sub(begun).max(1) as f64) as f32);
                self.energy = 0.0;
            }
            from = to;
        }
        self.frames += length as u64;
    }

    /// Mean energies over so many tenths, one a tenth.
    fn over(&self, tenths: usize) -> impl Iterator<Item = f64> {
        self.tenths.windows(tenths).map(move |w| w.iter().copied().map(f64::from).sum::<f64>() / tenths as f64)
    }

    /// The loudness of the whole (`None` when no block rose above the gate of -70 LUFS) and its course.
    pub(crate) fn finish(self) -> (Option<Loudness>, LoudnessCurve) {
        // Before the beginning there was silence.
        let moment = |end: usize| self.tenths[(end + 1).saturating_sub(MOMENT)..=end].iter().copied().map(f64::from).sum::<f64>();
        let tenth = |end: usize| (lufs(moment(end) / MOMENT as f64).max(SILENCE_LUFS) * 10.0).round() as i16;
        let curve = LoudnessCurve { per_s: MOMENTS_HZ, tenths_lufs: (0..self.tenths.len()).map(tenth).collect() };
        let gated = |tenths: usize, gate_lu: f64| -> Vec<f64> {
            let loud: Vec<f64> = self.over(tenths).filter(|e| *e >= energy(SILENCE_LUFS)).collect();
            let gate = mean(&loud).map_or(f64::INFINITY, |m| m * 10f64.powf(gate_lu / 10.0));
            loud.into_iter().filter(|e| *e >= gate).collect()
        };
        let Some(integrated) = mean(&gated(MOMENT, GATE_LU)) else { return (None, curve) };
        let mut short_term = gated(SHORT_TERM, RANGE_GATE_LU);
        short_term.sort_unstable_by(f64::total_cmp);
        let percentile =
            |share: f64| short_term.get((short_term.len().saturating_sub(1) as f64 * share).round() as usize).map(|e| lufs(*e));
        let is_long = self.frames >= SHORTEST_FOR_RANGE_S * u64::from(self.rate_hz);
        let peak = f64::from(self.peaks.iter().map(TruePeak::highest).fold(0.0, f32::max));
        let loudness = Loudness {
            integrated_lufs: lufs(integrated),
            range_lu: percentile(0.95).zip(percentile(0.10)).map(|(high, low)| high - low).filter(|_| is_long),
            true_peak_dbtp: 20.0 * peak.max(1e-10).log10(),
        };
        (Some(loudness), curve)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ebur128::{EbuR128, Mode};
    use std::f64::consts::TAU;

    const RATE_HZ: u32 = 48_000;

    /// Sines of 1 kHz on both channels: seconds and dBFS each (EBU Tech 3341 and 3342).
    fn sines(parts: &[(f64, f64)], channels: usize) -> LoudnessMeter {
        let mut meter = LoudnessMeter::new(RATE_HZ, channels);
        for (seconds, dbfs) in parts {
            let gain = 10f64.powf(dbfs / 20.0);
            let sine = |i: u64| (gain * (TAU * 1000.0 * i as f64 / f64::from(RATE_HZ)).sin()) as f32;
            let x: Vec<f32> = (0..(seconds * f64::from(RATE_HZ)) as u64).map(sine).collect();
            x.chunks(1000).for_each(|c| meter.push(&vec![c.to_vec(); channels]));
        }
        meter
    }

    fn integrated(parts: &[(f64, f64)]) -> f64 {
        sines(parts, 2).finish().0.map_or(f64::NAN, |l| l.integrated_lufs)
    }

    /// EBU Tech 3341, table 1, cases 1 to 5: within 0.1 LU.
    #[test]
    fn the_test_signals_of_the_ebu_have_their_loudness() {
        let is = |parts: &[(f64, f64)], lufs: f64| assert!((integrated(parts) - lufs).abs() < 0.1, "{} for {lufs}", integrated(parts));
        is(&[(20.0, -23.0)], -23.0);
        is(&[(20.0, -33.0)], -33.0);
        is(&[(10.0, -36.0), (60.0, -23.0), (10.0, -36.0)], -23.0);
        is(&[(10.0, -72.0), (10.0, -36.0), (60.0, -23.0), (10.0, -36.0), (10.0, -72.0)], -23.0);
        is(&[(20.0, -26.0), (20.1, -20.0), (20.0, -26.0)], -23.0);
    }

    /// EBU Tech 3342, table 1, cases 1 to 4: within 1 LU.
    #[test]
    fn the_test_signals_of_the_ebu_have_their_range() {
        let is = |parts: &[(f64, f64)], lu: f64| {
            let range = sines(parts, 2).finish().0.and_then(|l| l.range_lu);
            assert!(range.is_some_and(|r| (r - lu).abs() < 1.0), "{range:?} for {lu}");
        };
        is(&[(20.0, -20.0), (20.0, -30.0)], 10.0);
        is(&[(20.0, -20.0), (20.0, -15.0)], 5.0);
        is(&[(20.0, -40.0), (20.0, -20.0)], 20.0);
        is(&[(20.0, -50.0), (20.0, -35.0), (20.0, -20.0), (20.0, -35.0), (20.0, -50.0)], 15.0);
    }

    /// Another implementation hears the same, at any rate and in any layout.
    #[test]
    #[allow(clippy::unwrap_used)]
    fn it_agrees_with_libebur128() {
        let mut rng = 1u32;
        let mut noise = || {
            rng = rng.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (rng >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        for (rate_hz, channels) in [(8_000, 1), (44_100, 1), (44_100, 2), (48_000, 4), (44_100, 5), (48_000, 6), (22_050, 8), (96_000, 2)] {
            let mut ours = LoudnessMeter::new(rate_hz, channels);
            let mut theirs = EbuR128::new(channels.min(6) as u32, rate_hz, Mode::I | Mode::LRA | Mode::M).unwrap();
            let mut low = vec![0f32; channels];
            for block in 0..400u32 {
                let gain = 0.3 * (0.6 + 0.4 * (f64::from(block) * 0.02).sin()) as f32;
                let block: Vec<Vec<f32>> = low
                    .iter_mut()
                    .map(|low| {
                        let mut next = || {
                            *low += 0.2 * (noise() - *low);
                            gain * *low
                        };
                        (0..rate_hz / 10).map(|_| next()).collect()
                    })
                    .collect();
                ours.push(&block);
                let planes: Vec<&[f32]> = block.iter().take(6).map(Vec::as_slice).collect();
                theirs.add_frames_planar_f32(&planes).unwrap();
            }
            let (loudness, curve) = ours.finish();
            let loudness = loudness.unwrap();
            let what = format!("{channels} channels at {rate_hz} Hz");
            let (a, b) = (loudness.integrated_lufs, theirs.loudness_global().unwrap());
            assert!((a - b).abs() < 0.02, "{what}: {a} and {b} LUFS");
            let (a, b) = (loudness.range_lu.unwrap(), theirs.loudness_range().unwrap());
            assert!((a - b).abs() < 0.5, "{what}: a range of {a} and {b} LU");
            let (a, b) = (f64::from(*curve.tenths_lufs.last().unwrap()) / 10.0, theirs.loudness_momentary().unwrap());
            assert!((a - b).abs() < 0.1, "{what}: {a} and {b} LUFS at the end");
        }
    }
}
