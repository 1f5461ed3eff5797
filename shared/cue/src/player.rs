//! The player: on the audio thread, it turns the host's clock into sound.
//!
//! One idea: every jump that can be foreseen (the transport starting where it stands, a loop coming round, the music beginning later on)
//! is prepared on a second deck, so that it sounds at once and always the same; one that cannot is prepared for a
//! moment slightly ahead. Nothing here allocates, frees, locks or waits, except that an offline render waits for the feeder.

use crate::clock::{HostTime, Position, Running};
use crate::deck::{Deck, Missing, STEP};
use crate::link::{Board, FromPlayer, NONE, Slot, ToPlayer};
use crate::pace::Pace;
use crate::program::{Program, SPARE_DECKS};
use crate::recipe::Place;
use rtrb::{Consumer, Producer};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// The new deck is faded in over this many frames, ending where a foreseen jump happens.
const FADE_IN: usize = STEP;
/// The old deck is faded out over this many frames.
const FADE_OUT: usize = 256;
/// A start out of silence in the middle of a recording is ramped over this many frames: too short to dull an attack, long enough not to crack.
const RAMP: usize = 16;
/// An unforeseen jump is prepared so far ahead that a deck's run-up fits into it this many times: 40 ms as recorded, 80 ms an octave down.
const LEAD_MARGIN: f64 = 1.2;
/// The clock may slip this much without counting as a jump: the engine glides over it.
const SLIP_S: f64 = 0.06;
/// While the transport stands, music that begins so soon after it starts is prepared: there would be no time to later.
const SOON_S: f64 = 0.5;
/// Below this the host's reports differ from our count by rounding alone.
const ROUNDING_S: f64 = 0.0005;
/// Steps of run-up per step of sound while live: bounds the load of a block.
const LIVE_STEPS: usize = 6;
/// How long an offline render waits for the feeder before it gives up and renders silence.
const OFFLINE_PATIENCE: Duration = Duration::from_secs(10);

/// A deck that is or will be heard.
struct Voice {
    deck: Box<Deck>,
    /// The moment that the deck's frame 0 stands for.
    at: Position,
    place: Place,
    /// Our frame at which the deck's frame 0 is heard, once that is known.
    origin: i64,
}

/// A voice on its way out. Its program is here when it was another one.
struct Fading {
    voice: Voice,
    program: Option<Box<Program>>,
    left: usize,
}

/// When a prepared voice takes over.
#[derive(Debug, Clone, Copy, PartialEq)]
enum When {
    /// At this frame of our count.
    Frame(i64),
    /// When the transport starts.
    Start,
}

/// Plays programs.
pub struct Player {
    rate_hz: f64,
    slot: Arc<Slot>,
    inbox: Consumer<ToPlayer>,
    outbox: Producer<FromPlayer>,
    board: Arc<Board>,
    /// Frames processed since the player was made.
    frame: i64,
    running: Option<Running>,
    program: Option<Box<Program>>,
    /// Where the program sits: its own place, or the one found for an audition.
    place: Option<Place>,
    /// Whether an audition runs on a clock of its own, because the transport stands.
    own_clock: bool,
    active: Option<Voice>,
    /// Frames of the active voice's fade-in that are done.
    ramp: (usize, usize),
    standby: Option<Voice>,
    /// The moment of an unforeseen jump that is still being prepared.
    pending: Option<i64>,
    fading: Option<Fading>,
    scratch: [Vec<f32>; 2],
    /// Judges by pace whether anybody listens, for hosts that do not tell.
    pace: Pace,
}

impl Player {
    pub(crate) fn new(rate_hz: f64, slot: Arc<Slot>, inbox: Consumer<ToPlayer>, outbox: Producer<FromPlayer>, board: Arc<Board>) -> Self {
        Self {
            rate_hz,
            slot,
            inbox,
            outbox,
            board,
            frame: 0,
            running: None,
            program: None,
            place: None,
            own_clock: false,
            active: None,
            ramp: (RAMP, RAMP),
            standby: None,
            pending: None,
            fading: None,
            scratch: std::array::from_fn(|_| vec![0.0; 512]),
            pace: Pace::default(),
        }
    }

