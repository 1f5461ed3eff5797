//! `cargo xtask train words`: EmoBank's and GoEmotions' sentences as our n-grams, and a model fitted to them.

use super::cache::Cache;
use anyhow::{Context, Result};
use mood::words::{Ngrams, ngrams};
use serde::{Deserialize, Serialize};
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

pub fn run(root: &Path, data: &Path, cache: &Cache) -> Result<()> {
    let measured = cache.part("words")?;
    let path = measured.join("rows.jsonl");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).with_context(|| path.display().to_string())?);
    for sentence in sentences(data)? {
        let Ngrams { affirmed, denied } = ngrams(&sentence.text);
        let row = Row { split: &sentence.split, affirmed, denied, affect: sentence.affect, labels: sentence.labels.as_deref() };
        serde_json::to_writer(&mut file, &row)?;
        file.write_all(b"\n")?;
    }
    file.flush()?;
    cache.fit(root, "words.py", &measured)
}
