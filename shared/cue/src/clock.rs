//! The host's clock, made steady.

/// What the host says at the start of a block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HostTime {
    /// Whether the transport rolls.
    pub playing: bool,
    /// Where it is.
    pub at: Position,
    /// The bar line at or before it, in beats.
    pub bar_start_beats: f64,
    /// The loop's ends in beats, when it loops.
    pub loop_beats: Option<(f64, f64)>,
    /// Whether nobody listens: then rendering may wait for audio to be decoded.
    pub offline: bool,
}

/// A moment on the host's timeline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    /// Quarter notes from the start of the timeline.
    pub beats: f64,
    /// Seconds from the start of the timeline.
    pub seconds: f64,
    /// Tempo there.
    pub bpm: f64,
}

impl Position {
    /// The position after some frames at an unchanged tempo.
    #[must_use]
    pub fn after(self, frames: f64, rate_hz: f64) -> Self {
        let seconds = frames / rate_hz;
        Self { beats: self.beats + seconds * self.bpm / 60.0, seconds: self.seconds + seconds, bpm: self.bpm }
    }

    pub(crate) fn s_per_beat(self) -> f64 {
        60.0 / self.bpm
    }

    /// Whether music prepared for one sounds right at the other: the same moment to 0.1 ms, at the same tempo.
    pub(crate) fn is_same_moment(self, other: Self) -> bool {
        (self.bpm - other.bpm).abs() < 1e-9
            && (self.beats - other.beats).abs() * self.s_per_beat() < 1e-4
            && (self.seconds - other.seconds).abs() < 1e-4
    }
}

/// The host's clock between its reports: it runs on by counting frames, so that what is heard does not depend on how the host cuts
/// time into blocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Running {
    /// The frame of our own count at which `at` was true.
    pub(crate) frame: i64,
    pub(crate) at: Position,
}

impl Running {
    pub(crate) fn position(&self, frame: i64, rate_hz: f64) -> Position {
        self.at.after((frame - self.frame) as f64, rate_hz)
    }

    /// The first frame at or after a beat.
    pub(crate) fn frame_of_beat(&self, beats: f64, rate_hz: f64) -> i64 {
        self.frame + ((beats - self.at.beats) * self.at.s_per_beat() * rate_hz - 1e-6).ceil() as i64
    }

    /// The first frame at or after a second.
    pub(crate) fn frame_of_second(&self, seconds: f64, rate_hz: f64) -> i64 {
        self.frame + ((seconds - self.at.seconds) * rate_hz - 1e-6).ceil() as i64
    }
}
