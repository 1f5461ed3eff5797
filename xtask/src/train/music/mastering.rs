//! What happens to a recording between the players and the file: tone, room, compression, noise, level, coding.

use crate::render::{mp3, room};
use anyhow::{Context, Result};
use fastrand::Rng;
use std::fmt;
use std::path::Path;

/// What is done, in this order.
#[derive(Debug, Clone)]
pub struct Mastering {
    tone: Option<Tone>,
    room: bool,
    ratio: Option<f64>,
    snr_db: Option<f64>,
    /// Level of the mean power.
    level_dbfs: f64,
    mp3_kbits: Option<u32>,
}

/// An equaliser: a tilt over the octaves, and two bells.
#[derive(Debug, Clone)]
struct Tone {
    tilt_db_per_octave: f64,
    bells: [(f64, f64); 2],
    /// Nothing above this.
    ceiling_hz: f64,
}

impl fmt::Display for Mastering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(tone) = &self.tone {
            write!(f, "tilt {:.1} dB, ", tone.tilt_db_per_octave)?;
        }
        if self.room {
            write!(f, "room, ")?;
        }
        if let Some(ratio) = self.ratio {
            write!(f, "compressed {ratio:.1}:1, ")?;
        }
        if let Some(snr) = self.snr_db {
            write!(f, "noise at {snr:.0} dB, ")?;
        }
        if let Some(kbits) = self.mp3_kbits {
            write!(f, "mp3 {kbits}, ")?;
        }
        write!(f, "{:.0} dBFS", self.level_dbfs)
    }
}

impl Mastering {
    /// As it was rendered.
    pub fn none(level_dbfs: f64) -> Self {
        Self { tone: None, room: false, ratio: None, snr_db: None, level_dbfs, mp3_kbits: None }
    }

    /// Any, of something that is played so loud.
    pub fn any(level_dbfs: f64, rng: &mut Rng) -> Self {
        let tone = (rng.f64() < 0.7).then(|| {
            let bell = |rng: &mut Rng| (80.0 * 2f64.powf(6.5 * rng.f64()), 16.0 * (rng.f64() - 0.5));
            Tone {
                tilt_db_per_octave: 4.0 * (rng.f64() - 0.5),
                bells: [bell(rng), bell(rng)],
                ceiling_hz: if rng.f64() < 0.2 { 3500.0 * 2f64.powf(2.0 * rng.f64()) } else { 30_000.0 },
            }
        });
        Self {
            tone,
            room: rng.f64() < 0.4,
            ratio: (rng.f64() < 0.45).then(|| 1.5 + 5.0 * rng.f64()),
            snr_db: (rng.f64() < 0.2).then(|| 12.0 + 30.0 * rng.f64()),
            level_dbfs: level_dbfs + 16.0 * (rng.f64() + rng.f64() - 1.0),
            mp3_kbits: (rng.f64() < 0.25).then(|| *rng.choice(&[48, 64, 96, 128, 192]).unwrap_or(&128)),
        }
    }

    /// Leaves out what a recording of speech does not have.
    pub fn narrow(&mut self, rng: &mut Rng) {
        let tone = self.tone.get_or_insert(Tone { tilt_db_per_octave: 0.0, bells: [(1000.0, 0.0); 2], ceiling_hz: 0.0 });
        tone.ceiling_hz = 3500.0 + 4500.0 * rng.f64();
    }

    /// Does it. `scratch` names a file that may be written and is removed again.
    pub fn apply(&self, mut sound: [Vec<f32>; 2], rate_hz: u32, rng: &mut Rng, scratch: &Path) -> Result<([Vec<f32>; 2], u32)> {
        if let Some(tone) = &self.tone {
            sound = sound.map(|channel| tone.shape(channel, rate_hz));
        }
        if self.room {
            sound = sound.map(|channel| room::reverberated(&channel, rate_hz, rng));
        }
        if let Some(ratio) = self.ratio {
            compress(&mut sound, ratio, rate_hz);
        }
        if let Some(snr_db) = self.snr_db {
            let power: f64 = sound.iter().flatten().map(|x| f64::from(*x).powi(2)).sum::<f64>() / (2 * sound[0].len()).max(1) as f64;
            let a = (3.0 * power / 10f64.powf(snr_db / 10.0)).sqrt() as f32;
            // White, or with less above: hiss and rumble.
            let dull = rng.f32();
            for channel in &mut sound {
                let mut held = 0.0;
                for x in channel.iter_mut() {
                    held = dull * held + (1.0 - dull) * a * (2.0 * rng.f32() - 1.0);
                    *x += held * (1.0 + 2.0 * dull);
                }
            }
        }
        let peak = sound.iter().flatten().fold(0f32, |p, x| p.max(x.abs())).max(1e-6);
        let power: f64 = sound.iter().flatten().map(|x| f64::from(*x).powi(2)).sum::<f64>() / (2 * sound[0].len()).max(1) as f64;
        // As loud as was said, unless its peaks forbid it.
        let gain = (10f64.powf(self.level_dbfs / 20.0) / power.sqrt().max(1e-6)).min(0.98 / f64::from(peak)) as f32;
        sound.iter_mut().flatten().for_each(|x| *x *= gain);
        match self.mp3_kbits {
            Some(kbits) => coded(&sound, rate_hz, kbits, scratch),
            None => Ok((sound, rate_hz)),
        }
    }
}

