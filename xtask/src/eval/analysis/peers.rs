//! Other tools, run on the same files in a virtual environment of their own.

use super::measure::Answer;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The tools, and the packages that bring them.
pub const TOOLS: [&str; 3] = ["librosa", "essentia", "aubio"];
/// With numba 0.68 librosa's beat tracker crashes.
const PACKAGES: [&str; 5] = ["librosa==0.11.0", "essentia==2.1b6.dev1389", "aubio-ledfx==0.4.12", "numpy==2.2.6", "numba==0.61.2"];
/// Files given to one process at a time; two processes run side by side.
const AT_ONCE: usize = 2;

/// What a tool said of a file, and how long it took.
#[derive(Debug, Deserialize)]
struct Line {
    file: PathBuf,
    seconds: f64,
    answer: Answer,
}

/// A Python that has the tools; made where it is missing.
pub fn python(dir: &Path) -> Result<PathBuf> {
    crate::python::environment(dir, &PACKAGES, "librosa, essentia, aubio")
}

/// A tool's answers by file, and the seconds that it took for all.
pub fn ask(python: &Path, tool: &str, files: &[PathBuf]) -> Result<(HashMap<PathBuf, Answer>, f64)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/eval/analysis/peers.py");
    let shares = files.chunks(files.len().div_ceil(AT_ONCE).max(1));
    let run = |share: &[PathBuf]| -> Result<Vec<Line>> {
        let mut child = Command::new(python)
            .arg(&script)
            .arg(tool)
            .env("OMP_NUM_THREADS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| python.display().to_string())?;
        let list = share.iter().map(|f| f.to_string_lossy().into_owned()).collect::<Vec<_>>().join("\n");
        child.stdin.take().context("a pipe")?.write_all(list.as_bytes())?;
        let output = child.wait_with_output()?;
        if !output.status.success() {
            bail!("{tool} ended with {}", output.status);
        }
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(|l| serde_json::from_str(l).with_context(|| format!("{tool} said: {l}")))
            .collect()
    };
    let lines: Vec<Line> = std::thread::scope(|s| {
        let threads: Vec<_> = shares.map(|share| s.spawn(move || run(share))).collect();
        threads.into_iter().map(|t| t.join().map_err(|_| anyhow::anyhow!("a thread panicked"))?).collect::<Result<Vec<_>>>()
    })?
    .into_iter()
    .flatten()
    .collect();
    if lines.len() != files.len() {
        bail!("{tool} answered for {} of {} files", lines.len(), files.len());
    }
    let seconds = lines.iter().map(|l| l.seconds).sum();
    Ok((lines.into_iter().map(|l| (l.file, l.answer)).collect(), seconds))
}
