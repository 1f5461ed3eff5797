//! Beats: which moments people would tap.
//!
//! One idea: dynamic programming finds the chain of strong moments that keeps the tempo (Ellis, J. New Music Research 36, 2007);
//! each beat is then moved to the onset it stands for, and a line is fitted through all of them. Where the line fits, the
//! music is steady and the line is the grid; where it does not, a line through each beat's neighbours is.

use crate::key::Tonal;
use crate::onset::Onsets;
use crate::tempo::Pulse;
use music::BeatGrid;

/// How strongly the chain holds to the tempo (Ellis' alpha; librosa's default).
const TIGHTNESS: f64 = 100.0;
/// A beat belongs to an onset that is at most this far away.
const SNAP_S: f64 = 0.04;
/// Music whose onsets lie this close to a straight line (median) is steady.
const STEADY_S: f64 = 0.010;

pub(crate) struct Tracked {
    pub(crate) bpm: f64,
    pub(crate) confidence: f64,
    pub(crate) grid: BeatGrid,
    pub(crate) downbeat_confidence: Option<f64>,
}

pub(crate) fn track(onsets: &Onsets, pulse: &Pulse, tonal: &Tonal, duration_s: f64) -> Option<Tracked> {
    let rough = chain(&onsets.strength, 60.0 / pulse.bpm * onsets.frame_rate_hz);
    let (first, last) = (*onsets.times_s.first()?, *onsets.times_s.last()?);
    let half = 30.0 / pulse.bpm;
    let mut beats: Vec<f64> =
        rough.into_iter().map(|f| f as f64 / onsets.frame_rate_hz).filter(|t| *t > first - half && *t < last + half).collect();
    if beats.len() < 3 {
        return None;
    }
    let snapped = snap(&mut beats, &onsets.times_s);
    let beats = match steady_line(&beats, &snapped) {
        Some((a, b)) => (0..beats.len()).map(|k| a + b * k as f64).collect(),
        None => smooth(&beats, &snapped),
    };
    let beats: Vec<f64> = beats.into_iter().filter(|t| *t >= -0.02 && *t < duration_s).map(|t: f64| t.max(0.0)).collect();
    let downbeat = downbeat(&beats, onsets, tonal);
    let grid = BeatGrid::new(beats, downbeat.map(|d| d.0))?;
    // Half for how clearly the music repeats, half for how far its tempo stands above the rivals.
    let confidence = (0.5 * (pulse.clarity / 0.6).min(1.0) + 0.5 * (pulse.margin / 0.4).min(1.0)).clamp(0.0, 1.0);
    Some(Tracked { bpm: grid.median_bpm(), confidence, grid, downbeat_confidence: downbeat.map(|d| d.1) })
}

/// The chain of frames with the highest sum of strength less the penalty for leaving the tempo.
fn chain(strength: &[f32], period: f64) -> Vec<usize> {
    let n = strength.len();
    let mean = strength.iter().sum::<f32>() / n.max(1) as f32;
    let deviation = (strength.iter().map(|s| (s - mean).powi(2)).sum::<f32>() / n.max(1) as f32).sqrt().max(1e-6);
    let (shortest, longest) = ((period / 2.0).round().max(1.0) as usize, (period * 2.0).round() as usize);
    let penalty: Vec<f64> = (0..=longest).map(|gap| TIGHTNESS * (gap.max(1) as f64 / period).ln().powi(2)).collect();
    let mut total = vec![0f64; n];
    let mut back = vec![u32::MAX; n];
    for i in 0..n {
        let mut best = (0.0, u32::MAX);
        for gap in shortest..=longest.min(i) {
            let value = total[i - gap] - penalty[gap];
            if value > best.0 {
                best = (value, (i - gap) as u32);
            }
        }
        total[i] = best.0 + f64::from(strength[i] / deviation);
        back[i] = best.1;
    }
    // The chain may end anywhere in the last two periods.
    let tail = n.saturating_sub(longest);
    let mut at = (tail..n).max_by(|a, b| total[*a].total_cmp(&total[*b]));
    let mut frames = Vec::new();
    while let Some(i) = at {
        frames.push(i);
        at = (back[i] != u32::MAX).then_some(back[i] as usize);
    }
    frames.reverse();
    frames
}

/// Moves beats to the onsets they stand for and the others by the median of those moves. Says which were moved to an onset.
fn snap(beats: &mut [f64], onsets_s: &[f64]) -> Vec<bool> {
    let nearest = |t: f64| {
        let i = onsets_s.partition_point(|o| *o < t);
        [i.checked_sub(1), Some(i)]
            .into_iter()
            .flatten()
            .filter_map(|i| onsets_s.get(i).copied())
            .min_by(|a, b| (a - t).abs().total_cmp(&(b - t).abs()))
            .filter(|o| (o - t).abs() <= SNAP_S)
    };
    let targets: Vec<Option<f64>> = beats.iter().map(|b| nearest(*b)).collect();
    let mut moves: Vec<f64> = targets.iter().zip(beats.iter()).filter_map(|(t, b)| t.map(|t| t - b)).collect();
    moves.sort_unstable_by(f64::total_cmp);
    let usual = moves.get(moves.len() / 2).copied().unwrap_or(0.0);
    for (beat, target) in beats.iter_mut().zip(&targets) {
        *beat = target.unwrap_or(*beat + usual);
    }
    targets.iter().map(Option::is_some).collect()
}

