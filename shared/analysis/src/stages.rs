//! How long each stage of an analysis takes: for the benchmark, and for the table of speeds.
//!
//! One idea: a clock is read where one stage ends, which is where the next begins. Without the feature `stage-times` there is no clock.

use std::time::Duration;

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
    Pulse,
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
    Stage::Pulse,
];

/// Adds up the time of each stage.
#[derive(Default)]
pub(crate) struct Stages {
    #[cfg(feature = "stage-times")]
    since: Option<std::time::Instant>,
    #[cfg(feature = "stage-times")]
    times: [Duration; ALL.len()],
}

impl Stages {
    #[inline]
    pub(crate) fn begin(&mut self) {
        #[cfg(feature = "stage-times")]
        {
            self.since = Some(std::time::Instant::now());
        }
    }

    /// What has run since the last call was this stage.
    #[inline]
    #[cfg_attr(not(feature = "stage-times"), allow(unused_variables))]
    pub(crate) fn end(&mut self, stage: Stage) {
        #[cfg(feature = "stage-times")]
        {
            let now = std::time::Instant::now();
            if let Some(since) = self.since.replace(now) {
                self.times[stage as usize] += now - since;
            }
        }
    }

    pub(crate) fn times(&self) -> Vec<(Stage, Duration)> {
        #[cfg(feature = "stage-times")]
        return ALL.into_iter().zip(self.times).collect();
        #[cfg(not(feature = "stage-times"))]
        ALL.into_iter().map(|s| (s, Duration::ZERO)).collect()
    }
}
