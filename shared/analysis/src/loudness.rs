//! Loudness after EBU R 128, through the `ebur128` crate.

use ebur128::{EbuR128, Mode};
use track::Loudness;

pub(crate) struct LoudnessMeter(EbuR128);

impl LoudnessMeter {
    pub(crate) fn new(rate_hz: u32, channels: usize) -> Option<Self> {
        EbuR128::new(channels as u32, rate_hz, Mode::I | Mode::LRA | Mode::TRUE_PEAK | Mode::HISTOGRAM).ok().map(Self)
    }

    pub(crate) fn push(&mut self, planar: &[Vec<f32>]) {
        let channels: [&[f32]; 64] = std::array::from_fn(|i| planar.get(i).map_or(&[][..], Vec::as_slice));
        // The channel count is that of construction, the only thing that this call checks.
        let _ = self.0.add_frames_planar_f32(&channels[..planar.len()]);
    }

    /// `None` when no block rose above the gate of -70 LUFS.
    pub(crate) fn finish(self) -> Option<Loudness> {
        let integrated_lufs = self.0.loudness_global().ok().filter(|l| l.is_finite())?;
        let peak = (0..self.0.channels()).filter_map(|c| self.0.true_peak(c).ok()).fold(0.0, f64::max);
        Some(Loudness {
            integrated_lufs,
            range_lu: self.0.loudness_range().ok().filter(|l| l.is_finite()).unwrap_or(0.0),
            true_peak_dbtp: 20.0 * peak.max(1e-10).log10(),
        })
    }
}
