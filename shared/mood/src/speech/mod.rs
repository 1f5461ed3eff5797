//! The mood of a voice: how it speaks, four times a second, to places on the plane.
//!
//! One idea: what is told of a moment was heard before it. Nothing is asked about words.

use crate::Role;
use crate::rows::RowModel;
use affect::{AffectEstimate, Emotion};
use analysis::AnalysisError;
use analysis::prosody::{self, Prosody};
use inference::{Model, ModelError};

/// How a voice sounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpeechMood {
    /// Where it lies on the plane.
    pub affect: AffectEstimate,
    /// Probabilities of the emotions, in the order of [`Emotion::OF_SPEECH`]; they sum to 1.
    pub emotions: [f64; 7],
}

impl SpeechMood {
    /// The most probable emotion, and how probable it is.
    #[must_use]
    pub fn emotion(&self) -> (Emotion, f64) {
        let best = Emotion::OF_SPEECH.into_iter().zip(self.emotions).max_by(|a, b| a.1.total_cmp(&b.1));
        best.unwrap_or((Emotion::Neutral, 0.0))
    }
}

/// What is heard of a voice up to a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpeechMoment {
    /// The moment, in seconds from the start.
    pub at_s: f64,
    /// How the voice sounded in the seconds before. `None` where hardly anybody spoke.
    pub mood: Option<SpeechMood>,
}

/// Reads voices.
#[derive(Debug, Clone)]
pub struct SpeechModel(RowModel);

impl SpeechModel {
    /// With a model of the role [`Role::Speech`].
    ///
    /// # Errors
    /// [`ModelError::Unsuitable`] where its card asks for measures that are not taken here.
    pub fn new(model: Model) -> Result<Self, ModelError> {
        Ok(Self(RowModel::new(model, Role::Speech, &prosody::names())?))
    }

    /// What its values carry as their version.
    #[must_use]
    pub fn id(&self) -> &str {
        self.0.id()
    }

    /// The mood that a row of [`prosody`] has.
    ///
    /// # Errors
    /// [`ModelError::Run`] where a model in another's place breaks.
    pub fn read(&self, row: &[f32]) -> Result<SpeechMood, ModelError> {
        let told = self.0.run(&[row])?;
        Ok(SpeechMood { affect: told.estimate(0), emotions: told.shares("emotions", 0) })
    }
}

/// Follows a voice as it speaks.
pub struct SpeechFollower {
    model: SpeechModel,
    prosody: Prosody,
}

impl SpeechFollower {
    /// For one channel at a sample rate.
    ///
    /// # Errors
    /// [`AnalysisError::Format`] for a rate that nothing is measured at.
    pub fn new(model: SpeechModel, rate_hz: u32) -> Result<Self, AnalysisError> {
        Ok(Self { model, prosody: Prosody::new(rate_hz)? })
    }

    /// Takes the next samples, and hands out each moment that they complete: one every [`prosody::STEP_S`] seconds.
    ///
    /// # Errors
    /// [`ModelError::Run`] where a model in another's place breaks; what came before it was handed out.
    pub fn push(&mut self, mono: &[f32], mut each: impl FnMut(SpeechMoment)) -> Result<(), ModelError> {
        let mut failure = None;
        let model = &self.model;
        self.prosody.push(mono, |at_s, row| match row.map(|row| model.read(&row)).transpose() {
            Ok(mood) => each(SpeechMoment { at_s, mood }),
            Err(e) => failure = Some(e),
        });
        failure.map_or(Ok(()), Err)
    }
}
