//! What mood a sentence has.

mod ngrams;
mod tokens;

pub use ngrams::{BUCKETS, Ngrams, ngrams};
