//! Key: which notes the music rests on.
//!
//! One idea: the tuned chroma of the whole and of the bass are weighed by profiles that were trained on rendered music (`key_weights`).
//! Whether anything tonal is heard at all is told by Temperley's profiles (1999, Music Perception 17).

use super::chroma::Pitches;
use super::key_weights::{BIAS, WEIGHTS};
use music::{Key, Mode, PitchClass};

const MAJOR: Pitches = [5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0];
const MINOR: Pitches = [5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 1.5, 4.0];
/// Under this correlation nothing tonal is heard; drums and noise stay below it.
const MIN_CORRELATION: f64 = 0.45;

/// Number of keys.
pub(crate) const KEYS: usize = 24;

/// How well the best major and the best minor key fit, as correlations.
pub(crate) fn fits(chroma: &Pitches) -> (f64, f64) {
    let best_of =
        |mode, profile: &Pitches| Key::all().filter(|k| k.mode == mode).map(|k| correlation(chroma, profile, k.tonic)).fold(-1.0, f64::max);
    (best_of(Mode::Major, &MAJOR), best_of(Mode::Minor, &MINOR))
}

/// The same; `None` where nothing tonal is heard.
pub(crate) fn modes(chroma: &Pitches) -> Option<(f64, f64)> {
    Some(fits(chroma)).filter(|(major, minor)| major.max(*minor) >= MIN_CORRELATION)
}

/// Every key with its probability, given shares of the pitch classes in all that sounds and in the bass; in the order of [`Key::all`].
pub(crate) fn probabilities(chroma: &Pitches, bass: Option<&Pitches>) -> [f64; KEYS] {
    let none = [1.0 / 12.0; 12];
    // Square roots, as in training: they keep one loud note from deciding alone.
    let (chroma, bass) = (chroma.map(f64::sqrt), bass.unwrap_or(&none).map(f64::sqrt));
    let mut scores = [0.0; KEYS];
    for (score, key) in scores.iter_mut().zip(Key::all()) {
        let row = usize::from(key.mode == Mode::Minor);
        let tonic = usize::from(key.tonic.semitones());
        let fit = |share: &Pitches, weights: &Pitches| (0..12).map(|i| share[(i + tonic) % 12] * weights[i]).sum::<f64>();
        *score = BIAS[row] + fit(&chroma, &WEIGHTS[row][0]) + fit(&bass, &WEIGHTS[row][1]);
    }
    let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = scores.iter().map(|s| (s - best).exp()).sum();
    scores.map(|s| (s - best).exp() / total)
}

/// Keys with their probabilities, the most probable first.
pub(crate) fn ranked(probabilities: &[f64; KEYS]) -> Vec<(Key, f64)> {
    let mut keys: Vec<(Key, f64)> = Key::all().zip(probabilities.iter().copied()).collect();
    keys.sort_by(|a, b| b.1.total_cmp(&a.1));
    keys
}

/// Pearson's correlation of the chroma, seen from `tonic`, with a profile.
fn correlation(chroma: &Pitches, profile: &Pitches, tonic: PitchClass) -> f64 {
    let seen: Pitches = std::array::from_fn(|i| chroma[(i + usize::from(tonic.semitones())) % 12]);
    let mean = |v: &Pitches| v.iter().sum::<f64>() / 12.0;
    let (a, b) = (mean(&seen), mean(profile));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in seen.iter().zip(profile) {
        ab += (x - a) * (y - b);
        aa += (x - a).powi(2);
        bb += (y - b).powi(2);
    }
    if aa * bb > 1e-18 { ab / (aa * bb).sqrt() } else { 0.0 }
}
