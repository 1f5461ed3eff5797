//! What was measured once and is not measured again.

use crate::table::write_npy;
use anyhow::{Context, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Where measures are kept between runs.
#[derive(clap::Args)]
pub struct Cache {
    /// Folder for what was measured, outside the repository
    #[arg(long, value_name = "DIR", env = "UNDERSCORE_TRAINING_CACHE")]
    cache: PathBuf,
    /// A Python with the packages of models/training/requirements.txt [default: one made in the cache]
    #[arg(long, value_name = "FILE", env = "UNDERSCORE_TRAINING_PYTHON")]
    python: Option<PathBuf>,
}

impl Cache {
    /// The part of the cache for one model, made if it is not there.
    pub fn part(&self, name: &str) -> Result<PathBuf> {
        let part = self.cache.join(name);
        std::fs::create_dir_all(&part).with_context(|| part.display().to_string())?;
        Ok(part)
    }

    /// Fits a model: runs a script of models/training with what was measured and the folder of the models.
    pub fn fit(&self, root: &Path, script: &str, measured: &Path) -> Result<()> {
        self.run(root, script, &[measured, &root.join("models")])
    }

    /// Judges families of models by what was left out of their training, and leaves the models that there are alone.
    pub fn judge(&self, root: &Path, script: &str, measured: &Path) -> Result<()> {
        self.run(root, script, &[measured])
    }

    fn run(&self, root: &Path, script: &str, arguments: &[&Path]) -> Result<()> {
        let training = root.join("models/training");
        let python = match &self.python {
            Some(python) => python.clone(),
            None => {
                let list = std::fs::read_to_string(training.join("requirements.txt"))?;
                crate::python::environment(
                    &self.cache.join("python"),
                    &list.lines().collect::<Vec<_>>(),
                    "torch, onnx, onnxruntime, safetensors, sklearn",
                )?
            }
        };
        let all: Vec<_> = std::iter::once(training.join(script)).chain(arguments.iter().map(|a| a.to_path_buf())).collect();
        let all: Vec<_> = all.iter().map(|a| a.to_string_lossy()).collect();
        crate::python::run(&python, &all.iter().map(AsRef::as_ref).collect::<Vec<_>>())
    }
}

/// What is kept of a sound: what is true of it, and rows of measures.
#[derive(Serialize, Deserialize)]
pub struct Kept<A> {
    /// What is true of it.
    pub about: A,
    /// Measures; absent where they could not be taken.
    pub rows: Vec<Vec<Option<f32>>>,
}

/// A row as it is kept.
pub fn kept_row(row: &[f32]) -> Vec<Option<f32>> {
    row.iter().map(|x| x.is_finite().then_some(*x)).collect()
}

/// Measures what is not there yet. What is there is whole: it is written under another name first.
pub fn keep<A: Serialize>(path: &Path, measure: impl FnOnce() -> Result<Kept<A>>) -> Result<()> {
    if path.exists() {
        return Ok(());
    }
    let unfinished = path.with_extension("unfinished");
    std::fs::write(&unfinished, serde_json::to_vec(&measure()?)?).with_context(|| unfinished.display().to_string())?;
    std::fs::rename(&unfinished, path).with_context(|| path.display().to_string())
}

/// Reads what is kept.
pub fn read<A: DeserializeOwned>(path: &Path) -> Result<Kept<A>> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    serde_json::from_slice(&bytes).with_context(|| path.display().to_string())
}

/// Puts sounds into one table, but for those of which nothing could be measured: `rows.npy`, what each sound is in `rows.jsonl`, and the names of the columns in
/// `columns.txt`.
pub fn assemble<A: Serialize>(dir: &Path, sounds: &[Kept<A>], columns: &[String]) -> Result<()> {
    std::fs::write(dir.join("columns.txt"), columns.join("\n") + "\n")?;
    let mut abouts = BufWriter::new(File::create(dir.join("rows.jsonl"))?);
    let mut numbers: Vec<f32> = Vec::new();
    for sound in sounds.iter().filter(|s| !s.rows.is_empty()) {
        serde_json::to_writer(&mut abouts, &sound.about)?;
        abouts.write_all(b"\n")?;
        numbers.extend(sound.rows.iter().flatten().map(|x| x.unwrap_or(f32::NAN)));
    }
    abouts.flush()?;
    write_npy(&dir.join("rows.npy"), columns.len(), &numbers)
}
