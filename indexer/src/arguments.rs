//! Arguments as they are typed.

use ::mood::{Models, Role};
use affect::Affect;
use anyhow::{Context, bail};
use clap::{Args, Parser, Subcommand};
use music::Key;
use std::ffi::OsString;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// Tags a music library with mood, tempo, key and loudness, and searches it.
#[derive(Parser)]
#[command(
    version,
    about,
    after_help = "Exit status: 0 all well, 1 some files failed or nothing was found, 2 could not run.\n\n\
    First steps:\n  indexer scan ~/Music\n  indexer search --mood tense --bpm 90..120\n  indexer show SOME-FILE.flac\n  indexer edit SOME-FILE.flac --set bpm=x2"
)]
pub struct Arguments {
    /// Folder of the catalogue [default: the user's data folder]
    #[arg(long, global = true, value_name = "DIR", env = "UNDERSCORE_CATALOGUE")]
    pub catalogue: Option<PathBuf>,
    /// Print one JSON value on standard output instead of text
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

impl Arguments {
    /// The folder of the catalogue.
    pub fn catalogue_dir(&self) -> anyhow::Result<PathBuf> {
        Ok(match &self.catalogue {
            Some(dir) => dir.clone(),
            None => catalogue::default_dir()?,
        })
    }
}

#[derive(Subcommand)]
pub enum Command {
    /// Measure what is new in some folders and bring the catalogue up to date
    Scan(Scan),
    /// Find tracks by mood, tempo, key and words
    Search(Search),
    /// Print all that is known of a track, and where each value came from
    Show(Show),
    /// Measure one file and print everything, without a catalogue
    Analyse(Analyse),
    /// Set tempo, downbeat, metre, key or mood of a track by hand, for ever
    Edit(Edit),
    /// Cut a file at its silences into one file (WAV, 32-bit float) for each piece
    Split(Split),
    /// Write the measures of all files of a folder as one table of numbers, to train models on
    Features(Features),
    /// Learn from the moods that were set by hand how moods of this library are to be measured
    Learn(Learn),
    /// Tell the mood of a voice as it speaks, or of sentences, without a catalogue
    #[command(subcommand)]
    Mood(Mood),
    /// Print how the library lies on the plane of mood
    Stats,
    /// Measure files named on standard input, one JSON job a line (used by scan)
    #[command(hide = true)]
    Worker(Worker),
}

#[derive(Args)]
pub struct Scan {
    /// Folders with music
    #[arg(required = true, value_name = "DIR")]
    pub folders: Vec<PathBuf>,
    /// Worker processes at once [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub workers: Option<u16>,
    #[command(flatten)]
    pub measuring: Measuring,
    #[command(flatten)]
    pub models: ModelFiles,
}

#[derive(Args)]
pub struct Search {
    /// Words that must be there: all of them, "phrases in double quotes", OR, and -word to exclude
    #[arg(value_name = "WORDS")]
    pub words: Vec<String>,
    /// Rank by nearness to a mood word, like tense or serene
    #[arg(long, value_name = "WORD", conflicts_with_all = ["valence", "arousal"])]
    pub mood: Option<String>,
    /// Rank by nearness to this valence, -1 (unpleasant) to 1 (pleasant)
    #[arg(long, value_name = "V", requires = "arousal", allow_negative_numbers = true)]
    pub valence: Option<f64>,
    /// Rank by nearness to this arousal, -1 (calm) to 1 (excited)
    #[arg(long, value_name = "A", requires = "valence", allow_negative_numbers = true)]
    pub arousal: Option<f64>,
    /// Only tempi in this range, in whatever octave, like 90..120
    #[arg(long, value_name = "FROM..TO")]
    pub bpm: Option<String>,
    /// Rank by nearness to this key, like "D minor" or F#
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// At most this many results; 0 for all
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
}

impl Search {
    /// The query that was meant.
    pub fn query(&self) -> anyhow::Result<catalogue::Query> {
        let at = match (&self.mood, self.valence, self.arousal) {
            (Some(word), ..) => Some(affect::mood(word).context("--mood")?.at),
            (None, Some(v), Some(a)) => Some(Affect::new(v, a).map_err(|e| anyhow::anyhow!("--{e}"))?),
            _ => None,
        };
        Ok(catalogue::Query {
            at,
            bpm: self.bpm.as_deref().map(range).transpose()?,
            key: self.key.as_deref().map(str::parse::<Key>).transpose().context("--key")?,
            text: Some(self.words.join(" ").replace(SHIELD, "-")).filter(|t| !t.trim().is_empty()),
            limit: self.limit,
        })
    }
}

/// Stands for the minus of a word to exclude while the arguments are parsed.
const SHIELD: char = '\u{1}';

/// Lets `-word` through to the words of a search, where options are known too: an argument parser takes one or the other.
pub fn shield_exclusions(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut is_search = false;
    let shield = |argument: OsString| {
        is_search |= argument == "search";
        let text = argument.to_str().unwrap_or_default();
        let excluded = text.strip_prefix('-').filter(|word| word.chars().count() > 1 && !word.starts_with(['-', '.']));
        match excluded.filter(|word| is_search && !word.starts_with(|c: char| c.is_ascii_digit())) {
            Some(word) => format!("{SHIELD}{word}").into(),
            None => argument,
        }
    };
    arguments.map(shield).collect()
}

fn range(text: &str) -> anyhow::Result<RangeInclusive<f64>> {
    let parts = text.split_once("..").map_or((text, text), |(a, b)| (a, b.strip_prefix('=').unwrap_or(b)));
    let number = |t: &str, open: f64| if t.trim().is_empty() { Ok(open) } else { t.trim().parse::<f64>() };
    let (Ok(from), Ok(to)) = (number(parts.0, 0.0), number(parts.1, f64::INFINITY)) else {
        bail!("--bpm: '{text}' is not a range; write it like 90..120, 90.. or ..120");
    };
    if from.is_nan() || to.is_nan() || from < 0.0 || from > to {
        bail!("--bpm: '{text}' is empty; the first number must not be larger than the second, nor negative");
    }
    // A single number means: about that tempo.
    Ok(if text.contains("..") { from..=to } else { from - 2.0..=to + 2.0 })
}

#[derive(Args)]
pub struct Show {
    /// A file of the library, or (the first digits of) a content id
    #[arg(value_name = "TRACK")]
    pub track: PathBuf,
}

/// Limits of what measures files.
#[derive(Args)]
pub struct Measuring {
    /// Memory that a worker may use, in MB
    #[arg(long, value_name = "MB", default_value_t = 1024, value_parser = clap::value_parser!(u64).range(64..))]
    pub memory: u64,
    /// Time that one file may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout: u64,
}

/// Models in place of those that come with the program.
#[derive(Args)]
pub struct ModelFiles {
    /// Use another model, like music-affect=better.onnx, whose card lies beside it as better.toml; may be given several times
    #[arg(long = "model", value_name = "NAME=FILE")]
    files: Vec<String>,
}

impl ModelFiles {
    /// Which models to use.
    pub fn models(&self) -> anyhow::Result<Models> {
        let mut models = Models::default();
        for text in &self.files {
            let (name, file) = text.split_once('=').with_context(|| format!("--model {text}: write it like music-affect=better.onnx"))?;
            let file = dunce::canonicalize(file).with_context(|| format!("--model {text}"))?;
            models.put(name.trim().parse::<Role>().with_context(|| format!("--model {text}"))?, file);
        }
        Ok(models)
    }
}

/// What counts as silence.
#[derive(Args)]
pub struct Silence {
    /// Silence lies this far below the loudest, in dB
    #[arg(long, value_name = "DB", default_value_t = analysis::SILENCE_BELOW_DB)]
    pub below: f64,
    /// Silence lasts at least this long, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = analysis::SILENCE_HOLD_S)]
    pub hold: f64,
}

impl Silence {
    /// Whether it is what a scan takes for silence.
    pub fn is_usual(&self) -> bool {
        (self.below, self.hold) == (analysis::SILENCE_BELOW_DB, analysis::SILENCE_HOLD_S)
    }

