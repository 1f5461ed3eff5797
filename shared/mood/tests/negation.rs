//! Sixty pairs of sentences that differ by a denial: the model must tell which of the two is the more pleasant.

#![allow(clippy::unwrap_used, missing_docs)]

use mood::Role;
use mood::words::WordsModel;

/// Written for this test: the less pleasant sentence, then the more pleasant one.
const PAIRS: &str = include_str!("negation.tsv");

#[test]
fn a_denial_turns_what_it_denies() {
    let model = WordsModel::new(Role::Words.model().unwrap());
    // What is not taken for English is wrong, too.
    let valence = |text: &str| model.read(text).unwrap().map_or(f64::NAN, |m| m.affect.at.valence);
    let pairs: Vec<(&str, &str)> = PAIRS.lines().skip(1).filter_map(|line| line.split_once('\t')).collect();
    assert_eq!(pairs.len(), 60);
    let wrong: Vec<_> = pairs
        .iter()
        .filter(|(worse, better)| !matches!(valence(worse).partial_cmp(&valence(better)), Some(std::cmp::Ordering::Less)))
        .collect();
    let right = 1.0 - wrong.len() as f64 / pairs.len() as f64;
    assert!(right >= 0.85, "{:.0} % are right; wrong: {wrong:#?}", 100.0 * right);
}
