//! What is known of a piece because it was rendered.

use music::Key;
use serde::{Deserialize, Serialize};

/// The family of tunes in a church mode other than major and minor, whose keys are scored apart.
pub const MODAL: &str = "fiddle, modal";

/// A span of one key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeySpan {
    /// From here.
    pub from_s: f64,
    /// To here.
    pub to_s: f64,
    /// The key.
    pub key: Key,
}

/// A piece and what is true of it. What is absent is not asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// Its name, which is that of its file.
    pub name: String,
    /// Where it comes from: pop, fiddle, pattern, drone, recording.
    pub family: String,
    /// What was done to its sound.
    pub variant: String,
    /// What it was played with.
    #[serde(default)]
    pub instruments: String,
    /// Whether anybody would tap to it.
    pub has_pulse: bool,
    /// Median tempo, where it has a pulse.
    pub bpm: Option<f64>,
    /// Whether its tempo stays the same.
    pub is_steady: bool,
    /// Where its beats are.
    pub beats_s: Vec<f64>,
    /// Where its bars begin.
    pub downbeats_s: Vec<f64>,
    /// Metres that would be right.
    pub metres: Vec<u32>,
    /// Its keys over time.
    pub keys: Vec<KeySpan>,
    /// How far it is from A = 440 Hz.
    pub tuning_cents: Option<f64>,
    /// The tonic of a drone.
    pub tonic_hz: Option<f64>,
    /// Where notes begin.
    pub onsets_s: Option<Vec<f64>>,
    /// Where sections meet.
    #[serde(default)]
    pub sections_s: Option<Vec<f64>>,
    /// The notes of a single voice: from, to, frequency.
    #[serde(default)]
    pub voice: Option<Vec<(f64, f64, f64)>>,
}

impl Truth {
    /// The key that holds longest.
    pub fn key(&self) -> Option<Key> {
        let mut totals: Vec<(Key, f64)> = Vec::new();
        for span in &self.keys {
            let length_s = span.to_s - span.from_s;
            match totals.iter_mut().find(|t| t.0 == span.key) {
                Some(total) => total.1 += length_s,
                None => totals.push((span.key, length_s)),
            }
        }
        totals.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(|t| t.0)
    }
}
