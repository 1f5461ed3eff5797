//! `cargo xtask train`: from the data folder to weights. Measures are ours (Rust), the fitting of weights is Python's.
//!
//! One idea: what was measured lies in a cache and is never measured twice, so that training goes on wherever it was broken off.

mod cache;
mod music;
mod speech;
mod words;

use anyhow::Result;
use clap::Subcommand;
use std::path::Path;

/// What can be trained.
#[derive(Subcommand)]
pub enum Train {
    /// The mood of music: models/music-affect.onnx
    Music(music::Options),
    /// Measures of voices, to fit a model to; there is none yet
    Speech(speech::Options),
    /// The mood of sentences: models/text-affect.onnx
    Words(words::Options),
}

pub fn run(root: &Path, train: &Train) -> Result<()> {
    let data = crate::data()?;
    match train {
        Train::Music(options) => music::run(root, &data, options),
        Train::Speech(options) => speech::run(root, &data, options),
        Train::Words(options) => words::run(root, &data, options),
    }
}
