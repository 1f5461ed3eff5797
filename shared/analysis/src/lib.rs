//! Tempo, beats, key, onsets, loudness and outline of a sound, measured from one stream of samples.
//!
//! One idea: every analyser takes `push(frames)` and `finish()`, so that a three-hour file needs little more memory than a song:
//! what grows with length is only what later steps need (one onset strength per 6 ms, one level per ms, one chroma per 0.1 s).
//! What cannot be measured comes back absent.

mod beats;
mod key;
mod key_weights;
mod loudness;
mod onset;
mod outline;
mod spectrum;
mod tempo;

use loudness::LoudnessMeter;
use onset::OnsetDetector;
use outline::Outline;
use spectrum::Framer;
use track::{Analysis, Descriptors, Value};

/// Version of every measure below. It is raised when any of them changes its answers.
pub const VERSION: &str = "analysis 2";

/// Sample rates that can be measured, in Hz.
pub const RATES_HZ: std::ops::RangeInclusive<u32> = 4_000..=768_000;

/// Why a stream cannot be measured at all.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AnalysisError {
    /// The sample rate or the channel count is out of range.
    #[error("cannot analyse {channels} channels at {rate_hz} Hz (1 to 64 channels at 4 to 768 kHz can be)")]
    Format {
        /// Frames per second.
        rate_hz: u32,
        /// Number of channels.
        channels: usize,
    },
}

/// Measures one sound.
pub struct Analyser {
    rate_hz: u32,
    channels: usize,
    mono: Vec<f32>,
    clean: Vec<Vec<f32>>,
    loudness: LoudnessMeter,
    outline: Outline,
    onset_frames: Framer,
    onset: OnsetDetector,
    chroma_frames: Framer,
    chroma: key::Chroma,
    sounding: u64,
    frames: u64,
}

impl Analyser {
    /// An analyser for planar sound of the given format.
    ///
    /// # Errors
    /// [`AnalysisError::Format`] for a rate outside [`RATES_HZ`] or a channel count outside 1 to 64.
    pub fn new(rate_hz: u32, channels: usize) -> Result<Self, AnalysisError> {
        let bad = || AnalysisError::Format { rate_hz, channels };
        if !RATES_HZ.contains(&rate_hz) || !(1..=64).contains(&channels) {
            return Err(bad());
        }
        let rate = f64::from(rate_hz);
        // 23 ms windows every 6 ms see when; 186 ms windows every 93 ms see which note.
        let onset_size = ((rate * 0.0232) as usize).next_power_of_two();
        let chroma_size = ((rate * 0.16) as usize).next_power_of_two();
        Ok(Self {
            rate_hz,
            channels,
            mono: Vec::new(),
            clean: vec![Vec::new(); channels],
            loudness: LoudnessMeter::new(rate_hz, channels).ok_or_else(bad)?,
            outline: Outline::default(),
            onset_frames: Framer::new(onset_size, onset_size / 4),
            onset: OnsetDetector::new(rate, onset_size, onset_size / 4),
            chroma_frames: Framer::new(chroma_size, chroma_size / 2),
            chroma: key::Chroma::new(rate, chroma_size),
            sounding: 0,
            frames: 0,
        })
    }

    /// Takes the next frames: one slice per channel, all of one length. Samples that are not finite count as silence.
    pub fn push(&mut self, planar: &[&[f32]]) {
        let frames = planar.iter().map(|c| c.len()).min().unwrap_or(0);
        if frames == 0 || planar.len() != self.channels {
            return;
        }
        for (clean, dirty) in self.clean.iter_mut().zip(planar) {
            clean.clear();
            // +24 dBFS is beyond anything that was meant; it keeps damaged floats from drowning the rest.
            clean.extend(dirty[..frames].iter().map(|x| if x.is_finite() { x.clamp(-16.0, 16.0) } else { 0.0 }));
        }
        let scale = 1.0 / self.channels as f32;
        self.mono.clear();
        self.mono.extend((0..frames).map(|i| self.clean.iter().map(|c| c[i]).sum::<f32>() * scale));
        self.sounding += self.mono.iter().filter(|x| x.abs() > 1e-3).count() as u64;
        self.frames += frames as u64;
        self.loudness.push(&self.clean);
        self.outline.push(&self.clean);
        self.onset.push_samples(&self.mono);
        let onset = &mut self.onset;
        self.onset_frames.push(&self.mono, |power| onset.push_frame(power));
        let chroma = &mut self.chroma;
        self.chroma_frames.push(&self.mono, |power| chroma.push_frame(power));
    }

    /// Ends the stream and gives what was measured.
    #[must_use]
    pub fn finish(mut self) -> Analysis {
        let onset = &mut self.onset;
        self.onset_frames.flush(|power| onset.push_frame(power));
        let chroma = &mut self.chroma;
        self.chroma_frames.flush(|power| chroma.push_frame(power));
        let duration_s = self.frames as f64 / f64::from(self.rate_hz);

        let onsets = self.onset.finish(duration_s);
        let tonal = self.chroma.finish();
        let pulse = tempo::estimate(&onsets);
        let tracked = pulse.as_ref().and_then(|p| beats::track(&onsets, p, &tonal, duration_s));
        let measured = |confidence| (VERSION, Some(confidence));

        let descriptors = (self.sounding > 0).then(|| Descriptors {
            event_density_hz: onsets.times_s.len() as f64 / duration_s.max(1.0),
            brightness_hz: onsets.brightness_hz,
            flatness: onsets.flatness,
            pulse_clarity: pulse.as_ref().map_or(0.0, |p| p.clarity),
            major_minor_balance: tonal.estimate.as_ref().map(|e| e.major_minor_balance),
            tuning_cents: tonal.estimate.as_ref().map(|e| e.tuning_cents),
            chroma: tonal.estimate.as_ref().map(|e| e.chroma),
            bass_chroma: tonal.estimate.as_ref().and_then(|e| e.bass_chroma),
            sounding_share: self.sounding as f64 / self.frames.max(1) as f64,
        });
        let value = |v, (version, confidence)| Value::measured(v, version, confidence);
        Analysis {
            loudness: self.loudness.finish().map(|l| Value::measured(l, VERSION, None)),
            tempo_bpm: tracked.as_ref().map(|t| value(t.bpm, measured(t.confidence))),
            beats: tracked.map(|t| Value::measured(t.grid, VERSION, Some(t.downbeat_confidence.unwrap_or(t.confidence)))),
            key: tonal.estimate.as_ref().map(|e| Value::measured(e.key, VERSION, Some(e.confidence))),
            onsets_s: Value::measured(onsets.times_s, VERSION, None),
            peaks: Value::measured(self.outline.finish(), VERSION, None),
            descriptors: descriptors.map(|d| Value::measured(d, VERSION, None)),
        }
    }
}
