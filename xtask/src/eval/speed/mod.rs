//! `cargo xtask eval speed`: what decoding costs, what each stage of the analysis adds, and how fast others are on the same files; and how much
//! memory a scan takes, whatever the length.
//!
//! One idea: everything hears the same mp3 files in one run, on one core, each tool's best of some rounds, so that figures are ratios and not
//! those of a machine.

use super::analysis::peers;
use analysis::Analyser;
use analysis::stages::Stage;
use anyhow::{Context, Result, bail};
use mood::{MusicModel, Role};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const ROUNDS: usize = 5;
/// The whole may take so many times what decoding takes.
const MOST_DECODES: f64 = 3.5;
/// Pitch of a single voice, times real time.
const LEAST_PITCH: f64 = 120.0;
/// Memory at any length, in MB.
const MOST_MEMORY_MB: f64 = 250.0;
/// The peer that is GPL: a program of its own, built apart and never linked.
const BLISS_MANIFEST: &str = include_str!("bliss/Cargo.toml.txt");
const BLISS_PROGRAM: &str = include_str!("bliss/main.rs.txt");

/// The least of some rounds of something that gives seconds.
fn best(mut round: impl FnMut() -> Result<f64>) -> Result<f64> {
    (0..ROUNDS).try_fold(f64::INFINITY, |least, _| Ok(round()?.min(least)))
}

/// All the sound of a reader, as a scan takes it. Gives its frames.
fn each_block(reader: &mut audio::Reader, mut on: impl FnMut(&[&[f32]])) -> Result<u64> {
    audio::read_unbroken(reader, |planes| {
        on(planes);
        Ok(())
    })
}

pub fn run(root: &Path) -> Result<()> {
    let data = crate::data()?;
    let dir = root.join("target/eval/speed");
    std::fs::create_dir_all(&dir)?;
    let files = mp3s(&data, &dir)?;
    let mut seconds = 0.0;
    for file in &files {
        let mut reader = audio::Reader::open(file)?;
        seconds += each_block(&mut reader, |_| {})? as f64 / f64::from(reader.info().rate_hz);
    }
    eprintln!("{} mp3 files, {seconds:.0} s of music", files.len());

    // In turns, so that a machine that slows down slows both.
    let (mut decoding, mut whole) = (f64::INFINITY, f64::INFINITY);
    let mut stages: Vec<(Stage, f64)> = Vec::new();
    for _ in 0..ROUNDS {
        decoding = decoding.min(decode(&files)?);
        let (took, times) = measure(&files)?;
        if took < whole {
            (whole, stages) = (took, times);
        }
    }
    let pitch = pitch_speed(&data)?;
    let python = peers::python(&root.join("target/eval/analysis/python"))?;
    let mut others: Vec<(&str, f64)> = Vec::new();
    for (name, tool) in [("librosa, a usual set of descriptors", "librosa"), ("essentia, MusicExtractor", "essentia")] {
        eprintln!("asking {tool}");
        others.push((name, best(|| peer(&python, tool, &files))?));
    }
    eprintln!("building bliss-audio as a program of its own");
    let bliss = build_bliss(&dir.join("bliss"))?;
    others.push((
        "bliss-audio 0.13 (23 numbers a song)",
        best(|| timed(Command::new("taskset").args(["-c", "0"]).arg(&bliss).args(&files)))?,
    ));
    let mut text = format!(
        "# Speed and memory\n\nMeasured by `cargo xtask eval speed` on {} real recordings as mp3 (192 kbit/s), {seconds:.0} s of music, on one core, best of \
         {ROUNDS} rounds, in one run.\n\n| what | ms per second of music | times real time | times decoding |\n|---|---|---|---|\n",
        files.len()
    );
    let mut row = |name: &str, s: f64| {
        writeln!(text, "| {name} | {:.3} | {:.0} | {:.2} |", 1000.0 * s / seconds, seconds / s.max(1e-9), s / decoding)
    };
    row("decoding alone", decoding)?;
    for (stage, s) in &stages {
        row(&format!("{stage:?}").to_lowercase(), *s)?;
    }
    row("**decoding and all of it, mood included**", whole)?;
    for (name, s) in &others {
        row(name, *s)?;
    }
    writeln!(text, "\nTarget: the whole at most {MOST_DECODES} times decoding alone: {:.2}.", whole / decoding)?;
    writeln!(text, "Pitch of a single voice (speech, following it all the way): {pitch:.0} times real time; target {LEAST_PITCH}.\n")?;
    eprint!("{text}");
    let memory = memory(root, &python, &dir, &files)?;
    let timed = text.len();
    writeln!(text, "## Peak memory of measuring one file\n\n| length | MB |\n|---|---|")?;
    for (name, mb) in &memory {
        writeln!(text, "| {name} | {mb:.0} |")?;
    }
    writeln!(text, "\nTarget: under {MOST_MEMORY_MB} MB at any length.")?;
    eprint!("{}", &text[timed..]);
    let path = root.join("models/reports/speed.md");
    std::fs::write(&path, &text).with_context(|| path.display().to_string())
}

/// Seconds that decoding the files takes.
fn decode(files: &[PathBuf]) -> Result<f64> {
    let began = Instant::now();
    for file in files {
        each_block(&mut audio::Reader::open(file)?, |planes| {
            std::hint::black_box(planes);
        })?;
    }
    Ok(began.elapsed().as_secs_f64())
}

