//! The fingerprint by which near-duplicates are found: Chromaprint's, over the first two minutes, as AcoustID takes it.

use rusty_chromaprint::{Configuration, Fingerprinter};

/// Sound that counts.
const LENGTH_S: f64 = 120.0;

pub(crate) struct FingerprintTaker {
    taker: Option<Fingerprinter>,
    channels: usize,
    left: u64,
    interleaved: Vec<i16>,
}

impl FingerprintTaker {
    pub(crate) fn new(rate_hz: u32, channels: usize) -> Self {
        let channels = channels.min(2);
        let mut taker = Fingerprinter::new(&Configuration::preset_test2());
        // It refuses sample rates under 1 kHz, which are refused here before.
        let taker = taker.start(rate_hz, channels as u32).is_ok().then_some(taker);
        Self { taker, channels, left: (LENGTH_S * f64::from(rate_hz)) as u64, interleaved: Vec::new() }
    }

    /// Takes the first two channels of what comes.
    pub(crate) fn push(&mut self, planar: &[Vec<f32>]) {
        let Some(taker) = self.taker.as_mut().filter(|_| self.left > 0) else { return };
        let channels = &planar[..self.channels.min(planar.len())];
        let frames = channels.iter().map(Vec::len).min().unwrap_or(0).min(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.interleaved.clear();
        for i in 0..frames {
            self.interleaved.extend(channels.iter().map(|c| (c[i] * 32_767.0).clamp(-32_768.0, 32_767.0) as i16));
        }
        taker.consume(&self.interleaved);
        self.left -= frames as u64;
    }

    /// The fingerprint: one word for each eighth of a second. Empty for less than three seconds.
    pub(crate) fn finish(mut self) -> Vec<u32> {
        let Some(taker) = self.taker.as_mut() else { return Vec::new() };
        taker.finish();
        taker.fingerprint().to_vec()
    }
}
