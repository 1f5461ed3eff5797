//! `cargo xtask train words`: EmoBank's and GoEmotions' sentences as our n-grams, and a model fitted to them.

use super::cache::Cache;
use anyhow::{Context, Result};
use mood::words::{Ngrams, ngrams, words};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

/// A sentence and what people said of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sentence {
    /// As it was written.
    pub text: String,
    /// `train`, `dev` or `test`.
    pub split: String,
    /// Valence and arousal from -1 to 1, where that was asked (EmoBank: 1 to 5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affect: Option<[f64; 2]>,
    /// Numbers of emotions, where those were asked (GoEmotions: 28).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<usize>>,
}

/// Every sentence of both.
pub fn sentences(data: &Path) -> Result<Vec<Sentence>> {
    let dir = data.join("text");
    let path = dir.join("emobank.csv");
    let mut all = Vec::new();
    let mut reader = csv::Reader::from_path(&path).with_context(|| path.display().to_string())?;
    for row in reader.deserialize() {
        let row: Rated = row.with_context(|| path.display().to_string())?;
        let place = |x: f64| (x - 3.0) / 2.0;
        all.push(Sentence { text: row.text, split: row.split, affect: Some([place(row.valence), place(row.arousal)]), labels: None });
    }
    for split in ["train", "dev", "test"] {
        let path = dir.join(format!("goemotions/{split}.tsv"));
        for line in std::fs::read_to_string(&path).with_context(|| path.display().to_string())?.lines() {
            let mut fields = line.split('\t');
            let (Some(text), Some(labels)) = (fields.next(), fields.next()) else { continue };
            let labels = labels.split(',').map(str::parse).collect::<Result<Vec<usize>, _>>().with_context(|| line.to_owned())?;
            all.push(Sentence { text: text.to_owned(), split: split.to_owned(), affect: None, labels: Some(labels) });
        }
    }
    Ok(all)
}

#[derive(Deserialize)]
struct Rated {
    split: String,
    #[serde(rename = "V")]
    valence: f64,
    #[serde(rename = "A")]
    arousal: f64,
    text: String,
}

#[derive(Serialize)]
struct Row<'a> {
    split: &'a str,
    affirmed: Vec<u32>,
    denied: Vec<u32>,
    affect: Option<[f64; 2]>,
    labels: Option<&'a [usize]>,
}

/// Sentences of the training that a word must occur in for the program to take it for one that the model was taught.
const LEAST_SENTENCES: usize = 4;
/// As many for a word that is common in another language: comments in English quote those.
const LEAST_OF_COMMON: usize = 30;
/// Where the program finds them, and the words of other languages.
const TAUGHT: &str = "shared/mood/src/words/taught.txt";
const ELSEWHERE: &str = "shared/mood/src/words/common_elsewhere.txt";
/// Placeholders that GoEmotions put in place of names.
const PLACEHOLDERS: [&str; 2] = ["[NAME]", "[RELIGION]"];

/// Writes which words the training has, by which the program tells English from other languages.
fn write_taught(root: &Path, all: &[Sentence]) -> Result<()> {
    let path = root.join(ELSEWHERE);
    let elsewhere = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let elsewhere: BTreeSet<&str> = elsewhere.split_whitespace().collect();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for sentence in all.iter().filter(|s| s.split != "test") {
        let text = PLACEHOLDERS.iter().fold(sentence.text.clone(), |text, p| text.replace(p, " "));
        let once: BTreeSet<String> = words(&text).collect();
        once.into_iter().for_each(|word| *counts.entry(word).or_default() += 1);
    }
    counts.retain(|word, n| *n >= if elsewhere.contains(word.as_str()) { LEAST_OF_COMMON } else { LEAST_SENTENCES });
    let taught: Vec<String> = counts.into_keys().collect();
    let path = root.join(TAUGHT);
    std::fs::write(&path, taught.join("\n") + "\n").with_context(|| path.display().to_string())
}

pub fn run(root: &Path, data: &Path, cache: &Cache) -> Result<()> {
    let all = sentences(data)?;
    write_taught(root, &all)?;
    let measured = cache.part("words")?;
    let path = measured.join("rows.jsonl");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).with_context(|| path.display().to_string())?);
    for sentence in &all {
        let Ngrams { affirmed, denied } = ngrams(&sentence.text);
        let row = Row { split: &sentence.split, affirmed, denied, affect: sentence.affect, labels: sentence.labels.as_deref() };
        serde_json::to_writer(&mut file, &row)?;
        file.write_all(b"\n")?;
    }
    file.flush()?;
    cache.fit(root, "words.py", &measured)
}
