//! How right an answer is.
//!
//! The measures are those of MIREX and mir_eval (Raffel et al., ISMIR 2014), so that figures can be held against others'.

use super::truth::{MODAL, Truth};
use music::{Key, Mode};
use serde::{Deserialize, Serialize};

/// What a tool says of a piece. What it does not measure is absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// Tempo; absent also where it hears no pulse.
    pub bpm: Option<f64>,
    /// How sure it is of that, 0 to 1.
    pub tempo_confidence: Option<f64>,
    /// Beats.
    pub beats_s: Vec<f64>,
    /// Where bars begin.
    pub downbeats_s: Option<Vec<f64>>,
    /// Beats to a bar, or 6 and 9 for compound time.
    pub metre: Option<u32>,
    /// Key of the whole.
    pub key: Option<Key>,
    /// How sure it is of that, 0 to 1.
    pub key_confidence: Option<f64>,
    /// Where the key changes.
    pub key_changes_s: Option<Vec<f64>>,
    /// Distance from A = 440 Hz.
    pub tuning_cents: Option<f64>,
    /// Tonic of drone music.
    pub tonic_hz: Option<f64>,
    /// Onsets.
    pub onsets_s: Option<Vec<f64>>,
    /// How sure it is of the onsets, 0 to 1.
    pub onsets_confidence: Option<f64>,
    /// Where sections meet.
    pub sections_s: Option<Vec<f64>>,
    /// Shares of a single voice's time in which the pitch is right, as it is and with noise 6 dB below it.
    pub pitch: Option<(f64, f64)>,
    /// Whether it takes the sound for a single voice.
    pub is_voice: Option<bool>,
}

/// The share of tempi within 4 %; with `octaves` also of their halves, doubles, thirds and triples.
pub fn is_tempo(answer: Option<f64>, truth_bpm: f64, octaves: bool) -> bool {
    let factors: &[f64] = if octaves { &[1.0, 0.5, 2.0, 1.0 / 3.0, 3.0] } else { &[1.0] };
    answer.is_some_and(|bpm| factors.iter().any(|f| (bpm / (truth_bpm * f) - 1.0).abs() <= 0.04))
}

/// F measure of moments, each matched once, within `window_s`.
pub fn f_measure(answer_s: &[f64], truth_s: &[f64], window_s: f64) -> f64 {
    let hits = matched(answer_s, truth_s, window_s).len() as f64;
    if answer_s.is_empty() && truth_s.is_empty() { 1.0 } else { 2.0 * hits / (answer_s.len() + truth_s.len()) as f64 }
}

/// How far matched moments are off, in seconds, signed. Both lists rise.
pub fn matched(answer_s: &[f64], truth_s: &[f64], window_s: f64) -> Vec<f64> {
    let (mut i, mut j, mut off) = (0, 0, Vec::new());
    // On a line the earliest that fits is never a worse choice than a later one.
    while let (Some(a), Some(t)) = (answer_s.get(i), truth_s.get(j)) {
        if (a - t).abs() <= window_s {
            off.push(a - t);
            (i, j) = (i + 1, j + 1);
        } else if a < t {
            i += 1;
        } else {
            j += 1;
        }
    }
    off
}

/// MIREX's weights: 1 for the key, 0.5 for a fifth off, 0.3 for the relative, 0.2 for the parallel.
pub fn mirex(answer: Option<Key>, truth: Key) -> f64 {
    let Some(answer) = answer else { return 0.0 };
    let up = (i32::from(answer.tonic.semitones()) - i32::from(truth.tonic.semitones())).rem_euclid(12);
    match (answer.mode == truth.mode, up, truth.mode) {
        (true, 0, _) => 1.0,
        (true, 5 | 7, _) => 0.5,
        (false, 9, Mode::Major) | (false, 3, Mode::Minor) => 0.3,
        (false, 0, _) => 0.2,
        _ => 0.0,
    }
}

