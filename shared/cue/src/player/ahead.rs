//! What comes next, and the second deck that is prepared for it.

use super::{OFFLINE_PATIENCE, Player, RAMP, Voice};
use crate::clock::{HostTime, Position, Running};
use crate::deck::STEP;
use crate::link::{FromPlayer, NONE};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// The new deck is faded in over this many frames, ending where a foreseen jump happens.
const FADE_IN: usize = STEP;
/// An unforeseen jump is prepared so far ahead that a deck's run-up fits into it this many times: 40 ms as recorded, 80 ms an octave down.
const LEAD_MARGIN: f64 = 1.2;
/// While the transport stands, music that begins so soon after it starts is prepared: there would be no time to later.
const SOON_S: f64 = 0.5;
/// Steps of run-up per step of sound while live: bounds the load of a block.
const LIVE_STEPS: usize = 6;

/// When a prepared voice takes over.
#[derive(Debug, Clone, Copy, PartialEq)]
enum When {
    /// At this frame of our count.
    Frame(i64),
    /// When the transport starts.
    Start,
}

impl Player {
    /// The frame at which the host's loop comes round, if it does while we watch.
    fn wrap_frame(&self, host: &HostTime) -> Option<(i64, f64)> {
        let (running, (from, to)) = (self.running?, host.loop_beats?);
        let here = running.position(self.frame, self.rate_hz).beats;
        (host.playing && to - from > 0.05 && here < to && here >= from - 1e-9).then(|| (running.frame_of_beat(to, self.rate_hz), from))
    }

    /// What a second deck should be prepared for.
    fn foreseen(&self, host: &HostTime, now: Position) -> Option<(Position, When)> {
        let (program, place) = (self.program.as_ref()?, self.place?);
        let Some(running) = self.running else {
            if self.is_inside(now) {
                return Some((now, When::Start));
            }
            let start = program.start(place, now);
            let ahead_s = start.seconds - now.seconds;
            return (ahead_s > 0.0 && ahead_s < SOON_S).then_some((start, When::Start));
        };
        let here = running.position(self.frame, self.rate_hz);
        let wrap = self.wrap_frame(host);
        if self.active.is_none() {
            let start = program.start(place, here);
            let frame = if program.is_locked_at(here.bpm) {
                running.frame_of_beat(start.beats, self.rate_hz)
            } else {
                running.frame_of_second(start.seconds, self.rate_hz)
            };
            if frame > self.frame && wrap.is_none_or(|(w, _)| frame < w) {
                return Some((start, When::Frame(frame)));
            }
        }
        let (frame, from) = wrap?;
        let back = (here.beats - from) * here.s_per_beat();
        let at = Position { beats: from, seconds: here.seconds - back, bpm: here.bpm };
        self.is_inside(at).then_some((at, When::Frame(frame)))
    }

    /// The offset in this block at which something happens next, at most `frames`.
    pub(super) fn next_event(&self, host: &HostTime, done: usize, frames: usize) -> usize {
        let mut end = frames.min(done + self.scratch[0].len());
        let mut at = |frame: i64| {
            let offset = done as i64 + frame - self.frame;
            if offset > done as i64 {
                end = end.min(offset as usize);
            }
        };
        if let Some((wrap, _)) = self.wrap_frame(host) {
            at(wrap);
            at(wrap - FADE_IN as i64);
        }
        if let Some(frame) = self.pending {
            at(frame);
        } else if let Some((_, When::Frame(frame))) = self.foreseen(host, host.at) {
            // Even if there was no deck for it: then it is asked for there.
            at(frame);
        }
        end
    }

    /// Works on the second deck.
    pub(super) fn prepare(&mut self, host: &HostTime, now: Position, offline: bool, frames: usize) {
        if self.pending.is_none() && self.active.is_none() && self.standby.as_ref().is_none_or(|v| v.origin != self.frame) {
            // Nothing sounds where something should: no deck was at hand when it began.
            self.jump();
        }
        // An unforeseen jump: offline it is prepared for this very frame, live for one slightly ahead.
        if let Some(frame) = self.pending {
            let Some(running) = self.running else {
                self.pending = None;
                return;
            };
            if offline {
                self.pending = None;
                let at = running.position(self.frame, self.rate_hz);
                if self.run_up_now(at) {
                    self.adopt(self.frame, RAMP);
                }
                return;
            }
            if frame <= self.frame {
                self.drop_standby();
                let ahead = self.frame + self.lead();
                self.pending = Some(ahead);
                self.begin_standby(running.position(ahead, self.rate_hz), ahead);
            } else if self.standby.is_none() {
                self.begin_standby(running.position(frame, self.rate_hz), frame);
            }
        } else {
            let foreseen = self.foreseen(host, now);
            let fits = match (&self.standby, foreseen) {
                (Some(v), Some((at, _))) => v.at.is_same_moment(at) && Some(v.place) == self.place,
                (None, None) => true,
                _ => false,
            };
            if !fits {
                self.drop_standby();
            }
            if let Some((at, when)) = foreseen {
                let origin = if let When::Frame(f) = when { f } else { NONE };
                match &mut self.standby {
                    Some(v) => v.origin = origin,
                    None => self.begin_standby(at, origin),
                }
            }
        }
        if offline {
            // There is time to run up when it is due, and a deck that is not wanted after all is as good as new.
            return;
        }
        let Some(program) = &self.program else { return };
        if let Some(standby) = &mut self.standby {
            let steps = (frames * LIVE_STEPS).div_ceil(STEP).max(LIVE_STEPS);
            // Missing audio has been asked for by publish(); the next block tries again.
            let _ = standby.deck.run_up(program, -(STEP as i64), steps);
        }
    }