impl Tone {
    fn gain(&self, hz: f64) -> f64 {
        let octaves = (hz.max(30.0) / 1000.0).log2();
        let mut db = self.tilt_db_per_octave * octaves;
        for (centre, peak_db) in self.bells {
            db += peak_db * (-((hz.max(30.0) / centre).log2() / 0.7).powi(2)).exp();
        }
        if hz > self.ceiling_hz {
            db -= 48.0 * (hz / self.ceiling_hz).log2();
        }
        10f64.powf(db.clamp(-80.0, 24.0) / 20.0)
    }

    fn shape(&self, channel: Vec<f32>, rate_hz: u32) -> Vec<f32> {
        let size = channel.len().next_power_of_two();
        let mut planner = realfft::RealFftPlanner::<f32>::new();
        let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
        let mut input = forward.make_input_vec();
        input[..channel.len()].copy_from_slice(&channel);
        let mut spectrum = forward.make_output_vec();
        if forward.process(&mut input, &mut spectrum).is_err() {
            return channel;
        }
        for (i, bin) in spectrum.iter_mut().enumerate() {
            *bin *= (self.gain(i as f64 * f64::from(rate_hz) / size as f64) / size as f64) as f32;
        }
        let mut output = inverse.make_output_vec();
        if inverse.process(&mut spectrum, &mut output).is_err() {
            return channel;
        }
        output.truncate(channel.len());
        output
    }
}

/// A compressor: 5 ms to grip, 150 ms to let go, from 20 dB under the peak on.
fn compress(sound: &mut [Vec<f32>; 2], ratio: f64, rate_hz: u32) {
    let peak = sound.iter().flatten().fold(0f32, |p, x| p.max(x.abs())).max(1e-6);
    let threshold_db = 20.0 * f64::from(peak).log10() - 20.0;
    let pole = |seconds: f64| (-1.0 / (seconds * f64::from(rate_hz))).exp() as f32;
    let (attack, release) = (pole(0.005), pole(0.15));
    let [left, right] = sound;
    let mut envelope = 0f32;
    for (l, r) in left.iter_mut().zip(right) {
        let level = l.abs().max(r.abs());
        let hold = if level > envelope { attack } else { release };
        envelope = hold * envelope + (1.0 - hold) * level;
        let over = 20.0 * f64::from(envelope.max(1e-6)).log10() - threshold_db;
        if over > 0.0 {
            let gain = 10f64.powf(-over * (1.0 - 1.0 / ratio) / 20.0) as f32;
            *l *= gain;
            *r *= gain;
        }
    }
}

/// There and back through MP3.
fn coded(sound: &[Vec<f32>; 2], rate_hz: u32, kbits: u32, scratch: &Path) -> Result<([Vec<f32>; 2], u32)> {
    let wav = scratch.with_extension("wav");
    audio::write_wav(&wav, rate_hz, &[&sound[0], &sound[1]]).with_context(|| wav.display().to_string())?;
    let mp3 = mp3::encode(&wav, kbits)?;
    let mut reader = audio::Reader::open(&mp3)?;
    let rate_hz = reader.info().rate_hz;
    let mut back = [Vec::new(), Vec::new()];
    audio::read_unbroken(&mut reader, |planes| -> Result<()> {
        back.iter_mut().enumerate().for_each(|(i, b)| b.extend_from_slice(planes[i.min(planes.len() - 1)]));
        Ok(())
    })?;
    std::fs::remove_file(&mp3)?;
    Ok((back, rate_hz))
}