/// Whether a frequency is within 25 cents of another, in whatever octave.
pub fn is_tonic(answer_hz: Option<f64>, truth_hz: f64) -> bool {
    answer_hz.is_some_and(|hz| {
        let cents = 1200.0 * (hz / truth_hz).log2();
        (cents - 1200.0 * (cents / 1200.0).round()).abs() <= 25.0
    })
}

/// The share of the notes' time in which the pitch is within 50 cents. What went before rings on and vibrato sets in at a note's ends, so its
/// first 60 ms and last 20 ms are left out.
pub fn pitch_right(notes: &[(f64, f64, f64)], hz_at: impl Fn(f64) -> Option<f64>) -> f64 {
    let (mut right, mut all) = (0usize, 0usize);
    for (from, to, hz) in notes {
        let mut t = from + 0.06;
        while t < to - 0.02 {
            all += 1;
            right += usize::from(hz_at(t).is_some_and(|answer| (1200.0 * (answer / hz).log2()).abs() <= 50.0));
            t += 0.01;
        }
    }
    right as f64 / all.max(1) as f64
}

/// The area under the ROC curve: how often a right answer was given with more confidence than a wrong one.
pub fn auc(answers: &[(f64, bool)]) -> Option<f64> {
    let given = |is_right: bool| answers.iter().filter(move |a| a.1 == is_right).map(|a| a.0).collect::<Vec<f64>>();
    let (right, wrong) = (given(true), given(false));
    let pairs = right.len() * wrong.len();
    let win = |r: f64, w: f64| if r > w { 1.0 } else { 0.5 * f64::from(u8::from((r - w).abs() < 1e-12)) };
    let wins: f64 = right.iter().flat_map(|r| wrong.iter().map(move |w| win(*r, *w))).sum();
    (pairs > 0).then(|| wins / pairs as f64)
}

/// The same where answers are right by degrees: those better than the median against the others.
fn graded_auc(answers: Vec<(f64, f64)>) -> Option<f64> {
    let middle = median(answers.iter().map(|a| a.1).collect())?;
    auc(&answers.into_iter().map(|(sure, grade)| (sure, grade > middle)).collect::<Vec<_>>())
}

fn mean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut n) = (0.0, 0usize);
    for v in values {
        sum += v;
        n += 1;
    }
    (n > 0).then(|| sum / n as f64)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

fn share(flags: impl IntoIterator<Item = bool>) -> Option<f64> {
    mean(flags.into_iter().map(|f| f64::from(u8::from(f))))
}

/// A tool's score in every measure; `None` where there was nothing to measure or it does not measure that.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Scores {
    /// Pieces.
    pub pieces: usize,
    /// Tempo within 4 %.
    pub acc1: Option<f64>,
    /// The same, octaves allowed.
    pub acc2: Option<f64>,
    /// Beats within 70 ms.
    pub beat_f: Option<f64>,
    /// Downbeats within 70 ms.
    pub downbeat_f: Option<f64>,
    /// Metre right.
    pub metre: Option<f64>,
    /// Of those said to have no pulse, the share that has none.
    pub no_pulse_precision: Option<f64>,
    /// Of those without a pulse, the share that was said to have none.
    pub no_pulse_recall: Option<f64>,
    /// Key, MIREX weighted.
    pub key: Option<f64>,
    /// The same of tunes in another mode, against the key on their tonic that has their third.
    pub key_modal: Option<f64>,
    /// Changes of key within 3 s.
    pub key_spans_f: Option<f64>,
    /// Median error of the tuning, in cents.
    pub tuning_cents: Option<f64>,
    /// Changes of key that are said of pieces without any, per piece.
    pub key_false_changes: Option<f64>,
    /// Tonic within 25 cents.
    pub tonic: Option<f64>,
    /// Of pieces without a drone, the share that is said to have one.
    pub tonic_false: Option<f64>,
    /// Boundaries of sections within 3 s.
    pub sections_f: Option<f64>,
    /// Pitch of a single voice within 50 cents, share of its time.
    pub pitch: Option<f64>,
    /// The same with noise 6 dB below it.
    pub pitch_noise: Option<f64>,
    /// Of single voices, the share that is taken for one; and of the rest.
    pub voice_recall: Option<f64>,
    /// See above.
    pub voice_false: Option<f64>,
    /// Onsets within 10 ms.
    pub onset_f_10: Option<f64>,
    /// Onsets within 25 ms.
    pub onset_f_25: Option<f64>,
    /// Median error of onsets, in ms.
    pub onset_error_ms: Option<f64>,
    /// Area under the ROC curve of the tempo's confidence.
    pub tempo_auc: Option<f64>,
    /// The same of the key's.
    pub key_auc: Option<f64>,
    /// The same of the onsets', right being an F above its median.
    pub onset_auc: Option<f64>,
}

