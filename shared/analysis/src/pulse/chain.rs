//! The chain of beats: which moments, each a plausible beat after the one before, explain best what the network heard.
//!
//! One idea: a hidden semi-Markov model (after Böck, Krebs & Widmer, ISMIR 2015). A state is a beat and the time since the beat before. The
//! price of changing the pace grows with the logarithm of the change, so the best predecessor of every pace is found in two sweeps.

use crate::networks::Activations;
use crate::networks::FRAME_RATE_HZ;
use std::ops::Range;

/// Tempi that are looked for, in beats per minute. Slower beats are felt in halves or thirds (London, Hearing in Time, 2004).
pub(crate) const RANGE_BPM: (f64, f64) = (46.0, 250.0);
/// Where beats are felt most readily (Moelants, ICMPC 2002: 120 to 130; here the middle of the two octaves around it), and what a beat costs at twice
/// or half that pace, growing with the square of the distance in octaves (found on pieces that training held out).
const READY_BPM: f64 = 110.0;
const UNREADY: f64 = 0.3;
/// What a change of the time between beats by a factor of e costs. Rubato changes by a few per cent from beat to beat.
const CHANGE: f64 = 20.0;
/// The same where beats are hardly marked: there is nothing that could tell of a change. Four times as much, which was the first value tried, makes
/// recordings measure the same after every codec.
const FAINT_CHANGE: f64 = 80.0;
/// A frame is taken for a beat rather than not from this probability on (found on pieces that training held out). Where beats are hardly marked, as in a
/// melody that one plays alone, no chain of them explains anything at that; then it is halved, time and again, to a fortieth of it. (That it must be
/// was learnt from such melodies of the evaluation, and from the same recordings after other codecs.)
const THRESHOLDS: [f64; 6] = [0.3, 0.15, 0.07, 0.035, 0.017, 0.008];
/// A chain that explains less of what is looked at than this has missed the most of it.
const LEAST_SHARE: f64 = 0.5;
/// A missing beat speaks against the chain no more than this, so that music may pause.
const WORST: f64 = -2.5;
/// Stands for the pace of a first beat.
const FIRST: u8 = u8::MAX;
/// Longest stretch that is decoded in one go, in frames (8 minutes, or up to 10 at the end), and what it sees beyond its ends.
const STRETCH: usize = 40_000;
const OVERLAP: usize = 2_000;

/// Beats with what they explain.
pub(crate) struct Chain {
    /// Frames, rising.
    pub(crate) beats: Vec<usize>,
    /// Sum of log odds, less what changes of pace cost, over all stretches with their overlaps.
    pub(crate) score: f64,
    /// The threshold that it was found at.
    threshold: f64,
}

/// The best chain within some frames. `None` where nothing in them goes on like beats for three of them.
pub(crate) fn best(activations: &Activations, frames: &Range<usize>) -> Option<Chain> {
    let length = frames.end.min(activations.frames.len()).saturating_sub(frames.start) as f64;
    // No beat accounts for more than the slowest would: so beats at both ends with nothing between them are no chain through all of it.
    let span = |c: &Chain| c.beats.len() as f64 * 60.0 / RANGE_BPM.0 * FRAME_RATE_HZ;
    let chains = || THRESHOLDS.iter().filter_map(|t| at(activations, frames, RANGE_BPM, *t));
    chains().find(|c| span(c) >= LEAST_SHARE * length).or_else(|| chains().next())
}

/// The best chain at another tempo than one that was found.
pub(crate) fn at_tempo(activations: &Activations, frames: &Range<usize>, range_bpm: (f64, f64), beside: &Chain) -> Option<Chain> {
    at(activations, frames, range_bpm, beside.threshold)
}

