//! Arguments as they are typed.

use crate::asking::Asking;
use ::mood::{Models, Role};
use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
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
    /// Scan whenever something changes in some folders, until Ctrl-C
    Watch(Watch),
    /// Find tracks by mood, tempo, key and words
    Search(Box<Search>),
    /// Print all that is known of a track, and where each value came from
    Show(Show),
    /// Measure one file and print everything, without a catalogue
    Analyse(Analyse),
    /// Set values of tracks by hand, for ever
    Edit(Box<Edit>),
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
    /// List what was set by hand, the last first
    Log(Log),
    /// Take back what was set by hand: the last step, or one that 'log' lists
    Undo(Undo),
    /// Say where the folders that files are named from lie on this machine
    Roots(OrList<Roots>),
    /// Put tracks aside, for a production or otherwise
    Bin(OrList<Bin>),
    /// Searches that were kept with 'search --keep'
    Searches(OrList<Searches>),
    /// Licences: what was bought for which track, and what it is cleared for
    #[command(subcommand)]
    Rights(Rights),
    /// Write down where tracks are used
    #[command(subcommand)]
    Usage(Usages),
    /// The cue sheet of a project: which music is in it, from where to where, whose it is
    CueSheet(CueSheet),
    /// Write a spreadsheet of tracks and what is known of them, to fill in
    TagTemplate(TagTemplate),
    /// Set by hand what such a spreadsheet says otherwise
    TagApply(TagApply),
    /// List copies of one recording: the same sound in several files, and other encodings, levels and starts
    Duplicates,
    /// Hold the catalogue against itself, its index and the disk
    Check(Check),
    /// Write the whole catalogue as JSON, an object a line
    Export(Export),
    /// Read what 'export' wrote
    Import(Import),
    /// Copy the catalogue into a file, also while scans run
    Backup(Backup),
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
    /// Measure anew what an older version of this program or another model measured: all of it, or at most so many files
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "0")]
    pub upgrade: Option<usize>,
    #[command(flatten)]
    pub measuring: Measuring,
    #[command(flatten)]
    pub models: ModelFiles,
}

/// Stands for the minus of a word to exclude while the arguments are parsed.
pub const SHIELD: char = '\u{1}';

/// Lets `-word` through to the words of a search, where options are known too: an argument parser takes one or the other.
pub fn shield_exclusions(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut is_search = false;
    let shield = |argument: OsString| {
        is_search |= argument == "search" || argument == "edit" || argument == "bin";
        let text = argument.to_str().unwrap_or_default();
        let excluded = text.strip_prefix('-').filter(|word| word.chars().count() > 1 && !word.starts_with(['-', '.']));
        match excluded.filter(|word| is_search && !word.starts_with(|c: char| c.is_ascii_digit())) {
            Some(word) => format!("{SHIELD}{word}").into(),
            None => argument,
        }
    };
    arguments.map(shield).collect()
}

#[derive(Args)]
pub struct Watch {
    #[command(flatten)]
    pub scan: Scan,
}

#[derive(Args)]
#[command(
    after_help = "Weights of the parts of a score, and synonyms of your own, may be set in the file settings.toml in the catalogue's folder:\n  \
    [weights]\n  mood = 1.0\n  curve = 1.0\n  like = 1.0\n  tempo = 0.4\n  key = 0.4\n  words = 0.5\n  unused = 0.3\n  \
    [synonyms]\n  strings = [\"violins\", \"cellos\"]"
)]
pub struct Search {
    #[command(flatten)]
    pub asking: Asking,
    /// At most this many results; 0 for all
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// Let many pieces of one album, and copies of one recording, fill the list
    #[arg(long)]
    pub crowd: bool,
    /// Count what the tracks that are found say, instead of listing them
    #[arg(long)]
    pub facets: bool,
    /// Keep this search under a name
    #[arg(long, value_name = "NAME")]
    pub keep: Option<String>,
    /// A search that was kept; what else is given is added to it
    #[arg(long, value_name = "NAME")]
    pub kept: Option<String>,
}

#[derive(Args)]
pub struct Log {
    /// At most this many steps
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
}

#[derive(Args)]
pub struct Undo {
    /// The number of a step; the last one if none is given
    #[arg(value_name = "STEP")]
    pub step: Option<i64>,
}

/// What to do about rights.
#[derive(Subcommand)]
pub enum Rights {
    /// Read licences from a spreadsheet (CSV)
    #[command(after_help = "Columns, in any order, by these names or the usual others:\n  \
        which track:  path, isrc, content-id, or title with artist or duration\n  \
        whose:        owner, licence, licence-id, exclusive (yes/no), cost-class, attribution, notes\n  \
        for what:     media (broadcast, online, film, ads, all), territories (DE; EU; world except US), from, until (2027-03-01, perpetual)\n\n\
        A row that could mean several tracks changes nothing and is told. A licence with the owner and number of one that the track has takes its place.\n\
        An empty 'from' or 'until' is no limit in time; a licence that does not say its media or its territories clears nothing.")]
    Import(RightsImport),
    /// Tell the licences of tracks
    Show {
        #[command(flatten)]
        asking: Box<Asking>,
    },
    /// List licences that end soon
    Expiring {
        /// Within so many days, like 90d
        #[arg(long, value_name = "DAYS", default_value = "90d")]
        within: String,
        /// Counted from this day on [default: today]
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: Option<String>,
    },
    /// Take all licences of a track away
    Clear {
        /// A file of the library, or (the first digits of) a content id
        track: PathBuf,
        /// Only say which
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Args)]
pub struct RightsImport {
    /// The sheet; - reads standard input
    pub file: PathBuf,
    /// Only say what each row means
    #[arg(long)]
    pub dry_run: bool,
    /// Leave out the rows that matched without a doubt
    #[arg(long)]
    pub brief: bool,
}

