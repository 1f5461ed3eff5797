//! Harmony of a stretch as measures that are the same in every key.
//!
//! One idea: whatever is told of chords, degrees and intervals is told from the stretch's own tonic or from no tonic at all, so that a
//! transposed piece measures the same.

use crate::HARMONY_RATE_HZ;
use crate::tonal::{Chroma, Colour, Pitches, fits, probabilities};
use music::{Key, Mode};
use std::collections::VecDeque;
use std::f64::consts::PI;
use std::ops::Range;

/// Kinds of chords that frames are compared with, as semitones above the root.
const CHORDS: [(&str, &[usize]); 6] = [
    ("major", &[0, 4, 7]),
    ("minor", &[0, 3, 7]),
    ("diminished", &[0, 3, 6]),
    ("augmented", &[0, 4, 8]),
    ("suspended", &[0, 5, 7]),
    ("fifth", &[0, 7]),
];
/// How much better a chord must fit to be told from another: scale of the softmax over cosines. Chosen, not fitted: the model weighs the shares.
const SHARPNESS: f64 = 12.0;
/// Harmony changes between moments this far apart.
const CHANGE_S: f64 = 0.75;

/// What the moments of a stretch add up to: shares of the pitch classes of all that sounds and of the bass, and of those that stand out what they are like. Sums
/// alone are kept, because a stretch may last for hours.
#[derive(Default)]
struct Heard {
    moments: usize,
    all: Pitches,
    bass: Pitches,
    chords: [f64; CHORDS.len()],
    intervals: [f64; 6],
    entropy: f64,
    /// How far harmony moves from one moment to that which comes [`CHANGE_S`] later, and of how many pairs that is the sum.
    change: f64,
    changes: usize,
}

impl Heard {
    fn of(chroma: &Chroma, frames: Range<usize>) -> Self {
        let mut heard = Self::default();
        let step = (CHANGE_S * HARMONY_RATE_HZ).round() as usize;
        // The centroids of the last moments, each with its frame.
        let mut before: VecDeque<(usize, [f64; 6])> = VecDeque::new();
        let add = |sums: &mut [f64], values: &[f64]| sums.iter_mut().zip(values).for_each(|(s, v)| *s += v);
        for frame in frames {
            let Some((all, bass)) = chroma.frame(frame) else { continue };
            let Some(all) = normal(&all) else { continue };
            let notes = standing_out(&all);
            heard.moments += 1;
            add(&mut heard.all, &all);
            add(&mut heard.bass, &bass);
            add(&mut heard.chords, &chords(&notes));
            add(&mut heard.intervals, &intervals(&notes));
            heard.entropy += entropy(&notes);
            let here = centroid(&notes);
            while before.front().is_some_and(|b| b.0 + step < frame) {
                before.pop_front();
            }
            if let Some((_, earlier)) = before.front().filter(|b| b.0 + step == frame) {
                heard.change += earlier.iter().zip(here).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                heard.changes += 1;
            }
            before.push_back((frame, here));
        }
        heard
    }
}

/// Harmony of a stretch.
pub(super) struct Harmony {
    major_fit: f64,
    minor_fit: f64,
    major_probability: f64,
    key_probability: f64,
    degrees: Pitches,
    bass_degrees: Pitches,
    chords: [f64; CHORDS.len()],
    intervals: [f64; 6],
    sounding_together: [f64; 6],
    entropy: f64,
    frame_entropy: f64,
    change: f64,
    roughness: f64,
    register: f64,
    register_deviation: f64,
    standing: f64,
    novelty: f64,
}

/// Entropy of shares beside that of equal ones, 0 to 1.
fn entropy(shares: &Pitches) -> f64 {
    -shares.iter().filter(|s| **s > 0.0).map(|s| s * s.ln()).sum::<f64>() / 12f64.ln()
}

fn normal(classes: &Pitches) -> Option<Pitches> {
    let sum: f64 = classes.iter().sum();
    (sum > 1e-9).then(|| classes.map(|c| c / sum))
}

/// What stands out of a moment: partials leave something of every pitch class, and half of them are not meant.
fn standing_out(shares: &Pitches) -> Pitches {
    let mut sorted = *shares;
    sorted.sort_unstable_by(f64::total_cmp);
    let floor = f64::midpoint(sorted[5], sorted[6]);
    normal(&shares.map(|s| (s - floor).max(0.0))).unwrap_or(*shares)
}

/// How much of two pitch classes sounds that lie one to six semitones apart, beside what sounds at all.
fn intervals(shares: &Pitches) -> [f64; 6] {
    let same: f64 = shares.iter().map(|s| s * s).sum();
    std::array::from_fn(|k| {
        let apart = k + 1;
        let product: f64 = (0..12).map(|i| shares[i] * shares[(i + apart) % 12]).sum();
        product / same.max(1e-12)
    })
}

/// The tonal centroid: places on the circles of fifths, minor thirds and major thirds (Harte, Sandler & Gasser 2006).
fn centroid(shares: &Pitches) -> [f64; 6] {
    let mut at = [0.0; 6];
    for (circle, (turns, radius)) in [(7.0, 1.0), (3.0, 1.0), (4.0, 0.5)].into_iter().enumerate() {
        for (pitch, share) in shares.iter().enumerate() {
            let angle = pitch as f64 * turns * PI / 6.0;
            at[2 * circle] += radius * share * angle.sin();
            at[2 * circle + 1] += radius * share * angle.cos();
        }
    }
    at
}

