//! How a tempo behaves: steadiness, and its course where it drifts.

use music::BeatGrid;
use track::Pace;

/// Beats whose mean step is a point of the curve.
const SPAN: usize = 4;
/// A tempo whose curve stays this near to its median is steady.
const STEADY: f64 = 0.02;
/// Points of a curve at most: one in so many beats is enough for hours.
const MAX_POINTS: usize = 2_000;
/// Beats off by this share of their step are not steady at all.
const UNSTEADY: f64 = 0.10;

/// The pace of a grid, given how far its beats are played from where they should be, if that is known.
pub(crate) fn pace(grid: &BeatGrid, wobble: Option<f64>, alternatives: Vec<(f64, f64)>) -> Pace {
    let beats = grid.beats_s();
    let median_s = 60.0 / grid.tempo_bpm();
    // Else that of the grid itself: median distance of a beat from the middle of its neighbours, which a slow drift does not raise.
    let own = || {
        let mut off: Vec<f64> = beats.windows(3).map(|w| (w[1] - f64::midpoint(w[0], w[2])).abs() / median_s).collect();
        off.sort_unstable_by(f64::total_cmp);
        off.get(off.len() / 2).copied().unwrap_or(0.0)
    };
    let wobble = wobble.unwrap_or_else(own);
    let curve: Vec<(f64, f64)> = beats
        .windows(SPAN + 1)
        .step_by(beats.len().div_ceil(MAX_POINTS).max(1))
        .map(|w| (w[SPAN / 2], 60.0 * SPAN as f64 / (w[SPAN] - w[0])))
        .collect();
    let mut off: Vec<f64> = curve.iter().map(|c| (c.1 * median_s / 60.0 - 1.0).abs()).collect();
    off.sort_unstable_by(f64::total_cmp);
    // Nine tenths of it: one pause or one missed beat makes no steady hour unsteady.
    let drift = off.get(off.len() * 9 / 10).copied().unwrap_or(0.0);
    let steadiness = (1.0 - (wobble + 0.5 * drift) / UNSTEADY).clamp(0.0, 1.0);
    Pace { alternatives, steadiness, curve: if drift > STEADY { curve } else { Vec::new() } }
}
