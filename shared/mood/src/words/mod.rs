//! What mood a sentence has.

mod language;
mod model;
mod ngrams;
mod tokens;

pub use language::may_be_english;
pub use model::{WordsModel, WordsMood};
pub use ngrams::{BUCKETS, Ngrams, ngrams};
