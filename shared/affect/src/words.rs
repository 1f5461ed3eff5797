//! Mood words as points of the plane.
//!
//! The angles are those of Russell's circular scaling of 28 affect words (Russell 1980, J. Pers. Soc. Psychol. 39, p. 1167).
//! The radius is ours: a word asks for a clear case of its mood, not the extreme one, so it lies at 0.65 of the way out,
//! where the moods of measured libraries thin out. Words that editors use and Russell did not ask for point at one of his.

use crate::emotions::Rasa;
use crate::plane::Affect;

const RADIUS: f64 = 0.65;

/// Russell's words with their angle in degrees, anticlockwise from pleasant.
const RUSSELL: [(&str, f64); 28] = [
    ("happy", 7.8),
    ("delighted", 24.9),
    ("excited", 48.6),
    ("astonished", 69.8),
    ("aroused", 73.8),
    ("tense", 92.8),
    ("alarmed", 96.5),
    ("angry", 99.0),
    ("afraid", 116.0),
    ("annoyed", 123.0),
    ("distressed", 138.0),
    ("frustrated", 141.1),
    ("miserable", 188.7),
    ("sad", 207.5),
    ("gloomy", 209.0),
    ("depressed", 210.0),
    ("bored", 242.0),
    ("droopy", 256.6),
    ("tired", 267.7),
    ("sleepy", 271.9),
    ("calm", 316.2),
    ("relaxed", 318.0),
    ("satisfied", 319.0),
    ("at ease", 321.0),
    ("content", 323.0),
    ("serene", 328.6),
    ("glad", 349.0),
    ("pleased", 353.2),
];

/// Words of the cutting room and the word of Russell's that each stands for.
const ALIASES: [(&str, &str); 20] = [
    ("aggressive", "angry"),
    ("cheerful", "happy"),
    ("dark", "gloomy"),
    ("dreamy", "serene"),
    ("energetic", "excited"),
    ("fearful", "afraid"),
    ("furious", "angry"),
    ("joyful", "delighted"),
    ("lonely", "sad"),
    ("melancholic", "sad"),
    ("mournful", "depressed"),
    ("nervous", "tense"),
    ("peaceful", "serene"),
    ("playful", "delighted"),
    ("scary", "afraid"),
    ("suspenseful", "tense"),
    ("tender", "content"),
    ("tranquil", "calm"),
    ("triumphant", "excited"),
    ("uplifting", "delighted"),
];

/// Twenty words that between them go round the plane: what a track is tagged with.
pub const TAGS: [&str; 20] = [
    "happy",
    "delighted",
    "playful",
    "excited",
    "astonished",
    "tense",
    "angry",
    "afraid",
    "distressed",
    "frustrated",
    "miserable",
    "sad",
    "gloomy",
    "bored",
    "tired",
    "sleepy",
    "calm",
    "serene",
    "tender",
    "pleased",
];

/// A word and the point that it stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MoodWord {
    /// The word, in lower case.
    pub word: &'static str,
    /// Its place on the plane.
    pub at: Affect,
}

/// A mood word that is not in the vocabulary. Its message lists the known ones.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("unknown mood '{word}'; known moods: {}", known())]
pub struct UnknownMood {
    /// The word as given.
    pub word: String,
}

fn known() -> String {
    let mut words: Vec<_> = all_moods().map(|m| m.word).collect();
    words.sort_unstable();
    words.join(", ")
}

fn russell(word: &str) -> Option<MoodWord> {
    RUSSELL.iter().find(|(w, _)| *w == word).map(|&(word, degrees)| {
        let angle = degrees.to_radians();
        MoodWord { word, at: Affect::clamped(RADIUS * angle.cos(), RADIUS * angle.sin()) }
    })
}

/// Every known word.
pub fn all_moods() -> impl Iterator<Item = MoodWord> {
    let aliases = ALIASES.iter().filter_map(|(word, of)| russell(of).map(|m| MoodWord { word, at: m.at }));
    RUSSELL.iter().filter_map(|(w, _)| russell(w)).chain(aliases)
}

/// The point that a mood word, or a rasa, stands for, whatever its case.
///
/// # Errors
/// [`UnknownMood`], whose message lists the known words.
pub fn mood(word: &str) -> Result<MoodWord, UnknownMood> {
    let wanted = word.trim().to_lowercase();
    let rasa = || Rasa::ALL.into_iter().find(|r| r.label() == wanted).map(|r| MoodWord { word: r.label(), at: r.at() });
    all_moods().find(|m| m.word == wanted).or_else(rasa).ok_or_else(|| UnknownMood { word: word.to_owned() })
}

/// Nearer to the middle than this, no word is meant more than another.
const NEUTRAL_RADIUS: f64 = 0.15;

/// The word that lies nearest in direction; "neutral" near the middle.
#[must_use]
pub fn nearest_word(at: Affect) -> &'static str {
    if at.distance(Affect::clamped(0.0, 0.0)) < NEUTRAL_RADIUS {
        return "neutral";
    }
    let off = |degrees: f64| {
        let d = (at.arousal.atan2(at.valence).to_degrees() - degrees).rem_euclid(360.0);
        d.min(360.0 - d)
    };
    RUSSELL.iter().min_by(|a, b| off(a.1).total_cmp(&off(b.1))).map_or("neutral", |(word, _)| word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Quadrant;

    #[test]
    fn every_word_is_nearest_to_its_own_point() {
        for (word, _) in RUSSELL {
            let at = mood(word).unwrap().at;
            let found = mood(nearest_word(at)).unwrap().at;
            assert!(found.distance(at) < 1e-9, "{word} is called {}", nearest_word(at));
        }
        assert_eq!(nearest_word(Affect::clamped(0.05, -0.05)), "neutral");
    }

    #[test]
    fn words_lie_in_the_quadrant_that_people_expect() {
        for (word, quadrant) in [("Excited", Quadrant::Q1), ("angry", Quadrant::Q2), ("gloomy", Quadrant::Q3), ("serene ", Quadrant::Q4)] {
            assert_eq!(mood(word).unwrap().at.quadrant(), quadrant, "{word}");
        }
    }

    #[test]
    fn every_alias_points_at_a_known_word_and_no_word_is_there_twice() {
        let mut words: Vec<_> = all_moods().map(|m| m.word).collect();
        assert_eq!(words.len(), RUSSELL.len() + ALIASES.len());
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), RUSSELL.len() + ALIASES.len());
    }

    #[test]
    fn tags_are_known_words_of_every_quadrant() {
        let quadrants: Vec<Quadrant> = TAGS.iter().map(|t| mood(t).unwrap().at.quadrant()).collect();
        assert!(Quadrant::ALL.iter().all(|q| quadrants.iter().filter(|x| *x == q).count() >= 4), "{quadrants:?}");
    }

    #[test]
    fn an_unknown_word_lists_the_known_ones() {
        let message = mood("purple").unwrap_err().to_string();
        assert!(message.contains("'purple'") && message.contains("serene") && message.contains("melancholic"));
    }
}
