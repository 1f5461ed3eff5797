//! What passes between the worker and the audio thread: a slot for the program, queues for what belongs to it, atomics for numbers.
//!
//! One idea: of programs only the newest counts. It waits in a slot where the next one replaces it, so that a host that does not process
//! for a while has one program waiting and not a queue of them; chunks and decks are sent only to the program that was taken.

use crate::chunks::Chunk;
use crate::deck::Deck;
use crate::feeder::Feeder;
use crate::player::Player;
use crate::program::Program;
use crossbeam_utils::atomic::AtomicCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// Where the program waits that is to be played from now on, instead of what played before.
pub(crate) type Slot = AtomicCell<Option<Box<Program>>>;
const _: () = assert!(Slot::is_lock_free(), "the audio thread must not wait for the worker");

/// To the audio thread, about the program that it has taken.
pub(crate) enum ToPlayer {
    /// An unused deck for the program with that id.
    Deck(u64, Box<Deck>),
    /// A decoded chunk for the program with that id, or `None` to let go of one.
    Chunk(u64, usize, Option<Arc<Chunk>>),
}

/// From the audio thread: things that it must not drop itself.
pub(crate) enum FromPlayer {
    Program(Box<Program>),
    Deck(Box<Deck>),
    /// A message that came for a program that is gone. Held only to be dropped elsewhere.
    Chunk(#[allow(dead_code)] Option<Arc<Chunk>>),
}

/// No value.
pub(crate) const NONE: i64 = i64::MIN;
/// How many places in the source the player may name as wanted next.
pub(crate) const WANTS: usize = 3;

/// Numbers that the audio thread publishes.
#[derive(Debug)]
pub(crate) struct Board {
    /// Program that the wants are about.
    pub(crate) wants_of: AtomicU64,
    /// Source frames that are needed next, by urgency.
    pub(crate) wants: [AtomicI64; WANTS],
    /// Source frame that is heard, or [`NONE`].
    pub(crate) heard: AtomicI64,
    /// Programs with a lower id than this are to fall silent.
    pub(crate) silent_below: AtomicU64,
    /// The last program that played to its end.
    pub(crate) ended: AtomicU64,
    /// The program that the player has taken, or 0.
    pub(crate) taken: AtomicU64,
    /// How many of its unused decks have begun to play.
    pub(crate) decks_used: AtomicU64,
    /// How often a block went without sound because audio was missing.
    pub(crate) starved: AtomicU64,
}

/// What the player is doing, for anybody to read.
#[derive(Debug, Clone)]
pub struct PlayerStatus(pub(crate) Arc<Board>);

impl PlayerStatus {
    /// The frame of the source that is heard now, if anything is.
    #[must_use]
    pub fn heard_frame(&self) -> Option<i64> {
        Some(self.0.heard.load(Ordering::Relaxed)).filter(|h| *h != NONE)
    }

    /// How many blocks went without sound because audio had not been decoded in time.
    #[must_use]
    pub fn starved_blocks(&self) -> u64 {
        self.0.starved.load(Ordering::Relaxed)
    }
}

/// Makes a player for a host's rate and the feeder that belongs to it.
#[must_use]
pub fn link(host_rate_hz: f64) -> (Player, Feeder, PlayerStatus) {
    let board = Arc::new(Board {
        wants_of: AtomicU64::new(0),
        wants: std::array::from_fn(|_| AtomicI64::new(NONE)),
        heard: AtomicI64::new(NONE),
        silent_below: AtomicU64::new(0),
        ended: AtomicU64::new(0),
        taken: AtomicU64::new(0),
        decks_used: AtomicU64::new(0),
        starved: AtomicU64::new(0),
    });
    let slot = Arc::new(Slot::new(None));
    let (to_player, at_player) = rtrb::RingBuffer::new(1024);
    let (to_feeder, at_feeder) = rtrb::RingBuffer::new(4096);
    let player = Player::new(host_rate_hz, slot.clone(), at_player, to_feeder, board.clone());
    let feeder = Feeder::new(host_rate_hz, slot, to_player, at_feeder, board.clone());
    (player, feeder, PlayerStatus(board))
}
