//! `cargo xtask eval`: measuring something, and writing a report of it.

mod analysis;
mod mood;
mod rescan;
mod speed;

pub use self::analysis::{analyser, auc, training_scores};
use anyhow::Result;
use clap::Subcommand;
use std::path::Path;

/// What can be measured.
#[derive(Subcommand)]
pub enum Eval {
    /// A rescan of unchanged files beside a plain walk; writes docs/rescan.md
    Rescan {
        /// How many files
        #[arg(long, default_value_t = 100_000)]
        files: usize,
    },
    /// Tempo, beats, key and onsets beside other tools; writes models/reports/analysis.md
    Analysis(analysis::Options),
    /// The moods of music, voices and sentences, on what the models do not know; writes models/reports/mood.md
    Mood(mood::Options),
    /// What each stage of a scan costs, beside decoding alone and other tools; memory; writes models/reports/speed.md
    Speed,
}

pub fn run(root: &Path, eval: &Eval) -> Result<()> {
    match eval {
        Eval::Rescan { files } => rescan::run(root, *files),
        Eval::Speed => speed::run(root),
        Eval::Mood(options) => mood::run(root, options),
        Eval::Analysis(options) => analysis::run(root, options),
    }
}
