//! `cargo xtask eval rescan`: how long a rescan of unchanged files takes, beside a walk that stats every file.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Files per folder.
const PER_FOLDER: usize = 100;
const ROUNDS: usize = 5;

fn walk(dir: &Path) -> Result<usize> {
    let mut count = 0;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let meta = std::fs::metadata(entry.path())?;
        count += if meta.is_dir() { walk(&entry.path())? } else { 1 };
    }
    Ok(count)
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

pub fn run(root: &Path, files: usize) -> Result<()> {
    let dir = std::env::temp_dir().join(format!("underscore-rescan-{}", std::process::id()));
    let (music, catalogue) = (dir.join("music"), dir.join("catalogue"));
    let status = Command::new("cargo").args(["build", "--release", "-p", "indexer"]).current_dir(root).status()?;
    if !status.success() {
        bail!("indexer did not build");
    }
    let indexer = root.join("target/release").join(format!("indexer{}", std::env::consts::EXE_SUFFIX));
    eprintln!("making {files} files of 50 ms");
    for i in 0..files {
        let folder = music.join(format!("{:03}", i / PER_FOLDER));
        std::fs::create_dir_all(&folder)?;
        let tone: Vec<f32> = (0..400).map(|n| (n as f32 * (0.05 + i as f32 * 1e-5)).sin() * 0.3).collect();
        audio::write_wav(&folder.join(format!("{i}.wav")), 8000, &[&tone])?;
    }
    let scan = || Command::new(&indexer).args(["scan", "--json", "--catalogue"]).args([&catalogue, &music]).output();
    let first = Instant::now();
    let output = scan()?;
    let first = first.elapsed();
    if !output.status.success() {
        bail!("the first scan failed: {}", String::from_utf8_lossy(&output.stdout));
    }
    let (mut scans, mut walks) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let t = Instant::now();
        if walk(&music)? != files {
            bail!("the walk missed files");
        }
        walks.push(t.elapsed());
        let t = Instant::now();
        let output = scan()?;
        scans.push(t.elapsed());
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).context("the scan's report")?;
        if report["unchanged"] != files {
            bail!("not all files were unchanged: {report}");
        }
    }
    std::fs::remove_dir_all(&dir)?;
    let (scan_s, walk_s) = (median(scans), median(walks));
    let target_s = 1.5 * walk_s + 0.3;
    let text = format!(
        "# Rescan of unchanged files\n\nMeasured by `cargo xtask eval rescan --files {files}` (medians of {ROUNDS} rounds, release build, warm \
         cache, walk and scan in turn).\n\n| measure | seconds |\n|---|---|\n| first scan | {:.1} |\n| walk that stats every file | {walk_s:.3} |\n| \
         rescan, whole process | {scan_s:.3} |\n| target: 1.5 walks + 0.3 s | {target_s:.3} |\n",
        first.as_secs_f64()
    );
    let path = root.join("docs/rescan.md");
    std::fs::write(&path, &text).with_context(|| path.display().to_string())?;
    eprint!("{text}");
    if scan_s > target_s {
        bail!("the rescan takes longer than its target");
    }
    Ok(())
}