/// Seconds that decoding and measuring them takes, and what each stage has of it.
fn measure(files: &[PathBuf]) -> Result<(f64, Vec<(Stage, f64)>)> {
    let mood = MusicModel::new(Role::Music.model()?)?;
    let began = Instant::now();
    let mut times: Vec<(Stage, f64)> = analysis::stages::ALL.into_iter().map(|s| (s, 0.0)).collect();
    for file in files {
        let mut reader = audio::Reader::open(file)?;
        let mut analyser = Analyser::new(reader.info().rate_hz, reader.info().channels)?.timed();
        each_block(&mut reader, |planes| analyser.push(planes))?;
        let (measured, spent) = analyser.finish_with_times();
        std::hint::black_box(mood.read(&measured.passages)?);
        times.iter_mut().zip(spent).for_each(|(t, s)| t.1 += s.1.as_secs_f64());
    }
    Ok((began.elapsed().as_secs_f64(), times))
}

/// The real recordings as mp3.
fn mp3s(data: &Path, dir: &Path) -> Result<Vec<PathBuf>> {
    let from = data.join("audio/recordings");
    let mut files = Vec::new();
    let mut sources: Vec<PathBuf> =
        std::fs::read_dir(&from).with_context(|| from.display().to_string())?.flatten().map(|e| e.path()).collect();
    sources.sort();
    for source in sources.iter().filter(|p| p.extension().is_some_and(|e| e == "ogg")) {
        let to = dir.join(source.file_name().unwrap_or_default()).with_extension("mp3");
        if !to.exists() {
            ffmpeg(&["-i", &source.to_string_lossy(), "-b:a", "192k", &to.to_string_lossy()])?;
        }
        files.push(to);
    }
    Ok(files)
}

fn ffmpeg(arguments: &[&str]) -> Result<()> {
    let status = Command::new("ffmpeg").args(["-v", "error", "-y"]).args(arguments).status().context("ffmpeg makes the mp3 files")?;
    if status.success() { Ok(()) } else { bail!("ffmpeg {} failed", arguments.join(" ")) }
}

/// How many times faster than real time the pitch of read sentences is followed.
fn pitch_speed(data: &Path) -> Result<f64> {
    let from = data.join("audio/speech");
    let (mut seconds, mut spent) = (0.0, f64::INFINITY);
    for _ in 0..ROUNDS {
        let mut took = 0.0;
        seconds = 0.0;
        for entry in std::fs::read_dir(&from).with_context(|| from.display().to_string())?.flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|e| e == "txt") {
                continue;
            }
            let mut mono: Vec<f32> = Vec::new();
            let mut reader = audio::Reader::open(&path)?;
            let rate_hz = reader.info().rate_hz;
            let frames = each_block(&mut reader, |planes| mono.extend_from_slice(planes[0]))?;
            let began = Instant::now();
            std::hint::black_box(analysis::pitch_of_voice(rate_hz, &mono)?);
            took += began.elapsed().as_secs_f64();
            seconds += frames as f64 / f64::from(rate_hz);
        }
        spent = spent.min(took);
    }
    Ok(seconds / spent)
}

/// Runs a program that prints how many seconds each file took; the sum.
fn timed(command: &mut Command) -> Result<f64> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    if !output.status.success() {
        bail!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().filter_map(|l| l.split_whitespace().next()).map(|s| s.parse::<f64>().with_context(|| s.to_owned())).sum()
}

fn peer(python: &Path, tool: &str, files: &[PathBuf]) -> Result<f64> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/eval/speed/peers.py");
    timed(Command::new(python).arg(script).arg(tool).args(files).env("OMP_NUM_THREADS", "1").env("NUMBA_NUM_THREADS", "1"))
}

fn build_bliss(dir: &Path) -> Result<PathBuf> {
    std::fs::create_dir_all(dir.join("src"))?;
    std::fs::write(dir.join("Cargo.toml"), BLISS_MANIFEST)?;
    std::fs::write(dir.join("src/main.rs"), BLISS_PROGRAM)?;
    // By name: rustup then gives it the toolchain of here, whatever its dependencies ask for.
    let status = Command::new("cargo").args(["build", "--release", "--quiet"]).current_dir(dir).status()?;
    if !status.success() {
        bail!("bliss-audio did not build");
    }
    Ok(dir.join("target/release").join(format!("bliss-peer{}", std::env::consts::EXE_SUFFIX)))
}

/// Peak memory of `indexer analyse`'s worker on files of several lengths.
fn memory(root: &Path, python: &Path, dir: &Path, files: &[PathBuf]) -> Result<Vec<(&'static str, f64)>> {
    let status = Command::new("cargo").args(["build", "--release", "-p", "indexer"]).current_dir(root).status()?;
    if !status.success() {
        bail!("indexer did not build");
    }
    let indexer = root.join("target/release").join(format!("indexer{}", std::env::consts::EXE_SUFFIX));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/eval/speed/memory.py");
    let longest = files.iter().max_by_key(|f| std::fs::metadata(f).map_or(0, |m| m.len())).context("no files")?;
    let mut table = Vec::new();
    for (name, length_s) in [("3 minutes", 180), ("1 hour", 3_600), ("3 hours", 10_800), ("12 hours", 43_200)] {
        let file = dir.join(format!("{length_s}.mp3"));
        if !file.exists() {
            ffmpeg(&[
                "-stream_loop",
                "-1",
                "-i",
                &longest.to_string_lossy(),
                "-t",
                &length_s.to_string(),
                "-c:a",
                "copy",
                &file.to_string_lossy(),
            ])?;
        }
        let output = Command::new(python).arg(&script).arg(&indexer).arg(&file).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let kb: f64 = text.trim().parse().with_context(|| format!("memory.py said {text}: {}", String::from_utf8_lossy(&output.stderr)))?;
        eprintln!("{name}: {:.0} MB", kb / 1024.0);
        table.push((name, kb / 1024.0));
    }
    Ok(table)
}
