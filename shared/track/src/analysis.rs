//! What was measured of a sound.

use crate::Value;
use music::{BeatGrid, Key};
use serde::{Deserialize, Serialize};

/// Everything that one pass over a sound measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Loudness after EBU R 128. Absent when nothing rises above the standard's gate.
    pub loudness: Option<Value<Loudness>>,
    /// Tempo in beats per minute. Absent without a pulse.
    pub tempo_bpm: Option<Value<f64>>,
    /// Beat times with the first downbeat. Absent without a pulse.
    pub beats: Option<Value<BeatGrid>>,
    /// Key. Absent when nothing tonal is heard.
    pub key: Option<Value<Key>>,
    /// Onset times in seconds, rising.
    pub onsets_s: Value<Vec<f64>>,
    /// The outline of the waveform.
    pub peaks: Value<Peaks>,
    /// Named measures of the sound, for mood. Absent for silence.
    pub descriptors: Option<Value<Descriptors>>,
}

/// Loudness after EBU R 128.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Loudness {
    /// Integrated loudness, in LUFS.
    pub integrated_lufs: f64,
    /// Loudness range, in LU.
    pub range_lu: Option<f64>,
    /// The highest true peak of any channel, in dBTP.
    pub true_peak_dbtp: f64,
}

/// The outline of a waveform, for drawing: for each of equally long columns the lowest and the highest sample of all channels.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Peaks {
    /// Frames per column.
    pub frames_per_column: u32,
    /// Lowest sample of each column, full scale at -127.
    pub low: Vec<i8>,
    /// Highest sample of each column, full scale at 127.
    pub high: Vec<i8>,
}

/// Named measures of a sound.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Descriptors {
    /// Onsets per second.
    pub event_density_hz: f64,
    /// Median centre of gravity of the magnitude spectrum, in Hz.
    pub brightness_hz: f64,
    /// Median ratio of the geometric to the arithmetic mean of the power spectrum, 0 (one tone) to 1 (noise).
    pub flatness: f64,
    /// How strongly the strongest tempo repeats: the normalised autocorrelation of the onset strength at its lag, 0 to 1.
    pub pulse_clarity: f64,
    /// Best correlation of the chroma with a major key less that with a minor key, -1 to 1. Absent when nothing tonal is heard.
    pub major_minor_balance: Option<f64>,
    /// Tuning against A = 440 Hz in cents, -50 to 50. Absent when nothing tonal is heard.
    pub tuning_cents: Option<f64>,
    /// How much of what sounds is each pitch class, from C on, after tuning; sums to 1. Absent when nothing tonal is heard.
    #[serde(default)]
    pub chroma: Option<[f32; 12]>,
    /// The same of the bass, below 260 Hz. Absent where there is none.
    #[serde(default)]
    pub bass_chroma: Option<[f32; 12]>,
    /// Share of the duration that lies above the silence threshold (-60 dBFS), 0 to 1.
    pub sounding_share: f64,
}
