//! What a user may weigh otherwise: `settings.toml` in the catalogue's folder.

use super::PartName;
use crate::CatalogueError;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// How much each part of a score counts against the others.
///
/// Mood is what the catalogue is for; the others were set so that one of them alone does not outweigh it, and so that two together do. They are a matter of taste.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Weights {
    pub mood: f64,
    pub curve: f64,
    pub like: f64,
    pub tempo: f64,
    pub key: f64,
    pub words: f64,
    pub unused: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self { mood: 1.0, curve: 1.0, like: 1.0, tempo: 0.4, key: 0.4, words: 0.5, unused: 0.3 }
    }
}

impl Weights {
    /// The weight of a part.
    #[must_use]
    pub fn of(&self, part: PartName) -> f64 {
        match part {
            PartName::Mood => self.mood,
            PartName::Curve => self.curve,
            PartName::Like => self.like,
            PartName::Tempo => self.tempo,
            PartName::Key => self.key,
            PartName::Words => self.words,
            PartName::Unused => self.unused,
        }
    }
}

/// What a user may weigh otherwise.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How much each part of a score counts.
    pub weights: Weights,
    /// Words that mean the same, beside those that everybody's catalogue knows: `"vocals" = ["gaayaki", "singing"]`.
    pub synonyms: BTreeMap<String, Vec<String>>,
}

impl Settings {
    /// Those of the catalogue in a folder; the usual ones where it has none.
    ///
    /// # Errors
    /// [`CatalogueError::Settings`] for a file that cannot be read or says what is not known.
    pub fn load(dir: &Path) -> Result<Self, CatalogueError> {
        let path = dir.join("settings.toml");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(CatalogueError::Io { path, source }),
        };
        let settings: Self = toml::from_str(&text).map_err(|e| CatalogueError::Settings { path: path.clone(), reason: e.to_string() })?;
        match PartName::ALL.iter().find(|p| !(0.0..=1000.0).contains(&settings.weights.of(**p))) {
            Some(part) => Err(CatalogueError::Settings { path, reason: format!("the weight of {} must lie in 0 to 1000", part.name()) }),
            None => Ok(settings),
        }
    }
}
