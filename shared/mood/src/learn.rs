//! What a librarian's hand teaches: a small correction of a model for one library.
//!
//! One idea: what somebody set, less what the model said, is a linear function of the model's embedding, fitted by ridge regression whose weight is chosen, and
//! whose worth is measured, on tracks that were left out. A correction that does not help there is not made.

use affect::{Affect, AffectEstimate};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use track::Value;

/// Fewer works than this teach nothing.
pub const LEAST_EXAMPLES: usize = 8;
/// Parts that the examples are left out in, one after the other.
const FOLDS: usize = 10;
/// Weights of the ridge that are tried, per example: from hardly any to one that leaves only a constant shift.
const RIDGES: [f64; 7] = [0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 10.0];
/// So many examples' worth of belief that there is no constant shift.
const PRIOR_EXAMPLES: f64 = 3.0;
/// A correction is worth it if the squared error falls by more than chance would have it once in a hundred times: this is that quantile of the normal distribution.
/// With two standard errors however few the examples, a tenth of the libraries of `cargo xtask eval mood` were corrected after eight, to their harm.
const ONE_IN_A_HUNDRED: f64 = 2.326;

/// A track whose mood somebody set.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// What the model makes of it.
    pub embedding: Vec<f32>,
    /// Where the model puts it.
    pub measured: Affect,
    /// Where somebody put it.
    pub by_hand: Affect,
    /// What it is a copy or a part of: examples of one number are one example, heard several times.
    pub work: usize,
}

/// A correction for one axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Axis {
    /// Middle of each number of the embedding.
    middle: Vec<f64>,
    /// What a unit of each adds.
    weights: Vec<f64>,
    /// What is added anyway.
    shift: f64,
    /// What it leaves open, as a standard deviation, as found on tracks that were left out.
    spread: f64,
}

/// A correction that was learned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// Tells it from others.
    pub id: String,
    /// The model whose values it corrects: no other's.
    pub model: String,
    /// Tracks that taught it.
    pub examples: usize,
    valence: Option<Axis>,
    arousal: Option<Axis>,
}

/// How far off one axis was, on tracks that were left out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Worth {
    /// Root mean square of what the model is off.
    pub before: f64,
    /// The same with a correction learned from the others.
    pub after: f64,
    /// Whether that is better by more than chance would have it.
    pub is_better: bool,
}

/// What came of learning.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesson {
    /// Tracks that were learned from.
    pub examples: usize,
    /// Different works among them.
    pub works: usize,
    /// Absent where there were too few.
    pub valence: Option<Worth>,
    /// Absent where there were too few.
    pub arousal: Option<Worth>,
    /// Absent where it helps on neither axis.
    pub correction: Option<Correction>,
}

/// Learns from examples of one model.
#[must_use]
pub fn learn(model: &str, examples: &[Example]) -> Lesson {
    let works = Works::of(examples);
    let mut lesson = Lesson { examples: examples.len(), works: works.n, valence: None, arousal: None, correction: None };
    let width = examples.first().map_or(0, |e| e.embedding.len());
    let is_sound = |e: &Example| e.embedding.len() == width && e.embedding.iter().all(|x| x.is_finite());
    if works.n < LEAST_EXAMPLES || !examples.iter().all(is_sound) {
        return lesson;
    }
    let rows: Vec<Vec<f64>> = examples.iter().map(|e| e.embedding.iter().map(|x| f64::from(*x)).collect()).collect();
    let off = |of: fn(&Affect) -> f64| -> Vec<f64> { examples.iter().map(|e| of(&e.by_hand) - of(&e.measured)).collect() };
    let (valence, worth_v) = axis(&rows, &off(|a| a.valence), &works);
    let (arousal, worth_a) = axis(&rows, &off(|a| a.arousal), &works);
    (lesson.valence, lesson.arousal) = (Some(worth_v), Some(worth_a));
    if valence.is_some() || arousal.is_some() {
        let mut correction = Correction { id: String::new(), model: model.to_owned(), examples: examples.len(), valence, arousal };
        let digest = Sha256::digest(serde_json::to_vec(&correction).unwrap_or_default());
        correction.id = digest.iter().take(4).map(|b| format!("{b:02x}")).collect();
        lesson.correction = Some(correction);
    }
    lesson
}

impl Correction {
    /// What it makes of a value. `None` where the value is another model's.
    #[must_use]
    pub fn apply(&self, value: &Value<AffectEstimate>, embedding: &[f32]) -> Option<Value<AffectEstimate>> {
        if value.version != self.model {
            return None;
        }
        let estimate = value.value;
        let corrected = |axis: &Option<Axis>, at: f64, spread: f64| match axis {
            Some(axis) if axis.weights.len() == embedding.len() => (at + axis.at(embedding), axis.spread),
            _ => (at, spread),
        };
        let (valence, valence_spread) = corrected(&self.valence, estimate.at.valence, estimate.valence_spread);
        let (arousal, arousal_spread) = corrected(&self.arousal, estimate.at.arousal, estimate.arousal_spread);
        let estimate = AffectEstimate { at: Affect::clamped(valence, arousal), valence_spread, arousal_spread };
        Some(Value::measured(estimate, &format!("{} + learned {}", self.model, self.id), value.confidence))
    }
}

