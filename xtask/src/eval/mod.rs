//! `cargo xtask eval`: measuring something, and writing a report of it.

mod analysis;
mod rescan;
mod speed;

use anyhow::Result;
use clap::Subcommand;
use std::path::Path;

/// What can be measured.
#[derive(Subcommand)]
pub enum Eval {
    /// A rescan of unchanged files beside a plain walk; writes docs/rescan.md
    Rescan {
        /// How many files
        #[arg(long, default_value_t = 20_000)]
        files: usize,
    },
    /// Tempo, beats, key and onsets beside other tools; writes models/reports/analysis.md
    Analysis(analysis::Options),
    /// What each stage of a scan costs, beside decoding alone and other tools; memory; writes models/reports/speed.md
    Speed,
}

pub fn run(root: &Path, eval: &Eval) -> Result<()> {
    match eval {
        Eval::Rescan { files } => rescan::run(root, *files),
        Eval::Speed => speed::run(root),
        Eval::Analysis(options) => analysis::run(root, options),
    }
}
