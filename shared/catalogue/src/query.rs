//! Queries and their answers, with reasons.
//!
//! One idea: the score is a weighted mean of named parts, each in 0 to 1, and every result carries its parts in words. What a query
//! does not ask for does not count.

use crate::reader::Summary;
use affect::Affect;
use music::Key;
use std::collections::HashMap;
use std::fmt;
use std::ops::RangeInclusive;

/// What is asked of the catalogue. What is `None` does not matter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    /// Nearness to this point ranks.
    pub at: Option<Affect>,
    /// Only tracks with a tempo in this range, in whatever octave; the measured one ranks before its double and half.
    pub bpm: Option<RangeInclusive<f64>>,
    /// Nearness to this key, by transposition, ranks.
    pub key: Option<Key>,
    /// Only tracks with these words: all of them, phrases in double quotes, `OR`, `-` to exclude.
    pub text: Option<String>,
    /// At most this many results; 0 for all.
    pub limit: usize,
}

/// One of the parts that a score is made of.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// Distance on the plane, 0 to 2√2; `None` when its mood is not known.
    Mood(Option<f64>),
    /// Its tempo, and by what it was multiplied to fall into the range.
    Tempo(f64, f64),
    /// Its key and by how many semitones it must be transposed; `None` when it has none.
    Key(Option<(Key, i32)>),
    /// How well the words fit, 0 to 1.
    Words(f64),
}

impl Reason {
    /// How much it speaks for the track, 0 to 1.
    #[must_use]
    pub fn score(&self) -> f64 {
        match self {
            // The plane is 2√2 across; things half as far apart are no match at all.
            Self::Mood(Some(distance)) => (1.0 - distance / std::f64::consts::SQRT_2).max(0.0),
            Self::Tempo(_, factor) => {
                if (*factor - 1.0).abs() < 1e-9 {
                    1.0
                } else {
                    0.6
                }
            }
            // Six semitones, the farthest, are no match.
            Self::Key(Some((_, semitones))) => 1.0 - f64::from(semitones.abs()) / 6.0,
            Self::Words(score) => *score,
            Self::Mood(None) | Self::Key(None) => 0.0,
        }
    }

    fn weight(&self) -> f64 {
        match self {
            Self::Mood(_) => 1.0,
            Self::Tempo(..) | Self::Key(_) => 0.4,
            Self::Words(_) => 0.5,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mood(Some(distance)) => write!(f, "mood {distance:.2} away"),
            Self::Mood(None) => write!(f, "mood unknown"),
            Self::Tempo(bpm, factor) if (*factor - 1.0).abs() < 1e-9 => write!(f, "{bpm:.0} BPM"),
            Self::Tempo(bpm, factor) => {
                write!(f, "{:.0} BPM ({bpm:.0} {})", bpm * factor, if *factor > 1.0 { "doubled" } else { "halved" })
            }
            Self::Key(Some((key, 0))) => write!(f, "{key}"),
            Self::Key(Some((key, semitones))) => write!(f, "{key} ({semitones:+} st)"),
            Self::Key(None) => write!(f, "no key"),
            Self::Words(score) => write!(f, "words {:.0} %", score * 100.0),
        }
    }
}

/// A track that fits, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The track.
    pub track: Summary,
    /// How well it fits, 0 to 1; 1 when nothing ranks.
    pub score: f64,
    /// What the score is made of.
    pub reasons: Vec<Reason>,
}

impl Match {
    /// The reasons in one line.
    #[must_use]
    pub fn why(&self) -> String {
        self.reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }
}

pub(crate) fn rank(tracks: &[Summary], query: &Query, words: Option<&HashMap<i64, f64>>) -> Vec<Match> {
    let mut found: Vec<(f64, usize, Vec<Reason>)> = Vec::new();
    for (index, track) in tracks.iter().enumerate() {
        let mut reasons = Vec::new();
        if let Some(words) = words {
            match words.get(&track.id) {
                Some(score) => reasons.push(Reason::Words(*score)),
                None => continue,
            }
        }
        if let Some(range) = &query.bpm {
            let factor = track.tempo_bpm.and_then(|bpm| [1.0, 2.0, 0.5].into_iter().find(|f| range.contains(&(bpm * f))));
            match (track.tempo_bpm, factor) {
                (Some(bpm), Some(factor)) => reasons.push(Reason::Tempo(bpm, factor)),
                _ => continue,
            }
        }
        if let Some(at) = query.at {
            reasons.insert(0, Reason::Mood(track.affect.map(|a| a.distance(at))));
        }
        if let Some(key) = query.key {
            reasons.push(Reason::Key(track.key.map(|k| (k, k.semitones_to(key)))));
        }
        let weight: f64 = reasons.iter().map(Reason::weight).sum();
        let sum: f64 = reasons.iter().map(|r| r.weight() * r.score()).sum();
        found.push((if weight > 0.0 { sum / weight } else { 1.0 }, index, reasons));
    }
    // What nobody can play comes last, however well it fits.
    let is_gone = |index: usize| tracks[index].path.is_none();
    found.sort_by(|a, b| is_gone(a.1).cmp(&is_gone(b.1)).then(b.0.total_cmp(&a.0)).then(a.1.cmp(&b.1)));
    if query.limit > 0 {
        found.truncate(query.limit);
    }
    found.into_iter().map(|(score, index, reasons)| Match { track: tracks[index].clone(), score, reasons }).collect()
}
