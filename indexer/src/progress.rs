//! What a scan shows while it runs: a bar on a terminal, else a line per file.

use crate::output::{files, printable};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use scan::Event;
use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::Instant;

pub struct Progress {
    bar: ProgressBar,
    is_terminal: bool,
    /// Seconds measured, and files that failed.
    done: Mutex<(f64, usize)>,
    since: Instant,
}

impl Progress {
    pub fn new() -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        Self { bar, is_terminal, done: Mutex::default(), since: Instant::now() }
    }

    pub fn event(&self, event: Event) {
        match event {
            Event::Planned { to_measure, found } => {
                if self.is_terminal && to_measure > 0 {
                    self.bar.set_length(to_measure as u64);
                    let style = ProgressStyle::with_template("{pos}/{len} files {bar:24} {prefix} {eta} left  {wide_msg}");
                    self.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
                    self.bar.enable_steady_tick(std::time::Duration::from_millis(200));
                } else if !self.is_terminal {
                    self.plain(&format!("{} found, {to_measure} to measure", files(found)));
                }
            }
            Event::Started(path) => {
                let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                self.bar.set_message(printable(&name));
            }
            Event::Done { path, seconds, failure } => {
                let (total_s, failed) = self.done.lock().map_or((0.0, 0), |mut done| {
                    done.0 += seconds;
                    done.1 += usize::from(failure.is_some());
                    *done
                });
                let per_minute = total_s / 3600.0 / (self.since.elapsed().as_secs_f64() / 60.0).max(1e-3);
                let failures = if failed > 0 { format!("{failed} failed, ") } else { String::new() };
                self.bar.set_prefix(format!("{failures}{per_minute:.1} h of audio a minute,"));
                self.bar.inc(1);
                if !self.is_terminal {
                    // The reasons come at the end, with all the others.
                    let what = if failure.is_some() { "failed" } else { "measured" };
                    self.plain(&format!("{what}: {}", printable(&path.display().to_string())));
                }
            }
        }
    }

    fn plain(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
