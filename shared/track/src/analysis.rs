//! What was measured of a sound.

use crate::Value;
use music::{BeatGrid, Key, Metre};
use serde::{Deserialize, Serialize};

/// Everything that one pass over a sound measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Loudness after EBU R 128. Absent when nothing rises above the standard's gate.
    pub loudness: Option<Value<Loudness>>,
    /// Tempo in beats per minute. Absent without a pulse.
    pub tempo_bpm: Option<Value<f64>>,
    /// Beat times, and which of them begin bars: the confidence is that of the bars, which are the hardest part. Absent without a pulse.
    pub beats: Option<Value<BeatGrid>>,
    /// Metre. Absent without a pulse.
    #[serde(default)]
    pub metre: Option<Value<Metre>>,
    /// How the tempo behaves, and how else it may be read. Absent without a pulse.
    #[serde(default)]
    pub pace: Option<Value<Pace>>,
    /// Key. Absent when nothing tonal is heard.
    pub key: Option<Value<Key>>,
    /// Keys one after the other, where the music changes its key; and how else the whole may be heard. Absent when nothing tonal is heard.
    #[serde(default)]
    pub harmony: Option<Value<Harmony>>,
    /// How much of each pitch class sounds over time, coarsely. Absent where nothing sounds.
    #[serde(default)]
    pub chromagram: Option<Value<Chromagram>>,
    /// The tonic (sa) of music over a drone. Absent where no note holds on.
    #[serde(default)]
    pub tonic: Option<Value<Tonic>>,
    /// The pitch of a single voice. Absent where there is more than one, or none.
    #[serde(default)]
    pub voice: Option<Value<Voice>>,
    /// Where its sections meet, and silence at its ends. Absent in what was measured before there were any.
    #[serde(default)]
    pub sections: Option<Value<Sections>>,
    /// Loudness over time.
    #[serde(default)]
    pub loudness_curve: Option<Value<LoudnessCurve>>,
    /// Chromaprint's fingerprint of the first two minutes. Absent for less than three seconds.
    #[serde(default)]
    pub fingerprint: Option<Value<Vec<u32>>>,
    /// Onset times in seconds, rising.
    pub onsets_s: Value<Vec<f64>>,
    /// The outline of the waveform.
    pub peaks: Value<Peaks>,
    /// Named measures of the sound, for mood. Absent for silence.
    pub descriptors: Option<Value<Descriptors>>,
}

impl Analysis {
    /// An analysis in which nothing was measured.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            loudness: None,
            tempo_bpm: None,
            beats: None,
            metre: None,
            pace: None,
            key: None,
            harmony: None,
            chromagram: None,
            tonic: None,
            voice: None,
            sections: None,
            loudness_curve: None,
            fingerprint: None,
            onsets_s: Value::measured(Vec::new(), "", None),
            peaks: Value::measured(Peaks::default(), "", None),
            descriptors: None,
        }
    }
}

impl Analysis {
    /// The question that other readings of the tempo leave open has been answered.
    pub(crate) fn settle_pace(&mut self) {
        if let Some(pace) = &mut self.pace {
            pace.value.curve.clear();
            pace.value.alternatives.clear();
        }
    }

    /// Takes other beats, and lets sections begin with their bars.
    pub(crate) fn put_beats(&mut self, beats: Value<BeatGrid>) {
        if let Some(sections) = &mut self.sections {
            let bars: Vec<f64> = beats.value.downbeats_s().collect();
            let nearest = |t: f64| bars.iter().copied().min_by(|a, b| (a - t).abs().total_cmp(&(b - t).abs()));
            let bar_s = bars.windows(2).map(|w| w[1] - w[0]).fold(0.0, f64::max);
            for t in &mut sections.value.boundaries_s {
                *t = nearest(*t).filter(|b| (b - *t).abs() <= bar_s).unwrap_or(*t);
            }
            sections.value.boundaries_s.dedup();
        }
        self.beats = Some(beats);
    }
}

