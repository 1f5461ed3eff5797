//! What a file says of itself.

use serde::{Deserialize, Serialize};

/// The tags that the project uses. All are the file's own claims.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Tags {
    /// Title of the piece.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who plays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artist: Option<String>,
    /// Album or collection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub composer: Option<String>,
    /// Genre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub genre: Option<String>,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Declared tempo, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bpm: Option<String>,
    /// Declared key, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Declared mood, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mood: Option<String>,
    /// International standard recording code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub isrc: Option<String>,
    /// Year or date, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

impl Tags {
    /// The tags that are there, with their names, in a fixed order.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("title", &self.title),
            ("artist", &self.artist),
            ("album", &self.album),
            ("composer", &self.composer),
            ("genre", &self.genre),
            ("comment", &self.comment),
            ("bpm", &self.bpm),
            ("key", &self.key),
            ("mood", &self.mood),
            ("isrc", &self.isrc),
            ("date", &self.date),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.as_deref().map(|v| (name, v)))
    }
}
