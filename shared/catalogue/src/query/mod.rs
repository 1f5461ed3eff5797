//! Queries and their answers, with reasons.
//!
//! One idea: the score is a weighted mean of named parts, each in 0 to 1, and every result carries its parts. What a query does not ask for does not count; what is
//! not known of a track counts as no match.

pub(crate) mod diversity;
pub(crate) mod facets;
pub(crate) mod filter;
pub(crate) mod likeness;
pub(crate) mod rank;
mod settings;
pub(crate) mod warp;

pub use settings::{Settings, Weights};

use crate::read::Summary;
use affect::{Affect, MoodWord};
use jiff::civil::Date;
use music::Key;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use track::rights::{Ask, Standing};
use track::{ContentId, Field};

/// What is asked of the catalogue. What is `None` or empty does not matter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    /// Nearness to this point of the plane ranks.
    pub at: Option<Affect>,
    /// Only tracks in this part of the plane: valence, then arousal.
    pub region: Option<(RangeInclusive<f64>, RangeInclusive<f64>)>,
    /// Nearness to these moods ranks, each with a weight from -1 (far from it) to 1.
    pub moods: Vec<(MoodWord, f64)>,
    /// A course of moods, at even steps: likeness of a track's course, stretched where it must be, ranks.
    pub curve: Vec<Affect>,
    /// Likeness to a track, or to a part of it, ranks.
    pub like: Option<Like>,
    /// Only tracks with a tempo in this range, in whatever octave; the known one ranks before its double and half.
    pub bpm: Option<RangeInclusive<f64>>,
    /// How little a track must be stretched to have this tempo, in whatever octave, ranks.
    pub tempo_bpm: Option<f64>,
    /// Nearness to this key, by transposition, ranks.
    pub key: Option<Key>,
    /// Only tracks of these lengths, in seconds.
    pub duration_s: Option<RangeInclusive<f64>>,
    /// Only tracks with these words: all of them, phrases in double quotes, `OR`, `-` to exclude, `*` for whatever a word goes on with.
    pub text: Option<String>,
    /// Only tracks that say so.
    pub facets: Vec<FacetFilter>,
    /// Only tracks that are cleared for this.
    pub cleared_for: Option<Ask>,
    /// The day for which rights are told; today where there is none.
    pub on: Option<Date>,
    /// What was used seldom ranks.
    pub avoid_used: bool,
    /// Only these tracks: those of a bin.
    pub only: Option<Vec<ContentId>>,
    /// Pieces of one album, and copies of one recording, do not crowd out others.
    pub is_diverse: bool,
    /// At most this many results; 0 for all.
    pub limit: usize,
}

/// Tracks of which one thing is said, or is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetFilter {
    /// What is said something of.
    pub field: Field,
    /// Any of these.
    pub any_of: Vec<String>,
    /// None of them, rather.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_not: bool,
}

/// Whether tracks can be filtered and counted by what is said of this.
#[must_use]
pub fn is_facet(field: Field) -> bool {
    crate::index::FACETS.contains(&field)
}

/// A track, or a part of it, that others are wanted like.
#[derive(Debug, Clone, PartialEq)]
pub struct Like {
    /// The track.
    pub content_id: ContentId,
    /// From here to here, in seconds; all of it for `None`.
    pub span_s: Option<(f64, f64)>,
}

/// One of the parts that a score is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartName {
    /// Nearness on the plane.
    Mood,
    /// Likeness of the course of moods.
    Curve,
    /// Likeness to a track.
    Like,
    /// How little it must be stretched.
    Tempo,
    /// How little it must be transposed.
    Key,
    /// How well the words fit.
    Words,
    /// How seldom it was used.
    Unused,
}

impl PartName {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 7] = [Self::Mood, Self::Curve, Self::Like, Self::Tempo, Self::Key, Self::Words, Self::Unused];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mood => "mood",
            Self::Curve => "curve",
            Self::Like => "like",
            Self::Tempo => "tempo",
            Self::Key => "key",
            Self::Words => "words",
            Self::Unused => "unused",
        }
    }
}

/// A part of a score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// Which.
    pub name: PartName,
    /// How much it speaks for the track, 0 to 1; `None` where nothing is known of it, which counts as 0.
    pub score: Option<f64>,
    /// What the score says in the field's own terms, like `96 to 100 BPM`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A track that fits, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The track.
    pub track: Summary,
    /// How well it fits, 0 to 1; 1 when nothing ranks.
    pub score: f64,
    /// What the score is made of.
    pub parts: Vec<Part>,
    /// How its rights stand on the day that was asked for.
    pub standing: Standing,
}

impl Match {
    /// The parts in one line: `mood 0.95, tempo 0.88 (96 to 100 BPM)`.
    #[must_use]
    pub fn why(&self) -> String {
        let part = |p: &Part| {
            let score = p.score.map_or_else(|| "-".to_owned(), |s| format!("{s:.2}"));
            let note = if p.note.is_empty() { String::new() } else { format!(" ({})", p.note) };
            format!("{} {score}{note}", p.name.name())
        };
        self.parts.iter().map(part).collect::<Vec<_>>().join(", ")
    }
}

/// How many tracks say each thing of one field.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Counted {
    /// What is counted.
    pub facet: String,
    /// The values and how many tracks have each; the most frequent first.
    pub values: Vec<(String, u64)>,
}
