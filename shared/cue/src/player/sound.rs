//! Sounding: the active voice, the one on its way out, and what the board tells of them.

use super::{FADE_OUT, OFFLINE_PATIENCE, Player, Voice};
use crate::deck::Missing;
use crate::link::{FromPlayer, NONE};
use std::sync::atomic::Ordering;
use std::time::Instant;

impl Player {
    pub(super) fn render(&mut self, left: &mut [f32], right: &mut [f32], offline: bool) {
        let n = left.len();
        let patience = Instant::now();
        while let (Some(voice), Some(program)) = (&mut self.active, &self.program) {
            let [a, b] = &mut self.scratch;
            match voice.deck.read(program, [&mut a[..n], &mut b[..n]]) {
                Ok(()) => {
                    for i in 0..n {
                        let gain = ((self.ramp.0 + i + 1) as f32 / self.ramp.1 as f32).min(1.0) * program.loudness_gain;
                        left[i] += a[i] * gain;
                        right[i] += b[i] * gain;
                    }
                    self.ramp.0 = (self.ramp.0 + n).min(self.ramp.1);
                    break;
                }
                Err(Missing) if offline && patience.elapsed() < OFFLINE_PATIENCE => self.wait_for_feeder(),
                Err(Missing) => {
                    self.board.starved.fetch_add(1, Ordering::Relaxed);
                    if let Some(voice) = self.active.take() {
                        self.send(FromPlayer::Deck(voice.deck));
                    }
                    self.jump();
                    break;
                }
            }
        }
        if let Some(fading) = &mut self.fading {
            let count = n.min(fading.left);
            let [a, b] = &mut self.scratch;
            if let Some(program) = fading.program.as_ref().or(self.program.as_ref())
                && fading.voice.deck.read(program, [&mut a[..count], &mut b[..count]]).is_ok()
            {
                for i in 0..count {
                    let gain = (fading.left - i) as f32 / FADE_OUT as f32 * program.loudness_gain;
                    left[i] += a[i] * gain;
                    right[i] += b[i] * gain;
                }
                fading.left -= count;
            } else {
                fading.left = 0;
            }
            if fading.left == 0 {
                self.end_fading();
            }
        }
        self.end_if_over();
    }

    /// Lets go of a voice that has played its source to the end.
    fn end_if_over(&mut self) {
        let (Some(program), Some(place), Some(running)) = (&self.program, self.place, self.running) else { return };
        let at = running.position(self.frame, self.rate_hz);
        let over = program.source_frame(at, place) > program.frames as f64 + 0.2 * program.rate_hz;
        if over {
            let (id, is_audition) = (program.id, program.place.is_none());
            self.release_active();
            if is_audition && self.board.ended.swap(id, Ordering::Relaxed) != id {
                self.drop_standby();
            }
        }
    }

    pub(super) fn publish(&mut self) {
        let board = &self.board;
        let id = self.program.as_ref().map_or(0, |p| p.id);
        board.wants_of.store(id, Ordering::Relaxed);
        let wants = [self.active.as_ref(), self.standby.as_ref(), None::<&Voice>];
        for (slot, voice) in board.wants.iter().zip(wants) {
            slot.store(voice.map_or(NONE, |v| v.deck.wants()), Ordering::Relaxed);
        }
        let heard = match (&self.active, &self.program, self.place, self.running) {
            (Some(_), Some(program), Some(place), Some(running)) => {
                program.source_frame(running.position(self.frame, self.rate_hz), place) as i64
            }
            _ => NONE,
        };
        board.heard.store(heard, Ordering::Relaxed);
    }
}
