//! Beats that a hand puts right: taps, nudges, bars moved, and back to what was measured.
//!
//! One idea: a correction becomes the beats of the cue itself, so that it lives with the project and needs nothing else.

use super::{Ready, State, Wish, fit, get, with_grid};
use crate::view::Correction;
use cue::{PackedTimes, Timing};
use music::BeatGrid;
use std::time::{Duration, Instant};

/// Tracks whose corrections are kept while others are tried.
const MOST_CORRECTED: usize = 32;
/// Taps are over when none has come for so long: 30 beats a minute.
const TAPS_END: Duration = Duration::from_millis(2000);

impl State {
    pub(super) fn put_right(&mut self, correction: Correction) {
        match correction {
            Correction::Tap(at_s) => self.tap(at_s),
            Correction::Nudge(by_s) => self.correct(|grid| Some(grid?.nudged(by_s))),
            Correction::ShiftBar(by) => self.shift_bar(by),
            Correction::Measured => self.take_measured_beats(),
        }
    }

    /// Takes a tapped beat. The beats go where they were tapped once the tapping pauses: sooner, the music would jump under the hand.
    fn tap(&mut self, at_s: f64) {
        let (taps, last) = &mut self.taps;
        if taps.last().is_some_and(|t| at_s <= *t) {
            taps.clear();
        }
        taps.push(at_s);
        *last = Some(Instant::now());
    }

    /// Whether somebody has stopped tapping: then their taps count.
    pub(super) fn finish_taps(&mut self) {
        if self.taps.1.is_none_or(|last| last.elapsed() < TAPS_END) {
            return;
        }
        let (taps, _) = std::mem::take(&mut self.taps);
        let length_s = self.shown_cue().map_or(0.0, |c| c.source.frames as f64 / f64::from(c.source.rate_hz.max(1)));
        // Taps read the measured beats, not what earlier taps made of them.
        let measured = self.chosen_track().and_then(|t| t.analysis.beats).map(|b| b.value);
        self.correct(|grid| match measured.as_ref().or(grid) {
            Some(grid) => grid.tapped(&taps),
            None => BeatGrid::from_taps(&taps, length_s),
        });
        self.describe_chosen();
        self.publish();
    }

    fn shift_bar(&mut self, by: isize) {
        let length = self.model.chosen.as_ref().map_or(4, |c| c.beats_per_bar);
        self.correct(|grid| Some(grid?.with_bars_later(by, length)));
    }

    /// Puts the beats of what is chosen right.
    fn correct(&mut self, change: impl Fn(Option<&BeatGrid>) -> Option<BeatGrid>) {
        let track = self.chosen_track();
        let project_bpm = get(&self.shared.board.bpm);
        let is_trial = self.trial.is_some();
        let Some(ready) = self.trial.as_mut().or(self.stored.as_mut()) else { return };
        let Some(grid) = change(ready.grid().as_ref()) else { return };
        match (&mut ready.cue.timing, track) {
            (Timing::Locked { bpm, beats, downbeat, octave, .. }, _) => {
                // Another tempo is another choice of what to read as the beat.
                if (grid.tempo_bpm() / *bpm - 1.0).abs() > 0.03 {
                    *octave = music::fit_tempo(grid.tempo_bpm(), project_bpm, None).octave;
                    ready.octave = None;
                }
                (*bpm, *beats, *downbeat) = (grid.tempo_bpm(), PackedTimes::pack(grid.beats_s()), grid.first_downbeat().unwrap_or(0));
            }
            (Timing::Unstretched(_), Some(track)) => {
                let wish = Wish { project_bpm, octave: None, own_pace: false, place: ready.cue.place };
                ready.cue = fit(&with_grid(&track, grid), ready.path.clone(), &wish).cue;
            }
            (Timing::Unstretched(_), None) => return,
        }
        ready.by_hand = true;
        self.keep_corrected(is_trial);
    }

    /// The measured beats again, or those of the catalogue.
    fn take_measured_beats(&mut self) {
        let track = self.chosen_track();
        let project_bpm = get(&self.shared.board.bpm);
        let is_trial = self.trial.is_some();
        let Some(track) = track else { return self.say("what was measured is not in the catalogue any more") };
        let Some(ready) = self.trial.as_mut().or(self.stored.as_mut()) else { return };
        ready.by_hand = false;
        let id = ready.cue.source.content_id.clone();
        self.corrected.retain(|c| c.cue.source.content_id != id);
        let wish = Wish { project_bpm, octave: ready.octave, own_pace: false, place: ready.cue.place };
        ready.cue = ready.refit(&track, &wish);
        self.keep_corrected(is_trial);
    }

    fn keep_corrected(&mut self, is_trial: bool) {
        let Some(ready) = self.trial.as_ref().or(self.stored.as_ref()) else { return };
        let (cue, octave, by_hand) = (ready.cue.clone(), ready.octave, ready.by_hand);
        if !is_trial {
            self.remember(|s| {
                s.octave = octave;
                s.beats_by_hand = by_hand;
                s.cue = Some(cue.clone());
            });
        }
        self.send_to_player();
    }

    /// Keeps what was put right of a track that another one takes the place of, as long as the plugin is open.
    pub(super) fn remember_corrections(&mut self) {
        let leaving: Vec<Ready> = [&self.trial, &self.stored].into_iter().flatten().filter(|r| r.by_hand).cloned().collect();
        for ready in leaving {
            self.corrected.retain(|c| c.cue.source.content_id != ready.cue.source.content_id);
            self.corrected.push(ready);
        }
        let surplus = self.corrected.len().saturating_sub(MOST_CORRECTED);
        self.corrected.drain(..surplus);
    }
}
