//! Drums alone: a bar or two of a pattern, again and again, as loops and breaks are.

use super::Split;
use super::patterns::seed;
use super::pop::median_bpm;
use super::truth::Truth;
use crate::render::score::{DRUMS, Score};
use fastrand::Rng;

/// General MIDI drums: low ones, high ones, what keeps time, what colours.
const LOW: [i32; 4] = [36, 35, 41, 64];
const HIGH: [i32; 6] = [38, 40, 39, 37, 62, 50];
const TIME: [i32; 6] = [42, 44, 51, 70, 69, 54];
const COLOUR: [i32; 8] = [46, 45, 48, 63, 56, 60, 61, 67];
const LENGTH_S: f64 = 40.0;

/// A hit: where in the bar, in steps; which drum; how hard.
type Hit = (f64, i32, u8);

/// So many pieces.
pub fn pieces(count: usize, split: Split) -> Vec<(Score, Truth)> {
    (0..count).map(|i| piece(i, split)).collect()
}

fn piece(index: usize, split: Split) -> (Score, Truth) {
    let mut rng = Rng::with_seed(seed(0xd2_0700, index, split));
    // Beats to a bar, steps to a beat, and what that is called.
    let (beats, steps, metre): (usize, usize, u32) = match index % 10 {
        7 => (3, 4, 3),
        8 => (2, 3, 6),
        9 => ([5, 7][index / 10 % 2], 2, [5, 7][index / 10 % 2]),
        _ => (4, 4, 4),
    };
    let bpm = if metre == 6 { 60.0 + 70.0 * rng.f64() } else { 70.0 * 2.0f64.powf(1.3 * rng.f64()) };
    let swing = if steps == 4 && rng.f64() < 0.3 { 0.08 + 0.2 * rng.f64() } else { 0.0 };
    let jitter_s = if rng.bool() { 0.006 * rng.f64() } else { 0.0 };
    let bars_in_loop = 1 + rng.usize(0..2);
    let (low, high) = (*rng.choice(&LOW).unwrap_or(&36), *rng.choice(&HIGH).unwrap_or(&38));
    let (time, colour) = (*rng.choice(&TIME).unwrap_or(&42), *rng.choice(&COLOUR).unwrap_or(&46));
    let time_every = *rng.choice(&[1usize, 2, 2, 4]).unwrap_or(&2);
    let is_busy = rng.f64() < 0.4;
    let pattern: Vec<Vec<Hit>> = (0..bars_in_loop)
        .map(|_| {
            let mut hits: Vec<Hit> = Vec::new();
            for step in 0..beats * steps {
                let (beat, within) = (step / steps, step % steps);
                let on_beat = within == 0;
                let back = match metre {
                    4 => beat % 2 == 1,
                    6 => beat == 1,
                    _ => beat + 1 == beats,
                };
                let offbeat = within * 2 == steps;
                let chance_low = if step == 0 {
                    0.95
                } else if on_beat && !back {
                    0.55
                } else if offbeat {
                    0.25
                } else {
                    0.1
                };
                if rng.f64() < chance_low {
                    hits.push((step as f64, low, 96 + rng.u8(0..20)));
                }
                if rng.f64()
                    < if on_beat && back {
                        0.9
                    } else if is_busy && !on_beat {
                        0.18
                    } else {
                        0.03
                    }
                {
                    hits.push((step as f64, high, if on_beat { 96 } else { 50 + rng.u8(0..30) }));
                }
                if step % time_every.min(steps) == 0 && rng.f64() < 0.93 {
                    hits.push((step as f64, time, if on_beat { 78 } else { 54 }));
                }
                if rng.f64() < 0.06 {
                    hits.push((step as f64, colour, 70));
                }
            }
            hits
        })
        .collect();
    let mut score = Score::default();
    let beat_s = 60.0 / bpm;
    let mut truth = Truth {
        name: format!("drums-{index:03}-{metre}-{bpm:.0}"),
        family: "drums".into(),
        has_pulse: true,
        is_steady: true,
        metres: if metre == 4 { vec![4, 2] } else { vec![metre] },
        ..Truth::default()
    };
    // As loops are cut: from the first beat on, half of the time without a moment of silence.
    let mut at = if rng.bool() { 0.0 } else { rng.f64() };
    let mut bar = 0;
    while at < LENGTH_S - 0.3 {
        truth.downbeats_s.push(at);
        for beat in 0..beats {
            truth.beats_s.push(at + beat as f64 * beat_s);
        }
        for (step, drum, loud) in &pattern[bar % bars_in_loop] {
            let delay = if (*step as usize) % 2 == 1 { swing / steps as f64 } else { 0.0 };
            let start = at + (step / steps as f64 + delay) * beat_s + jitter_s * (rng.f64() - 0.5);
            let loud = (i32::from(*loud) + rng.i32(-6..7)).clamp(20, 127) as u8;
            score.push(DRUMS, *drum, start.max(0.0), 0.1, loud);
        }
        // A fill now and then.
        if bar % 8 == 7 && rng.bool() {
            for k in 0..steps {
                score.push(DRUMS, high, at + ((beats - 1) as f64 + k as f64 / steps as f64) * beat_s, 0.1, 80 + 8 * (k as u8 % 4));
            }
        }
        at += beats as f64 * beat_s;
        bar += 1;
    }
    truth.beats_s.retain(|t| *t < LENGTH_S - 0.1);
    truth.bpm = median_bpm(&truth.beats_s);
    truth.onsets_s = score.onsets_s();
    (score, truth)
}
