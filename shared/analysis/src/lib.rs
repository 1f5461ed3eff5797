//! Tempo, beats, key, onsets, pitch, timbre, form and loudness of a sound, measured from one stream of samples.
//!
//! One idea: every meter takes what comes (`push`) and says at the end what it heard (`finish`), so that a twelve-hour file needs little
//! more memory than a song: what grows with length is only what later steps need. Two streams of spectra, short windows that see when and long ones that
//! see which note, serve beats, onsets, harmony, timbre and sections; loudness, pitch and fingerprint look at samples in ways of their own. What cannot
//! be measured comes back absent.

mod bands;
mod decimate;
pub mod features;
mod fingerprint;
mod hops;
mod lanes;
mod level;
mod loudness;
pub mod networks;
mod onset;
mod outline;
pub mod passages;
pub mod prosody;
mod pulse;
mod running;
mod sections;
mod spectrum;
pub mod stages;
mod timbre;
mod tonal;
mod voice;

pub use level::{LevelCurve, Silence};
pub use passages::{Passage, Passages};

use bands::Bands;
use fingerprint::FingerprintTaker;
use loudness::LoudnessMeter;
use networks::Listener;
use onset::OnsetDetector;
use outline::Outline;
use sections::SectionMeter;
use spectrum::Framer;
use stages::{Stage, Stages};
use timbre::TimbreMeter;
use tonal::ChromaMeter;
use track::{Analysis, Descriptors, Harmony, Sections, Timbre, Value, Voice};
use voice::VoiceTracker;

/// Version of every measure below. It is raised when any of them changes its answers.
pub const VERSION: &str = "analysis 7";

/// Frames per second of the short windows that see when: those of hops of 256 samples at 44.1 kHz.
pub(crate) const FRAME_RATE_HZ: f64 = 44_100.0 / 256.0;
/// Frames per second of the long windows that see which note.
pub(crate) const HARMONY_RATE_HZ: f64 = 44_100.0 / 4096.0;
/// Lengths of both, in seconds: 1024 and 8192 samples at 44.1 kHz.
const WINDOW_S: f64 = 1024.0 / 44_100.0;
const HARMONY_WINDOW_S: f64 = 8192.0 / 44_100.0;
/// Columns of the chromagram that is kept, at most.
const CHROMAGRAM_COLUMNS: usize = 256;
/// Silence at the ends, where nothing else is asked: so far under the loudest, for so long.
pub const SILENCE_BELOW_DB: f64 = 40.0;
/// See [`SILENCE_BELOW_DB`]; in seconds.
pub const SILENCE_HOLD_S: f64 = 1.0;

/// With less sound than this, in seconds, there is no harmony to speak of.
const LEAST_FOR_HARMONY_S: f64 = 0.5;
/// What is defined and not judged (loudness, timbre) is sure once so much has sounded: EBU R 128 calls the loudness of so many seconds short-term.
const ENOUGH_S: f64 = 3.0;

/// Left and right cancel each other where their mean keeps less than this of their energy (-30 dB).
const CANCELLED: f32 = 1e-3;

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

/// A sample as everything here takes it: what is not finite is silence, and +24 dBFS is beyond anything that was meant, which keeps damaged floats
/// from drowning the rest.
#[inline]
#[must_use]
pub fn clean(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-16.0, 16.0) } else { 0.0 }
}

/// The channels as one. Where left and right cancel each other, which is a fault of the recording and not silence, their difference is heard.
fn mix(planar: &[Vec<f32>], frames: usize, mono: &mut Vec<f32>) {
    let scale = 1.0 / planar.len().max(1) as f32;
    mono.clear();
    mono.resize(frames, 0.0);
    for channel in planar {
        mono.iter_mut().zip(channel).for_each(|(m, x)| *m += x * scale);
    }
    if let [left, right] = planar
        && lanes::energy(mono) < CANCELLED * (lanes::energy(left) + lanes::energy(right))
    {
        mono.iter_mut().zip(left.iter().zip(right)).for_each(|(m, (l, r))| *m = 0.5 * (l - r));
    }
}

/// All that was measured of a sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    /// What a catalogue keeps.
    pub analysis: Analysis,
    /// What models of mood are given.
    pub passages: Passages,
    /// What the networks were given, frame by frame at [`networks::FRAME_RATE_HZ`]. Of a sound longer than three minutes that is only the end.
    pub network_inputs: Vec<[f32; networks::INPUTS]>,
}

