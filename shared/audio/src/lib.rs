//! Decoding to timestamped blocks of planar f32, and writing.
//!
//! One idea: frame 0 is the first frame of music in every format. Encoder delay and padding are trimmed here and nowhere else, and
//! blocks are placed by their timestamps, so that a damaged packet leaves a gap instead of shifting what follows.
//!
//! Useful for: streaming a file from start to end ([`Reader::next_block`]), reading any span of it ([`Reader::seek`]), its identity
//! ([`content_id`]). Not useful for: changing rate or pitch. Input is hostile: errors, never panics of our own, and bounded memory;
//! decoders of other makers may still panic or hang, so strangers' files belong into a child process.

mod boxes;
mod edit_list;
mod error;
mod ogg_end;
mod opus;
mod reader;
mod riff;
mod stereo;
mod tags;
mod unbroken;
mod write;

pub use boxes::has_quicktime_keys;
pub use error::AudioError;
pub use ogg_end::End;
pub use reader::{Block, Info, Reader, content_id, identity};
pub use stereo::to_stereo;
pub use unbroken::read_unbroken;
pub use write::{WavFile, write_opus, write_wav};

/// File name extensions that a scan looks into, in lower case.
pub const EXTENSIONS: &[&str] =
    &["wav", "wave", "rf64", "bw64", "w64", "aif", "aiff", "aifc", "flac", "mp3", "ogg", "oga", "opus", "m4a", "mp4", "aac", "caf"];
