//! A value with its origin.

use serde::{Deserialize, Serialize};

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// An analyser measured it.
    Measured,
    /// The file's tags say so.
    Declared,
    /// Somebody set it by hand.
    ByHand,
}

/// A value, where it came from, and how sure its source is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Value<T> {
    /// The value itself.
    pub value: T,
    /// Its origin.
    pub origin: Origin,
    /// Name and version of the analyser that measured it; empty for other origins.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// How sure its source is, 0 to 1, where it can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

impl<T> Value<T> {
    /// A value that was set by hand.
    pub fn by_hand(value: T) -> Self {
        Self { value, origin: Origin::ByHand, version: String::new(), confidence: None }
    }

    /// A value that the file's tags declare.
    pub fn declared(value: T) -> Self {
        Self { value, origin: Origin::Declared, version: String::new(), confidence: None }
    }

    /// A measured value.
    pub fn measured(value: T, version: &str, confidence: Option<f64>) -> Self {
        Self { value, origin: Origin::Measured, version: version.to_owned(), confidence }
    }
}
