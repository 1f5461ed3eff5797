//! Pitch classes, keys, and how far one key must be moved to agree with another.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

const SHARP_NAMES: [&str; 12] = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
const FLAT_NAMES: [&str; 12] = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"];

/// A note name without its octave, counted in semitones above C (0 to 11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PitchClass(u8);

impl PitchClass {
    /// The class of any number of semitones above (or below) C.
    #[must_use]
    pub fn from_semitones(semitones: i32) -> Self {
        Self(semitones.rem_euclid(12) as u8)
    }

    /// Semitones above C, 0 to 11.
    #[must_use]
    pub fn semitones(self) -> u8 {
        self.0
    }
}

/// Major or minor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The Ionian mode and its kin.
    Major,
    /// The natural minor and its kin.
    Minor,
}

/// A tonic and a mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key {
    /// The note that it rests on.
    pub tonic: PitchClass,
    /// Major or minor.
    pub mode: Mode,
}

/// Text that names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a key; write it like 'D minor', 'F# major', 'Bbm' or 'C'")]
pub struct NotAKey(pub String);

impl Key {
    /// All twenty-four: twelve major, then twelve minor.
    pub fn all() -> impl Iterator<Item = Self> {
        [Mode::Major, Mode::Minor].into_iter().flat_map(|mode| (0..12).map(move |t| Self { tonic: PitchClass::from_semitones(t), mode }))
    }

    /// The smallest transposition, in semitones (-5 to 6), after which music in `self` uses the notes of `target`.
    ///
    /// Between a major and a minor key the relative key is meant: A minor music fits C major untransposed.
    #[must_use]
    pub fn semitones_to(self, target: Self) -> i32 {
        let difference = (i32::from(target.relative_major().0) - i32::from(self.relative_major().0)).rem_euclid(12);
        if difference > 6 { difference - 12 } else { difference }
    }

    /// The key of a place on Mark Davis's Camelot wheel (`8A` is A minor, `8B` C major; a step on the wheel is a fifth). `None` for other text.
    #[must_use]
    pub fn from_camelot(text: &str) -> Option<Self> {
        let text = text.trim();
        let (hour, letter) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let hour = hour.parse::<i32>().ok().filter(|h| (1..=12).contains(h))?;
        let mode = match letter {
            "a" | "A" => Mode::Minor,
            "b" | "B" => Mode::Major,
            _ => return None,
        };
        let of_eight = if mode == Mode::Major { 0 } else { 9 };
        Some(Self { tonic: PitchClass::from_semitones(of_eight + 7 * (hour - 8)), mode })
    }

    /// The tonic of the major key with the same notes.
    fn relative_major(self) -> PitchClass {
        match self.mode {
            Mode::Major => self.tonic,
            Mode::Minor => PitchClass::from_semitones(i32::from(self.tonic.0) + 3),
        }
    }

    /// The key after a transposition by whole semitones.
    #[must_use]
    pub fn transposed(self, semitones: i32) -> Self {
        Self { tonic: PitchClass::from_semitones(i32::from(self.tonic.0) + semitones), mode: self.mode }
    }
}

/// Its name with sharps, for where no key tells the spelling.
impl fmt::Display for PitchClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(SHARP_NAMES[usize::from(self.0)])
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The spelling with the fewer accidentals in the signature, as musicians write it.
        let flats = match self.mode {
            Mode::Major => [5, 10, 3, 8, 1].contains(&self.tonic.0),
            Mode::Minor => [2, 7, 0, 5, 10, 3].contains(&self.tonic.0),
        };
        let name = if flats { FLAT_NAMES } else { SHARP_NAMES }[usize::from(self.tonic.0)];
        write!(f, "{name} {}", if self.mode == Mode::Major { "major" } else { "minor" })
    }
}

