//! What was set by hand of a track, and how it changes what was measured.
//!
//! One idea: a hand sets a few numbers and words; the beat grid that everything uses is built again from what was measured and those. So they hold
//! through every later measurement.

use crate::{Analysis, Field, Value};
use affect::Affect;
use music::{BeatGrid, Key, Metre};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Values that were set by hand. What is absent was not.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Edits {
    /// Tempo in beats per minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bpm: Option<f64>,
    /// A moment at which a bar begins, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub downbeat_s: Option<f64>,
    /// Metre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metre: Option<Metre>,
    /// Key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// Place on the plane of mood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mood: Option<Affect>,
    /// What was said in words; an empty text says that what the file claims is wrong and nothing is known.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<Field, String>,
}

/// Text that says nothing that can be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot set '{text}': {reason}")]
pub struct NotAnEdit {
    /// What was typed.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Tempi that may be set, in beats per minute.
const BPM: std::ops::RangeInclusive<f64> = 10.0..=500.0;
/// Characters of a text that is set.
const LONGEST_WORDS: usize = 1000;
/// What stands for 'nothing, whatever the file says'.
const NOTHING: &str = "-";

/// Whether a text is an International Standard Recording Code (ISO 3901): two letters, three letters or digits, seven digits.
fn is_isrc(text: &str) -> bool {
    let code: Vec<char> = text.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
    code.len() == 12
        && code[..2].iter().all(char::is_ascii_alphabetic)
        && code[2..5].iter().all(char::is_ascii_alphanumeric)
        && code[5..].iter().all(char::is_ascii_digit)
}

impl Edits {
    /// Takes up what is written like `bpm=120`, `bpm=x2`, `bpm=/2`, `downbeat=1.25`, `metre=6/8`, `key=D minor`, `mood=serene`, `mood=0.4,-0.5`, `raga=Yaman`; with nothing after
    /// the equals sign what was measured or declared holds again, and a minus sign (`genre=-`) denies what the file says. `measured_bpm` is what `x2` and `/2` are of where no tempo is set; `duration_s` is the length of the sound.
    ///
    /// # Errors
    /// [`NotAnEdit`] for another name, or a value that is not one; nothing is changed then.
    pub fn set(&mut self, text: &str, measured_bpm: Option<f64>, duration_s: f64) -> Result<(), NotAnEdit> {
        let fail = |reason: String| NotAnEdit { text: text.to_owned(), reason };
        let (name, value) = text.split_once('=').ok_or_else(|| fail("write it like bpm=120".into()))?;
        let (name, value) = (name.trim().to_lowercase(), value.trim());
        let number = |what: &str| {
            value.replace(',', ".").parse::<f64>().ok().filter(|n| n.is_finite()).ok_or_else(|| fail(format!("'{value}' is no {what}")))
        };
        match name.as_str() {
            "bpm" | "tempo" => {
                let bpm = match value {
                    "" => None,
                    "x2" | "*2" | "2x" | "/2" => {
                        let of =
                            self.bpm.or(measured_bpm).ok_or_else(|| fail("no tempo was measured; give a number, like bpm=96".into()))?;
                        Some(if value == "/2" { of / 2.0 } else { of * 2.0 })
                    }
                    _ => Some(number("tempo in beats per minute")?),
                };
                if bpm.is_some_and(|b| !BPM.contains(&b)) {
                    return Err(fail(format!("tempi from {} to {} beats per minute can be set", BPM.start(), BPM.end())));
                }
                self.bpm = bpm;
            }
            "downbeat" => {
                let at_s = if value.is_empty() { None } else { Some(number("time in seconds")?) };
                if at_s.is_some_and(|s| !(0.0..=duration_s).contains(&s)) {
                    return Err(fail(format!("a downbeat lies within the recording, which is {duration_s:.1} s long")));
                }
                self.downbeat_s = at_s;
            }
            "metre" | "meter" => {
                self.metre = if value.is_empty() { None } else { Some(value.parse::<Metre>().map_err(|e| fail(e.to_string()))?) };
            }
            "key" => self.key = if value.is_empty() { None } else { Some(value.parse::<Key>().map_err(|e| fail(e.to_string()))?) },
            "mood" => self.mood = if value.is_empty() { None } else { Some(place(value).map_err(fail)?) },
            other => {
                let known = || format!("bpm, downbeat, metre, key, mood, {} can be set", Field::ALL.map(Field::name).join(", "));
                let field = other.parse::<Field>().map_err(|_| fail(known()))?;
                if value.chars().count() > LONGEST_WORDS {
                    return Err(fail(format!("at most {LONGEST_WORDS} characters")));
                }
                if field == Field::Isrc && !matches!(value, "" | NOTHING) && !is_isrc(value) {
                    return Err(fail("an ISRC has twelve letters and digits, like DE-A12-27-00001 (country, owner, year, number)".into()));
                }
                match value {
                    "" => self.words.remove(&field),
                    NOTHING => self.words.insert(field, String::new()),
                    _ => self.words.insert(field, value.to_owned()),
                };
            }
        }
        Ok(())
    }

