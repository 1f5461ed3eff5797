//! The model of sentences, ready to read.

use super::tokens::pieces;
use super::{may_be_english, ngrams, without_markup};
use crate::rows::{probability, spread};
use affect::{Affect, AffectEstimate, Emotion};
use inference::{Input, Model, ModelError, Numbers};
use std::collections::BTreeSet;

/// What mood a sentence has.
#[derive(Debug, Clone, PartialEq)]
pub struct WordsMood {
    /// Where it lies on the plane.
    pub affect: AffectEstimate,
    /// How probable each emotion is by itself, in the order of [`Emotion::OF_WORDS`].
    pub emotions: [f64; 8],
}

impl WordsMood {
    /// The most probable emotion.
    #[must_use]
    pub fn emotion(&self) -> Emotion {
        let best = self.emotions.iter().zip(Emotion::OF_WORDS).max_by(|a, b| a.0.total_cmp(b.0));
        best.map_or(Emotion::Neutral, |b| b.1)
    }
}

/// Reads sentences.
#[derive(Debug, Clone)]
pub struct WordsModel(Model);

impl WordsModel {
    /// With a model of the role [`crate::Role::Words`].
    #[must_use]
    pub fn new(model: Model) -> Self {
        Self(model)
    }

    /// What its values carry as their version.
    #[must_use]
    pub fn id(&self) -> &str {
        self.0.id()
    }

    /// The mood of a text, whatever formats it ([`without_markup`]). `None` where there are no words, or none of English.
    ///
    /// A text that is longer than a comment is read piece by piece, and told by the mean of its pieces: the model learned from single sentences and
    /// short comments, and would sum up a page to the edge of the plane.
    ///
    /// # Errors
    /// [`ModelError::Run`] where a model in another's place breaks.
    pub fn read(&self, text: &str) -> Result<Option<WordsMood>, ModelError> {
        let text = without_markup(text);
        if !text.chars().any(char::is_alphabetic) || !may_be_english(&text) {
            return Ok(None);
        }
        let mut mean: Option<WordsMood> = None;
        let mut weight = 0.0;
        for (piece, words) in pieces(&text) {
            let mood = self.read_piece(&piece)?;
            weight += words;
            let share = words / weight;
            let Some(mean) = &mut mean else {
                mean = Some(mood);
                continue;
            };
            let toward = |a: &mut f64, b: f64| *a += share * (b - *a);
            toward(&mut mean.affect.at.valence, mood.affect.at.valence);
            toward(&mut mean.affect.at.arousal, mood.affect.at.arousal);
            toward(&mut mean.affect.valence_spread, mood.affect.valence_spread);
            toward(&mut mean.affect.arousal_spread, mood.affect.arousal_spread);
            mean.emotions.iter_mut().zip(mood.emotions).for_each(|(a, b)| toward(a, b));
        }
        Ok(mean)
    }

    fn read_piece(&self, text: &str) -> Result<WordsMood, ModelError> {
        let found = ngrams(text);
        let present: BTreeSet<u32> = found.affirmed.iter().chain(&found.denied).copied().collect();
        // Bucket 0 stands for none, and no input may be empty.
        let ids = |list: &mut dyn Iterator<Item = u32>| -> Vec<i64> { std::iter::once(0).chain(list.map(i64::from)).collect() };
        let lists = [ids(&mut found.affirmed.iter().copied()), ids(&mut found.denied.iter().copied()), ids(&mut present.into_iter())];
        let lengths = lists.each_ref().map(|l| [l.len()]);
        let inputs: [Input<'_>; 3] = std::array::from_fn(|i| Input { shape: &lengths[i], numbers: Numbers::I64(&lists[i]) });
        let outputs = self.0.run(&inputs)?;
        let number = |output: usize, i: usize| outputs.get(output).and_then(|o| o.get(i)).copied().map_or(f64::NAN, f64::from);
        Ok(WordsMood {
            affect: AffectEstimate {
                at: Affect::clamped(number(0, 0), number(0, 1)),
                valence_spread: spread(number(1, 0)),
                arousal_spread: spread(number(1, 1)),
            },
            emotions: std::array::from_fn(|i| probability(number(2, i))),
        })
    }
}
