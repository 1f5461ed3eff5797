//! The catalogue as programs use it: what must survive, what may be thrown away, and what is found.

#![allow(clippy::unwrap_used, missing_docs)]

mod formats;
mod hands;
mod hostile;
mod rights;
mod searching;
mod store;
mod usage;
mod world;