/// The best chain within some frames whose tempo stays in a range. `None` where the range or the sound is too short for three beats.
fn at(activations: &Activations, frames: &Range<usize>, range_bpm: (f64, f64), threshold: f64) -> Option<Chain> {
    let n = frames.end.min(activations.frames.len());
    let mut whole = Chain { beats: Vec::new(), score: 0.0, threshold };
    let mut from = frames.start;
    while from < n {
        let to = if n - from < STRETCH + STRETCH / 4 { n } else { from + STRETCH };
        let part = decode(activations, from.saturating_sub(OVERLAP).max(frames.start)..(to + OVERLAP).min(n), range_bpm, threshold);
        if let Some(part) = part {
            // A beat at a seam may lie a frame to either side of it in the two parts.
            let gap = (60.0 / range_bpm.1 * FRAME_RATE_HZ * 0.8) as usize;
            let last = whole.beats.last().copied();
            let is_new = |b: &usize| (from.saturating_sub(gap)..to).contains(b) && last.is_none_or(|l| *b > l + gap);
            whole.beats.extend(part.beats.into_iter().filter(is_new));
            whole.score += part.score;
        }
        from = to;
    }
    (whole.beats.len() >= 3).then_some(whole)
}

fn decode(activations: &Activations, range: Range<usize>, range_bpm: (f64, f64), threshold: f64) -> Option<Chain> {
    let gap = |bpm: f64| 60.0 / bpm * FRAME_RATE_HZ;
    let (shortest, longest) = (gap(range_bpm.1).round() as usize, gap(range_bpm.0).round() as usize);
    // A pace is kept in a byte.
    let paces = (longest.checked_sub(shortest)? + 1).min(usize::from(FIRST));
    let n = range.len();
    if n < 2 || shortest == 0 {
        return None;
    }
    let change = if threshold < THRESHOLDS[0] { FAINT_CHANGE } else { CHANGE };
    let step: Vec<f32> = (0..paces).map(|p| (change * ((shortest + p + 1) as f64 / (shortest + p) as f64).ln()) as f32).collect();
    let unready: Vec<f32> = (0..paces)
        .map(|p| {
            let bpm = 60.0 * FRAME_RATE_HZ / (shortest + p) as f64;
            (UNREADY * (bpm / READY_BPM).log2().powi(2)) as f32
        })
        .collect();
    let odds = |p: f64| (p / (1.0 - p)).ln();
    let gain: Vec<f32> =
        range.clone().map(|f| (odds(activations.probability(f, super::BEAT)) - odds(threshold)).max(WORST) as f32).collect();

    // For a beat at frame t: the best score, after the sweeps, of what may go on at each pace; and the pace that it came at itself.
    let mut after = vec![0f32; n * paces];
    let mut back = vec![FIRST; n * paces];
    let (mut own, mut came) = (vec![0f32; paces], vec![FIRST; paces]);
    let mut end = (0f32, 0, FIRST);
    for t in 0..n {
        for p in 0..paces {
            // Anything may be the first beat: what went before explains nothing, and costs nothing.
            let before = t.checked_sub(shortest + p).map_or(0.0, |b| after[b * paces + p]);
            let is_first = before <= 0.0;
            own[p] = gain[t] - unready[p] + if is_first { 0.0 } else { before };
            came[p] = if is_first { FIRST } else { p as u8 };
            if own[p] > end.0 {
                end = (own[p], t, came[p]);
            }
        }
        // Two sweeps: what follows may have this pace, or another one at its price.
        for p in 1..paces {
            let moved = own[p - 1] - step[p - 1];
            if moved > own[p] {
                (own[p], came[p]) = (moved, came[p - 1]);
            }
        }
        for p in (0..paces - 1).rev() {
            let moved = own[p + 1] - step[p];
            if moved > own[p] {
                (own[p], came[p]) = (moved, came[p + 1]);
            }
        }
        after[t * paces..(t + 1) * paces].copy_from_slice(&own);
        back[t * paces..(t + 1) * paces].copy_from_slice(&came);
    }
    if end.0 <= 0.0 {
        return None;
    }
    let (score, mut t, mut pace) = end;
    let mut beats = vec![range.start + t];
    while pace != FIRST {
        t -= shortest + usize::from(pace);
        // What followed came at this pace.
        pace = back[t * paces + usize::from(pace)];
        beats.push(range.start + t);
    }
    beats.reverse();
    Some(Chain { beats, score: f64::from(score), threshold })
}