impl Axis {
    fn at(&self, embedding: &[f32]) -> f64 {
        self.shift + self.weights.iter().zip(embedding).zip(&self.middle).map(|((w, x), m)| w * (f64::from(*x) - m)).sum::<f64>()
    }
}

/// Which examples are of one work. A copy among the examples that teach would tell what was set of the one that is left out.
struct Works {
    n: usize,
    /// For each example its work, counted from zero.
    of: Vec<usize>,
    /// Examples of each work.
    sizes: Vec<f64>,
}

impl Works {
    fn of(examples: &[Example]) -> Self {
        let mut numbers: HashMap<usize, usize> = HashMap::new();
        let mut of = Vec::with_capacity(examples.len());
        for example in examples {
            let next = numbers.len();
            of.push(*numbers.entry(example.work).or_insert(next));
        }
        let mut sizes = vec![0.0; numbers.len()];
        of.iter().for_each(|w| sizes[*w] += 1.0);
        Self { n: numbers.len(), of, sizes }
    }

    /// The mean of each work.
    fn means(&self, of_examples: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.n];
        for (w, x) in self.of.iter().zip(of_examples) {
            sums[*w] += x / self.sizes[*w];
        }
        sums
    }
}

/// The correction of an axis, if it is worth one, and its worth: both told by works that were left out whole.
fn axis(rows: &[Vec<f64>], off: &[f64], works: &Works) -> (Option<Axis>, Worth) {
    let n = works.n;
    let before = works.means(&off.iter().map(|o| o * o).collect::<Vec<_>>());
    let left_out = |ridge: f64| -> Vec<f64> {
        let mut squares = vec![0.0; rows.len()];
        for fold in 0..FOLDS.min(n) {
            let is_left_out = |i: &usize| works.of[*i] % FOLDS == fold;
            let (mut train, mut wanted) = (Vec::new(), Vec::new());
            for i in (0..rows.len()).filter(|i| !is_left_out(i)) {
                train.push(rows[i].as_slice());
                wanted.push(off[i]);
            }
            let Some(axis) = fit(&train, &wanted, ridge) else { continue };
            for i in (0..rows.len()).filter(is_left_out) {
                let row: Vec<f32> = rows[i].iter().map(|x| *x as f32).collect();
                squares[i] = (off[i] - axis.at(&row)).powi(2);
            }
        }
        works.means(&squares)
    };
    let mean = |x: &[f64]| x.iter().sum::<f64>() / n as f64;
    let tried = RIDGES.into_iter().map(|r| (r, left_out(r)));
    let Some((ridge, after)) = tried.min_by(|a, b| mean(&a.1).total_cmp(&mean(&b.1))) else {
        return (None, Worth { before: mean(&before).sqrt(), after: mean(&before).sqrt(), is_better: false });
    };
    let gains: Vec<f64> = before.iter().zip(&after).map(|(b, a)| b - a).collect();
    let gain = mean(&gains);
    let error = (gains.iter().map(|g| (g - gain).powi(2)).sum::<f64>() / (n * (n - 1)) as f64).sqrt();
    let is_better = gain > standard_errors(n - 1) * error && gain > 0.0;
    let worth = Worth { before: mean(&before).sqrt(), after: mean(&after).sqrt(), is_better };
    let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
    let axis = is_better.then(|| fit(&rows, off, ridge)).flatten();
    (axis.map(|axis| Axis { spread: worth.after, ..axis }), worth)
}

