//! Models that are given a row of named measures at a time.
//!
//! One idea: measures and outputs are found by name, so that a model which wants others, or gives more or less, is never misread.

use crate::models::Role;
use affect::{Affect, AffectEstimate};
use inference::{Input, Model, ModelError, Numbers};
use std::path::Path;

/// A model of rows.
#[derive(Debug, Clone)]
pub(crate) struct RowModel {
    model: Model,
    /// For each input the measure that it is, as a place in a row.
    columns: Vec<usize>,
}

/// What a model gave for some rows.
pub(crate) struct Answers<'a> {
    model: &'a Model,
    outputs: Vec<Vec<f32>>,
    rows: usize,
}

impl RowModel {
    /// With a model of a role, to be given rows of these measures.
    pub(crate) fn new(model: Model, role: Role, names: &[String]) -> Result<Self, ModelError> {
        let wanted = model.card().inputs.first().map(|i| i.columns.as_slice()).unwrap_or_default();
        let unknown: Vec<&str> = wanted.iter().filter(|w| !names.contains(w)).map(String::as_str).collect();
        if !unknown.is_empty() {
            return Err(ModelError::Unsuitable {
                path: Path::new(&model.card().name).to_owned(),
                wanted: role.name().into(),
                differences: format!("its measures {} are not taken by this program", unknown.join(", ")),
            });
        }
        let columns = wanted.iter().filter_map(|w| names.iter().position(|n| n == w)).collect();
        Ok(Self { model, columns })
    }

    /// What values carry as their version.
    pub(crate) fn id(&self) -> &str {
        self.model.id()
    }

    /// Runs it on rows of measures, all of those that are taken.
    pub(crate) fn run(&self, rows: &[&[f32]]) -> Result<Answers<'_>, ModelError> {
        let numbers: Vec<f32> = rows.iter().flat_map(|row| self.columns.iter().map(|c| row.get(*c).copied().unwrap_or(f32::NAN))).collect();
        let outputs = self.model.run(&[Input { shape: &[rows.len(), self.columns.len()], numbers: Numbers::F32(&numbers) }])?;
        all_told(&outputs).map_err(|reason| ModelError::Run { model: self.id().to_owned(), reason })?;
        Ok(Answers { model: &self.model, outputs, rows: rows.len() })
    }
}

/// Whether a model gave numbers that are any: what it could not tell must not pass for a zero.
fn all_told(outputs: &[Vec<f32>]) -> Result<(), String> {
    match outputs.iter().flatten().find(|x| !x.is_finite()) {
        None => Ok(()),
        Some(x) => Err(format!("it answered {x}, which is no measure; try it without --model")),
    }
}

impl Answers<'_> {
    /// What an output says of a row. `None` where the model has no such output.
    pub(crate) fn row(&self, output: &str, i: usize) -> Option<&[f32]> {
        let place = self.model.card().outputs.iter().position(|p| p.name == output)?;
        let numbers = self.outputs.get(place)?;
        let width = numbers.len() / self.rows.max(1);
        numbers.get(i * width..(i + 1) * width)
    }

    /// A number of an output; NaN where there is none.
    pub(crate) fn number(&self, output: &str, i: usize, k: usize) -> f64 {
        self.row(output, i).and_then(|r| r.get(k)).copied().map_or(f64::NAN, f64::from)
    }

    /// A place on the plane, from the outputs `affect` and `spread`.
    pub(crate) fn estimate(&self, i: usize) -> AffectEstimate {
        AffectEstimate {
            at: Affect::clamped(self.number("affect", i, 0), self.number("affect", i, 1)),
            valence_spread: spread(self.number("spread", i, 0)),
            arousal_spread: spread(self.number("spread", i, 1)),
        }
    }

    /// Probabilities that sum to one, whatever the model gave.
    pub(crate) fn shares<const N: usize>(&self, output: &str, i: usize) -> [f64; N] {
        let shares: [f64; N] = std::array::from_fn(|k| probability(self.number(output, i, k)));
        let sum: f64 = shares.iter().sum();
        if sum > 0.0 { shares.map(|s| s / sum) } else { [1.0 / N as f64; N] }
    }
}

/// A probability that a model gave.
pub(crate) fn probability(given: f64) -> f64 {
    if given.is_nan() { 0.0 } else { given.clamp(0.0, 1.0) }
}

/// A spread that a model gave: the whole plane's half where it gave none.
pub(crate) fn spread(given: f64) -> f64 {
    if given.is_nan() { 1.0 } else { given.clamp(0.01, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::all_told;

    #[test]
    fn what_is_no_number_is_no_answer() {
        assert!(all_told(&[vec![0.0, -1.0], vec![1.0]]).is_ok());
        for x in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert!(all_told(&[vec![0.5], vec![0.0, x]]).is_err());
        }
    }
}
