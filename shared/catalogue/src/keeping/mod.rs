//! Keeping a catalogue in order over the years: copies found, damage mended, the whole carried elsewhere.

mod backup;
mod check;
mod duplicates;
mod transfer;

pub use check::{Problem, Repair};
pub use duplicates::{Copies, Copy, Kind};
pub use transfer::{Exported, Imported, TransferError};
