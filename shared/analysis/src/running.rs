//! Summaries of streams of values, in constant memory.

/// Mean and standard deviation (Welford 1962).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Moments {
    count: u64,
    mean: f64,
    squares: f64,
}

impl Moments {
    pub(crate) fn push(&mut self, value: f64) {
        self.count += 1;
        let off = value - self.mean;
        self.mean += off / self.count as f64;
        self.squares += off * (value - self.mean);
    }

    pub(crate) fn deviation(&self) -> f64 {
        (self.squares / self.count.max(1) as f64).sqrt()
    }
}

/// Every n-th value of a stream, with n doubling so that at most 8192 are kept: enough for a median.
#[derive(Debug, Default)]
pub(crate) struct Reservoir {
    kept: Vec<f32>,
    every: usize,
    seen: usize,
}

impl Reservoir {
    pub(crate) fn push(&mut self, value: f32) {
        self.every = self.every.max(1);
        if self.seen.is_multiple_of(self.every) {
            self.kept.push(value);
            if self.kept.len() == 8192 {
                self.kept = self.kept.iter().step_by(2).copied().collect();
                self.every *= 2;
            }
        }
        self.seen += 1;
    }

    pub(crate) fn median(mut self) -> f64 {
        self.kept.sort_unstable_by(f32::total_cmp);
        self.kept.get(self.kept.len() / 2).copied().unwrap_or(0.0).into()
    }
}
