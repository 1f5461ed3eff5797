//! The program `indexer`: arguments, progress, printing. It knows nothing of music; the crates under `shared/` do.

mod analyse;
mod arguments;
mod asking;
mod bins;
mod cue_sheet;
mod derived;
mod describe;
mod edit;
mod features;
mod keeping;
mod learn;
mod mood;
mod output;
mod plot;
mod progress;
mod rights;
mod roots;
mod scan;
mod search;
mod sheets;
mod show;
mod split;
mod stats;
mod usage;
mod watch;
mod watchdog;
mod write_tags;

use arguments::{Arguments, Bin, Command, Roots, Searches};
use clap::Parser;
use std::process::ExitCode;

/// What this process allocates (C code aside, of which a worker runs none). A worker limits it, so that a file that makes a decoder ask for more ends the worker and not the machine;
/// an allocator does that alike on every system.
#[global_allocator]
static MEMORY: cap::Cap<std::alloc::System> = cap::Cap::new(std::alloc::System, usize::MAX);

/// All well.
const OK: u8 = 0;
/// Some files failed.
const SOME_FAILED: u8 = 1;
/// Could not run.
const COULD_NOT_RUN: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse_from(arguments::shield_exclusions(std::env::args_os()));
    let result = match &arguments.command {
        Command::Watch(command) => watch::run(&arguments, command),
        Command::Scan(command) => scan::run(&arguments, command),
        Command::Search(command) => search::run(&arguments, command),
        Command::Show(command) => show::run(&arguments, command),
        Command::Analyse(command) => analyse::run(&arguments, command),
        Command::Edit(command) => edit::run(&arguments, command),
        Command::Split(command) => split::run(&arguments, command),
        Command::Features(command) => features::run(&arguments, command),
        Command::Learn(command) => learn::run(&arguments, command),
        Command::Mood(command) => mood::run(&arguments, command),
        Command::Stats => stats::run(&arguments),
        Command::Log(command) => edit::log(&arguments, command),
        Command::Undo(command) => edit::undo(&arguments, command),
        Command::Roots(command) => roots::run(&arguments, command.what.as_ref().unwrap_or(&Roots::List)),
        Command::Bin(command) => bins::run(&arguments, command.what.as_ref().unwrap_or(&Bin::List { name: None })),
        Command::Rights(command) => rights::run(&arguments, command),
        Command::Usage(command) => usage::run(&arguments, command),
        Command::CueSheet(command) => cue_sheet::run(&arguments, command),
        Command::TagTemplate(command) => sheets::template(&arguments, command),
        Command::TagApply(command) => sheets::apply(&arguments, command),
        Command::Duplicates => keeping::duplicates(&arguments),
        Command::Check(command) => keeping::check(&arguments, command),
        Command::Export(command) => keeping::export(&arguments, command),
        Command::Import(command) => keeping::import(&arguments, command),
        Command::Backup(command) => keeping::backup(&arguments, command),
        Command::Searches(command) => search::searches(&arguments, command.what.as_ref().unwrap_or(&Searches::List)),
        Command::Worker(command) => scan::run_worker(command),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        // Whoever read our output has seen enough.
        Err(e) if e.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe) => ExitCode::from(OK),
        Err(e) => {
            eprintln!("indexer: {}", output::printable_lines(&output::chain(&e)));
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}
