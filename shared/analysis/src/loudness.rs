//! Loudness after EBU R 128, through the `ebur128` crate: of the whole, and its course.

use crate::true_peak::TruePeak;
use ebur128::{EbuR128, Mode};
use track::{Loudness, LoudnessCurve};

/// The range is that between percentiles of loudnesses over 3 s, one a second (EBU Tech 3342): from fewer than ten of them it says nothing.
const SHORTEST_FOR_RANGE_S: u64 = 12;
/// Momentary loudnesses a second.
const MOMENTS_HZ: u32 = 10;
/// Channels that count: left, right, centre, LFE (which the standard leaves out), left and right surround.
const MOST_CHANNELS: usize = 6;
/// Below this a momentary loudness is silence (the standard's absolute gate).
const SILENCE_LUFS: f64 = -70.0;

pub(crate) struct LoudnessMeter {
    meter: EbuR128,
    peaks: Vec<TruePeak>,
    frames: u64,
    momentary: Vec<i16>,
}

impl LoudnessMeter {
    pub(crate) fn new(rate_hz: u32, channels: usize) -> Option<Self> {
        let mode = Mode::I | Mode::M | Mode::LRA | Mode::HISTOGRAM;
        // Beyond 5.1 the standard counts none; and 64 channels of history would be a gigabyte.
        let counted = channels.min(MOST_CHANNELS);
        let meter = EbuR128::new(counted as u32, rate_hz, mode).ok()?;
        let peaks = (0..channels).map(|_| TruePeak::new(rate_hz)).collect();
        Some(Self { meter, peaks, frames: 0, momentary: Vec::new() })
    }

    pub(crate) fn push(&mut self, planar: &[Vec<f32>]) {
        let length = planar.first().map_or(0, Vec::len);
        for (peak, channel) in self.peaks.iter_mut().zip(planar) {
            peak.push(channel);
        }
        let mut from = 0;
        while from < length {
            // Counted from the start, so that a tenth of a second that is no whole number of frames does not add up.
            let next = (self.momentary.len() as u64 + 1) * u64::from(self.meter.rate()) / u64::from(MOMENTS_HZ);
            let to = (from as u64 + next.saturating_sub(self.frames + from as u64).max(1)).min(length as u64) as usize;
            let channels: [&[f32]; MOST_CHANNELS] = std::array::from_fn(|i| planar.get(i).map_or(&[][..], |c| &c[from..to]));
            // The channel count is that of construction, the only thing that this call checks.
            let _ = self.meter.add_frames_planar_f32(&channels[..planar.len().min(MOST_CHANNELS)]);
            if self.frames + to as u64 >= next {
                let lufs = self.meter.loudness_momentary().ok().filter(|l| *l > SILENCE_LUFS).unwrap_or(SILENCE_LUFS);
                self.momentary.push((lufs * 10.0).round() as i16);
            }
            from = to;
        }
        self.frames += length as u64;
    }

    /// The loudness of the whole (`None` when no block rose above the gate of -70 LUFS) and its course.
    pub(crate) fn finish(self) -> (Option<Loudness>, LoudnessCurve) {
        let curve = LoudnessCurve { per_s: MOMENTS_HZ, tenths_lufs: self.momentary };
        let Some(integrated_lufs) = self.meter.loudness_global().ok().filter(|l| l.is_finite()) else { return (None, curve) };
        let peak = f64::from(self.peaks.iter().map(TruePeak::highest).fold(0.0, f32::max));
        let is_long = self.frames >= SHORTEST_FOR_RANGE_S * u64::from(self.meter.rate());
        let loudness = Loudness {
            integrated_lufs,
            range_lu: self.meter.loudness_range().ok().filter(|l| is_long && l.is_finite()),
            true_peak_dbtp: 20.0 * peak.max(1e-10).log10(),
        };
        (Some(loudness), curve)
    }
}