/// Weighted least squares through (index, time); `None` without two weights.
fn line(points: impl Iterator<Item = (f64, f64, f64)>) -> Option<(f64, f64)> {
    let (mut w, mut x, mut y, mut xx, mut xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (px, py, pw) in points {
        w += pw;
        x += pw * px;
        y += pw * py;
        xx += pw * px * px;
        xy += pw * px * py;
    }
    let d = w * xx - x * x;
    (d > 1e-9).then(|| {
        let slope = (w * xy - x * y) / d;
        ((y - slope * x) / w, slope)
    })
}

/// Offset and period of the straight grid that the onsets lie on, if they do.
fn steady_line(beats: &[f64], snapped: &[bool]) -> Option<(f64, f64)> {
    if snapped.iter().filter(|s| **s).count() < 4.max(beats.len() / 4) {
        return None;
    }
    let mut weights: Vec<f64> = snapped.iter().map(|s| f64::from(u8::from(*s))).collect();
    let mut fit = (0.0, 0.0);
    for _ in 0..8 {
        fit = line(beats.iter().zip(&weights).enumerate().map(|(k, (b, w))| (k as f64, *b, *w)))?;
        for (k, (b, w)) in beats.iter().zip(&mut weights).enumerate() {
            let off = (b - fit.0 - fit.1 * k as f64) / STEADY_S;
            *w = f64::from(u8::from(snapped[k])) / (1.0 + off * off);
        }
    }
    let mut off: Vec<f64> =
        beats.iter().enumerate().filter(|(k, _)| snapped[*k]).map(|(k, b)| (b - fit.0 - fit.1 * k as f64).abs()).collect();
    off.sort_unstable_by(f64::total_cmp);
    (off[off.len() / 2] <= STEADY_S && off[off.len() * 4 / 5] <= 3.0 * STEADY_S).then_some(fit)
}

/// Each beat from a line through its four neighbours on either side, onsets counting most. Keeps the order.
fn smooth(beats: &[f64], snapped: &[bool]) -> Vec<f64> {
    let mut out: Vec<f64> = (0..beats.len())
        .map(|k| {
            let range = k.saturating_sub(4)..(k + 5).min(beats.len());
            let fit = line(range.map(|i| (i as f64 - k as f64, beats[i], if snapped[i] { 1.0 } else { 0.2 })));
            fit.map_or(beats[k], |(at, _)| at)
        })
        .collect();
    for k in 1..out.len() {
        out[k] = out[k].max(out[k - 1] + 0.05);
    }
    out
}

/// The first downbeat in common time and how sure that is; `None` when no beat of four stands out.
///
/// Judged by bass onsets and by change of harmony, which fall on the first beat of the bar more often than elsewhere.
fn downbeat(beats: &[f64], onsets: &Onsets, tonal: &Tonal) -> Option<(usize, f64)> {
    if beats.len() < 16 {
        return None;
    }
    let near = |curve: &[f32], t: f64| {
        let i = (t * onsets.frame_rate_hz).round() as usize;
        f64::from(curve.get(i.saturating_sub(4)..(i + 5).min(curve.len())).map_or(0.0, |c| c.iter().copied().fold(0.0, f32::max)))
    };
    let period = (beats[beats.len() - 1] - beats[0]) / (beats.len() - 1) as f64;
    let bass: Vec<f64> = beats.iter().map(|b| near(&onsets.bass, *b)).collect();
    let harmony: Vec<f64> = beats.iter().map(|b| tonal.change_at(*b, period)).collect();
    let mut evidence = vec![0.0; beats.len()];
    for feature in [&bass, &harmony] {
        let mean = feature.iter().sum::<f64>() / feature.len() as f64;
        let sd = (feature.iter().map(|f| (f - mean).powi(2)).sum::<f64>() / feature.len() as f64).sqrt();
        if sd > 1e-9 {
            for (e, f) in evidence.iter_mut().zip(feature) {
                *e += (f - mean) / sd;
            }
        }
    }
    let phases: Vec<f64> = (0..4)
        .map(|p| {
            let (sum, n) = evidence.iter().skip(p).step_by(4).fold((0.0, 0), |(s, n), e| (s + e, n + 1));
            sum / f64::from(n)
        })
        .collect();
    let best = (0..4).max_by(|a, b| phases[*a].total_cmp(&phases[*b]))?;
    let rival = (0..4).filter(|p| *p != best).map(|p| phases[p]).fold(f64::NEG_INFINITY, f64::max);
    // The difference of two means of beats/4 values of variance 2, in standard errors.
    let z = (phases[best] - rival) / (2.0 * 2.0 / (beats.len() as f64 / 4.0)).sqrt();
    (z > 2.0).then(|| (best, (1.0 - (-(z - 2.0) / 2.0).exp()).clamp(0.0, 1.0)))
}
