//! The mood of music: measures of passages to places on the plane.

use crate::spread;
use affect::{Affect, AffectCurve, AffectEstimate};
use analysis::passages::{self, PASSAGE_S, Passages};
use inference::{Input, Model, ModelError, Numbers};
use std::path::Path;
use track::{Mood, Value};

/// Less probable to be music than this, a sound has no mood worth a dot.
const LEAST_MUSIC: f64 = 0.1;

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
pub struct MusicModel {
    model: Model,
    /// For each input the measure that it is, as a place in [`passages::names`].
    columns: Vec<usize>,
}

/// A row of what the model gave.
struct Told {
    estimate: AffectEstimate,
    quadrants: [f64; 4],
    is_music: Option<f64>,
    embedding: Vec<f32>,
}

impl MusicModel {
    /// With a model of the role [`crate::Role::Music`].
    ///
    /// # Errors
    /// [`ModelError::Unsuitable`] where its card asks for measures that are not taken here.
    pub fn new(model: Model) -> Result<Self, ModelError> {
        let names = passages::names();
        let wanted = model.card().inputs.first().map(|i| i.columns.as_slice()).unwrap_or_default();
        let unknown: Vec<&str> = wanted.iter().filter(|w| !names.contains(w)).map(String::as_str).collect();
        if !unknown.is_empty() {
            return Err(ModelError::Unsuitable {
                path: Path::new(&model.card().name).to_owned(),
                wanted: crate::Role::Music.name().into(),
                differences: format!("its measures {} are not taken by this program", unknown.join(", ")),
            });
        }
        let columns = wanted.iter().filter_map(|w| names.iter().position(|n| n == w)).collect();
        Ok(Self { model, columns })
    }

    /// What its values carry as their version.
    #[must_use]
    pub fn id(&self) -> &str {
        self.model.id()
    }

    /// The mood of a sound. `None` where less than a second of it sounds.
    ///
    /// # Errors
    /// [`ModelError::Run`] where a model in another's place breaks.
    pub fn read(&self, passages: &Passages) -> Result<Option<MusicMood>, ModelError> {
        let Some(whole) = &passages.whole.row else { return Ok(None) };
        let each: Vec<Option<&Vec<f32>>> = passages.each.iter().map(|p| p.row.as_ref()).collect();
        let rows: Vec<&Vec<f32>> = std::iter::once(whole).chain(each.iter().flatten().copied()).collect();
        let mut told = self.run(&rows)?.into_iter();
        let Some(whole) = told.next() else { return Ok(None) };
        let estimates = each.iter().map(|row| row.and_then(|_| told.next()).map(|t| t.estimate)).collect();
        let mood = Mood {
            quadrants: whole.quadrants,
            curve: AffectCurve { step_s: PASSAGE_S, estimates },
            is_music: whole.is_music,
            embedding: whole.embedding,
        };
        let is_music = mood.is_music.unwrap_or(1.0);
        let confidence = Some(mood.quadrant().1 * is_music);
        let affect = (is_music >= LEAST_MUSIC).then(|| Value::measured(whole.estimate, self.id(), confidence));
        Ok(Some(MusicMood { affect, mood: Value::measured(mood, self.id(), confidence) }))
    }

    fn run(&self, rows: &[&Vec<f32>]) -> Result<Vec<Told>, ModelError> {
        let numbers: Vec<f32> = rows.iter().flat_map(|row| self.columns.iter().map(|c| row.get(*c).copied().unwrap_or(f32::NAN))).collect();
        let outputs = self.model.run(&[Input { shape: &[rows.len(), self.columns.len()], numbers: Numbers::F32(&numbers) }])?;
        // By name: a model that was not taught what is no music has no such output.
        let output = |name: &str| self.model.card().outputs.iter().position(|p| p.name == name).and_then(|i| outputs.get(i));
        let row = |name: &str, i: usize| {
            let numbers = output(name)?;
            let width = numbers.len() / rows.len();
            numbers.get(i * width..(i + 1) * width)
        };
        let number = |name: &str, i: usize, k: usize| row(name, i).and_then(|r| r.get(k)).copied().map_or(f64::NAN, f64::from);
        let share = |x: f64| if x.is_nan() { 0.0 } else { x.clamp(0.0, 1.0) };
        Ok((0..rows.len())
            .map(|i| {
                let shares: [f64; 4] = std::array::from_fn(|k| share(number("quadrants", i, k)));
                let sum: f64 = shares.iter().sum();
                Told {
                    estimate: AffectEstimate {
                        at: Affect::clamped(number("affect", i, 0), number("affect", i, 1)),
                        valence_spread: spread(number("spread", i, 0)),
                        arousal_spread: spread(number("spread", i, 1)),
                    },
                    quadrants: if sum > 0.0 { shares.map(|s| s / sum) } else { [0.25; 4] },
                    is_music: row("music", i).map(|_| share(number("music", i, 0))),
                    embedding: row("embedding", i).unwrap_or_default().to_vec(),
                }
            })
            .collect())
    }
}
