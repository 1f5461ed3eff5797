//! Keeping our count of frames in line with the host's reports.

use super::{Player, RAMP};
use crate::clock::{HostTime, Position, Running};
use crate::deck::STEP;
use crate::recipe::Place;

/// The clock may slip this much without counting as a jump: the engine glides over it.
const SLIP_S: f64 = 0.06;
/// Below this the host's reports differ from our count by rounding alone.
const ROUNDING_S: f64 = 0.0005;

impl Player {
    /// Brings our count in line with the host's report. Gives the position that is prepared for: where the playhead stands or is.
    pub(super) fn follow_clock(&mut self, host: &HostTime) -> Position {
        let audition = self.program.as_ref().is_some_and(|p| p.place.is_none());
        if !host.playing {
            if audition {
                if !self.own_clock {
                    // A clock of its own, starting where the music starts.
                    self.own_clock = true;
                    self.release_active();
                    self.drop_standby();
                    let zero = Position { beats: 0.0, seconds: 0.0, bpm: host.at.bpm };
                    let place = Place { at_beats: 0.0, at_s: 0.0 };
                    let start = self.program.as_ref().map_or(zero, |p| p.start(place, zero));
                    self.place = Some(Place { at_s: start.seconds, ..place });
                    self.running = Some(Running { frame: self.frame + self.lead(), at: start });
                }
                let running = self.running.get_or_insert(Running { frame: self.frame, at: host.at });
                let at = running.position(self.frame, self.rate_hz);
                if (at.bpm - host.at.bpm).abs() > 1e-9 {
                    *running = Running { frame: self.frame, at: Position { bpm: host.at.bpm, ..at } };
                    self.retime_active();
                    self.retime_standby();
                }
                return at;
            }
            if self.running.take().is_some() {
                self.release_active();
                self.drop_standby();
                self.pending = None;
            }
            return host.at;
        }
        if audition && (self.own_clock || self.place.is_none()) {
            // The transport rolls: the audition locks to it, its downbeat on the bar line that was passed last.
            self.own_clock = false;
            self.running = None;
            self.release_active();
            self.drop_standby();
            // At its own pace it starts from its first sample, as soon as that can be had.
            let at_s = host.at.seconds + self.lead() as f64 / self.rate_hz;
            self.place = Some(Place { at_beats: host.bar_start_beats, at_s });
        }
        match self.running {
            None => {
                self.running = Some(Running { frame: self.frame, at: host.at });
                self.start(host.at);
            }
            Some(running) => {
                let expected = running.position(self.frame, self.rate_hz);
                let off_s = ((host.at.beats - expected.beats).abs() * host.at.s_per_beat()).max((host.at.seconds - expected.seconds).abs());
                let same_tempo = (host.at.bpm - expected.bpm).abs() < 1e-9;
                if off_s > SLIP_S {
                    self.running = Some(Running { frame: self.frame, at: host.at });
                    self.start(host.at);
                } else if off_s > ROUNDING_S || !same_tempo {
                    self.running = Some(Running { frame: self.frame, at: host.at });
                    self.retime_active();
                    self.retime_standby();
                }
            }
        }
        host.at
    }

    /// Tells the active deck of a new tempo or a slip.
    fn retime_active(&mut self) {
        let (Some(running), Some(program)) = (self.running, &self.program) else { return };
        let Some(voice) = &mut self.active else { return };
        let at = running.position(self.frame, self.rate_hz);
        let before = voice.deck.bpm();
        if program.is_locked_at(before) != program.is_locked_at(at.bpm) {
            // A tempo that comes into reach or leaves it is a jump between the place in beats and the one in seconds. What is only
            // auditioned has no place of its own in seconds: it goes on from where it is.
            if let (Some(place), true) = (&mut self.place, program.place.is_none() && program.is_locked_at(before)) {
                place.at_s = at.seconds - program.source_frame(Position { bpm: before, ..at }, *place) / program.rate_hz;
            }
            self.release_active();
            self.jump();
            return;
        }
        voice.deck.set_clock(self.frame - voice.origin, at);
        if voice.deck.is_adrift(program) {
            self.release_active();
            self.jump();
        }
    }

    /// What was prepared for another tempo is of no use, except for a jump that is under way: that voice glides, if it can.
    fn retime_standby(&mut self) {
        let (Some(running), Some(program), Some(voice)) = (self.running, &self.program, &self.standby) else { return };
        if self.pending.is_none() {
            self.drop_standby();
        } else if program.is_locked_at(voice.at.bpm) != program.is_locked_at(running.at.bpm) {
            self.drop_standby();
            self.jump();
        }
    }

    /// The transport has just started at, or jumped to, a position.
    pub(super) fn start(&mut self, at: Position) {
        self.release_active();
        self.pending = None;
        if self.standby.as_ref().is_some_and(|v| v.at.is_same_moment(at) && Some(v.place) == self.place && v.deck.at() >= -(STEP as i64)) {
            self.adopt(self.frame, RAMP);
        } else if self.is_inside(at) {
            self.drop_standby();
            self.jump();
        }
        // Else a standby may be for what begins later; `prepare` looks.
    }

    /// Asks for a voice at the current position, as soon as one can be had.
    pub(super) fn jump(&mut self) {
        let Some(running) = self.running else { return };
        if self.is_inside(running.position(self.frame, self.rate_hz)) {
            self.pending = Some(self.frame);
        }
    }

    /// Whether the program sounds at a position.
    pub(super) fn is_inside(&self, at: Position) -> bool {
        let (Some(program), Some(place)) = (&self.program, self.place) else { return false };
        let frame = program.source_frame(at, place);
        frame > -0.5 && frame < program.frames as f64
    }
}
