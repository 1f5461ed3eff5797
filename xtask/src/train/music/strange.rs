//! What is no music: speech, voices at once, noise, machines, blows, and next to nothing.
//!
//! One idea: whoever says of a sound whether it is music must have heard both, in the same rooms, at the same levels and through the same codecs.

use super::mastering::Mastering;
use crate::train::recording::{SPEECH_HZ, Utterance};
use anyhow::Result;
use fastrand::Rng;
use std::f64::consts::TAU;
use std::path::Path;

/// Sample rate of what is made here, in Hz; speech keeps that of its recordings.
const RATE_HZ: u32 = 44_100;
/// Lengths, in seconds.
const SHORTEST_S: f64 = 6.0;
const LONGEST_S: f64 = 24.0;
/// Sounds of each kind but speech, and of speech for each speaker.
const EACH: usize = 80;
const EACH_SPEAKER: usize = 16;

/// A kind of sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One person who speaks.
    Speech,
    /// Several at once.
    Voices,
    /// Noise of one colour.
    Noise,
    /// Wind and water: noise that swells and changes its colour.
    Weather,
    /// Hum, motors, fans.
    Machines,
    /// Steps, rain, applause: blows at random.
    Blows,
    /// Noise under -65 dBFS.
    NearSilence,
}

impl Kind {
    const ALL: [Self; 7] = [Self::Speech, Self::Voices, Self::Noise, Self::Weather, Self::Machines, Self::Blows, Self::NearSilence];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Speech => "speech",
            Self::Voices => "voices",
            Self::Noise => "noise",
            Self::Weather => "weather",
            Self::Machines => "machines",
            Self::Blows => "blows",
            Self::NearSilence => "near silence",
        }
    }
}

/// A sound that is no music.
#[derive(Debug, Clone)]
pub struct Strange<'a> {
    /// What it is.
    pub kind: Kind,
    /// Whoever is heard, for leaving that one out; the kind where nobody is.
    pub group: String,
    number: usize,
    /// Recordings that it is made of.
    utterances: &'a [Utterance],
}

/// All of them.
pub fn all(utterances: &[Utterance]) -> Vec<Strange<'_>> {
    let mut sounds = Vec::new();
    for kind in Kind::ALL {
        if kind == Kind::Speech {
            for of_one in utterances.chunk_by(|a, b| a.speaker == b.speaker) {
                let one = |number| Strange { kind, group: of_one[0].speaker.clone(), number, utterances: of_one };
                sounds.extend((0..EACH_SPEAKER).map(one));
            }
        } else {
            let utterances = if kind == Kind::Voices { utterances } else { &[] };
            sounds.extend((0..EACH).map(|number| Strange { kind, group: kind.name().into(), number, utterances }));
        }
    }
    sounds
}

