//! Sentences: what the model that ships says of those that nobody trained it on.

use super::plots::{self, Series};
use super::{Part, Target, share, table};
use crate::train::words::sentences;
use affect::{Affect, AffectEstimate, Emotion};
use anyhow::{Context, Result};
use mood::Role;
use mood::words::{WordsModel, WordsMood};
use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

/// GoEmotions' classes as ours.
const CLASSES: &str = include_str!("../../../../models/training/goemotions.csv");
/// Pairs that differ by a denial: the less pleasant sentence, then the more pleasant one.
const PAIRS: &str = include_str!("../../../../shared/mood/tests/negation.tsv");
/// Names of ours there, in the order of [`Emotion::OF_WORDS`].
const NAMES: [&str; 8] = ["joy", "sadness", "fear", "surprise", "anger", "disgust", "shame", "neutral"];

/// Pearson's correlation.
pub fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let n = pairs.len() as f64;
    let (a, b) = (pairs.iter().map(|p| p.0).sum::<f64>() / n, pairs.iter().map(|p| p.1).sum::<f64>() / n);
    let sum = |f: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(f).sum::<f64>();
    sum(&|p| (p.0 - a) * (p.1 - b)) / (sum(&|p| (p.0 - a).powi(2)) * sum(&|p| (p.1 - b).powi(2))).sqrt()
}

/// The part about sentences.
pub fn report(root: &Path, data: &Path, drawings: &Path) -> Result<Part> {
    let model = Role::Words.model()?;
    let limits: Vec<f64> = NAMES.iter().map(|n| model.card().metrics.get(&format!("threshold_{n}")).copied().unwrap_or(0.5)).collect();
    let model = WordsModel::new(model);
    let mut classes = Vec::new();
    for row in csv::Reader::from_reader(CLASSES.as_bytes()).records() {
        let row = row?;
        classes.push(NAMES.iter().position(|n| row.get(1) == Some(n)).context("an emotion that is none of ours")?);
    }
    let test: Vec<_> = sentences(data)?.into_iter().filter(|s| s.split == "test").collect();
    let began = Instant::now();
    let told: Vec<Option<WordsMood>> = test.iter().map(|s| model.read(&s.text)).collect::<Result<_, _>>()?;
    let each_us = 1e6 * began.elapsed().as_secs_f64() / test.len() as f64;
    // Whoever is not taken for English is in it, too: told to lie in the middle, and within no spread.
    let rated: Vec<_> = test.iter().zip(&told).filter_map(|(s, t)| Some((s.affect?, t.as_ref().map(|t| t.affect)))).collect();
    let place = |of: fn(&Affect) -> f64| -> Vec<(f64, f64)> {
        rated.iter().map(|(truth, t)| (of(&Affect::clamped(truth[0], truth[1])), t.map_or(0.0, |t| of(&t.at)))).collect()
    };
    let (valence, arousal) = (place(|a| a.valence), place(|a| a.arousal));
    let inside = |pairs: &[(f64, f64)], spread: fn(&AffectEstimate) -> f64| {
        let hit = pairs.iter().zip(&rated).filter(|(p, r)| r.1.is_some_and(|t| (p.0 - p.1).abs() <= spread(&t)));
        hit.count() as f64 / pairs.len().max(1) as f64
    };
    // Emotions: hits, said, true. What is not taken for English is said to have none.
    let mut counts = [[0usize; 3]; 8];
    let mut named = 0;
    for (sentence, told) in test.iter().zip(&told) {
        let Some(labels) = &sentence.labels else { continue };
        named += 1;
        for (k, count) in counts.iter_mut().enumerate() {
            let is_said = told.as_ref().is_some_and(|t| t.emotions[k] > limits[k]);
            let is_true = labels.iter().any(|l| classes.get(*l) == Some(&k));
            count[0] += usize::from(is_said && is_true);
            count[1] += usize::from(is_said);
            count[2] += usize::from(is_true);
        }
    }
    let f1 = |c: &[usize; 3]| 2.0 * c[0] as f64 / (c[1] + c[2]).max(1) as f64;
    let macro_f1 = counts.iter().map(f1).sum::<f64>() / 8.0;
    let foreign = told.iter().filter(|t| t.is_none()).count();
    let pairs: Vec<(&str, &str)> = PAIRS.lines().skip(1).filter_map(|l| l.split_once('\t')).collect();
    let valence_of = |text: &str| -> Result<f64> { Ok(model.read(text)?.map_or(f64::NAN, |m| m.affect.at.valence)) };
    let mut right = 0;
    for (worse, better) in &pairs {
        right += usize::from(valence_of(worse)? < valence_of(better)?);
    }
    let denied = right as f64 / pairs.len().max(1) as f64;
    let size = std::fs::metadata(root.join("models/text-affect.onnx"))?.len() as f64 / 1e6;

    let mut out = format!(
        "## Sentences\n\nThe model that ships ({size:.1} MB), on the test splits, which it has not seen: {} sentences of EmoBank's that were rated, {named} of GoEmotions' with their emotions. {foreign} of \
         all were not taken for English; nothing is told of them, and here they count as lying in the middle and as having no emotion (the card's figures are the model's own, asked of all). A sentence takes {each_us:.0} µs.\n\n",
        rated.len()
    );
    let spread = [inside(&valence, |a| a.valence_spread), inside(&arousal, |a| a.arousal_spread)];
    let rows = [("valence", &valence, spread[0]), ("arousal", &arousal, spread[1])]
        .map(|(name, pairs, inside)| vec![name.to_owned(), share(correlation(pairs)), share(inside)]);
    table(&mut out, &["EmoBank", "r", "ratings within the spread"], rows)?;
    let rows = Emotion::OF_WORDS.iter().zip(&counts).map(|(e, c)| vec![e.label().to_owned(), c[2].to_string(), share(f1(c))]);
    table(&mut out, &["GoEmotions", "sentences", "F1"], rows)?;
    writeln!(
        out,
        "Mean of the eight: {}. Of {} pairs of sentences that differ by a denial {right} are in the right order of valence.\n",
        share(macro_f1),
        pairs.len()
    )?;
    let points = |pairs: &[(f64, f64)], name: &str| Series { name: name.into(), points: pairs.to_vec() };
    plots::scatter(
        &drawings.join("words.svg"),
        "EmoBank's test split",
        ("as people rated it", "as predicted"),
        0.7,
        &[points(&valence, "valence"), Series { name: String::new(), points: Vec::new() }, points(&arousal, "arousal")],
    )?;
    writeln!(out, "![Predicted against rated](mood/words.svg)")?;
    Ok(Part {
        text: out,
        targets: vec![
            Target::at_least("sentences: valence, r with EmoBank", 0.60, correlation(&valence)),
            Target::at_least("sentences: arousal, r with EmoBank", 0.40, correlation(&arousal)),
            Target::at_least("sentences: macro-F1 of eight emotions, GoEmotions", 0.48, macro_f1),
            Target::at_least("sentences: denials in the right order", 0.85, denied),
            Target::at_most("sentences: milliseconds each", 1.0, each_us / 1000.0),
        ],
    })
}
