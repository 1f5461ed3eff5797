//! Development commands: `cargo xtask bundle | install | library | arch | eval | train`.

mod arch;
mod eval;
mod hash;
mod install;
mod library;
mod parallel;
mod python;
mod render;
mod table;
mod train;

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};

/// Development commands of Underscore.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Bundle the plugin into target/bundled: bundle plugin [--release]
    Bundle {
        /// What follows is handed to the bundler
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Bundle the plugin and copy it into the user's plugin folders
    Install {
        /// Only say what would be copied where
        #[arg(long)]
        dry_run: bool,
    },
    /// Render the library anew: the same samples every time
    Library {
        /// Where to
        #[arg(long, default_value = "library")]
        out: PathBuf,
    },
    /// Hold the arrows between crates against those that ARCHITECTURE.md shows
    Arch,
    /// Measure something and write a report
    #[command(subcommand)]
    Eval(eval::Eval),
    /// Train a model from the data folder
    #[command(subcommand)]
    Train(train::Train),
}

/// The folder of real data.
fn data() -> Result<PathBuf> {
    std::env::var_os("UNDERSCORE_DATA")
        .map(PathBuf::from)
        .context("UNDERSCORE_DATA must name the folder of real data (see CONTRIBUTING.md)")
}

/// The folder of the workspace.
fn root() -> Result<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).context("xtask lies in the workspace")
}

fn bundle(rest: &[String]) -> Result<()> {
    let arguments = std::iter::once("bundle".to_owned()).chain(rest.iter().cloned());
    nice_plug_xtask::main_with_args("cargo xtask", arguments)
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let root = root()?;
    std::env::set_current_dir(&root).with_context(|| root.display().to_string())?;
    match arguments.command {
        Command::Bundle { rest } => bundle(&rest),
        Command::Install { dry_run } => install::run(dry_run),
        Command::Library { out } => library::render(&out),
        Command::Arch => arch::check(&root),
        // What is measured is what is shipped.
        Command::Eval(_) | Command::Train(_) if cfg!(debug_assertions) => as_released(),
        Command::Eval(eval) => eval::run(&root, &eval),
        Command::Train(train) => train::run(&root, &train),
    }
}

/// Does what was asked for once more, as a release build.
fn as_released() -> Result<()> {
    let status = std::process::Command::new("cargo")
        .args(["run", "--release", "--quiet", "--package", "xtask", "--"])
        .args(std::env::args_os().skip(1))
        .status()
        .context("cargo builds the evaluation")?;
    if status.success() { Ok(()) } else { bail!("the evaluation did not end well") }
}
