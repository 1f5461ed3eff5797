//! A cue that is ready to be played: with the file that was found to hold its sound, and what was put right of its beats.

use catalogue::FileStamp;
use cue::{Cue, Timing};
use music::{BeatGrid, TempoOctave};
use spotting::{Wish, fit};
use std::path::PathBuf;
use track::{Track, Value};

/// A cue with the file that was verified for it.
#[derive(Clone)]
pub(super) struct Ready {
    pub(super) cue: Cue,
    pub(super) path: PathBuf,
    /// What the file looked like when it was verified.
    pub(super) stamp: FileStamp,
    /// The reading of its tempo that somebody chose over the nearest one.
    pub(super) octave: Option<TempoOctave>,
    /// Whether its beats were put right by hand.
    pub(super) by_hand: bool,
}

impl Ready {
    /// The beats that its cue is locked to.
    pub(super) fn grid(&self) -> Option<BeatGrid> {
        match &self.cue.timing {
            Timing::Locked { beats, downbeat, .. } => BeatGrid::new(beats.unpack()?, Some(*downbeat)),
            Timing::Unstretched(_) => None,
        }
    }

    /// Its recipe for another wish. Beats that were put right by hand stay.
    pub(super) fn refit(&self, track: &Track, wish: &Wish) -> Cue {
        match self.grid().filter(|_| self.by_hand) {
            Some(grid) => fit(&with_grid(track, grid), self.path.clone(), wish).cue,
            None => fit(track, self.path.clone(), wish).cue,
        }
    }
}

/// A track whose beats are these.
pub(super) fn with_grid(track: &Track, grid: BeatGrid) -> Track {
    let mut track = track.clone();
    track.analysis.tempo_bpm = Some(Value::by_hand(grid.tempo_bpm()));
    track.analysis.beats = Some(Value::by_hand(grid));
    track
}