/// The quantile of Student's distribution for [`ONE_IN_A_HUNDRED`]: more standard errors for fewer degrees of freedom (Abramowitz & Stegun 26.7.5).
fn standard_errors(freedom: usize) -> f64 {
    let (z, freedom) = (ONE_IN_A_HUNDRED, freedom.max(1) as f64);
    z + (z.powi(3) + z) / (4.0 * freedom) + (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / (96.0 * freedom.powi(2))
}

/// Ridge regression of what the model is off on the embedding. `None` where numbers fail.
fn fit(rows: &[&[f64]], off: &[f64], ridge: f64) -> Option<Axis> {
    let n = rows.len() as f64;
    let width = rows.first()?.len();
    let middle: Vec<f64> = (0..width).map(|k| rows.iter().map(|r| r[k]).sum::<f64>() / n).collect();
    let shift = off.iter().sum::<f64>() / (n + PRIOR_EXAMPLES);
    let centred = |r: &[f64]| -> Vec<f64> { r.iter().zip(&middle).map(|(x, m)| x - m).collect() };
    let mut matrix = vec![vec![0.0; width]; width];
    let mut right = vec![0.0; width];
    for (row, off) in rows.iter().zip(off) {
        let row = centred(row);
        for i in 0..width {
            right[i] += row[i] * (off - shift);
            for j in 0..=i {
                matrix[i][j] += row[i] * row[j];
            }
        }
    }
    for (i, row) in matrix.iter_mut().enumerate() {
        row[i] += ridge * n + 1e-9;
    }
    let weights = solve(matrix, right)?;
    Some(Axis { middle, weights, shift, spread: 0.0 })
}

/// Solves a symmetric system, given its lower half, by Cholesky's decomposition.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Option<Vec<f64>> {
    let n = b.len();
    for i in 0..n {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| a[i][k] * a[j][k]).sum();
            let rest = a[i][j] - sum;
            if i == j {
                if rest <= 0.0 || !rest.is_finite() {
                    return None;
                }
                a[i][i] = rest.sqrt();
            } else {
                a[i][j] = rest / a[j][j];
            }
        }
        b[i] = (b[i] - (0..i).map(|k| a[i][k] * b[k]).sum::<f64>()) / a[i][i];
    }
    for i in (0..n).rev() {
        b[i] = (b[i] - (i + 1..n).map(|k| a[k][i] * b[k]).sum::<f64>()) / a[i][i];
    }
    Some(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: &str = "music-affect 0123";

    /// A library whose style the model hears wrongly: what it says of valence is off by a shift and by something that the embedding tells.
    fn library(n: usize, noise: f64, seed: u64, teaches: bool) -> Vec<Example> {
        let mut state = seed;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / f64::from(1u32 << 31) * 2.0 - 1.0
        };
        (0..n)
            .map(|work| {
                let embedding: Vec<f32> = (0..32).map(|_| random() as f32).collect();
                let measured = Affect { valence: 0.4 * random(), arousal: 0.4 * random() };
                let told = if teaches { 0.25 + 0.3 * f64::from(embedding[3]) - 0.2 * f64::from(embedding[7]) } else { 0.0 };
                let by_hand = Affect::clamped(measured.valence + told + noise * random(), measured.arousal + noise * random());
                Example { embedding, measured, by_hand, work }
            })
            .collect()
    }

    fn value(e: &Example) -> Value<AffectEstimate> {
        Value::measured(AffectEstimate { at: e.measured, valence_spread: 0.4, arousal_spread: 0.4 }, MODEL, Some(0.5))
    }

    #[test]
    fn a_shift_that_is_there_is_found_and_holds_for_tracks_nobody_touched() {
        let lesson = learn(MODEL, &library(60, 0.1, 1, true));
        let worth = lesson.valence.unwrap();
        assert!(worth.is_better && worth.after < 0.6 * worth.before, "{worth:?}");
        let correction = lesson.correction.unwrap();
        let (mut before, mut after) = (0.0, 0.0);
        for e in library(200, 0.0, 99, true) {
            let corrected = correction.apply(&value(&e), &e.embedding).unwrap();
            before += (e.measured.valence - e.by_hand.valence).powi(2);
            after += (corrected.value.at.valence - e.by_hand.valence).powi(2);
            assert!(corrected.version.starts_with(MODEL) && corrected.version.ends_with(&correction.id));
        }
        assert!(after < 0.25 * before, "{before} {after}");
    }

    #[test]
    fn where_there_is_nothing_to_learn_nothing_is_applied() {
        let made = (0..20).filter(|seed| learn(MODEL, &library(40, 0.3, 1000 + seed, false)).correction.is_some()).count();
        assert!(made <= 5, "{made} of 20 libraries were corrected for noise");
        let few = learn(MODEL, &library(LEAST_EXAMPLES - 1, 0.0, 5, true));
        assert!(few.correction.is_none() && few.valence.is_none());
    }

    #[test]
    fn copies_of_one_work_teach_no_more_than_one() {
        // What was set has nothing to do with the sound, so nothing holds for other works, however many copies there are.
        let pieces = library(12, 0.6, 11, false);
        let copies: Vec<Example> = pieces.iter().flat_map(|e| std::iter::repeat_n(e.clone(), 4)).collect();
        let (once, four_times) = (learn(MODEL, &pieces), learn(MODEL, &copies));
        assert_eq!((once.works, four_times.works, four_times.examples), (12, 12, 48));
        for (once, four_times) in [(once.valence, four_times.valence), (once.arousal, four_times.arousal)] {
            let (once, four_times) = (once.unwrap(), four_times.unwrap());
            assert!((once.before - four_times.before).abs() < 1e-9);
            assert!(four_times.after > 0.9 * once.after && !four_times.is_better, "{once:?} {four_times:?}");
        }
        let few: Vec<Example> = copies.into_iter().filter(|e| e.work < LEAST_EXAMPLES - 1).collect();
        assert!(few.len() > LEAST_EXAMPLES && learn(MODEL, &few).valence.is_none());
    }

    #[test]
    fn another_models_values_are_left_alone() {
        let examples = library(60, 0.1, 1, true);
        let correction = learn(MODEL, &examples).correction.unwrap();
        let other = Value { version: "music-affect 9999".into(), ..value(&examples[0]) };
        assert_eq!(correction.apply(&other, &examples[0].embedding), None);
    }
}