impl Strange<'_> {
    /// A name of its own.
    pub fn name(&self) -> String {
        format!("{} {} {}", self.kind.name(), self.group, self.number)
    }

    /// Its sound, its sample rate, and what was done.
    pub fn sound(&self, scratch: &Path) -> Result<([Vec<f32>; 2], u32, String)> {
        let mut rng = Rng::with_seed(crate::hash::hash(&self.name()));
        let seconds = SHORTEST_S + (LONGEST_S - SHORTEST_S) * rng.f64();
        let (mono, rate_hz) = match self.kind {
            Kind::Speech => (self.speech(seconds, 0.5, &mut rng), SPEECH_HZ),
            Kind::Voices => {
                let mut sum = self.speech(seconds, 0.2, &mut rng);
                for _ in 0..rng.usize(1..9) {
                    sum.iter_mut().zip(self.speech(seconds, 0.2, &mut rng)).for_each(|(a, b)| *a += b);
                }
                (sum, SPEECH_HZ)
            }
            Kind::Noise | Kind::NearSilence => (noise(seconds, &mut rng), RATE_HZ),
            Kind::Weather => (weather(seconds, &mut rng), RATE_HZ),
            Kind::Machines => (machines(seconds, &mut rng), RATE_HZ),
            Kind::Blows => (blows(seconds, &mut rng), RATE_HZ),
        };
        // Near silence is what a quiet room leaves behind, with a click here and there.
        let level_dbfs = if self.kind == Kind::NearSilence { -65.0 - 30.0 * rng.f64() } else { -24.0 };
        let mastering = Mastering::any(level_dbfs, &mut rng);
        let done = mastering.to_string();
        let (sound, rate_hz) = mastering.apply([mono.clone(), mono], rate_hz, &mut rng, scratch)?;
        Ok((sound, rate_hz, done))
    }

    /// Utterances one after the other, up to so much silence between them.
    fn speech(&self, seconds: f64, silence_s: f64, rng: &mut Rng) -> Vec<f32> {
        let length = (seconds * f64::from(SPEECH_HZ)) as usize;
        let mut sound = Vec::with_capacity(length);
        while sound.len() < length {
            let Some(one) = rng.choice(self.utterances) else { break };
            sound.extend(&one.sound);
            sound.extend(std::iter::repeat_n(0.0, (silence_s * rng.f64() * f64::from(SPEECH_HZ)) as usize));
        }
        sound.truncate(length);
        sound
    }
}

fn white(rng: &mut Rng) -> f64 {
    2.0 * rng.f64() - 1.0
}

/// Noise between white and brown, or of one band.
fn noise(seconds: f64, rng: &mut Rng) -> Vec<f32> {
    let n = (seconds * f64::from(RATE_HZ)) as usize;
    let dull = if rng.f64() < 0.3 { 0.0 } else { 1.0 - 10f64.powf(-3.0 * rng.f64()) };
    let band = (rng.f64() < 0.3).then(|| Resonance::new(100.0 * 2f64.powf(6.0 * rng.f64()), 0.5 + 3.0 * rng.f64()));
    let mut filter = band;
    let mut held = 0.0;
    (0..n)
        .map(|_| {
            held = dull * held + (1.0 - dull) * white(rng);
            filter.as_mut().map_or(held, |f| f.push(held, 1.0)) as f32
        })
        .collect()
}

/// A resonance of two poles whose pitch may wander.
#[derive(Clone)]
struct Resonance {
    hz: f64,
    q: f64,
    before: [f64; 2],
}

impl Resonance {
    fn new(hz: f64, q: f64) -> Self {
        Self { hz, q, before: [0.0; 2] }
    }

    fn push(&mut self, x: f64, pitch: f64) -> f64 {
        let w = TAU * (self.hz * pitch).min(0.4 * f64::from(RATE_HZ)) / f64::from(RATE_HZ);
        let r = (-w / (2.0 * self.q)).exp();
        let y = (1.0 - r) * x + 2.0 * r * w.cos() * self.before[0] - r * r * self.before[1];
        self.before = [y, self.before[0]];
        y
    }
}

/// Moves from value to value without a corner, each so many seconds after the other.
struct Wander {
    every: usize,
    at: usize,
    from: f64,
    to: f64,
}

impl Wander {
    fn new(every_s: f64, rng: &mut Rng) -> Self {
        Self { every: ((every_s * f64::from(RATE_HZ)) as usize).max(1), at: 0, from: white(rng), to: white(rng) }
    }

    fn next(&mut self, rng: &mut Rng) -> f64 {
        if self.at == self.every {
            (self.at, self.from, self.to) = (0, self.to, white(rng));
        }
        let share = 0.5 - 0.5 * (std::f64::consts::PI * self.at as f64 / self.every as f64).cos();
        self.at += 1;
        self.from + (self.to - self.from) * share
    }
}

