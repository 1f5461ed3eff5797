//! The catalogue: what is known of every track, kept for ever, and found in an instant.
//!
//! One idea: SQLite is the truth and the text index is derived from it. A row counts as indexed only after the index has committed it;
//! an index that is lost, old or damaged is built again. Programs that only search open everything read-only ([`Reader`]) and
//! work while a scan writes ([`Catalogue`]).
//!
//! Useful for: storing what a scan found, searching by mood, tempo, key and words. Not useful for: opening audio files.

mod error;
mod fingerprint;
mod inbox;
mod index;
mod keeping;
mod location;
mod query;
mod read;
mod sheets;
mod store;
mod write;

pub use error::CatalogueError;
pub use inbox::{Note, tell};
pub use keeping::{Copies, Copy, Exported, Imported, Kind, Problem, Repair, TransferError};
pub use location::default_dir;
pub use query::{Counted, FacetFilter, Like, Match, Part, PartName, Query, Settings, Weights, is_facet};
pub use read::{Reader, Summary, Totals, Used};
pub use sheets::{CueLine, Outcome, RightsReport, RowReport, SheetError, TagChange, TagReport, cell};
pub use store::roots::Root;
pub use write::{Batch, Catalogue, Change, FileStamp, FileState, Folded, Learned, Licensed, MeasuredMood, Undone};
