//! What the tests share: programs that were built, tools of the system, test sounds, and measuring what was rendered.
//!
//! One idea: what measures is not what is measured. Clicks are written and found again here, with nothing of the project's own.

pub mod clicks;
pub mod faults;
pub mod host;
pub mod tools;
pub mod transport;
pub mod world;
