//! From frames to moments: beats are put where they sound.
//!
//! One idea: each beat is moved to the onset it stands for, and a line is fitted through all of them. Where the line fits, the music is
//! steady and the line is the grid; where it does not, a line through each beat's neighbours is.

/// A beat belongs to an onset that is at most this far away.
const SNAP_S: f64 = 0.04;
/// Music whose onsets lie this close to a straight line (median) is steady.
const STEADY_S: f64 = 0.010;

/// Onsets themselves are known to so much (their median error in the evaluation).
const ONSETS_S: f64 = 0.003;

/// Beats where they sound.
pub(crate) struct Placed {
    /// In seconds; they rise.
    pub(crate) beats: Vec<f64>,
    /// Whether they lie on a straight line.
    pub(crate) is_straight: bool,
    /// How far a beat is played from the middle between its neighbours, as a share of a beat (median), less what onsets are known to. `None`
    /// where hardly any beat is played.
    pub(crate) wobble: Option<f64>,
}

/// Puts beats where they sound. Both lists are in seconds and rise.
pub(crate) fn placed(mut beats: Vec<f64>, onsets_s: &[f64]) -> Placed {
    let snapped = snap(&mut beats, onsets_s);
    let mut off: Vec<f64> = (1..beats.len().saturating_sub(1))
        .filter(|k| snapped[k - 1..=k + 1].iter().all(|s| *s))
        .map(|k| {
            ((beats[k] - f64::midpoint(beats[k - 1], beats[k + 1])).abs() - ONSETS_S).max(0.0) * 2.0
                / (beats[k + 1] - beats[k - 1]).max(1e-3)
        })
        .collect();
    off.sort_unstable_by(f64::total_cmp);
    let wobble = (off.len() >= 4).then(|| off[off.len() / 2]);
    match steady_line(&beats, &snapped) {
        Some((a, b)) => Placed { beats: (0..beats.len()).map(|k| a + b * k as f64).collect(), is_straight: true, wobble },
        None => Placed { beats: smooth(&beats, &snapped), is_straight: false, wobble },
    }
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

/// Beats that stand for an onset stay on it; the others go to the middle of a line through their neighbours, onsets counting most. Keeps the
/// order. Longer lines would cut the corners of rubato.
fn smooth(beats: &[f64], snapped: &[bool]) -> Vec<f64> {
    let mut out: Vec<f64> = (0..beats.len())
        .map(|k| {
            if snapped[k] {
                return beats[k];
            }
            let range = k.saturating_sub(1)..(k + 2).min(beats.len());
            let fit = line(range.map(|i| (i as f64 - k as f64, beats[i], if snapped[i] { 1.0 } else { 0.5 })));
            fit.map_or(beats[k], |(at, _)| at)
        })
        .collect();
    for k in 1..out.len() {
        out[k] = out[k].max(out[k - 1] + 0.05);
    }
    out
}
