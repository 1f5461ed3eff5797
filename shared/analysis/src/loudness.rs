//! Loudness after EBU R 128, through the `ebur128` crate.

use ebur128::{EbuR128, Mode};
use track::Loudness;

/// The range is that between percentiles of loudnesses over 3 s, one a second (EBU Tech 3342): from fewer than ten of them it says nothing.
const SHORTEST_FOR_RANGE_S: u64 = 12;

pub(crate) struct LoudnessMeter {
    meter: EbuR128,
    frames: u64,
}

impl LoudnessMeter {
    pub(crate) fn new(rate_hz: u32, channels: usize) -> Option<Self> {
        EbuR128::new(channels as u32, rate_hz, Mode::I | Mode::LRA | Mode::TRUE_PEAK | Mode::HISTOGRAM)
            .ok()
            .map(|meter| Self { meter, frames: 0 })
    }

    pub(crate) fn push(&mut self, planar: &[Vec<f32>]) {
        let channels: [&[f32]; 64] = std::array::from_fn(|i| planar.get(i).map_or(&[][..], Vec::as_slice));
        // The channel count is that of construction, the only thing that this call checks.
        let _ = self.meter.add_frames_planar_f32(&channels[..planar.len()]);
        self.frames += planar.first().map_or(0, |c| c.len() as u64);
    }

    /// `None` when no block rose above the gate of -70 LUFS.
    pub(crate) fn finish(self) -> Option<Loudness> {
        let integrated_lufs = self.meter.loudness_global().ok().filter(|l| l.is_finite())?;
        let peak = (0..self.meter.channels()).filter_map(|c| self.meter.true_peak(c).ok()).fold(0.0, f64::max);
        let is_long = self.frames >= SHORTEST_FOR_RANGE_S * u64::from(self.meter.rate());
        Some(Loudness {
            integrated_lufs,
            range_lu: self.meter.loudness_range().ok().filter(|l| is_long && l.is_finite()),
            true_peak_dbtp: 20.0 * peak.max(1e-10).log10(),
        })
    }
}
