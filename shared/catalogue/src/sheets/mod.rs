//! Spreadsheets: what offices send, what librarians fill in, and what goes to performing-rights organisations.
//!
//! One idea: a sheet is read for what it surely says. A row that could mean two tracks means none, and is told; a cell that a spreadsheet would run as a formula is written so
//! that it does not.

mod cue;
mod finding;
mod rights;
mod table;
mod tags;

pub use cue::CueLine;
pub use rights::{Outcome, RightsReport, RowReport};
pub use table::{SheetError, cell};
pub use tags::{TagChange, TagReport};
