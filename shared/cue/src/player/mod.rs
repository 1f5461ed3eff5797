//! The player: on the audio thread, it turns the host's clock into sound.
//!
//! One idea: every jump that can be foreseen (the transport starting where it stands, a loop coming round, the music beginning later on)
//! is prepared on a second deck, so that it sounds at once and always the same; one that cannot is prepared for a
//! moment slightly ahead. Nothing here allocates, frees, locks or waits, except that an offline render waits for the feeder.
//!
//! A block goes through the files in this order: `inbox`, `follow`, `ahead`, `sound`.

mod ahead;
mod follow;
mod inbox;
mod sound;

use crate::clock::{HostTime, Position, Running};
use crate::deck::Deck;
use crate::link::{Board, FromPlayer, Slot, ToPlayer};
use crate::pace::Pace;
use crate::program::Program;
use crate::recipe::Place;
use rtrb::{Consumer, Producer};
use std::sync::Arc;
use std::time::Duration;

/// The old deck is faded out over this many frames.
const FADE_OUT: usize = 256;
/// A start out of silence in the middle of a recording is ramped over this many frames: too short to dull an attack, long enough not to crack.
const RAMP: usize = 16;
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
            // In this order: what is prepared now may happen within this very block.
            self.prepare(host, now, offline, frames - done);
            let end = self.next_event(host, done, frames);
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
}