fn weather(seconds: f64, rng: &mut Rng) -> Vec<f32> {
    let n = (seconds * f64::from(RATE_HZ)) as usize;
    let mut layers: Vec<(Resonance, Wander, Wander)> = (0..rng.usize(1..4))
        .map(|_| {
            let filter = Resonance::new(150.0 * 2f64.powf(5.0 * rng.f64()), 0.4 + 3.0 * rng.f64());
            (filter, Wander::new(0.2 + 3.0 * rng.f64(), rng), Wander::new(0.3 + 4.0 * rng.f64(), rng))
        })
        .collect();
    let depth_db = 4.0 + 14.0 * rng.f64();
    (0..n)
        .map(|_| {
            let x = white(rng);
            layers
                .iter_mut()
                .map(|(f, pitch, level)| f.push(x, 2f64.powf(pitch.next(rng))) * 10f64.powf(depth_db * level.next(rng) / 20.0))
                .sum::<f64>() as f32
        })
        .collect()
}

fn machines(seconds: f64, rng: &mut Rng) -> Vec<f32> {
    let n = (seconds * f64::from(RATE_HZ)) as usize;
    let base_hz =
        if rng.f64() < 0.3 { *rng.choice(&[50.0, 60.0, 100.0, 120.0]).unwrap_or(&50.0) } else { 20.0 * 2f64.powf(4.0 * rng.f64()) };
    let slope = 0.3 + 1.2 * rng.f64();
    // Whether partials are whole multiples (hum, motors) or not (gears).
    let stretch = if rng.bool() { 1.0 } else { 1.0 + 0.3 * rng.f64() };
    let partials: Vec<(f64, f64)> = (1..25)
        .map(|k| (base_hz * f64::from(k).powf(stretch), f64::from(k).powf(-slope) * rng.f64()))
        .filter(|p| p.0 < 0.4 * f64::from(RATE_HZ))
        .collect();
    let (mut pitch, mut level) = (Wander::new(0.5 + 4.0 * rng.f64(), rng), Wander::new(0.05 + rng.f64(), rng));
    let (drift, unrest_db, hiss) = (0.1 * rng.f64() * rng.f64(), 6.0 * rng.f64(), 0.5 * rng.f64());
    let mut phases = vec![0.0; partials.len()];
    (0..n)
        .map(|_| {
            let bend = 1.0 + drift * pitch.next(rng);
            let tone: f64 = partials
                .iter()
                .zip(&mut phases)
                .map(|((hz, a), phase)| {
                    *phase = (*phase + hz * bend / f64::from(RATE_HZ)).fract();
                    a * (TAU * *phase).sin()
                })
                .sum();
            ((tone + hiss * white(rng)) * 10f64.powf(unrest_db * level.next(rng) / 20.0)) as f32
        })
        .collect()
}

fn blows(seconds: f64, rng: &mut Rng) -> Vec<f32> {
    let n = (seconds * f64::from(RATE_HZ)) as usize;
    // From steps to a downpour.
    let rate_hz = 0.7 * 2f64.powf(9.0 * rng.f64());
    let (lowest_hz, octaves, q) = (80.0 * 2f64.powf(4.0 * rng.f64()), 3.0 * rng.f64(), 0.5 + 6.0 * rng.f64());
    let fall_s = 0.002 * 2f64.powf(6.0 * rng.f64());
    let mut sound = vec![0f32; n];
    let mut at = 0.0;
    loop {
        // Times between blows of one that does not keep time.
        at += -rng.f64().max(1e-9).ln() / rate_hz * f64::from(RATE_HZ);
        if at >= n as f64 {
            return sound;
        }
        let mut filter = Resonance::new(lowest_hz * 2f64.powf(octaves * rng.f64()), q);
        let loud = rng.f64().powi(2);
        let length = (5.0 * fall_s * f64::from(RATE_HZ)) as usize;
        for (i, x) in sound.iter_mut().skip(at as usize).take(length).enumerate() {
            let envelope = (-(i as f64) / (fall_s * f64::from(RATE_HZ))).exp();
            *x += (loud * envelope * filter.push(white(rng), 1.0)) as f32;
        }
    }
}
