//! Pulse: beats, bars, tempo and metre, or that there is none.
//!
//! One idea: a small network hears which moments are like beats and downbeats; models of how beats and bars follow each other read
//! the one chain from it that explains most; onsets then say to the millisecond where each beat is.

mod bars;
mod chain;
mod pace;
mod presence;
mod refine;

use crate::networks::{Activations, FRAME_RATE_HZ};
use music::{BeatGrid, Metre};
use std::ops::Range;
use track::Pace;

/// What the network says of a frame, in order.
pub(crate) const BEAT: usize = 0;
const DOWNBEAT: usize = 1;
pub(crate) const PULSE: usize = 2;
const TRIPLE: usize = 3;

/// Other readings of a tempo that people disagree about.
const READINGS: [f64; 6] = [0.5, 2.0, 1.5, 2.0 / 3.0, 3.0, 1.0 / 3.0];

/// Beats that tell something new of the bars.
const MOST_BEATS_TOLD: f64 = 80.0;

/// Straight beats of which so many have an onset, to so many seconds, are a pulse, whatever the rest sounds like.
const MARKED: f64 = 0.8;
const MARKED_S: f64 = 0.01;

/// The pulse of a sound.
pub(crate) struct Pulse {
    pub(crate) bpm: f64,
    pub(crate) confidence: f64,
    pub(crate) pace: Pace,
    pub(crate) grid: BeatGrid,
    /// How sure the bars are, which are the hardest part of a grid.
    pub(crate) grid_confidence: f64,
    pub(crate) metre: Option<(Metre, f64)>,
    /// How probably a beat sounds like one, in the mean.
    pub(crate) clarity: f64,
}

/// Finds the pulse. `None` where there is none.
pub(crate) fn find(activations: &Activations, onsets_s: &[f64], duration_s: f64) -> Option<Pulse> {
    let (first, last) = (*onsets_s.first()?, *onsets_s.last()?);
    let frame = |s: f64| (s * FRAME_RATE_HZ) as usize;
    if onsets_s.len() < 4 {
        return None;
    }
    let sounding = frame(first)..frame(last).max(frame(first) + 1);
    let found = presence::pulsing(activations, sounding.clone());
    // A click track is like no music that the network knows; but there is something on every beat, and the beats are straight.
    let must_be_marked = found.is_none();
    let pulsing = found.unwrap_or(sounding);
    // A beat may be heard a little before what sounds is certainly an onset, and after the last one.
    let from = if pulsing.start == frame(first) { 0 } else { pulsing.start };
    let to = if pulsing.end >= frame(last) { activations.frames.len() } else { pulsing.end };
    let heard = from..to;
    let chain = chain::best(activations, &heard)?;
    // The middle of frame n lies a quarter of a frame after its number: it is the mean of two.
    let seconds = |f: usize| (f as f64 + 0.25) / FRAME_RATE_HZ;
    let (from_s, to_s) = (first.max(seconds(heard.start)), last.min(seconds(heard.end)));
    let rough = extended(chain.beats.iter().map(|b| seconds(*b)).collect(), from_s, to_s);
    let refine::Placed { beats, is_straight, wobble } = refine::placed(rough, onsets_s);
    let beats: Vec<f64> = beats.into_iter().filter(|t| *t >= -0.02 && *t < duration_s).map(|t: f64| t.max(0.0)).collect();
    let near = |t: f64, output: usize| activations.highest((t * FRAME_RATE_HZ).max(0.0) as usize, 2, output);
    let downbeat: Vec<f64> = beats.iter().map(|t| (near(*t, DOWNBEAT) / near(*t, BEAT).max(0.05)).clamp(0.02, 0.98)).collect();
    let bars = bars::best(&downbeat);
    let clarity = beats.iter().map(|t| near(*t, BEAT)).sum::<f64>() / beats.len().max(1) as f64;
    let on_beat = beats.iter().filter(|b| is_onset_near(onsets_s, **b)).count() as f64 / beats.len().max(1) as f64;
    if must_be_marked && !(is_straight && on_beat >= MARKED) {
        return None;
    }
    // The mean of the log odds: what is sure counts more than what is not.
    let odds = |f: usize| (activations.probability(f, TRIPLE) / (1.0 - activations.probability(f, TRIPLE))).ln();
    let triple = 1.0 / (1.0 + (-pulsing.clone().map(odds).sum::<f64>() / pulsing.len() as f64).exp());

    let grid = BeatGrid::with_downbeats(beats, bars.as_ref().map(|b| b.downbeats.clone()).unwrap_or_default())?;
    let bpm = grid.tempo_bpm();
    let alternatives = alternatives(activations, &heard, &chain, bpm);
    let confidence = (1.0 - alternatives.iter().map(|a| a.1).sum::<f64>()) * (0.5 + 0.5 * clarity) * if is_straight { 1.0 } else { 0.8 };
    // An hour of the same bars is no surer than the first minute of them.
    let told = |b: &bars::Bars| b.margin * (MOST_BEATS_TOLD / grid.beats_s().len() as f64).min(1.0);
    let bars_confidence = bars.as_ref().map(|b| 1.0 - (-0.1 * told(b)).exp());
    let metre = bars.as_ref().zip(bars_confidence).map(|(b, c)| {
        let is_compound = triple > 0.5 && matches!(b.length, 2..=4);
        (Metre::heard(b.length as u8, is_compound), c * (2.0 * triple - 1.0).abs().max(0.1))
    });
    Some(Pulse {
        bpm,
        confidence,
        pace: pace::pace(&grid, wobble, alternatives),
        grid,
        grid_confidence: bars_confidence.unwrap_or(0.0),
        metre,
        clarity,
    })
}

