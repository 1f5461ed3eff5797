//! Runs a trained model (ONNX) after holding it against its card.
//!
//! One idea: a model is a file and a card that says what it takes, what it gives, what it was trained on and how well it does. What does not fit its
//! card is refused, and the refusal says what differs: numbers of another meaning look like numbers all the same.
//!
//! Useful for: any feed-forward model of named inputs and outputs. Not useful for: the audio thread (a run allocates), or knowing what the numbers mean.

mod card;
mod error;
mod fit;
mod model;

pub use card::{Dimension, Element, ModelCard, Port, Source};
pub use error::ModelError;
pub use model::{Input, Model, Numbers};
