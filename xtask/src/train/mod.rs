//! `cargo xtask train`: from the data folder to weights. Measures are ours (Rust), the fitting of weights is Python's.
//!
//! One idea: what was measured lies in a cache and is never measured twice, so that training goes on wherever it was broken off.

mod music;
mod words;

use anyhow::{Context, Result};
use clap::Subcommand;
use std::path::{Path, PathBuf};

/// What can be trained.
#[derive(Subcommand)]
pub enum Train {
    /// models/music-affect.onnx
    Music(music::Options),
    /// models/text-affect.onnx
    Words(words::Options),
}

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
    fn part(&self, name: &str) -> Result<PathBuf> {
        let part = self.cache.join(name);
        std::fs::create_dir_all(&part).with_context(|| part.display().to_string())?;
        Ok(part)
    }

    /// Fits a model: runs a script of models/training with what was measured and the folder of the models.
    fn fit(&self, root: &Path, script: &str, measured: &Path) -> Result<()> {
        let training = root.join("models/training");
        let python = match &self.python {
            Some(python) => python.clone(),
            None => {
                let list = std::fs::read_to_string(training.join("requirements.txt"))?;
                crate::python::environment(&self.cache.join("python"), &list.lines().collect::<Vec<_>>(), "torch, onnx, onnxruntime, sklearn")?
            }
        };
        let (script, models) = (training.join(script), root.join("models"));
        crate::python::run(&python, &[&script.to_string_lossy(), &measured.to_string_lossy(), &models.to_string_lossy()])
    }
}

pub fn run(root: &Path, train: &Train) -> Result<()> {
    let data = crate::data()?;
    match train {
        Train::Music(options) => music::run(root, &data, options),
        Train::Words(options) => words::run(root, &data, options),
    }
}
