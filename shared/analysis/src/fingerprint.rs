//! The fingerprint by which near-duplicates are found: Chromaprint's, over the first two minutes, as AcoustID takes it.

use crate::decimate::Decimator;
use rusty_chromaprint::{Configuration, Fingerprinter};

/// Sound that counts.
const LENGTH_S: f64 = 120.0;
/// Chromaprint looks at sound of this rate, and at none of it above 3,520 Hz: what is left of the treble by then tells nothing.
const RATE_HZ: f64 = 11_025.0;

pub(crate) struct FingerprintTaker {
    taker: Option<Fingerprinter>,
    decimator: Decimator,
    left: usize,
    low: Vec<f32>,
    words: Vec<i16>,
}

impl FingerprintTaker {
    pub(crate) fn new(rate_hz: f64) -> Self {
        let mut taker = Fingerprinter::new(&Configuration::preset_test2());
        let decimator = Decimator::new(rate_hz, RATE_HZ);
        // It refuses sample rates under 1 kHz, which are refused here before.
        let taker = taker.start(decimator.rate_hz().round() as u32, 1).is_ok().then_some(taker);
        Self { taker, left: (LENGTH_S * rate_hz) as usize, decimator, low: Vec::new(), words: Vec::new() }
    }

    pub(crate) fn push(&mut self, mono: &[f32]) {
        let Some(taker) = self.taker.as_mut().filter(|_| self.left > 0) else { return };
        let mono = &mono[..mono.len().min(self.left)];
        self.left -= mono.len();
        self.low.clear();
        self.decimator.push(mono, &mut self.low);
        self.words.clear();
        self.words.extend(self.low.iter().map(|x| (x * 32_767.0) as i16));
        taker.consume(&self.words);
    }

    /// The fingerprint: one word for each eighth of a second. Empty for less than three seconds.
    pub(crate) fn finish(mut self) -> Vec<u32> {
        let Some(taker) = self.taker.as_mut() else { return Vec::new() };
        taker.finish();
        taker.fingerprint().to_vec()
    }
}
