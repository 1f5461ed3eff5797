//! What a file says of itself.

use crate::Field;
use affect::Affect;
use music::Key;
use serde::{Deserialize, Serialize};

/// The tags that the project uses. All are the file's own claims, as they are written.
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
    /// Who publishes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Genre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub genre: Option<String>,
    /// What is played.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instrument: Option<String>,
    /// Where the music comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Raga.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raga: Option<String>,
    /// Rasa.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rasa: Option<String>,
    /// Time of day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_of_day: Option<String>,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Declared tempo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bpm: Option<String>,
    /// Declared key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Declared mood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mood: Option<String>,
    /// International standard recording code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub isrc: Option<String>,
    /// Year or date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// Tempi that a tag is believed, in beats per minute. Taggers write 0 for 'unknown', and 999 to fill the field.
const PLAUSIBLE_BPM: std::ops::RangeInclusive<f64> = 20.0..=400.0;

impl Tags {
    /// The tags that are there, with their names, in a fixed order.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let words = Field::ALL.into_iter().map(|f| (f.name(), self.get(f)));
        let others =
            [("bpm", self.bpm.as_deref()), ("key", self.key.as_deref()), ("mood", self.mood.as_deref()), ("date", self.date.as_deref())];
        words.chain(others).filter_map(|(name, value)| value.map(|v| (name, v)))
    }

    /// What the file says in words of one thing.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&str> {
        match field {
            Field::Title => &self.title,
            Field::Artist => &self.artist,
            Field::Album => &self.album,
            Field::Composer => &self.composer,
            Field::Publisher => &self.publisher,
            Field::Genre => &self.genre,
            Field::Instrument => &self.instrument,
            Field::Region => &self.region,
            Field::Raga => &self.raga,
            Field::Rasa => &self.rasa,
            Field::TimeOfDay => &self.time_of_day,
            Field::Isrc => &self.isrc,
            Field::Comment => &self.comment,
        }
        .as_deref()
    }

    /// The slot for what the file says in words of one thing.
    pub fn slot(&mut self, field: Field) -> &mut Option<String> {
        match field {
            Field::Title => &mut self.title,
            Field::Artist => &mut self.artist,
            Field::Album => &mut self.album,
            Field::Composer => &mut self.composer,
            Field::Publisher => &mut self.publisher,
            Field::Genre => &mut self.genre,
            Field::Instrument => &mut self.instrument,
            Field::Region => &mut self.region,
            Field::Raga => &mut self.raga,
            Field::Rasa => &mut self.rasa,
            Field::TimeOfDay => &mut self.time_of_day,
            Field::Isrc => &mut self.isrc,
            Field::Comment => &mut self.comment,
        }
    }

    /// The declared tempo in beats per minute, if it is one.
    #[must_use]
    pub fn declared_bpm(&self) -> Option<f64> {
        let text = self.bpm.as_deref()?.trim();
        let number = text.trim_end_matches(|c: char| c.is_alphabetic() || c.is_whitespace()).replace(',', ".");
        number.parse().ok().filter(|bpm| PLAUSIBLE_BPM.contains(bpm))
    }

    /// The declared key, if it is one: by its name, or in the codes that disc jockeys write ('8A').
    #[must_use]
    pub fn declared_key(&self) -> Option<Key> {
        self.key.as_deref()?.parse().ok()
    }

    /// The declared mood, if it is a word of the plane; the first one that is, where there are several.
    #[must_use]
    pub fn declared_mood(&self) -> Option<Affect> {
        self.mood.as_deref()?.split([';', ',', '/']).find_map(|word| affect::mood(word).ok()).map(|m| m.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_values_are_believed_only_where_they_can_be_true() {
        let bpm = |t: &str| Tags { bpm: Some(t.into()), ..Tags::default() }.declared_bpm();
        assert_eq!([bpm("128"), bpm("97,5"), bpm(" 120 BPM")], [Some(128.0), Some(97.5), Some(120.0)]);
        assert_eq!([bpm("0"), bpm("999"), bpm("fast"), bpm("NaN"), bpm("")], [None; 5]);
        let key = |t: &str| Tags { key: Some(t.into()), ..Tags::default() }.declared_key().map(|k| k.to_string());
        assert_eq!(key("Am").as_deref(), Some("A minor"));
        assert_eq!(key("8A").as_deref(), Some("A minor"));
        assert_eq!(key("o"), None);
        let mood = |t: &str| Tags { mood: Some(t.into()), ..Tags::default() }.declared_mood();
        assert_eq!(mood("Weird; Serene"), Some(affect::mood("serene").unwrap().at));
        assert_eq!(mood("4"), None);
    }
}
