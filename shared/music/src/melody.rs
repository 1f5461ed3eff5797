//! A melody: notes in beats.

use serde::{Deserialize, Serialize};

/// One note.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// When it starts, in beats from the start of the melody.
    pub start_beats: f64,
    /// How long it is held, in beats.
    pub length_beats: f64,
    /// MIDI pitch; fractions are microtones (69.0 is A at 440 Hz).
    pub pitch: f64,
    /// Loudness of the stroke, 0 to 1.
    pub velocity: f64,
    /// The pitch that it slides in from (meend), where it does.
    pub slide_from: Option<f64>,
}

/// Notes in the order of their starts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Melody {
    /// The notes.
    pub notes: Vec<Note>,
}

impl Melody {
    /// Where the last note ends, in beats.
    #[must_use]
    pub fn length_beats(&self) -> f64 {
        self.notes.iter().map(|n| n.start_beats + n.length_beats).fold(0.0, f64::max)
    }
}
