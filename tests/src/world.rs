//! A world for one test of the program: some music, a catalogue, and nothing else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::missing_panics_doc)]

use crate::clicks::{metronome, write};
use crate::tools::run_indexer;
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of music and a catalogue, both of this test alone.
pub struct World {
    /// Holds everything: it goes when this does.
    pub dir: tempfile::TempDir,
}

impl Default for World {
    /// With nothing in it yet.
    fn default() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("music")).unwrap();
        Self { dir }
    }
}

impl World {
    /// The folder that is scanned.
    #[must_use]
    pub fn music(&self) -> PathBuf {
        self.dir.path().join("music")
    }

    /// Six seconds of clicks, as a file in that folder.
    pub fn click_file(&self, name: impl AsRef<Path>, bpm: f64) -> PathBuf {
        let path = self.music().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        write(&path, 22_050, 6.0, &metronome(bpm, 6.0));
        path
    }

    /// Runs the program with this catalogue: its exit code, what it printed (if that was JSON), its complaints.
    pub fn run(&self, arguments: &[&OsStr]) -> (i32, Value, String) {
        let output = run_indexer(&self.dir.path().join("catalogue"), arguments);
        let json = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        (output.status.code().unwrap_or(-1), json, String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// A scan of everything, checked to add up.
    pub fn scan_with(&self, more: &[&str]) -> (i32, Value) {
        let music = self.music();
        let mut arguments: Vec<&OsStr> = vec!["scan".as_ref(), "--json".as_ref(), music.as_os_str()];
        arguments.extend(more.iter().map(|m| OsStr::new(*m)));
        let (code, report, errors) = self.run(&arguments);
        assert!(report.is_object(), "{errors}");
        let n = |name: &str| report[name].as_u64().unwrap();
        let parts = ["new", "changed", "moved", "unchanged", "renewed", "failed", "skipped"];
        assert_eq!(n("found"), parts.iter().map(|p| n(p)).sum::<u64>(), "{report}");
        assert_eq!(report["failures"].as_array().unwrap().len() as u64, n("failed"));
        assert_eq!(report["skips"].as_array().unwrap().len() as u64, n("skipped"));
        (code, report)
    }

    /// The same without more arguments.
    pub fn scan(&self) -> (i32, Value) {
        self.scan_with(&[])
    }

    /// What a search finds.
    pub fn search(&self, arguments: &[&str]) -> Vec<Value> {
        let arguments: Vec<&OsStr> = ["search", "--json", "--limit", "0"].iter().chain(arguments).map(OsStr::new).collect();
        let (code, found, errors) = self.run(&arguments);
        let found = found.as_array().expect(&errors).clone();
        assert_eq!(code, i32::from(found.is_empty()), "{errors}");
        found
    }
}