/// How much a frame is like each kind of chord; sums to 1.
fn chords(shares: &Pitches) -> [f64; CHORDS.len()] {
    let norm = shares.iter().map(|s| s * s).sum::<f64>().sqrt().max(1e-12);
    let mut weights = [0.0; CHORDS.len()];
    for (weight, (_, tones)) in weights.iter_mut().zip(CHORDS) {
        for root in 0..12 {
            let hit: f64 = tones.iter().map(|t| shares[(root + t) % 12]).sum();
            let cosine = hit / (norm * (tones.len() as f64).sqrt());
            *weight += (SHARPNESS * cosine).exp();
        }
    }
    // What is the same a third higher has a third of the roots, and is not three times as likely.
    weights[3] /= 3.0;
    let total: f64 = weights.iter().sum();
    weights.map(|w| w / total)
}

impl Harmony {
    /// Harmony of some frames. `None` where none of them sounds.
    pub(super) fn of(chroma: &Chroma, frames: Range<usize>) -> Option<Self> {
        let heard = Heard::of(chroma, frames.clone());
        if heard.moments == 0 {
            return None;
        }
        let n = heard.moments as f64;
        let all = heard.all.map(|s| s / n);
        let bass = normal(&heard.bass.map(|s| s / n));
        let keys = probabilities(&all, bass.as_ref());
        let (best, key_probability) = Key::all().zip(keys).max_by(|a, b| a.1.total_cmp(&b.1))?;
        let tonic = usize::from(best.tonic.semitones());
        let from_tonic = |shares: &Pitches| -> Pitches { std::array::from_fn(|i| shares[(i + tonic) % 12]) };
        let (major_fit, minor_fit) = fits(&all);
        let colours = || frames.clone().filter_map(|i| chroma.frame_colour(i));
        let sounding = colours().count().max(1) as f64;
        let of_colours = |of: &dyn Fn(Colour) -> f64| colours().map(of).sum::<f64>() / sounding;
        let register = of_colours(&|c| f64::from(c.register));
        Some(Self {
            major_fit,
            minor_fit,
            major_probability: Key::all().zip(keys).filter(|(k, _)| k.mode == Mode::Major).map(|(_, p)| p).sum(),
            key_probability,
            degrees: from_tonic(&all),
            bass_degrees: bass.as_ref().map_or([1.0 / 12.0; 12], from_tonic),
            chords: heard.chords.map(|s| s / n),
            intervals: intervals(&all),
            sounding_together: heard.intervals.map(|s| s / n),
            entropy: entropy(&all),
            frame_entropy: heard.entropy / n,
            change: heard.change / heard.changes.max(1) as f64,
            roughness: of_colours(&|c| f64::from(c.roughness)),
            register,
            register_deviation: of_colours(&|c| (f64::from(c.register) - register).powi(2)).sqrt(),
            standing: of_colours(&|c| f64::from(c.standing)),
            novelty: of_colours(&|c| f64::from(c.novelty)),
        })
    }

    /// The measures by name.
    pub(super) fn put(harmony: Option<&Self>, put: &mut dyn FnMut(String, Option<f64>)) {
        let h = harmony;
        put("major_fit".into(), h.map(|h| h.major_fit));
        put("minor_fit".into(), h.map(|h| h.minor_fit));
        put("major_minor_fit_balance".into(), h.map(|h| h.major_fit - h.minor_fit));
        put("major_key_probability".into(), h.map(|h| h.major_probability));
        put("key_probability".into(), h.map(|h| h.key_probability));
        for i in 0..12 {
            put(format!("degree_{i}_semitones_share"), h.map(|h| h.degrees[i]));
        }
        for i in 0..12 {
            put(format!("bass_degree_{i}_semitones_share"), h.map(|h| h.bass_degrees[i]));
        }
        for (i, (name, _)) in CHORDS.iter().enumerate() {
            put(format!("chord_{name}_share"), h.map(|h| h.chords[i]));
        }
        for i in 0..6 {
            put(format!("interval_{}_semitones", i + 1), h.map(|h| h.intervals[i]));
        }
        for i in 0..6 {
            put(format!("interval_{}_semitones_together", i + 1), h.map(|h| h.sounding_together[i]));
        }
        put("pitch_class_entropy".into(), h.map(|h| h.entropy));
        put("pitch_class_entropy_of_moments".into(), h.map(|h| h.frame_entropy));
        put("harmonic_change".into(), h.map(|h| h.change));
        put("partials_standing_out".into(), h.map(|h| h.standing));
        put("partial_novelty_octaves".into(), h.map(|h| (HARMONY_RATE_HZ * h.novelty).max(0.1).log2()));
        put("partial_turnover_octaves".into(), h.map(|h| (HARMONY_RATE_HZ * h.novelty / h.standing.max(0.1)).max(0.05).log2()));
        put("partial_roughness".into(), h.map(|h| h.roughness));
        put("partial_register_midi".into(), h.map(|h| h.register));
        put("partial_register_deviation_semitones".into(), h.map(|h| h.register_deviation));
    }
}
