//! What mood a sentence has.

mod language;
mod markup;
mod model;
mod ngrams;
mod tokens;

pub use language::{may_be_english, words};
pub use markup::without_markup;
pub use model::{WordsModel, WordsMood};
pub use ngrams::{BUCKETS, Ngrams, ngrams};
