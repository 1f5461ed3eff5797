//! `cargo xtask train`: from the data folder to weights. Measures are ours (Rust), the fitting of weights is Python's.
//!
//! One idea: what was measured lies in a cache and is never measured twice, so that training goes on wherever it was broken off.

pub mod cache;
pub mod music;
pub mod notes;
pub mod recording;
pub mod speech;
pub mod words;

use anyhow::Result;
use cache::Cache;
use clap::Subcommand;
use std::path::Path;

/// What training one model wants.
#[derive(clap::Args)]
pub struct Options {
    #[command(flatten)]
    cache: Cache,
}

/// What can be trained.
#[derive(Subcommand)]
pub enum Train {
    /// Which moments begin notes: models/notes.safetensors, which the measures of music read; build again before training on those
    Notes(music::Options),
    /// The mood of music: models/music-affect.onnx
    Music(music::Options),
    /// The mood of voices: models/speech-affect.onnx
    Speech(Options),
    /// The mood of sentences: models/text-affect.onnx
    Words(Options),
    /// The three of moods. Not the notes: the measures of music are taken by what this program was built with, so build it again after those
    All(music::Options),
}

pub fn run(root: &Path, train: &Train) -> Result<()> {
    let data = crate::data()?;
    match train {
        Train::Notes(options) => notes::run(root, &data, options),
        Train::Music(options) => music::run(root, &data, options),
        Train::Speech(options) => speech::run(root, &data, &options.cache),
        Train::Words(options) => words::run(root, &data, &options.cache),
        Train::All(options) => {
            music::run(root, &data, options)?;
            speech::run(root, &data, &options.cache)?;
            words::run(root, &data, &options.cache)
        }
    }
}
