//! `cargo xtask eval mood`: how right the moods of music, voices and sentences are, on songs, instruments, speakers and sentences that the models do not know.
//!
//! One idea: what ships is asked wherever it has not learned from what it is asked about (words, real recordings, voices by the models of the folds); where
//! it has (music), models that were trained in the same way without that part are.

mod hands;
mod music;
mod plots;
mod recordings;
mod speech;
mod words;

use crate::render::SOUNDFONT;
use crate::train;
use crate::train::cache::Cache;
use anyhow::{Context, Result};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// What is asked for.
#[derive(clap::Args)]
pub struct Options {
    #[command(flatten)]
    cache: Cache,
    /// A General MIDI soundfont to render with
    #[arg(long, default_value = SOUNDFONT)]
    soundfont: PathBuf,
    /// Take what was judged last, and judge nothing anew
    #[arg(long)]
    judged: bool,
}

/// A target and what was reached.
struct Target {
    what: &'static str,
    target: f64,
    reached: f64,
    /// Whether less is better.
    at_most: bool,
}

impl Target {
    fn at_least(what: &'static str, target: f64, reached: f64) -> Self {
        Self { what, target, reached, at_most: false }
    }

    fn at_most(what: &'static str, target: f64, reached: f64) -> Self {
        Self { what, target, reached, at_most: true }
    }

    fn is_met(&self) -> bool {
        if self.at_most { self.reached <= self.target } else { self.reached >= self.target }
    }
}

/// A part of the report: its text, and the targets that it is about.
struct Part {
    text: String,
    targets: Vec<Target>,
}

/// A table in Markdown.
fn table(out: &mut String, heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> std::fmt::Result {
    writeln!(out, "| {} |\n|{}", heads.join(" | "), "---|".repeat(heads.len()))?;
    for row in rows {
        writeln!(out, "| {} |", row.join(" | "))?;
    }
    writeln!(out)
}

/// A share as it is printed.
fn share(x: f64) -> String {
    format!("{x:.3}").trim_start_matches('0').replace("-0.", "-.")
}

pub fn run(root: &Path, options: &Options) -> Result<()> {
    let data = crate::data()?;
    let reports = root.join("models/reports");
    let drawings = reports.join("mood");
    std::fs::create_dir_all(&drawings).with_context(|| drawings.display().to_string())?;
    let measured = train::music::measure(&data, &options.cache, &options.soundfont)?;
    let (voices, versions) = train::speech::measure(root, &data, &options.cache)?;
    if !options.judged {
        options.cache.judge(root, "music.py", &measured)?;
        options.cache.judge(root, "speech.py", &voices)?;
    }
    let parts = [
        music::report(&measured, &drawings)?,
        hands::report(&measured)?,
        recordings::report(root, &data)?,
        speech::report(root, &data, &voices, &versions, &drawings)?,
        words::report(root, &data, &drawings)?,
    ];
    let mut text = String::from(
        "# The mood of music, voices and words\n\nMeasured by `cargo xtask eval mood`, in one run. What each model was trained on, and its licence, is on its card \
         (`models/*.toml`); causes of what is missed are in [models/README.md](../README.md).\n\n",
    );
    let rows = parts.iter().flat_map(|p| &p.targets).map(|t| {
        let bound = format!("{}{}", if t.at_most { "at most " } else { "" }, share(t.target));
        vec![t.what.to_owned(), bound, share(t.reached), if t.is_met() { "met".into() } else { "missed".into() }]
    });
    table(&mut text, &["measure", "target", "reached", ""], rows)?;
    parts.iter().for_each(|p| text.push_str(&p.text));
    eprint!("{text}");
    let path = reports.join("mood.md");
    std::fs::write(&path, text).with_context(|| path.display().to_string())
}
