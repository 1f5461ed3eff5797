//! The things that are said of a track in words, by a file's tags or by a hand.
//!
//! One idea: each has one name, which is what it is called on the command line, in spreadsheets, in facets and in JSON.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Something that is said of a track in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// What the piece is called.
    Title,
    /// Who plays.
    Artist,
    /// Album or collection.
    Album,
    /// Who wrote it.
    Composer,
    /// Who publishes it.
    Publisher,
    /// Genre.
    Genre,
    /// What is played.
    Instrument,
    /// Where the music comes from: a country, a people, a tradition.
    Region,
    /// The raga that it is in.
    Raga,
    /// The sentiment that it is meant to have, of the nine.
    Rasa,
    /// The time of day that it belongs to.
    TimeOfDay,
    /// International standard recording code.
    Isrc,
    /// Free text.
    Comment,
}

impl Field {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 13] = [
        Self::Title,
        Self::Artist,
        Self::Album,
        Self::Composer,
        Self::Publisher,
        Self::Genre,
        Self::Instrument,
        Self::Region,
        Self::Raga,
        Self::Rasa,
        Self::TimeOfDay,
        Self::Isrc,
        Self::Comment,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Artist => "artist",
            Self::Album => "album",
            Self::Composer => "composer",
            Self::Publisher => "publisher",
            Self::Genre => "genre",
            Self::Instrument => "instrument",
            Self::Region => "region",
            Self::Raga => "raga",
            Self::Rasa => "rasa",
            Self::TimeOfDay => "time-of-day",
            Self::Isrc => "isrc",
            Self::Comment => "comment",
        }
    }

    /// Whether a track may have several at once, written with semicolons between them.
    #[must_use]
    pub fn is_list(self) -> bool {
        matches!(self, Self::Artist | Self::Composer | Self::Publisher | Self::Genre | Self::Instrument | Self::Region | Self::Rasa)
    }

    /// The single values of a text: one, or those between semicolons where there may be several.
    pub fn values(self, text: &str) -> impl Iterator<Item = &str> {
        let separator = if self.is_list() { ';' } else { '\0' };
        text.split(separator).map(str::trim).filter(|v| !v.is_empty())
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that no [`Field`] has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{}' is none of {}", .0, Field::ALL.map(Field::name).join(", "))]
pub struct NotAField(pub String);

impl FromStr for Field {
    type Err = NotAField;

    fn from_str(text: &str) -> Result<Self, NotAField> {
        let wanted = text.trim().to_lowercase().replace(['_', ' '], "-");
        Self::ALL.into_iter().find(|f| f.name() == wanted).ok_or_else(|| NotAField(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back_however_it_is_written() {
        for field in Field::ALL {
            assert_eq!(field.name().parse(), Ok(field));
            assert_eq!(serde_json::to_value(field).unwrap(), field.name());
        }
        assert_eq!(" Time of Day".parse(), Ok(Field::TimeOfDay));
        assert!("colour".parse::<Field>().unwrap_err().to_string().contains("time-of-day"));
    }

    #[test]
    fn lists_are_split_and_other_text_is_not() {
        assert_eq!(Field::Instrument.values("sitar; tabla ;; ").collect::<Vec<_>>(), ["sitar", "tabla"]);
        assert_eq!(Field::Title.values("Wait; then go").collect::<Vec<_>>(), ["Wait; then go"]);
    }
}
