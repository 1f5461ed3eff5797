//! The models that come with the program, and others in their place.
//!
//! One idea: a model travels inside the binary, so that there is no path to lose; a file that a user names stands in for one if its card has the same inputs and
//! outputs.

use inference::{Model, ModelCard, ModelError};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The mood of music.
    Music,
    /// The mood of a voice.
    Speech,
    /// The mood of a sentence.
    Words,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Music, Self::Speech, Self::Words];

    /// The name on the cards of its models.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Music => "music-affect",
            Self::Speech => "speech-affect",
            Self::Words => "text-affect",
        }
    }

    /// What a model in its place may lack. Without `music` nothing is told of what is no music; without `embedding` nothing can be learned over it, and
    /// likeness counts less.
    fn optional_outputs(self) -> &'static [&'static str] {
        match self {
            Self::Music => &["music", "embedding"],
            Self::Speech | Self::Words => &[],
        }
    }

    /// Card and weights that come with the program.
    fn embedded(self) -> (&'static str, &'static [u8]) {
        match self {
            Self::Music => (include_str!("../../../models/music-affect.toml"), include_bytes!("../../../models/music-affect.onnx")),
            Self::Speech => (include_str!("../../../models/speech-affect.toml"), include_bytes!("../../../models/speech-affect.onnx")),
            Self::Words => (include_str!("../../../models/text-affect.toml"), include_bytes!("../../../models/text-affect.onnx")),
        }
    }

    /// The model that comes with the program.
    ///
    /// # Errors
    /// [`ModelError`] where the program was built from files that do not fit together.
    pub fn model(self) -> Result<Model, ModelError> {
        let (card, onnx) = self.embedded();
        Model::new(card, onnx, Path::new(self.name()))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no role has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no model '{name}'; there are {}", Role::ALL.map(Role::name).join(", "))]
pub struct UnknownRole {
    /// What was asked for.
    pub name: String,
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(name: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|r| r.name() == name).ok_or_else(|| UnknownRole { name: name.to_owned() })
    }
}

/// Which models to use: those that come with the program, but for those that were put in their place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Models(BTreeMap<Role, PathBuf>);

impl Models {
    /// Puts a file in the place of a role's model.
    pub fn put(&mut self, role: Role, file: PathBuf) {
        self.0.insert(role, file);
    }

    /// What was put in place of which.
    pub fn replaced(&self) -> impl Iterator<Item = (Role, &Path)> {
        self.0.iter().map(|(role, path)| (*role, path.as_path()))
    }

    /// The model of a role.
    ///
    /// # Errors
    /// [`ModelError`] says what does not fit.
    pub fn model(&self, role: Role) -> Result<Model, ModelError> {
        let Some(path) = self.0.get(&role) else { return role.model() };
        let model = Model::read(path)?;
        let (card, _) = role.embedded();
        model.stands_in_for(&ModelCard::parse(card, Path::new(role.name()))?, role.optional_outputs(), path)?;
        Ok(model)
    }
}
