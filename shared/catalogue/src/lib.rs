//! The catalogue: what is known of every track, kept for ever, and found in an instant.
//!
//! One idea: SQLite is the truth and the text index is derived from it. A row counts as indexed only after the index has committed it;
//! an index that is lost, old or damaged is built again. Programs that only search open everything read-only ([`Reader`]) and
//! work while a scan writes ([`Catalogue`]).
//!
//! Useful for: storing what a scan found, searching by mood, tempo, key and words. Not useful for: opening audio files.

mod error;
mod index;
mod location;
mod query;
mod reader;
mod schema;
mod writer;

pub use error::CatalogueError;
pub use location::default_dir;
pub use query::{Match, Query, Reason};
pub use reader::{Reader, Summary};
pub use writer::{Catalogue, Change, FileStamp, FileState, Learned, MeasuredMood};