/// How a tempo behaves, and how else it may be read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Pace {
    /// Other tempi that the same music may be heard in (half, double, thirds), in beats per minute, each with its probability; the most
    /// probable first.
    pub alternatives: Vec<(f64, f64)>,
    /// How steady it is: 1 for a machine, 0 where beats come 10 % or more early or late.
    pub steadiness: f64,
    /// The tempo over time, where it drifts: seconds and beats per minute. Empty where it is steady.
    pub curve: Vec<(f64, f64)>,
}

/// A span of one key.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct KeySpan {
    /// From here, in seconds.
    pub from_s: f64,
    /// To here.
    pub to_s: f64,
    /// The key.
    pub key: Key,
}

/// Keys over time, and other readings of the key of the whole.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Harmony {
    /// Keys one after the other: one span where the key does not change.
    pub spans: Vec<KeySpan>,
    /// Other keys that the whole may be heard in, each with its probability; the most probable first.
    pub alternatives: Vec<(Key, f64)>,
}

/// Pitch classes over time, for drawing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Chromagram {
    /// Length of a column in seconds.
    pub step_s: f64,
    /// From C on, after tuning; the largest of each column 255.
    pub columns: Vec<[u8; 12]>,
}

/// The tonic of music over a drone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Tonic {
    /// Cents above C of A = 440 Hz, in whatever octave: 0 to 1200.
    pub cents_above_c: f64,
}

/// The pitch of a single voice over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Voice {
    /// Time between two values, in seconds. The first is at 0.
    pub hop_s: f64,
    /// Cents above 10 Hz; 0 where nothing is voiced.
    pub cents: Vec<u16>,
}

impl Voice {
    /// The frequency at a time in Hz; `None` where nothing is voiced.
    #[must_use]
    pub fn hz_at(&self, time_s: f64) -> Option<f64> {
        let cents = *self.cents.get((time_s / self.hop_s).round().max(0.0) as usize)?;
        (cents > 0).then(|| 10.0 * 2f64.powf(f64::from(cents) / 1200.0))
    }
}

/// The parts of a piece.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Sections {
    /// Where one section ends and the next begins, in seconds, rising; on bar lines where bars are known.
    pub boundaries_s: Vec<f64>,
    /// Silence at the start, in seconds: below the threshold of 40 dB under the loudest, for a second or longer.
    pub silence_before_s: f64,
    /// The same at the end.
    pub silence_after_s: f64,
}

/// Momentary loudness (EBU R 128, over 400 ms) over time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LoudnessCurve {
    /// Values per second.
    pub per_s: u32,
    /// Tenths of LUFS; -700 for silence.
    pub tenths_lufs: Vec<i16>,
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
    /// How much its beats sound like beats, 0 to 1. Absent without a pulse.
    pub pulse_clarity: Option<f64>,
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
    /// The measures that came later. Absent in what an earlier analyser measured.
    #[serde(default)]
    pub timbre: Option<Timbre>,
}

/// Measures of timbre, texture and touch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Timbre {
    /// Standard deviation of the brightness over time, in Hz.
    pub brightness_deviation_hz: f64,
    /// Mean sensory dissonance between the strongest partials (Plomp & Levelt; Sethares), 0 (pure) to 1.
    pub roughness: f64,
    /// Mean rise of the mel bands' levels from one frame of 23 ms to the next, in dB.
    pub flux_db: f64,
    /// Mean distance between peaks and valleys of the spectrum in seven octaves from 200 Hz up (the first lies below), in dB.
    pub contrast_db: [f32; 7],
    /// Means of thirteen cepstral coefficients of 40 mel bands, whose levels are logarithms to the base of ten.
    pub mfcc_mean: [f32; 13],
    /// Their standard deviations over time.
    pub mfcc_deviation: [f32; 13],
    /// How much each pitch class's share varies over time: standard deviations, from C on, after tuning.
    pub chroma_deviation: [f32; 12],
    /// Mean pitch of the partials that sound, weighted by magnitude, as a MIDI note number.
    pub register_midi: f64,
    /// Median share of the time between two onsets for which the sound stays within 10 dB of its loudest after the first: near 0 for
    /// short, detached notes, 1 for bound ones. Absent where fewer than three such times are those of notes (0.1 to 2 s).
    pub articulation: Option<f64>,
}
