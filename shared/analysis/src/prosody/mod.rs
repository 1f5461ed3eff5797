//! How somebody speaks, as it is spoken: pitch, loudness, pace, voice quality and colour of the last seconds, four times a second.
//!
//! One idea: nothing looks ahead and nothing is asked about words. A hundredth of a second at a time is described; the row of a moment tells how
//! those descriptions were spread over the seconds before it. Levels are told against each other, so that no fader changes them. How the voice was before that,
//! as [`Usual`] keeps it, is told along.

mod frames;
mod functionals;
mod periods;
mod usual;

pub use usual::Usual;

use crate::AnalysisError;
use crate::RATES_HZ;
use frames::{Frame, Frames};
use std::collections::VecDeque;

/// Version of the measures. It is raised when any of them changes its answers.
pub const VERSION: &str = "prosody 2";

/// Time from one row to the next, in seconds.
pub const STEP_S: f64 = 0.25;
/// How far back a row looks, in seconds: a sentence.
pub const WINDOW_S: f64 = 6.0;
/// Frames a second.
const FRAMES_HZ: f64 = 100.0;

/// The names of the measures of a moment, in order.
#[must_use]
pub fn moment_names() -> Vec<String> {
    functionals::names()
}

/// The names of all that a row tells: the measures of the moment, and what was usual before.
#[must_use]
pub fn names() -> Vec<String> {
    let mut names = moment_names();
    names.extend(Usual::names(&names));
    names
}

/// Follows a voice.
pub struct Prosody {
    frames: Frames,
    recent: VecDeque<Frame>,
    heard: u64,
    usual: Usual,
    /// Rows that are not usual yet, because the window of the present still overlaps theirs, and when each was.
    fresh: VecDeque<(u64, Vec<f32>)>,
}

impl Prosody {
    /// For one channel at a sample rate.
    ///
    /// # Errors
    /// [`AnalysisError::Format`] for a rate outside [`RATES_HZ`].
    pub fn new(rate_hz: u32) -> Result<Self, AnalysisError> {
        if !RATES_HZ.contains(&rate_hz) {
            return Err(AnalysisError::Format { rate_hz, channels: 1 });
        }
        Ok(Self {
            frames: Frames::new(f64::from(rate_hz)),
            recent: VecDeque::new(),
            heard: 0,
            usual: Usual::new(moment_names().len(), STEP_S),
            fresh: VecDeque::new(),
        })
    }

    /// Takes the next samples, and gives each row that they complete: its time in seconds and its measures in the order of [`names`], NaN for what cannot be
    /// told. `None` where hardly anybody speaks.
    pub fn push(&mut self, mono: &[f32], mut each: impl FnMut(f64, Option<Vec<f32>>)) {
        let most = (WINDOW_S * FRAMES_HZ) as usize;
        let every = (STEP_S * FRAMES_HZ) as u64;
        let Self { frames, recent, heard, usual, fresh } = self;
        frames.push(mono, |frame| {
            if recent.len() == most {
                recent.pop_front();
            }
            recent.push_back(frame);
            *heard += 1;
            if heard.is_multiple_of(every) {
                while fresh.front().is_some_and(|f| f.0 + most as u64 <= *heard)
                    && let Some((_, row)) = fresh.pop_front()
                {
                    usual.hear(&row);
                }
                let mut row = functionals::row(recent.make_contiguous());
                if let Some(row) = &mut row {
                    fresh.push_back((*heard, row.clone()));
                    usual.tell(row);
                }
                each(*heard as f64 / FRAMES_HZ, row);
            }
        });
    }
}
