//! Whether anybody listens.
//!
//! One idea: a host that is far ahead of the clock renders into a file, whether or not it says so.

use std::time::Instant;

/// A host this much ahead of the clock, in seconds, renders for nobody who listens. Live hosts render ahead by up to one second.
const RUSH_S: f64 = 1.5;

/// Compares how fast blocks come with how fast they would be heard: for hosts that do not tell that they render offline.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    since: Option<Instant>,
    frames: u64,
    /// The judgement of the last block.
    pub(crate) offline: bool,
}

impl Pace {
    /// Counts a block, and judges.
    pub(crate) fn is_offline(&mut self, frames: usize, rate_hz: f64) -> bool {
        let now = Instant::now();
        let since = *self.since.get_or_insert(now);
        let (played_s, passed_s) = (self.frames as f64 / rate_hz, now.duration_since(since).as_secs_f64());
        self.frames += frames as u64;
        self.offline = played_s > passed_s + RUSH_S;
        if played_s < passed_s {
            // On time, or late: being ahead is counted from here.
            *self = Self { since: Some(now), frames: frames as u64, offline: false };
        }
        self.offline
    }
}