    /// These, and of others what is not set here.
    #[must_use]
    pub fn or(&self, others: &Self) -> Self {
        let mut words = others.words.clone();
        words.extend(self.words.clone());
        Self {
            bpm: self.bpm.or(others.bpm),
            downbeat_s: self.downbeat_s.or(others.downbeat_s),
            metre: self.metre.or(others.metre),
            key: self.key.or(others.key),
            mood: self.mood.or(others.mood),
            words,
        }
    }

    /// These without what a step set; `None` where any of that was set again since. What else was set since stays.
    #[must_use]
    pub fn without_step(&self, before: &Self, after: &Self) -> Option<Self> {
        fn back<T: Clone + PartialEq>(now: Option<&T>, before: Option<&T>, after: Option<&T>) -> Option<Option<T>> {
            let is_set = before != after;
            (!is_set || now == after).then(|| if is_set { before } else { now }.cloned())
        }
        let mut words = self.words.clone();
        for field in before.words.keys().chain(after.words.keys()) {
            match back(self.words.get(field), before.words.get(field), after.words.get(field))? {
                Some(text) => words.insert(*field, text),
                None => words.remove(field),
            };
        }
        Some(Self {
            bpm: back(self.bpm.as_ref(), before.bpm.as_ref(), after.bpm.as_ref())?,
            downbeat_s: back(self.downbeat_s.as_ref(), before.downbeat_s.as_ref(), after.downbeat_s.as_ref())?,
            metre: back(self.metre.as_ref(), before.metre.as_ref(), after.metre.as_ref())?,
            key: back(self.key.as_ref(), before.key.as_ref(), after.key.as_ref())?,
            mood: back(self.mood.as_ref(), before.mood.as_ref(), after.mood.as_ref())?,
            words,
        })
    }

