//! Keys over time: where the music modulates.
//!
//! One idea: every second the key is judged from the seconds around it; a hidden Markov model, for which a change of key is rare, reads
//! from that the few spans that explain it.

use super::chroma::Chroma;
use super::key::{KEYS, probabilities};
use music::Key;
use track::KeySpan;

/// Time between judgements, and the span that each one hears.
const STEP_S: f64 = 1.0;
const SPAN_S: f64 = 9.0;
/// What a change of key costs, in nats, and how much a second's judgement counts: neighbours hear mostly the same.
const CHANGE: f64 = 8.0;
const WEIGHT: f64 = 1.0 / 3.0;
/// A key that holds shorter is a passing one.
const SHORTEST_S: f64 = 6.0;

/// The keys of a sound, one after the other; one span where it does not change.
pub(crate) fn spans(chroma: &Chroma, duration_s: f64) -> Vec<KeySpan> {
    let steps = (duration_s / STEP_S).ceil().max(1.0) as usize;
    // Running sums, one for each step, make each span one subtraction.
    let mut sums: Vec<[f64; 24]> = vec![[0.0; 24]; steps + 1];
    for i in 0..chroma.len() {
        let Some((all, bass)) = chroma.frame(i) else { continue };
        let step = ((i as f64 / crate::HARMONY_RATE_HZ / STEP_S) as usize).min(steps - 1);
        let (total, low) = (all.iter().sum::<f64>(), bass.iter().sum::<f64>().max(1e-9));
        for k in 0..12 {
            sums[step + 1][k] += all[k] / total;
            sums[step + 1][12 + k] += bass[k] / low;
        }
    }
    for step in 0..steps {
        let before = sums[step];
        sums[step + 1].iter_mut().zip(before).for_each(|(s, b)| *s += b);
    }
    let half = (SPAN_S / STEP_S / 2.0) as usize;
    let log_fit = |step: usize| -> Option<[f64; KEYS]> {
        let (from, to) = (sums[step.saturating_sub(half)], sums[(step + half + 1).min(steps)]);
        let share = |first: usize| {
            let difference: [f64; 12] = std::array::from_fn(|i| to[first + i] - from[first + i]);
            let total: f64 = difference.iter().sum();
            (total > 1e-6).then(|| difference.map(|d| (d / total).max(0.0)))
        };
        Some(probabilities(&share(0)?, share(12).as_ref()).map(|p| WEIGHT * p.max(1e-4).ln()))
    };
    let mut score = [0f64; KEYS];
    let mut back: Vec<[u8; KEYS]> = Vec::with_capacity(steps);
    for step in 0..steps {
        let best = (0..KEYS).max_by(|a, b| score[*a].total_cmp(&score[*b])).unwrap_or(0);
        let fits = log_fit(step).unwrap_or([0.0; KEYS]);
        let mut from = [0u8; KEYS];
        let mut next = [0.0; KEYS];
        for k in 0..KEYS {
            let moves = step > 0 && score[best] - CHANGE > score[k];
            from[k] = if moves { best } else { k } as u8;
            next[k] = if moves { score[best] - CHANGE } else { score[k] } + fits[k];
        }
        score = next;
        back.push(from);
    }
    let mut key = (0..KEYS).max_by(|a, b| score[*a].total_cmp(&score[*b])).unwrap_or(0);
    let mut keys = vec![key; steps];
    for step in (1..steps).rev() {
        key = back[step][key].into();
        keys[step - 1] = key;
    }
    let names: Vec<Key> = Key::all().collect();
    let mut spans: Vec<KeySpan> = Vec::new();
    for (step, key) in keys.iter().enumerate() {
        let to_s = ((step + 1) as f64 * STEP_S).min(duration_s);
        match spans.last_mut() {
            Some(last) if last.key == names[*key] => last.to_s = to_s,
            _ => spans.push(KeySpan { from_s: step as f64 * STEP_S, to_s, key: names[*key] }),
        }
    }
    merged(spans)
}

/// The share of the time for which a key holds.
pub(crate) fn held(spans: &[KeySpan], key: Key) -> f64 {
    let length = |s: &KeySpan| s.to_s - s.from_s;
    spans.iter().filter(|s| s.key == key).map(length).sum::<f64>() / spans.iter().map(length).sum::<f64>().max(1e-9)
}

/// Spans that are too short go to the one before, the first to the one after.
fn merged(spans: Vec<KeySpan>) -> Vec<KeySpan> {
    let mut kept: Vec<KeySpan> = Vec::new();
    for span in spans {
        match kept.last_mut() {
            Some(last) if last.key == span.key || span.to_s - span.from_s < SHORTEST_S => last.to_s = span.to_s,
            Some(last) if kept_is_short(last) => *last = KeySpan { from_s: last.from_s, ..span },
            _ => kept.push(span),
        }
    }
    kept
}

fn kept_is_short(span: &KeySpan) -> bool {
    span.to_s - span.from_s < SHORTEST_S
}