/// Measures one sound.
pub struct Analyser {
    rate_hz: u32,
    channels: usize,
    length: u64,
    mono: Vec<f32>,
    clean: Vec<Vec<f32>>,
    stages: Stages,
    sounding: u64,
    loudness: LoudnessMeter,
    outline: Outline,
    level: LevelCurve,
    fingerprint: FingerprintTaker,
    voice: VoiceTracker,
    frames: Framer,
    bands: Bands,
    onset: OnsetDetector,
    timbre: TimbreMeter,
    sections: SectionMeter,
    listener: Listener,
    harmony_frames: Framer,
    chroma: ChromaMeter,
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
        let frames = Framer::new(rate, WINDOW_S, 1.0 / FRAME_RATE_HZ);
        let harmony_frames = Framer::new(rate, HARMONY_WINDOW_S, 1.0 / HARMONY_RATE_HZ);
        let bands = Bands::new(rate, frames.size());
        Ok(Self {
            rate_hz,
            channels,
            length: 0,
            mono: Vec::new(),
            clean: vec![Vec::new(); channels],
            stages: Stages::default(),
            sounding: 0,
            loudness: LoudnessMeter::new(rate_hz, channels),
            outline: Outline::default(),
            level: LevelCurve::new(rate, FRAME_RATE_HZ),
            fingerprint: FingerprintTaker::new(rate),
            voice: VoiceTracker::new(rate),
            onset: OnsetDetector::new(rate, &bands),
            timbre: TimbreMeter::new(rate, frames.size()),
            sections: SectionMeter::default(),
            listener: Listener::default(),
            chroma: ChromaMeter::new(rate, harmony_frames.size()),
            frames,
            bands,
            harmony_frames,
        })
    }

    /// Takes the next frames: one slice per channel, all of one length. Samples that are not finite count as silence; a block with another
    /// number of channels than was said is left out.
    pub fn push(&mut self, planar: &[&[f32]]) {
        let frames = planar.iter().map(|c| c.len()).min().unwrap_or(0);
        if planar.len() != self.channels {
            return;
        }
        // In pieces that end where a long window does: so the short windows that come before it are the same, however large the blocks are.
        let mut from = 0;
        while from < frames {
            let to = (from + self.harmony_frames.missing().max(1)).min(frames);
            self.push_piece(planar, from..to);
            from = to;
        }
    }

    fn push_piece(&mut self, planar: &[&[f32]], range: std::ops::Range<usize>) {
        let frames = range.len();
        self.stages.begin();
        for (clean, dirty) in self.clean.iter_mut().zip(planar) {
            clean.clear();
            clean.extend(dirty[range.clone()].iter().map(|x| self::clean(*x)));
        }
        mix(&self.clean, frames, &mut self.mono);
        self.sounding += u64::from(self.mono.iter().map(|x| u32::from(x.abs() > 1e-3)).sum::<u32>());
        self.length += frames as u64;
        self.outline.push(&self.clean);
        self.level.push(&self.clean);
        self.stages.end(Stage::Outline);
        self.loudness.push(&self.clean);
        self.stages.end(Stage::Loudness);
        self.fingerprint.push(&self.mono);
        self.stages.end(Stage::Fingerprint);
        self.voice.push(&self.mono);
        self.stages.end(Stage::Voice);
        self.onset.push_samples(&self.mono);
        self.stages.end(Stage::Onsets);
        let mono = std::mem::take(&mut self.mono);
        self.spectra(&mono);
        self.mono = mono;
    }

    fn spectra(&mut self, mono: &[f32]) {
        let Self { frames, bands, onset, timbre, sections, harmony_frames, chroma, listener, stages, .. } = self;
        frames.push(mono, |power| {
            let energies = bands.energies(power);
            let levels = bands::levels(&energies);
            stages.end(Stage::Spectra);
            onset.push_frame(&levels);
            stages.end(Stage::Onsets);
            timbre.push_frame(power, &energies, &levels);
            stages.end(Stage::Timbre);
            sections.push_levels(&levels);
            stages.end(Stage::Sections);
            listener.push_levels(&levels);
            stages.end(Stage::Networks);
        });
        harmony_frames.push(mono, |power| {
            stages.end(Stage::Spectra);
            let (all, bass) = chroma.push_frame(power);
            stages.end(Stage::Harmony);
            sections.close_frame();
            stages.end(Stage::Sections);
            listener.push_harmony(&all, &bass);
            stages.end(Stage::Networks);
        });
        stages.end(Stage::Spectra);
    }

    /// Silence after the end, so that the last samples are seen from both sides.
    fn flush(&mut self) {
        self.stages.begin();
        let tail = vec![0.0; self.harmony_frames.size() / 2];
        self.spectra(&tail);
    }

    /// Like [`Self::finish`], with all that models may be trained on.
    #[must_use]
    pub fn finish_whole(mut self) -> Whole {
        self.flush();
        let network_inputs = self.listener.inputs();
        let (analysis, passages) = self.conclude(&mut Stages::default());
        Whole { analysis, passages, network_inputs }
    }

    /// The same, reading a clock between stages, for [`Self::finish_with_times`].
    #[must_use]
    pub fn timed(mut self) -> Self {
        self.stages = Stages::running();
        self
    }

    /// Like [`Self::finish`], with the time that each stage took, decoding aside: zero unless [`Self::timed`].
    #[must_use]
    pub fn finish_with_times(mut self) -> (Whole, Vec<(Stage, std::time::Duration)>) {
        self.flush();
        let mut stages = std::mem::take(&mut self.stages);
        let (analysis, passages) = self.conclude(&mut stages);
        (Whole { analysis, passages, network_inputs: Vec::new() }, stages.times())
    }

    /// Ends the stream and gives what was measured.
    #[must_use]
    pub fn finish(mut self) -> Analysis {
        self.flush();
        self.conclude(&mut Stages::default()).0
    }

    /// Like [`Self::finish`], with measures of the whole and of its passages for models of mood.
    #[must_use]
    pub fn finish_with_passages(mut self) -> (Analysis, Passages) {
        self.flush();
        self.conclude(&mut Stages::default())
    }

    /// What is left to do once all that sounds has been seen.
    fn conclude(self, stages: &mut Stages) -> (Analysis, Passages) {
        stages.begin();
        let duration_s = self.length as f64 / f64::from(self.rate_hz);
        let (onsets_s, onsets_confidence) = self.onset.finish(duration_s);
        stages.end(Stage::Onsets);
        let chroma = self.chroma.finish();
        let modes = chroma.as_ref().and_then(|c| tonal::modes(&c.all));
        let sounding_s = self.sounding as f64 / f64::from(self.rate_hz);
        let tonal = chroma.as_ref().filter(|_| modes.is_some() && sounding_s >= LEAST_FOR_HARMONY_S);
        let keys = tonal.map(|c| tonal::ranked(&tonal::probabilities(&c.all, c.bass.as_ref())));
        let spans = tonal.map(|c| tonal::spans(c, duration_s));
        stages.end(Stage::Harmony);
        let (activations, notes) = self.listener.finish();
        let pulse = pulse::find(&activations, &onsets_s, duration_s);
        stages.end(Stage::Networks);
        let tonic = tonal.and_then(|c| tonal::tonic(c, pulse.is_some()));
        stages.end(Stage::Harmony);
        let boundaries_s = self.sections.boundaries(chroma.as_ref(), pulse.as_ref().map(|p| &p.grid), duration_s);
        stages.end(Stage::Sections);
        let voice = self.voice.finish();
        stages.end(Stage::Voice);

        let (silence_before_s, silence_after_s) = self.level.silence_at_ends(SILENCE_BELOW_DB, SILENCE_HOLD_S);
        let sections = Sections { boundaries_s, silence_before_s, silence_after_s };
        let timbre = self.timbre.finish();
        let heard = passages::Heard {
            textures: &timbre.passages,
            notes: &notes,
            chroma: chroma.as_ref(),
            level: &self.level,
            onsets_s: &onsets_s,
            grid: pulse.as_ref().map(|p| &p.grid),
            pulse_clarity: pulse.as_ref().map(|p| p.clarity),
            duration_s,
        };
        let passages = heard.passages();
        let colour = chroma.as_ref().map(tonal::Chroma::colour);
        let chroma_deviation = chroma.as_ref().map(tonal::Chroma::deviation);
        let descriptors = (self.sounding > 0).then(|| Descriptors {
            event_density_hz: onsets_s.len() as f64 / duration_s.max(1.0),
            brightness_hz: timbre.brightness_hz,
            flatness: timbre.flatness,
            pulse_clarity: pulse.as_ref().map(|p| p.clarity),
            major_minor_balance: modes.map(|(major, minor)| major - minor),
            tuning_cents: tonal.map(|c| 100.0 * c.offset),
            chroma: tonal.map(|c| c.all.map(|x| x as f32)),
            bass_chroma: tonal.and_then(|c| c.bass).map(|b| b.map(|x| x as f32)),
            sounding_share: self.sounding as f64 / self.length.max(1) as f64,
            timbre: colour.zip(chroma_deviation).map(|(colour, chroma_deviation)| Timbre {
                brightness_deviation_hz: timbre.brightness_deviation_hz,
                roughness: colour.roughness.into(),
                flux_db: timbre.flux_db,
                contrast_db: timbre.contrast_db,
                mfcc_mean: timbre.mfcc_mean,
                mfcc_deviation: timbre.mfcc_deviation,
                chroma_deviation,
                register_midi: colour.register.into(),
                articulation: self.level.articulation(&onsets_s),
            }),
        });
        stages.end(Stage::Timbre);
        let (loudness, loudness_curve) = self.loudness.finish();
        stages.end(Stage::Loudness);
        let fingerprint = self.fingerprint.finish();
        stages.end(Stage::Fingerprint);

        let enough = Some((sounding_s / ENOUGH_S).min(1.0));
        fn measured<T>(value: T, confidence: Option<f64>) -> Value<T> {
            Value::measured(value, VERSION, confidence)
        }
        let (tempo_bpm, metre, pace, beats) = match pulse {
            Some(p) => (
                Some(measured(p.bpm, Some(p.confidence))),
                p.metre.map(|(metre, c)| measured(metre, Some(c))),
                Some(measured(p.pace, Some(p.confidence))),
                Some(measured(p.grid, Some(p.grid_confidence))),
            ),
            None => (None, None, None, None),
        };
        // The chroma of a piece that modulates is that of no key: there each key is as probable as its share of the time, as much as by the whole.
        let keys = keys.map(|mut keys| {
            if let Some(spans) = spans.as_deref().filter(|s| s.len() > 1) {
                keys.iter_mut().for_each(|(key, p)| *p = f64::midpoint(*p, tonal::held(spans, *key)));
                keys.sort_by(|a, b| b.1.total_cmp(&a.1));
            }
            keys
        });
        let best = keys.as_ref().and_then(|k| k.first().copied());
        let alternatives = |keys: Vec<(music::Key, f64)>| keys.into_iter().skip(1).take(3).collect();
        let analysis = Analysis {
            loudness: loudness.map(|l| measured(l, enough)),
            tempo_bpm,
            beats,
            metre,
            pace,
            key: best.map(|(key, p)| measured(key, Some(p))),
            harmony: spans.zip(keys).map(|(spans, keys)| measured(Harmony { spans, alternatives: alternatives(keys) }, best.map(|b| b.1))),
            chromagram: chroma.as_ref().map(|c| measured(c.columns(CHROMAGRAM_COLUMNS), enough)),
            tonic: tonic.map(|(tonic, c)| measured(tonic, Some(c))),
            voice: voice.map(|(voice, c)| measured(voice, Some(c))),
            onsets_s: measured(onsets_s, onsets_confidence),
            // How far boundaries stand out tells nothing of whether they are right (models/reports/analysis.md): nothing is claimed.
            sections: Some(measured(sections, None)),
            loudness_curve: Some(measured(loudness_curve, enough)),
            fingerprint: Some(fingerprint).filter(|f| !f.is_empty()).map(|f| measured(f, enough)),
            peaks: measured(self.outline.finish(), Some(1.0)),
            descriptors: descriptors.map(|d| measured(d, enough)),
        };
        (analysis, passages)
    }
}

/// The pitch of a sound that is known to be a single voice, whatever a scan would take it for, and how sure it is. `None` if nothing is voiced.
///
/// # Errors
/// [`AnalysisError::Format`] for a rate outside [`RATES_HZ`].
pub fn pitch_of_voice(rate_hz: u32, mono: &[f32]) -> Result<Option<(Voice, f64)>, AnalysisError> {
    if !RATES_HZ.contains(&rate_hz) {
        return Err(AnalysisError::Format { rate_hz, channels: 1 });
    }
    let mut tracker = VoiceTracker::following(f64::from(rate_hz));
    let clean: Vec<f32> = mono.iter().map(|x| clean(*x)).collect();
    tracker.push(&clean);
    Ok(tracker.finish())
}