    /// Writes the music of the next frames into both buffers (silence where there is none).
    pub fn process(&mut self, host: &HostTime, out: [&mut [f32]; 2]) {
        let [left, right] = out;
        let frames = left.len().min(right.len());
        left.fill(0.0);
        right.fill(0.0);
        self.receive();
        let offline = self.pace.is_offline(frames, self.rate_hz) || host.offline;
        let now = self.follow_clock(host);

        let mut done = 0;
        while done < frames {
            let end = self.next_event(host, done, frames);
            self.prepare(host, now, offline, end - done);
            let (a, b) = (&mut left[done..end], &mut right[done..end]);
            self.render(a, b, offline);
            self.frame += (end - done) as i64;
            done = end;
            self.arrive(host, offline);
        }
        self.publish();
    }

    /// Whether blocks come faster than anybody could listen: for hosts that do not tell that they render offline.
    #[must_use]
    pub fn is_rushed(&self) -> bool {
        self.pace.offline
    }

    // --- Messages -------------------------------------------------------------------------------------------------------------

    fn receive(&mut self) {
        if let Some(program) = self.slot.take() {
            self.take_program(Some(program));
        }
        let silent_below = self.board.silent_below.load(Ordering::Acquire);
        if self.program.as_ref().is_some_and(|p| p.id < silent_below) {
            self.take_program(None);
        }
        while let Ok(message) = self.inbox.pop() {
            match message {
                ToPlayer::Deck(id, deck) => match &mut self.program {
                    Some(p) if p.id == id && p.decks.len() < SPARE_DECKS => p.decks.push(deck),
                    _ => self.send(FromPlayer::Deck(deck)),
                },
                ToPlayer::Chunk(id, index, mut chunk) => {
                    let old = self.fading.as_mut().and_then(|f| f.program.as_mut());
                    if let Some(p) = self.program.iter_mut().chain(old).find(|p| p.id == id) {
                        p.table.set(index, chunk.take());
                    }
                    self.send(FromPlayer::Chunk(chunk));
                }
            }
        }
    }

    /// Gives something back to be dropped elsewhere. A full queue means that the feeder is gone or stuck; then it is leaked,
    /// because freeing here would be worse.
    fn send(&mut self, thing: FromPlayer) {
        if let FromPlayer::Chunk(None) = thing {
            return;
        }
        if let Err(rtrb::PushError::Full(thing)) = self.outbox.push(thing) {
            std::mem::forget(thing);
        }
    }

    fn take_program(&mut self, program: Option<Box<Program>>) {
        self.drop_standby();
        self.end_fading();
        self.pending = None;
        let old = std::mem::replace(&mut self.program, program);
        // The order matters to the feeder, which reads the second first.
        self.board.decks_used.store(0, Ordering::Relaxed);
        self.board.taken.store(self.program.as_ref().map_or(0, |p| p.id), Ordering::Release);
        match (self.active.take(), old) {
            (Some(voice), old) => self.fading = Some(Fading { voice, program: old, left: FADE_OUT }),
            (None, Some(old)) => self.send(FromPlayer::Program(old)),
            (None, None) => {}
        }
        self.place = self.program.as_ref().and_then(|p| p.place);
        // An audition's own clock starts anew with each program.
        self.own_clock = false;
        if self.place.is_none() {
            self.running = None;
        } else {
            // The transport may be in the middle of it already.
            self.jump();
        }
    }

    fn drop_standby(&mut self) {
        if let Some(voice) = self.standby.take() {
            let fresh = voice.deck.is_fresh();
            match &mut self.program {
                Some(p) if fresh && p.decks.len() < SPARE_DECKS => {
                    self.board.decks_used.fetch_sub(1, Ordering::Relaxed);
                    p.decks.push(voice.deck);
                }
                _ => self.send(FromPlayer::Deck(voice.deck)),
            }
        }
    }