impl FromStr for Key {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let fail = || NotAKey(text.to_owned());
        let trimmed = text.trim();
        let mut chars = trimmed.chars();
        if let Some(key) = german(trimmed).or_else(|| Self::from_camelot(trimmed)) {
            return Ok(key);
        }
        let letter = chars.next().ok_or_else(fail)?.to_ascii_uppercase();
        let natural = SHARP_NAMES.iter().position(|n| n.len() == 1 && n.starts_with(letter)).ok_or_else(fail)? as i32;
        let rest = chars.as_str();
        let (shift, rest) = match rest.chars().next() {
            Some(c @ ('#' | '♯')) => (1, &rest[c.len_utf8()..]),
            Some(c @ ('b' | '♭')) => (-1, &rest[c.len_utf8()..]),
            _ => (0, rest),
        };
        // 'M' is major and 'm' minor, so the case of a single letter counts and that of a word does not.
        let mode = match rest.trim() {
            "" | "M" => Mode::Major,
            "m" => Mode::Minor,
            word => match word.to_lowercase().as_str() {
                "major" | "maj" => Mode::Major,
                "minor" | "min" => Mode::Minor,
                _ => return Err(fail()),
            },
        };
        Ok(Self { tonic: PitchClass::from_semitones(natural + shift), mode })
    }
}

/// A key as it is called between Germany and Scandinavia: `fis-moll`, `Es-Dur`, `H-Dur` (B major) and `B-Dur` (B flat major).
fn german(text: &str) -> Option<Key> {
    let text = text.to_lowercase();
    let (name, mode) = match text.strip_suffix("moll") {
        Some(name) => (name, Mode::Minor),
        None => (text.strip_suffix("dur")?, Mode::Major),
    };
    let name = name.trim_end_matches(|c: char| c == '-' || c.is_whitespace());
    let (letter, accidental) = name.split_at_checked(1)?;
    let natural = match letter {
        "c" => 0,
        "d" => 2,
        "e" => 4,
        "f" => 5,
        "g" => 7,
        "a" => 9,
        "h" => 11,
        "b" => 10,
        _ => return None,
    };
    let shift = match (letter, accidental) {
        (_, "") => 0,
        (l, "is" | "#" | "♯") if l != "b" => 1,
        ("e" | "a", "s") => -1,
        (l, "es" | "b" | "♭") if l != "b" => -1,
        ("b", "b" | "♭") => 0,
        _ => return None,
    };
    Some(Key { tonic: PitchClass::from_semitones(natural + shift), mode })
}

impl TryFrom<String> for Key {
    type Error = NotAKey;
    fn try_from(text: String) -> Result<Self, NotAKey> {
        text.parse()
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_people_write_them() {
        for (text, want) in [
            ("D minor", "D minor"),
            ("dm", "D minor"),
            ("F#", "F# major"),
            ("gb MAJOR", "F# major"),
            ("Bbm", "Bb minor"),
            ("B♭ min", "Bb minor"),
            ("CM", "C major"),
            ("b", "B major"),
            ("a moll", "A minor"),
            ("d-moll", "D minor"),
            ("8A", "A minor"),
            ("Fis-Moll", "F# minor"),
            ("Es-Dur", "Eb major"),
            ("as moll", "G# minor"),
            ("H-Dur", "B major"),
            ("B-Dur", "Bb major"),
            ("Bb dur", "Bb major"),
        ] {
            assert_eq!(text.parse::<Key>().map(|k| k.to_string()), Ok(want.to_owned()), "{text}");
        }
        for text in ["", "H", "D minus", "♯", "Dd", "ध"] {
            assert!(text.parse::<Key>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_key_survives_being_printed() {
        for key in Key::all() {
            assert_eq!(key.to_string().parse(), Ok(key));
        }
    }

    #[test]
    fn the_wheel_of_keys_goes_by_fifths() {
        for (code, want) in
            [("8A", "A minor"), ("8B", "C major"), ("9b", "G major"), ("12A", "C# minor"), ("1B", "B major"), ("5A", "C minor")]
        {
            assert_eq!(Key::from_camelot(code).map(|k| k.to_string()).as_deref(), Some(want), "{code}");
        }
        for text in ["", "A", "13A", "0B", "8C", "8\u{101}", "-3A"] {
            assert_eq!(Key::from_camelot(text), None, "{text}");
        }
    }

    #[test]
    fn transposition_takes_the_short_way_and_knows_relatives() {
        let k = |t: &str| t.parse::<Key>().unwrap();
        assert_eq!(k("C").semitones_to(k("B")), -1);
        assert_eq!(k("C").semitones_to(k("F#")), 6);
        assert_eq!(k("A minor").semitones_to(k("C")), 0);
        assert_eq!(k("D minor").semitones_to(k("E minor")), 2);
        for a in Key::all() {
            for b in Key::all().filter(|b| b.mode == a.mode) {
                assert_eq!(a.transposed(a.semitones_to(b)), b);
            }
        }
    }
}
