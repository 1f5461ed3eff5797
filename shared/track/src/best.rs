//! The best of what is known of a track: set by hand, else declared where that can be true, else measured.
//!
//! One idea: nothing is overwritten. What was measured, what the tags say and what was set by hand are kept side by side, and what everybody sees
//! is put together anew from the three whenever a track is read.

use crate::{Analysis, Edits, Field, Origin, Tags, Track, Value};
use affect::AffectEstimate;

/// A declared tempo is the measured one, or its double or half, if it lies this near: tags hold whole numbers.
const SAME_TEMPO: f64 = 0.03;
/// What is measured with less confidence than this is a guess, and a tag that says otherwise is believed.
const GUESS: f64 = 0.5;
/// How far the truth may lie from a word of mood: neighbouring words (of 28 around the plane, at 0.65 of the way out) lie 0.15 apart, and taggers choose among a handful,
/// so a word means about a third of the way round.
const WORD_SPREAD: f64 = 0.3;

impl Analysis {
    /// Puts what tags declare and what was set by hand in the place of what was measured, where it is better.
    pub fn take_best(&mut self, tags: &Tags, edits: &Edits, duration_s: f64) {
        if let Some(key) = tags.declared_key().filter(|_| edits.key.is_none()) {
            self.key = Some(Value::declared(key));
            if let Some(harmony) = &mut self.harmony {
                harmony.value.alternatives.clear();
            }
        }
        if let Some(bpm) = tags.declared_bpm().filter(|_| edits.bpm.is_none()) {
            self.take_declared_bpm(bpm);
        }
        edits.apply(self, duration_s);
    }

    /// A declared tempo says in which octave the measured beats are counted; without measured beats it says nothing of where they are.
    fn take_declared_bpm(&mut self, bpm: f64) {
        if let Some(measured) = &self.tempo_bpm {
            let reading = [1.0, 2.0, 0.5].into_iter().find(|f| (bpm / (measured.value * f) - 1.0).abs() <= SAME_TEMPO);
            let is_guess = measured.confidence.is_some_and(|c| c < GUESS);
            if reading.is_none() && !is_guess {
                return;
            }
            if let Some(beats) = self.beats.clone().filter(|_| reading != Some(1.0)) {
                let grid = beats.value.at_bpm(reading.map_or(bpm, |f| beats.value.tempo_bpm() * f));
                self.put_beats(Value { value: grid, origin: Origin::Declared, ..beats });
            }
        }
        self.tempo_bpm = Some(Value::declared(bpm));
        self.settle_pace();
    }
}

impl Track {
    /// What is said of it in words: by a hand, else by its file.
    #[must_use]
    pub fn said(&self, field: Field) -> Option<Value<&str>> {
        said(&self.tags, &self.edits, field)
    }
}

/// What is said of a track in words: by a hand, else by its file.
#[must_use]
pub fn said<'a>(tags: &'a Tags, edits: &'a Edits, field: Field) -> Option<Value<&'a str>> {
    let value = match edits.words.get(&field) {
        Some(text) => Value::by_hand(text.as_str()),
        None => Value::declared(tags.get(field)?),
    };
    Some(value).filter(|v| !v.value.trim().is_empty())
}

/// Where a track lies on the plane: where a hand put it, else where the word of its file lies, else what was learned or measured.
#[must_use]
pub fn best_affect(tags: &Tags, edits: &Edits, measured: Option<Value<AffectEstimate>>) -> Option<Value<AffectEstimate>> {
    let estimate = |at, spread| AffectEstimate { at, valence_spread: spread, arousal_spread: spread };
    let by_hand = edits.mood.map(|at| Value::by_hand(estimate(at, 0.0)));
    let declared = || tags.declared_mood().map(|at| Value::declared(estimate(at, WORD_SPREAD)));
    by_hand.or_else(declared).or(measured)
}

#[cfg(test)]
mod tests {
    use super::*;
    use affect::Affect;
    use music::BeatGrid;

