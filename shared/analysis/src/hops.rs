//! Stretches of a stream that overlap: which samples each begins at, also where hops are no whole samples.

/// Cuts a stream into stretches of one length, one every so many samples.
pub(crate) struct Hops {
    size: usize,
    hop: f64,
    /// Stretches handed out.
    count: u64,
    /// Samples that are gone, those in front of the stream counted.
    gone: u64,
    pending: Vec<f32>,
}

impl Hops {
    pub(crate) fn new(size: usize, hop: f64) -> Self {
        // Half a stretch of silence in front centres stretch n on sample n * hop.
        Self { size, hop, count: 0, gone: 0, pending: vec![0.0; size / 2] }
    }

    /// Samples in a stretch.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    fn start(&self) -> usize {
        ((self.count as f64 * self.hop).round() as u64).saturating_sub(self.gone) as usize
    }

    /// Takes samples, and forgets those that no stretch looks at any more.
    pub(crate) fn push(&mut self, samples: &[f32]) {
        let used = self.start().min(self.pending.len());
        self.pending.drain(..used);
        self.gone += used as u64;
        self.pending.extend_from_slice(samples);
    }

    /// Samples that are still missing from the next stretch.
    pub(crate) fn missing(&self) -> usize {
        (self.start() + self.size).saturating_sub(self.pending.len())
    }

    /// The next stretch, if all of it is there.
    pub(crate) fn next(&mut self) -> Option<&[f32]> {
        let start = self.start();
        let stretch = self.pending.get(start..start + self.size)?;
        self.count += 1;
        Some(stretch)
    }
}
