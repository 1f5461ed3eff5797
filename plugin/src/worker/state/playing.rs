//! What the player is given, and what happens when it cannot play that.

use super::State;
use super::ready::Ready;
use catalogue::FileStamp;
use cue::Cue;
use std::sync::atomic::Ordering;

impl State {
    /// Brings the player what it should play: the audition, the placed cue, or nothing.
    pub(super) fn send_to_player(&mut self) {
        let semitones = self.params.transpose.value();
        if self.feeder.is_some() {
            self.shared.board.transpose.store(semitones, Ordering::Relaxed);
            let is_trial = self.auditioning && self.trial.is_some();
            let wanted = if is_trial { self.trial.take() } else { self.stored.take() };
            let result = match wanted {
                Some(ready) if self.auditioning || ready.cue.place.is_some() => self.play(ready, semitones).map(Some),
                other => {
                    if let Some(feeder) = &mut self.feeder {
                        feeder.stop();
                    }
                    Ok(other)
                }
            };
            match result {
                Ok(ready) if is_trial => self.trial = ready,
                Ok(ready) => self.stored = ready,
                // The one that cannot be played is gone already; what is placed goes on if this was only tried.
                Err(e) => {
                    self.stop_audition(&e);
                    if is_trial {
                        self.send_to_player();
                    }
                }
            }
        }
        self.shared.board.is_loaded.store(true, Ordering::Release);
    }

    /// Gives a cue to the player, if its file is still the one that was verified.
    fn play(&mut self, mut ready: Ready, semitones: i32) -> Result<Ready, String> {
        let Some(feeder) = &mut self.feeder else { return Ok(ready) };
        let now = std::fs::metadata(&ready.path).ok().map(|m| FileStamp::of(&m));
        if now != Some(ready.stamp) {
            feeder.stop();
            ready.stamp = self.check(&ready.path, &ready.cue.source.content_id)?;
        }
        let db = ready.cue.loudness_gain_db.unwrap_or(0.0);
        self.shared.board.unmatch.store((10f64.powf(-db / 20.0) as f32).to_bits(), Ordering::Relaxed);
        let cue = if self.auditioning { Cue { place: None, ..ready.cue.clone() } } else { ready.cue.clone() };
        let Some(feeder) = &mut self.feeder else { return Ok(ready) };
        feeder.play(&cue, &ready.path, f64::from(semitones)).map_err(|e| e.to_string())?;
        Ok(ready)
    }

    pub(super) fn stop_audition(&mut self, message: &str) {
        self.auditioning = false;
        if let Some(feeder) = &mut self.feeder {
            feeder.stop();
        }
        self.describe_chosen();
        self.say(message);
    }

    /// What plays cannot be played: says why. What is placed goes on if something else was only tried.
    pub(super) fn give_up(&mut self, message: &str) {
        let was_trial = self.auditioning && self.trial.take().is_some();
        self.stop_audition(message);
        if was_trial {
            self.send_to_player();
        } else {
            self.stored = None;
            self.describe_chosen();
            self.publish();
        }
    }
}
