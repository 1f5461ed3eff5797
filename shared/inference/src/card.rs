//! What is said of a model: in words, and in shapes that are checked.

use crate::error::ModelError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// A model's card, as the TOML file beside it tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelCard {
    /// What it is called, which is what it is for (`music-affect`).
    pub name: String,
    /// What it does, for reading.
    pub summary: String,
    /// When it was trained, as year-month-day.
    pub date: String,
    /// Terms of the weights.
    pub licence: String,
    /// Hash of the ONNX file, in hex.
    pub sha256: String,
    /// What it takes, in order.
    pub inputs: Vec<Port>,
    /// What it gives, in order.
    pub outputs: Vec<Port>,
    /// What it was trained on.
    pub data: Vec<Source>,
    /// How well it does, and on what: numbers by name.
    #[serde(default)]
    pub metrics: BTreeMap<String, f64>,
    /// Where it fails, and what else one should know.
    #[serde(default)]
    pub limits: Vec<String>,
}

impl ModelCard {
    /// Reads a card. `path` is what messages call it.
    ///
    /// # Errors
    /// [`ModelError::Card`] says what is wrong with it.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ModelError> {
        toml::from_str(text).map_err(|e| ModelError::Card { path: path.to_owned(), reason: e.to_string().trim().replace('\n', " ") })
    }
}

/// An input or an output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Port {
    /// Its name in the ONNX file.
    pub name: String,
    /// What its numbers are.
    pub element: Element,
    /// Its length along each axis.
    pub shape: Vec<Dimension>,
    /// What the numbers mean, with their unit.
    pub unit: String,
    /// Names along the last axis, where each number means something of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
}

/// What the numbers of a port are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Element {
    /// Floats of 32 bits.
    F32,
    /// Integers of 64 bits.
    I64,
}

/// A length along an axis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Dimension {
    /// So long.
    Fixed(usize),
    /// As long as is asked for, under this name.
    Any(String),
}

/// Data that a model was trained on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What it is called.
    pub name: String,
    /// Its terms.
    pub licence: String,
    /// Whom to name, and where it is found.
    pub attribution: String,
    /// What of it was used, and how.
    #[serde(rename = "use")]
    pub used_for: String,
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::I64 => "i64",
        })
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(n) => write!(f, "{n}"),
            Self::Any(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lengths: Vec<String> = self.shape.iter().map(ToString::to_string).collect();
        write!(f, "'{}' {} [{}]", self.name, self.element, lengths.join(", "))
    }
}
