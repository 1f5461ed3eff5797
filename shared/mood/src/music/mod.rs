//! The mood of music: measures of passages to places on the plane.

use crate::Role;
use crate::rows::{RowModel, probability};
use affect::{AffectCurve, AffectEstimate};
use analysis::passages::{self, PASSAGE_S, Passages};
use inference::{Model, ModelError};
use track::{Mood, Value};

/// Less probable to be music than this, a sound has no mood worth a dot. It is low because nothing separates the two for sure: a quiet drone of the project's
/// library reaches down to .037, and a sentence that somebody reads up to .046.
const LEAST_MUSIC: f64 = 0.02;

/// Place on the plane, and all else that a model says of a sound.
#[derive(Debug, Clone, PartialEq)]
pub struct MusicMood {
    /// Of the whole. Absent for what is not music.
    pub affect: Option<Value<AffectEstimate>>,
    /// Of the whole and over time.
    pub mood: Value<Mood>,
}

/// Reads measures of music.
#[derive(Debug, Clone)]
pub struct MusicModel(RowModel);

impl MusicModel {
    /// With a model of the role [`crate::Role::Music`].
    ///
    /// # Errors
    /// [`ModelError::Unsuitable`] where its card asks for measures that are not taken here.
    pub fn new(model: Model) -> Result<Self, ModelError> {
        Ok(Self(RowModel::new(model, Role::Music, &passages::names())?))
    }

    /// What its values carry as their version.
    #[must_use]
    pub fn id(&self) -> &str {
        self.0.id()
    }

    /// The mood of a sound. `None` where less than a second of it sounds.
    ///
    /// # Errors
    /// [`ModelError::Run`] where a model in another's place breaks.
    pub fn read(&self, passages: &Passages) -> Result<Option<MusicMood>, ModelError> {
        let Some(whole) = &passages.whole.row else { return Ok(None) };
        let each: Vec<Option<&Vec<f32>>> = passages.each.iter().map(|p| p.row.as_ref()).collect();
        let rows: Vec<&[f32]> = std::iter::once(whole).chain(each.iter().flatten().copied()).map(Vec::as_slice).collect();
        let told = self.0.run(&rows)?;
        let mut next = 1..;
        let estimates = each.iter().map(|row| row.and_then(|_| next.next()).map(|i| told.estimate(i))).collect();
        let mood = Mood {
            quadrants: told.shares("quadrants", 0),
            curve: AffectCurve { step_s: PASSAGE_S, estimates },
            // A model that was not taught what is no music has no such output.
            is_music: told.row("music", 0).and_then(|r| r.first()).map(|p| probability(f64::from(*p))),
            embedding: told.row("embedding", 0).unwrap_or_default().to_vec(),
        };
        let is_music = mood.is_music.unwrap_or(1.0);
        let confidence = Some(mood.quadrant().1 * is_music);
        let affect = (is_music >= LEAST_MUSIC).then(|| Value::measured(told.estimate(0), self.id(), confidence));
        Ok(Some(MusicMood { affect, mood: Value::measured(mood, self.id(), confidence) }))
    }
}