    /// Frames from an unforeseen jump to the sound after it.
    pub(super) fn lead(&self) -> i64 {
        let run_up = self.program.as_ref().and_then(|p| p.decks.last()).map_or(0, |d| d.run_up_frames());
        (run_up as f64 * LEAD_MARGIN / LIVE_STEPS as f64) as i64
    }

    fn begin_standby(&mut self, at: Position, origin: i64) {
        let (Some(program), Some(place)) = (&mut self.program, self.place) else { return };
        if let Some(mut deck) = program.decks.pop() {
            self.board.decks_used.fetch_add(1, Ordering::Relaxed);
            deck.begin(program, at, place);
            self.standby = Some(Voice { deck, at, place, origin });
        }
    }

    /// Offline: prepares a standby for a position at once, waiting for whatever is missing.
    fn run_up_now(&mut self, at: Position) -> bool {
        let patience = Instant::now();
        loop {
            let fits = self.standby.as_ref().is_some_and(|v| v.at.is_same_moment(at) && Some(v.place) == self.place);
            if !fits {
                self.drop_standby();
                self.begin_standby(at, NONE);
            }
            if let (Some(standby), Some(program)) = (&mut self.standby, &self.program)
                && standby.deck.run_up(program, -(STEP as i64), usize::MAX).is_ok()
            {
                return true;
            }
            if self.program.is_none() || patience.elapsed() > OFFLINE_PATIENCE {
                return false;
            }
            self.wait_for_feeder();
        }
    }

    pub(super) fn wait_for_feeder(&mut self) {
        self.publish();
        std::thread::sleep(Duration::from_micros(300));
        self.receive();
    }

    /// Makes the standby the active voice, its frame 0 at frame `origin` of our count. It has been run up to one step before that;
    /// what lies before the current frame is skipped.
    pub(super) fn adopt(&mut self, origin: i64, ramp: usize) {
        let Some(mut voice) = self.standby.take() else { return };
        let Some(program) = &self.program else { return };
        voice.origin = origin;
        if let Some(running) = self.running {
            // What the deck was prepared for may be off by the fraction of a frame; from here on it follows the count.
            let local = self.frame - origin;
            let at = running.position(self.frame, self.rate_hz);
            if local >= 0 && !voice.at.is_same_moment(running.position(origin, self.rate_hz)) {
                voice.deck.set_clock(local, at);
            }
        }
        let skip = (self.frame - origin - voice.deck.at()).max(0) as usize;
        let [a, b] = &mut self.scratch;
        let skip = skip.min(a.len());
        if voice.deck.read(program, [&mut a[..skip], &mut b[..skip]]).is_err() {
            self.send(FromPlayer::Deck(voice.deck));
            self.jump();
            return;
        }
        // Where the recording begins there is nothing to ramp: its first sample may be an attack.
        let begins = ramp == RAMP && program.source_frame(voice.at, voice.place).abs() < 1.0;
        self.release_active();
        self.ramp = (0, if begins { 1 } else { ramp });
        self.active = Some(voice);
    }

    /// What happens at the frame that was just reached.
    pub(super) fn arrive(&mut self, host: &HostTime, offline: bool) {
        if self.pending == Some(self.frame) {
            if self.standby.as_ref().is_some_and(|v| v.deck.at() >= -(STEP as i64)) {
                self.pending = None;
                self.adopt(self.frame, RAMP);
            }
            return;
        }
        if let Some((wrap, from)) = self.wrap_frame(host) {
            let ready = |v: &Voice| v.origin == wrap && v.deck.at() >= -(STEP as i64);
            if self.frame == wrap - FADE_IN as i64 && self.pending.is_none() {
                if offline
                    && let Some((at, When::Frame(f))) = self.foreseen(host, host.at)
                    && f == wrap
                {
                    self.run_up_now(at);
                    if let Some(v) = &mut self.standby {
                        v.origin = wrap;
                    }
                }
                if self.active.is_some() && self.standby.as_ref().is_some_and(ready) {
                    self.adopt(wrap, FADE_IN);
                }
            } else if self.frame == wrap {
                self.come_round(from);
            }
        } else if let Some((running, (from, to))) = self.running.zip(host.loop_beats) {
            // The loop's end can lie a rounding behind the frame that stands for it.
            let here = running.position(self.frame, self.rate_hz).beats;
            if host.playing && here >= to && here - to < 2.0 / self.rate_hz && to - from > 0.05 {
                self.come_round(from);
            }
        }
        if let Some(standby) = &self.standby
            && standby.origin == self.frame
            && self.pending.is_none()
            && self.active.is_none()
        {
            let at = standby.at;
            if standby.deck.at() >= -(STEP as i64) || (offline && self.run_up_now(at)) {
                self.adopt(self.frame, RAMP);
            } else {
                self.drop_standby();
                self.jump();
            }
        }
    }

    /// The loop comes round: the clock goes back to `from`.
    fn come_round(&mut self, from: f64) {
        let Some(running) = self.running else { return };
        let here = running.position(self.frame, self.rate_hz);
        let back = (here.beats - from) * here.s_per_beat();
        let at = Position { beats: from, seconds: here.seconds - back, bpm: here.bpm };
        self.running = Some(Running { frame: self.frame, at });
        // A voice that was faded in before the loop's end already plays from its start.
        if self.active.as_ref().is_none_or(|v| v.origin != self.frame) {
            self.start(at);
        }
    }
}