    /// Says what is wrong with it.
    pub fn check(&self) -> anyhow::Result<()> {
        for (name, value) in [("below", self.below), ("hold", self.hold)] {
            anyhow::ensure!(value.is_finite() && value >= 0.0, "--{name}: {value} is no number from 0 on");
        }
        Ok(())
    }
}

#[derive(Args)]
pub struct Analyse {
    /// A music file
    pub file: PathBuf,
    #[command(flatten)]
    pub silence: Silence,
    /// Draw waveform, beats, sections, chroma and loudness into this SVG file
    #[arg(long, value_name = "OUT.svg")]
    pub plot: Option<PathBuf>,
    #[command(flatten)]
    pub measuring: Measuring,
    #[command(flatten)]
    pub models: ModelFiles,
}

#[derive(Args)]
#[command(after_help = "What can be set:\n  \
    bpm=120        tempo; bpm=x2 and bpm=/2 take twice or half of it\n  \
    downbeat=1.25  a moment at which a bar begins, in seconds\n  \
    metre=6/8      metre\n  \
    key='D minor'  key\n  \
    mood=serene    mood, as a word of it or as valence and arousal (mood=0.4,-0.5)\n  \
    bpm=           nothing after the equals sign: what was measured holds again\n\n\
    The beat grid is built again from what was measured and what is set. No scan overwrites it, and no music file is written.")]
pub struct Edit {
    /// A file of the library, or (the first digits of) a content id
    #[arg(value_name = "TRACK")]
    pub track: PathBuf,
    /// What to set, like bpm=120; may be given several times
    #[arg(long, value_name = "NAME=VALUE", required = true)]
    pub set: Vec<String>,
}

#[derive(Args)]
#[command(
    after_help = "Tracks whose mood was set with 'indexer edit TRACK --set mood=…' are the examples: eight at least, better thirty, of all moods that the library has. \
    What was learned is used only if it helps on examples that were left out. Moods that were set by hand stay as they are."
)]
pub struct Learn {
    /// Only say whether it would help
    #[arg(long)]
    pub dry_run: bool,
    /// Forget what was learned
    #[arg(long, conflicts_with = "dry_run")]
    pub forget: bool,
}

