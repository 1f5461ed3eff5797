//! The recipe of music for a span of scene, and its one renderer, live and offline.
//!
//! One idea: a [`Cue`] is data, small enough to live in a DAW project, and holds all that decides how it sounds. A [`Program`] is a cue
//! made ready for the audio thread; the [`Player`] there turns the host's clock into sound, and a [`Feeder`] on a worker's thread
//! keeps it in decoded audio and fresh engines. The two talk only over lock-free queues and atomics.

mod chunks;
mod clock;
mod deck;
mod feeder;
mod link;
mod pace;
mod packed;
mod player;
mod program;
mod recipe;

pub use chunks::{CHUNK_FRAMES, Chunk};
pub use clock::{HostTime, Position};
pub use feeder::{Feeder, FeederError};
pub use link::{PlayerStatus, link};
pub use packed::PackedTimes;
pub use player::Player;
pub use program::Program;
pub use recipe::{Cue, ENGINE, Place, Source, Timing, WhyUnstretched};