/// What to do about uses.
#[derive(Subcommand)]
pub enum Usages {
    /// A track is used in a project
    Add(UsageAdd),
    /// List projects, or the uses in one
    List {
        /// A project
        project: Option<String>,
    },
    /// A use is none any more
    Remove {
        /// Its id, which list tells
        id: String,
    },
}

#[derive(Args)]
pub struct UsageAdd {
    /// A file of the library, or (the first digits of) a content id
    pub track: PathBuf,
    /// The production
    #[arg(long)]
    pub project: String,
    /// The scene
    #[arg(long, default_value = "")]
    pub scene: String,
    /// Where it begins on the timeline, in seconds, as hours:minutes:seconds, or with --fps as timecode (01:02:03:12, or 01:02:03;12 where frames are dropped)
    #[arg(long = "in", value_name = "TIME")]
    pub from: String,
    /// Where it ends
    #[arg(long = "out", value_name = "TIME")]
    pub to: String,
    /// Frames a second of the timecode, like 25 or 29.97; the cue sheet counts as --in and --out do, at 29.97 and 59.94 with dropped frames if they say neither
    #[arg(long)]
    pub fps: Option<f64>,
    /// The day [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<String>,
    /// How it counts: BI, BV (background instrumental, vocal), VI, VV (visual), MT, ET (main, ending title), T (theme)
    #[arg(long, default_value = "BI")]
    pub code: String,
}

#[derive(Args)]
pub struct CueSheet {
    /// The project: the name that it has in the plugin, or in 'usage add'
    pub project: String,
    /// Write it here: .csv, or .html, which prints well; on the terminal if no file is given
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Args)]
pub struct TagTemplate {
    #[command(flatten)]
    pub asking: Asking,
    /// Write it here [default: standard output]
    #[arg(long, value_name = "FILE.csv")]
    pub out: Option<PathBuf>,
}

#[derive(Args)]
#[command(
    after_help = "Only cells that say something else than the catalogue knows are set. An empty cell changes nothing; a minus sign says that nothing is known."
)]
pub struct TagApply {
    /// The sheet
    pub file: PathBuf,
    /// Only say what would be set
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Args)]
pub struct Check {
    /// Mend what can be derived
    #[arg(long)]
    pub repair: bool,
}

#[derive(Args)]
pub struct Export {
    /// Write it here [default: standard output]
    #[arg(value_name = "FILE.jsonl")]
    pub file: Option<PathBuf>,
}

#[derive(Args)]
pub struct Import {
    /// What 'export' wrote; - reads standard input
    pub file: PathBuf,
    /// Add to a catalogue that has tracks what it does not have
    #[arg(long)]
    pub merge: bool,
}

#[derive(Args)]
pub struct Backup {
    /// The copy, which must not be there yet
    pub file: PathBuf,
}

/// What to do about things that are listed where nothing is said.
#[derive(Args)]
pub struct OrList<What: Subcommand> {
    #[command(subcommand)]
    pub what: Option<What>,
}

/// What to do about roots.
#[derive(Subcommand)]
pub enum Roots {
    /// List them
    List,
    /// Say where one lies on this machine
    Move {
        /// Its name
        name: String,
        /// The folder
        folder: PathBuf,
    },
    /// Forget one whose music is gone for good; what was set by hand of it is kept, should it be found elsewhere
    Forget {
        /// Its name
        name: String,
    },
    /// Give one another name
    Rename {
        /// Its name
        name: String,
        /// The other one
        to: String,
    },
}

/// What to do about bins.
#[derive(Subcommand)]
pub enum Bin {
    /// List the bins, or what is in one
    List {
        /// A bin
        name: Option<String>,
    },
    /// Put tracks into a bin, which is made if it is not there
    Add(Binned),
    /// Take tracks out of a bin
    Remove(Binned),
    /// Delete a bin; the tracks stay
    Delete {
        /// The bin
        name: String,
    },
}

#[derive(Args)]
pub struct Binned {
    /// The bin
    pub name: String,
    #[command(flatten)]
    pub asking: Asking,
}

/// What to do about searches that were kept.
#[derive(Subcommand)]
pub enum Searches {
    /// List them
    List,
    /// Forget one
    Forget {
        /// Its name
        name: String,
    },
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
    raga=Yaman     likewise title, artist, album, composer, publisher, genre, instrument, region, rasa, time-of-day, isrc, comment;\n                 \
                   several with semicolons between them (instrument='sitar; tabla')\n  \
    genre=-        what the file says is wrong, and nothing is known\n  \
    bpm=           nothing after the equals sign: what was measured, or the file says, holds again\n\n\
    Which tracks: a file or (the first digits of) a content id, or words and filters as for search; what is set is set of all that are found.\n\
    The beat grid is built again from what was measured and what is set. No scan overwrites it, and no music file is written but with --write-tags. 'indexer undo' takes the last step back.")]
pub struct Edit {
    #[command(flatten)]
    pub asking: Asking,
    /// What to set, like bpm=120; may be given several times
    #[arg(long, value_name = "NAME=VALUE", required = true)]
    pub set: Vec<String>,
    /// Write what is set into the tags of the music files, too: a copy gets them, and takes the file's place when its sound is the same, byte for byte
    #[arg(long, conflicts_with = "dry_run")]
    pub write_tags: bool,
    /// Every track of the catalogue, where no words or filters say which
    #[arg(long)]
    pub all: bool,
    /// Only say what would be changed
    #[arg(long)]
    pub dry_run: bool,
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
    /// Time that one file may take, in seconds: this process ends when it takes longer
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u64>,
    #[command(flatten)]
    pub models: ModelFiles,
}