/// Whose mood.
#[derive(Subcommand)]
pub enum Mood {
    /// A voice: how it sounds, four times a second, whatever it says
    Speech(OfSpeech),
    /// Sentences in English
    Words(OfWords),
}

#[derive(Args)]
pub struct OfSpeech {
    /// A recording of dialogue
    pub file: PathBuf,
    /// Print a line every so many seconds; --json gives all moments
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0)]
    pub every: f64,
    /// Memory that reading it may take, in MB
    #[arg(long, value_name = "MB", default_value_t = 1024, value_parser = clap::value_parser!(u64).range(64..))]
    pub memory: u64,
    #[command(flatten)]
    pub models: ModelFiles,
}

#[derive(Args)]
pub struct OfWords {
    /// Sentences, each in quotes
    #[arg(required = true, value_name = "SENTENCE")]
    pub text: Vec<String>,
    #[command(flatten)]
    pub models: ModelFiles,
}

#[derive(Args)]
pub struct Split {
    /// A file with several pieces in it
    pub file: PathBuf,
    /// Folder for the pieces; made if it is not there
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    #[command(flatten)]
    pub silence: Silence,
    /// Pieces shorter than this are left out, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0)]
    pub shortest: f64,
    #[command(flatten)]
    pub measuring: Measuring,
}

#[derive(Args)]
pub struct Features {
    /// Folders with music, or single files
    #[arg(required = true, value_name = "DIR")]
    pub folders: Vec<PathBuf>,
    /// The table (float32, a row for each file); names of its columns and rows lie beside it as .columns.txt and .rows.txt
    #[arg(long, value_name = "FILE.npy")]
    pub out: PathBuf,
    /// Worker processes at once [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub workers: Option<u16>,
    #[command(flatten)]
    pub measuring: Measuring,
}

#[derive(Args)]
pub struct Worker {
    /// Memory that this process may use, in MB
    #[arg(long, value_name = "MB", default_value_t = 1024)]
    pub memory: u64,
    #[command(flatten)]
    pub models: ModelFiles,
}
