//! Walking folders, measuring what is new in child processes, and committing it.
//!
//! One idea: a music library holds files that make any decoder panic, hang or eat memory. So files are opened only by worker processes
//! under limits, which read one JSON [`Job`] a line and write one JSON [`Outcome`] a line; a worker that dies takes one file with it.
//!
//! Useful for: bringing a catalogue up to date with folders. Not useful for: knowing what is measured and how (`analysis`, `mood`).

mod job;
mod plan;
mod pool;
mod scan;
mod walk;
mod worker;

pub use audio::EXTENSIONS;
pub use job::{Job, Measured, Outcome};
pub use pool::{Limits, WorkerCommand, measure_all};
pub use scan::{Counts, Event, Failure, Moods, Report, ScanError, Upgrade, scan};
pub use walk::music_files;
pub use worker::{measure, serve};

/// Version of everything that decides whether a file can be measured. A file that failed is tried again with another one.
pub const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "/1");
