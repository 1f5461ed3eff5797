//! What happens to music on its way: rooms, noise, coding, tuning.

use crate::render::score::Score;
use crate::render::{mp3, room};
use anyhow::{Context, Result};
use fastrand::Rng;
use std::path::Path;

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

/// Rate of the coded ones.
const MP3_KBITS: u32 = 96;
/// Signal over noise.
const SNR_DB: f64 = 20.0;
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
            Self::Reverb => sound = sound.map(|channel| room::reverberated(&channel, rate_hz, &mut rng)),
            _ => {}
        }
        let [left, right] = &sound;
        audio::write_wav(&wav, rate_hz, &[left, right]).with_context(|| wav.display().to_string())?;
        if self != Self::Mp3 {
            return Ok(wav);
        }
        mp3::encode(&wav, MP3_KBITS)
    }
}