    /// Whether nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Puts what was set in the place of what was measured, and builds the beat grid again.
    pub fn apply(&self, analysis: &mut Analysis, duration_s: f64) {
        if let Some(key) = self.key {
            analysis.key = Some(Value::by_hand(key));
            if let Some(harmony) = &mut analysis.harmony {
                harmony.value.alternatives.clear();
            }
        }
        if let Some(metre) = self.metre {
            analysis.metre = Some(Value::by_hand(metre));
        }
        if let Some(bpm) = self.bpm {
            analysis.tempo_bpm = Some(Value::by_hand(bpm));
            analysis.settle_pace();
        }
        if self.bpm.is_none() && self.downbeat_s.is_none() && self.metre.is_none() {
            return;
        }
        // Where no pulse was heard, the beats are those of the tempo that was set, from the downbeat or the start on.
        let bar = analysis.metre.as_ref().map(|m| usize::from(m.value.beats));
        let new = || BeatGrid::straight(self.downbeat_s.unwrap_or(0.0), 60.0 / self.bpm?, (0.0, duration_s), Some(bar.unwrap_or(4)));
        let Some(mut grid) = analysis.beats.as_ref().map(|b| b.value.clone()).or_else(new) else { return };
        if let Some(bpm) = self.bpm {
            grid = grid.at_bpm(bpm);
        }
        // Another tempo has bars of as many beats: so many as the metre says. Where neither is another, the measured bars stay.
        let is_another = analysis.beats.as_ref().is_none_or(|b| b.value != grid);
        if let Some(bar) = bar.filter(|_| self.metre.is_some() || is_another) {
            grid = grid.with_bars_of(bar);
        }
        if let Some(at) = self.downbeat_s {
            grid = grid.with_downbeat_exactly_at(at, bar, duration_s);
        }
        analysis.put_beats(Value::by_hand(grid));
    }
}

/// A mood word, or valence and arousal.
fn place(value: &str) -> Result<Affect, String> {
    let Some((valence, arousal)) = value.split_once(',') else {
        return affect::mood(value).map(|m| m.at).map_err(|e| e.to_string());
    };
    let (Ok(valence), Ok(arousal)) = (valence.trim().parse::<f64>(), arousal.trim().parse::<f64>()) else {
        return Err(format!("'{value}' is neither a mood word nor valence and arousal, like 0.4,-0.5"));
    };
    Affect::new(valence, arousal).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_set_or_refused() {
        let mut edits = Edits::default();
        for text in ["bpm=98.5", "downbeat = 1.25", "metre=6/8", "key=d minor", "bpm=x2", "mood=Serene", "mood = 0.4, -0.5"] {
            edits.set(text, Some(60.0), 60.0).unwrap();
        }
        assert_eq!((edits.bpm, edits.downbeat_s), (Some(197.0), Some(1.25)));
        assert_eq!(edits.mood, Some(Affect { valence: 0.4, arousal: -0.5 }));
        assert!(edits.metre.is_some_and(|m| m.is_compound) && edits.key.is_some());
        edits.set("key=", None, 60.0).unwrap();
        assert!(edits.key.is_none());
        edits.set("raga = Yaman", None, 60.0).unwrap();
        edits.set("Time of day=evening", None, 60.0).unwrap();
        edits.set("genre=-", None, 60.0).unwrap();
        assert_eq!(edits.words[&Field::Raga], "Yaman");
        assert_eq!((edits.words[&Field::TimeOfDay].as_str(), edits.words[&Field::Genre].as_str()), ("evening", ""));
        edits.set("raga=", None, 60.0).unwrap();
        assert!(!edits.words.contains_key(&Field::Raga));
        let before = edits.clone();
        for text in [
            "bpm=fast",
            "bpm=5",
            "downbeat=-1",
            "downbeat=61",
            "metre=0/4",
            "key=H flat",
            "colour=blue",
            "bpm",
            "bpm=nan",
            "mood=purple",
            "mood=2,0",
            "mood=1,nan",
        ] {
            assert!(edits.set(text, None, 60.0).is_err(), "{text}");
        }
        assert_eq!(edits, before);
        assert!(Edits::default().set("bpm=/2", None, 60.0).is_err());
    }

    #[test]
    fn a_metre_that_was_set_stays_where_no_pulse_is_heard() {
        let mut analysis = Analysis::nothing();
        let mut edits = Edits::default();
        edits.set("metre=7", None, 60.0).unwrap();
        edits.apply(&mut analysis, 60.0);
        assert_eq!(analysis.metre.as_ref().unwrap().value.beats, 7);
        assert!(analysis.beats.is_none());
        edits.set("bpm=90", None, 60.0).unwrap();
        edits.set("downbeat=2.5", None, 60.0).unwrap();
        edits.apply(&mut analysis, 60.0);
        let grid = analysis.beats.unwrap().value;
        assert!(grid.downbeats_s().any(|t| (t - 2.5).abs() < 1e-9) && grid.beats_per_bar() == Some(7));
    }
}
