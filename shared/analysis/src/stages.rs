//! How long each stage of an analysis takes: for the benchmark, and for the table of speeds.
//!
//! One idea: a clock is read where one stage ends, which is where the next begins. Nobody reads it unless that is asked for.

use std::time::{Duration, Instant};

/// A stage of the analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Stage {
    Outline,
    Loudness,
    Fingerprint,
    Voice,
    Spectra,
    Onsets,
    Timbre,
    Sections,
    Harmony,
    /// The networks of beats and of notes, and what reads them.
    Networks,
}

/// Every stage, in the order in which they run.
pub const ALL: [Stage; 10] = [
    Stage::Outline,
    Stage::Loudness,
    Stage::Fingerprint,
    Stage::Voice,
    Stage::Spectra,
    Stage::Onsets,
    Stage::Timbre,
    Stage::Sections,
    Stage::Harmony,
    Stage::Networks,
];

/// Adds up the time of each stage, if it is told to.
#[derive(Default)]
pub(crate) struct Stages {
    is_on: bool,
    since: Option<Instant>,
    times: [Duration; ALL.len()],
}

impl Stages {
    pub(crate) fn running() -> Self {
        Self { is_on: true, ..Self::default() }
    }

    #[inline]
    pub(crate) fn begin(&mut self) {
        if self.is_on {
            self.since = Some(Instant::now());
        }
    }

    /// What has run since the last call was this stage.
    #[inline]
    pub(crate) fn end(&mut self, stage: Stage) {
        if self.is_on {
            let now = Instant::now();
            if let Some(since) = self.since.replace(now) {
                self.times[stage as usize] += now - since;
            }
        }
    }

    pub(crate) fn times(&self) -> Vec<(Stage, Duration)> {
        ALL.into_iter().zip(self.times).collect()
    }
}