/// Scores answers against what is true.
pub fn score(pairs: &[(&Truth, &Answer)]) -> Scores {
    let pulse: Vec<_> = pairs.iter().filter_map(|(t, a)| t.bpm.map(|bpm| (*t, *a, bpm))).collect();
    let downbeats = pulse.iter().filter_map(|(t, a, _)| a.downbeats_s.as_ref().map(|d| f_measure(d, &t.downbeats_s, 0.07)));
    let any = |f: &dyn Fn(&Answer) -> bool| pairs.iter().any(|(_, a)| f(a));
    let (modal, keys): (Vec<_>, Vec<_>) =
        pairs.iter().filter_map(|(t, a)| t.key().map(|k| (*a, k, t.family == MODAL))).partition(|(.., is_modal)| *is_modal);
    let gives_key = any(&|a| a.key.is_some());
    let weighted = |keys: &[(&Answer, Key, bool)]| mean(keys.iter().map(|(a, k, _)| mirex(a.key, *k))).filter(|_| gives_key);
    let onsets: Vec<_> = pairs.iter().filter_map(|(t, a)| Some((a.onsets_s.as_ref()?, t.onsets_s.as_ref()?))).collect();
    let says_none = |a: &Answer| a.bpm.is_none();
    let tunings = pairs.iter().filter_map(|(t, a)| {
        let off = a.tuning_cents? - t.tuning_cents?;
        // -50 and +50 are the same.
        Some((off - 100.0 * (off / 100.0).round()).abs())
    });
    let onset_sure = pairs
        .iter()
        .filter_map(|(t, a)| Some((a.onsets_confidence?, f_measure(a.onsets_s.as_ref()?, t.onsets_s.as_ref()?, 0.025))))
        .collect();
    let false_changes = pairs.iter().filter(|(t, _)| t.keys.len() == 1).filter_map(|(_, a)| a.key_changes_s.as_ref().map(Vec::len));
    let sections = pairs.iter().filter_map(|(t, a)| Some(f_measure(a.sections_s.as_ref()?, t.sections_s.as_ref()?, 3.0)));
    let pitches: Vec<(f64, f64)> = pairs.iter().filter_map(|(_, a)| a.pitch).collect();
    // A tune on a guitar alone is neither: its strings ring into each other.
    let asked = || pairs.iter().filter(|(t, _)| t.voice.is_some() || !t.family.starts_with("fiddle"));
    let is_voice = |yes: bool| share(asked().filter(|(t, _)| t.voice.is_some() == yes).filter_map(|(_, a)| a.is_voice));
    let changing = pairs.iter().filter(|(t, _)| t.keys.len() > 1);
    let gives_none = any(&says_none);
    Scores {
        pieces: pairs.len(),
        acc1: share(pulse.iter().map(|(_, a, bpm)| is_tempo(a.bpm, *bpm, false))),
        acc2: share(pulse.iter().map(|(_, a, bpm)| is_tempo(a.bpm, *bpm, true))),
        beat_f: mean(pulse.iter().map(|(t, a, _)| f_measure(&a.beats_s, &t.beats_s, 0.07))),
        downbeat_f: any(&|a| a.downbeats_s.is_some()).then(|| mean(downbeats)).flatten(),
        metre: any(&|a| a.metre.is_some())
            .then(|| share(pulse.iter().filter(|p| !p.0.metres.is_empty()).map(|(t, a, _)| a.metre.is_some_and(|m| t.metres.contains(&m)))))
            .flatten(),
        no_pulse_precision: gives_none.then(|| share(pairs.iter().filter(|(_, a)| says_none(a)).map(|(t, _)| !t.has_pulse))).flatten(),
        no_pulse_recall: gives_none.then(|| share(pairs.iter().filter(|(t, _)| !t.has_pulse).map(|(_, a)| says_none(a)))).flatten(),
        key: weighted(&keys),
        key_modal: weighted(&modal),
        key_spans_f: any(&|a| a.key_changes_s.is_some())
            .then(|| {
                mean(changing.map(|(t, a)| {
                    let changes: Vec<f64> = t.keys.iter().skip(1).map(|s| s.from_s).collect();
                    f_measure(a.key_changes_s.as_deref().unwrap_or_default(), &changes, 3.0)
                }))
            })
            .flatten(),
        tuning_cents: median(tunings.collect()),
        tonic: any(&|a| a.tonic_hz.is_some())
            .then(|| share(pairs.iter().filter_map(|(t, a)| t.tonic_hz.map(|hz| is_tonic(a.tonic_hz, hz)))))
            .flatten(),
        key_false_changes: mean(false_changes.map(|n| n as f64)),
        tonic_false: any(&|a| a.tonic_hz.is_some())
            .then(|| share(pairs.iter().filter(|(t, _)| t.tonic_hz.is_none()).map(|(_, a)| a.tonic_hz.is_some())))
            .flatten(),
        sections_f: mean(sections),
        pitch: mean(pitches.iter().map(|p| p.0)),
        pitch_noise: mean(pitches.iter().map(|p| p.1)),
        voice_recall: is_voice(true),
        voice_false: is_voice(false),
        onset_f_10: mean(onsets.iter().map(|(a, t)| f_measure(a, t, 0.010))),
        onset_f_25: mean(onsets.iter().map(|(a, t)| f_measure(a, t, 0.025))),
        onset_error_ms: median(onsets.iter().flat_map(|(a, t)| matched(a, t, 0.05)).map(|off| 1000.0 * off.abs()).collect()),
        tempo_auc: auc(&pulse
            .iter()
            .filter_map(|(_, a, bpm)| Some((a.tempo_confidence?, is_tempo(a.bpm, *bpm, false))))
            .collect::<Vec<_>>()),
        onset_auc: graded_auc(onset_sure),
        key_auc: auc(&keys.iter().filter_map(|(a, k, _)| Some((a.key_confidence?, a.key == Some(*k)))).collect::<Vec<_>>()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn each_moment_counts_once() {
        assert!((f_measure(&[1.0, 1.05, 2.0], &[1.02, 2.5], 0.07) - 0.4).abs() < 1e-12);
        assert!((f_measure(&[0.0, 1.0], &[0.0, 1.0], 0.07) - 1.0).abs() < 1e-12);
        assert!(f_measure(&[], &[1.0], 0.07).abs() < 1e-12);
    }

    #[test]
    fn keys_are_weighed_as_in_mirex() {
        let key = |text: &str| text.parse::<Key>().unwrap();
        let weigh = |a: &str, t: &str| mirex(Some(key(a)), key(t));
        assert_eq!(
            [weigh("C", "C"), weigh("G", "C"), weigh("F", "C"), weigh("A minor", "C"), weigh("C minor", "C")],
            [1.0, 0.5, 0.5, 0.3, 0.2]
        );
        assert_eq!([weigh("C", "A minor"), weigh("E", "A minor"), weigh("D", "C")], [0.3, 0.0, 0.0]);
    }

    #[test]
    fn tempi_tonics_and_confidences_are_judged() {
        assert!(is_tempo(Some(62.0), 120.0, true) && !is_tempo(Some(62.0), 120.0, false) && !is_tempo(None, 120.0, true));
        assert!(is_tonic(Some(441.0), 220.0) && !is_tonic(Some(330.0), 220.0));
        assert_eq!(auc(&[(0.9, true), (0.1, false), (0.5, true), (0.5, false)]), Some(0.875));
    }
}
