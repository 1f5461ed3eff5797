//! What happens to music on its way: rooms, noise, coding, tuning.

use super::score::Score;
use anyhow::{Context, Result, bail};
use fastrand::Rng;
use std::path::Path;
use std::process::Command;

/// What is done to a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    Clean,
    Reverb,
    Noise,
    Mp3,
    Sharp,
    Flat,
}

/// Half of the pieces stay clean.
pub const CYCLE: [Variant; 10] = [
    Variant::Clean,
    Variant::Reverb,
    Variant::Clean,
    Variant::Mp3,
    Variant::Clean,
    Variant::Noise,
    Variant::Clean,
    Variant::Sharp,
    Variant::Clean,
    Variant::Flat,
];

/// Signal over noise.
const SNR_DB: f64 = 20.0;
/// Time in which the room's sound falls by 60 dB.
const RT60_S: f64 = 1.2;
/// How far a detuned piece is off.
const DETUNED_CENTS: f64 = 40.0;

impl Variant {
    /// Its name in the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Reverb => "reverb",
            Self::Noise => "noise, 20 dB",
            Self::Mp3 => "mp3, 96 kbit/s",
            Self::Sharp => "+40 cents",
            Self::Flat => "-40 cents",
        }
    }

    /// What is done to the notes before they sound.
    pub fn tune(self, score: &mut Score) {
        match self {
            Self::Sharp => score.cents = DETUNED_CENTS,
            Self::Flat => score.cents = -DETUNED_CENTS,
            _ => {}
        }
    }

    /// Writes the sound to a file as it is after this, giving its path.
    pub fn write(self, mut sound: [Vec<f32>; 2], rate_hz: u32, seed: u64, to: &Path) -> Result<std::path::PathBuf> {
        let mut rng = Rng::with_seed(seed);
        let wav = to.with_extension("wav");
        match self {
            Self::Noise => {
                let power: f64 = sound.iter().flatten().map(|x| f64::from(*x).powi(2)).sum::<f64>() / (2 * sound[0].len()).max(1) as f64;
                // Even noise from -a to a has a power of a^2 / 3.
                let a = (3.0 * power / 10f64.powf(SNR_DB / 10.0)).sqrt() as f32;
                sound.iter_mut().flatten().for_each(|x| *x += a * (2.0 * rng.f32() - 1.0));
            }
            Self::Reverb => sound = sound.map(|channel| reverberated(&channel, rate_hz, &mut rng)),
            _ => {}
        }
        let [left, right] = &sound;
        audio::write_wav(&wav, rate_hz, &[left, right]).with_context(|| wav.display().to_string())?;
        if self != Self::Mp3 {
            return Ok(wav);
        }
        let mp3 = to.with_extension("mp3");
        let status = Command::new("ffmpeg").args(["-v", "error", "-y", "-i"]).arg(&wav).args(["-b:a", "96k"]).arg(&mp3).status();
        if !status.context("ffmpeg makes the mp3 files")?.success() {
            bail!("ffmpeg could not write {}", mp3.display());
        }
        std::fs::remove_file(&wav)?;
        Ok(mp3)
    }
}

/// A room of noise that dies away, 6 dB under the direct sound as heard from some metres.
fn reverberated(dry: &[f32], rate_hz: u32, rng: &mut Rng) -> Vec<f32> {
    let rate = f64::from(rate_hz);
    let length = (RT60_S * rate) as usize;
    let tail: Vec<f32> = (0..length).map(|i| (2.0 * rng.f32() - 1.0) * (-6.908 * i as f64 / length as f64).exp() as f32).collect();
    let energy: f32 = tail.iter().map(|x| x * x).sum();
    let gain = 0.5 / energy.sqrt();
    let size = (dry.len() + length).next_power_of_two();
    let mut planner = realfft::RealFftPlanner::<f32>::new();
    let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let spectrum = |x: &[f32]| {
        let mut input = forward.make_input_vec();
        input[..x.len()].copy_from_slice(x);
        let mut output = forward.make_output_vec();
        forward.process(&mut input, &mut output).map(|()| output)
    };
    let (Ok(mut a), Ok(b)) = (spectrum(dry), spectrum(&tail)) else { return dry.to_vec() };
    a.iter_mut().zip(&b).for_each(|(a, b)| *a *= b);
    let mut wet = inverse.make_output_vec();
    // The ends of a real signal's spectrum are real.
    let end = a.len() - 1;
    (a[0].im, a[end].im) = (0.0, 0.0);
    if inverse.process(&mut a, &mut wet).is_err() {
        return dry.to_vec();
    }
    let scale = gain / size as f32;
    let mut out: Vec<f32> = dry.iter().zip(&wet).map(|(d, w)| d + w * scale).collect();
    let peak = out.iter().fold(0f32, |p, x| p.max(x.abs())).max(1e-6);
    out.iter_mut().for_each(|x| *x *= 0.7 / peak);
    out
}