    fn end_fading(&mut self) {
        if let Some(fading) = self.fading.take() {
            self.send(FromPlayer::Deck(fading.voice.deck));
            if let Some(program) = fading.program {
                self.send(FromPlayer::Program(program));
            }
        }
    }

    /// Lets the active voice fade out.
    fn release_active(&mut self) {
        if let Some(voice) = self.active.take() {
            self.end_fading();
            self.fading = Some(Fading { voice, program: None, left: FADE_OUT });
        }
    }

    // --- The clock ------------------------------------------------------------------------------------------------------------

    /// Brings our count in line with the host's report. Gives the position that is prepared for: where the playhead stands or is.
    fn follow_clock(&mut self, host: &HostTime) -> Position {
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
                    self.place = Some(place);
                    let start = self.program.as_ref().map_or(zero, |p| p.start(place, zero));
                    self.running = Some(Running { frame: self.frame + self.lead(), at: start });
                }
                let running = self.running.get_or_insert(Running { frame: self.frame, at: host.at });
                let at = running.position(self.frame, self.rate_hz);
                if (at.bpm - host.at.bpm).abs() > 1e-9 {
                    *running = Running { frame: self.frame, at: Position { bpm: host.at.bpm, ..at } };
                    self.retime_active();
                    self.drop_standby();
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
            self.place = Some(Place { at_beats: host.bar_start_beats, at_s: host.at.seconds });
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
                    if self.pending.is_none() {
                        self.drop_standby();
                    }
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
        // A tempo that comes into reach or leaves it is a jump between the place in beats and the one in seconds.
        let changes_hands = program.is_locked_at(voice.deck.bpm()) != program.is_locked_at(at.bpm);
        voice.deck.set_clock(self.frame - voice.origin, at);
        if changes_hands || voice.deck.is_adrift(program) {
            self.release_active();
            self.jump();
        }
    }

    /// The transport has just started at, or jumped to, a position.
    fn start(&mut self, at: Position) {
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
    fn jump(&mut self) {
        let Some(running) = self.running else { return };
        if self.is_inside(running.position(self.frame, self.rate_hz)) {
            self.pending = Some(self.frame);
        }
    }

    /// Whether the program sounds at a position.
    fn is_inside(&self, at: Position) -> bool {
        let (Some(program), Some(place)) = (&self.program, self.place) else { return false };
        let frame = program.source_frame(at, place);
        frame > -0.5 && frame < program.frames as f64
    }

    // --- What comes next ------------------------------------------------------------------------------------------------------

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
    fn next_event(&self, host: &HostTime, done: usize, frames: usize) -> usize {
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
        if let (Some(standby), None) = (&self.standby, self.pending)
            && standby.origin != NONE
        {
            at(standby.origin);
        }
        if let Some(frame) = self.pending {
            at(frame);
        }
        end
    }

    /// Works on the second deck.
    fn prepare(&mut self, host: &HostTime, now: Position, offline: bool, frames: usize) {
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
        let Some(program) = &self.program else { return };
        if let Some(standby) = &mut self.standby {
            let steps = (frames * LIVE_STEPS).div_ceil(STEP).max(LIVE_STEPS);
            // Missing audio has been asked for by publish(); the next block tries again.
            let _ = standby.deck.run_up(program, -(STEP as i64), steps);
        }
    }

    /// Frames from an unforeseen jump to the sound after it.
    fn lead(&self) -> i64 {
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

    fn wait_for_feeder(&mut self) {
        self.publish();
        std::thread::sleep(Duration::from_micros(300));
        self.receive();
    }

    /// Makes the standby the active voice, its frame 0 at frame `origin` of our count. It has been run up to one step before that;
    /// what lies before the current frame is skipped.
    fn adopt(&mut self, origin: i64, ramp: usize) {
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
    fn arrive(&mut self, host: &HostTime, offline: bool) {
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

    // --- Sound ----------------------------------------------------------------------------------------------------------------

    fn render(&mut self, left: &mut [f32], right: &mut [f32], offline: bool) {
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

    fn publish(&mut self) {
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