    fn heard(bpm: f64, confidence: f64) -> Analysis {
        let grid = BeatGrid::new((0..32).map(|i| f64::from(i) * 60.0 / bpm).collect(), Some(0));
        Analysis {
            tempo_bpm: Some(Value::measured(bpm, "t", Some(confidence))),
            beats: grid.map(|g| Value::measured(g, "t", None)),
            key: "D minor".parse().ok().map(|k| Value::measured(k, "t", None)),
            ..Analysis::nothing()
        }
    }

    fn says(bpm: &str, key: &str) -> Tags {
        Tags { bpm: Some(bpm.into()), key: Some(key.into()), ..Tags::default() }
    }

    #[test]
    fn a_declared_tempo_chooses_the_octave_of_the_measured_beats() {
        let mut analysis = heard(60.2, 0.9);
        analysis.take_best(&says("120", "F"), &Edits::default(), 32.0);
        let tempo = analysis.tempo_bpm.unwrap();
        assert_eq!((tempo.value, tempo.origin), (120.0, Origin::Declared));
        let beats = analysis.beats.unwrap();
        assert_eq!((beats.value.beats_s().len(), beats.origin), (63, Origin::Declared));
        assert!((beats.value.tempo_bpm() - 120.4).abs() < 0.01, "the beats stay where they were heard");
        assert_eq!(analysis.key.unwrap().value.to_string(), "F major");
    }

    #[test]
    fn a_declared_tempo_that_the_sound_contradicts_is_not_believed() {
        let mut analysis = heard(90.0, 0.9);
        analysis.take_best(&says("128", ""), &Edits::default(), 32.0);
        assert_eq!(analysis.tempo_bpm.as_ref().unwrap().origin, Origin::Measured);
        let mut analysis = heard(90.0, 0.3);
        analysis.take_best(&says("128", ""), &Edits::default(), 32.0);
        assert_eq!(analysis.tempo_bpm.unwrap().value, 128.0);
        assert!((analysis.beats.unwrap().value.tempo_bpm() - 128.0).abs() < 0.01);
    }

    #[test]
    fn no_beats_are_invented_for_a_declared_tempo() {
        let mut analysis = Analysis::nothing();
        analysis.take_best(&says("128", ""), &Edits::default(), 32.0);
        assert_eq!(analysis.tempo_bpm.unwrap().value, 128.0);
        assert!(analysis.beats.is_none());
    }

    #[test]
    fn a_hand_beats_a_tag_and_a_tag_beats_what_was_measured() {
        let mut tags = says("120", "F");
        tags.mood = Some("angry".into());
        tags.genre = Some("Folk".into());
        let mut edits = Edits::default();
        for text in ["bpm=61", "key=A", "mood=0.5,-0.5", "genre=Raga"] {
            edits.set(text, None, 32.0).unwrap();
        }
        let mut analysis = heard(60.2, 0.9);
        analysis.take_best(&tags, &edits, 32.0);
        assert_eq!(analysis.tempo_bpm.map(|t| (t.value, t.origin)), Some((61.0, Origin::ByHand)));
        assert_eq!(analysis.key.map(|k| (k.value.to_string(), k.origin)), Some(("A major".into(), Origin::ByHand)));
        let measured =
            Value::measured(AffectEstimate { at: Affect::clamped(0.0, 0.0), valence_spread: 0.5, arousal_spread: 0.5 }, "t", None);
        assert_eq!(best_affect(&tags, &edits, Some(measured.clone())).unwrap().value.at, Affect { valence: 0.5, arousal: -0.5 });
        let declared = best_affect(&tags, &Edits::default(), Some(measured.clone())).unwrap();
        assert_eq!((declared.value.at, declared.origin), (affect::mood("angry").unwrap().at, Origin::Declared));
        assert_eq!(best_affect(&Tags::default(), &Edits::default(), Some(measured.clone())), Some(measured));
        assert_eq!(said(&tags, &edits, Field::Genre).unwrap(), Value::by_hand("Raga"));
        edits.set("genre=-", None, 32.0).unwrap();
        assert_eq!(said(&tags, &edits, Field::Genre), None);
        edits.set("genre=", None, 32.0).unwrap();
        assert_eq!(said(&tags, &edits, Field::Genre).unwrap(), Value::declared("Folk"));
    }
}
