//! `cargo xtask eval rescan`: how long a rescan of unchanged files takes, beside a walk that stats every file, and how much memory the scans take.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Files per folder.
const PER_FOLDER: usize = 100;
const ROUNDS: usize = 5;
/// A rescan takes at most so many walks.
const MOST_WALKS: f64 = 1.5;
/// The program that scans takes at most so much memory, however many files there are; its workers have limits of their own.
const MOST_MB: f64 = 150.0;

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

/// The most memory that a process has had when it ends, where the system tells (Linux).
fn peak_mb(pid: u32) -> JoinHandle<Option<f64>> {
    std::thread::spawn(move || {
        let mut most = None;
        while let Ok(text) = std::fs::read_to_string(format!("/proc/{pid}/status")) {
            // A process that has ended and was not waited for yet has no memory any more.
            let Some(kb) = text.lines().find_map(|l| l.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok()) else {
                break;
            };
            most = Some(kb / 1024.0);
            std::thread::sleep(Duration::from_millis(2));
        }
        most
    })
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
    let scan = || {
        let mut command = Command::new(&indexer);
        command.args(["scan", "--json", "--catalogue"]).args([&catalogue, &music]).stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn()
    };
    let first = Instant::now();
    let child = scan()?;
    let peak = peak_mb(child.id());
    let output = child.wait_with_output()?;
    let first = first.elapsed();
    let first_mb = peak.join().ok().flatten();
    if !output.status.success() {
        bail!("the first scan failed: {}", String::from_utf8_lossy(&output.stdout));
    }
    let child = scan()?;
    let peak = peak_mb(child.id());
    child.wait_with_output()?;
    let again_mb = peak.join().ok().flatten();
    let (mut scans, mut walks) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let t = Instant::now();
        if walk(&music)? != files {
            bail!("the walk missed files");
        }
        walks.push(t.elapsed());
        let t = Instant::now();
        let output = scan()?.wait_with_output()?;
        scans.push(t.elapsed());
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).context("the scan's report")?;
        if report["unchanged"] != files {
            bail!("not all files were unchanged: {report}");
        }
    }
    std::fs::remove_dir_all(&dir)?;
    let (scan_s, walk_s) = (median(scans), median(walks));
    let target_s = MOST_WALKS * walk_s;
    let mb = |mb: Option<f64>| mb.map_or("not measured".into(), |mb| format!("{mb:.0}"));
    let text = format!(
        "# Scans of many files\n\nMeasured by `cargo xtask eval rescan --files {files}` (medians of {ROUNDS} rounds, release build, warm cache, walk and scan \
         in turn). The memory is that of the program that scans, without its workers, which have limits of their own.\n\n| measure | value | target |\n|---|---|---|\n| \
         first scan, s | {:.1} | |\n| walk that stats every file, s | {walk_s:.3} | |\n| rescan of unchanged files, whole process, s | {scan_s:.3} | {target_s:.3} ({MOST_WALKS} walks) \
         |\n| peak memory of the first scan, MB | {} | {MOST_MB:.0} |\n| peak memory of a rescan, MB | {} | {MOST_MB:.0} |\n",
        first.as_secs_f64(),
        mb(first_mb),
        mb(again_mb),
    );
    let path = root.join("docs/rescan.md");
    std::fs::write(&path, &text).with_context(|| path.display().to_string())?;
    eprint!("{text}");
    if scan_s > target_s {
        bail!("the rescan takes longer than its target");
    }
    if first_mb.into_iter().chain(again_mb).any(|mb| mb > MOST_MB) {
        bail!("a scan takes more memory than its target");
    }
    Ok(())
}