fn is_onset_near(onsets_s: &[f64], t: f64) -> bool {
    let i = onsets_s.partition_point(|o| *o < t - MARKED_S);
    onsets_s.get(i).is_some_and(|o| *o <= t + MARKED_S)
}

/// The chain, gone on with at the pace of its ends until the first and the last onset.
fn extended(mut beats: Vec<f64>, first_s: f64, last_s: f64) -> Vec<f64> {
    let pace = |beats: &[f64]| {
        let steps = beats.len().saturating_sub(1).max(1) as f64;
        (beats.last().copied().unwrap_or(0.0) - beats.first().copied().unwrap_or(0.0)) / steps
    };
    let (opening, closing) = (pace(&beats[..beats.len().min(9)]), pace(&beats[beats.len().saturating_sub(9)..]));
    if opening <= 0.0 || closing <= 0.0 {
        return beats;
    }
    while let Some(t) = beats.last().map(|t| t + closing).filter(|t| *t <= last_s + 0.1 * closing) {
        beats.push(t);
    }
    let mut before: Vec<f64> = Vec::new();
    while let Some(t) = before.last().or(beats.first()).map(|t| t - opening).filter(|t| *t >= first_s - 0.1 * opening) {
        before.push(t);
    }
    before.reverse();
    before.extend(beats);
    before
}

/// Other readings of the tempo, with how probable each is beside the one that was chosen.
fn alternatives(activations: &Activations, frames: &Range<usize>, chosen: &chain::Chain, bpm: f64) -> Vec<(f64, f64)> {
    // A chain's score grows with length; by the beat it is the same for a minute and an hour.
    let per_beat = |score: f64| score / chosen.beats.len().max(1) as f64;
    let others: Vec<(f64, f64)> = READINGS
        .iter()
        .map(|r| bpm * r)
        .filter(|b| (chain::RANGE_BPM.0..chain::RANGE_BPM.1).contains(b))
        .map(|b| {
            let score = chain::at_tempo(activations, frames, (b / 1.12, b * 1.12), chosen).map_or(0.0, |c| c.score);
            (b, (2.0 * (per_beat(score) - per_beat(chosen.score))).min(0.0).exp())
        })
        .collect();
    let total = 1.0 + others.iter().map(|o| o.1).sum::<f64>();
    let mut shares: Vec<(f64, f64)> = others.into_iter().map(|(b, weight)| (b, weight / total)).collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    shares
}
