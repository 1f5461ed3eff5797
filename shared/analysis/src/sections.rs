//! Sections: where one part of a piece ends and another begins.
//!
//! One idea: bars that sound alike belong together (Foote, ICME 2000). Every bar line is judged by how alike the bars on either side of it are among
//! themselves and how unlike across it, in harmony and in timbre, over spans of several lengths; the lines that stand out are boundaries.

use crate::bands::{BANDS, Levels};
use crate::tonal::Chroma;
use music::BeatGrid;

/// Pairs of mel bands, whose levels are kept for each frame of harmony.
const PAIRS: usize = BANDS / 2;
/// Levels are kept in steps of this, in units of log10.
const STEP: f32 = 6.0 / 255.0;
/// Length of what stands for a bar where bars are unknown, in seconds.
const PSEUDO_BAR_S: f64 = 2.0;
/// Spans on either side of a line, in bars.
const SPANS: [usize; 3] = [4, 8, 12];
/// Sections are at least so many bars long, the first and the last at least half of that.
const SHORTEST_BARS: usize = 4;
/// A line stands out by so many median distances.
const STANDS_OUT: f64 = 1.15;
/// Values that describe a bar.
const FEATURES: usize = 12 + 12 + PAIRS + 1;

/// Collects what bars are compared by.
#[derive(Default)]
pub(crate) struct SectionMeter {
    sum: [f32; PAIRS],
    rise: f32,
    count: u32,
    previous: Option<Levels>,
    frames: Vec<[u8; PAIRS + 1]>,
}

impl SectionMeter {
    /// Takes a frame of the short windows.
    pub(crate) fn push_levels(&mut self, levels: &Levels) {
        for (s, pair) in self.sum.iter_mut().zip(levels.chunks_exact(2)) {
            *s += 0.5 * (pair[0] + pair[1]);
        }
        if let Some(before) = &self.previous {
            self.rise += levels.iter().zip(before).map(|(a, b)| (a - b).max(0.0)).sum::<f32>();
        }
        self.previous = Some(*levels);
        self.count += 1;
    }

    /// Ends a frame of the long windows.
    pub(crate) fn close_frame(&mut self) {
        let n = self.count.max(1) as f32;
        let byte = |x: f32| (x / STEP).round().clamp(0.0, 255.0) as u8;
        self.frames.push(std::array::from_fn(|i| byte(if i < PAIRS { self.sum[i] / n } else { self.rise / n })));
        (self.sum, self.rise, self.count) = ([0.0; PAIRS], 0.0, 0);
    }

    /// The boundaries, in seconds, without the start and the end.
    pub(crate) fn boundaries(&self, chroma: Option<&Chroma>, grid: Option<&BeatGrid>, duration_s: f64) -> Vec<f64> {
        let lines = bar_lines(grid, duration_s);
        if lines.len() < 2 * SHORTEST_BARS + 1 {
            return Vec::new();
        }
        let bars = self.bars(chroma, &lines);
        let novelty = novelty(&bars);
        peaks(&novelty).into_iter().map(|i| lines[i]).collect()
    }

    /// A row of features for each bar, each feature with a deviation of 1 over the piece, the groups weighed alike.
    fn bars(&self, chroma: Option<&Chroma>, lines: &[f64]) -> Vec<[f64; FEATURES]> {
        let frame = |s: f64| (s * crate::HARMONY_RATE_HZ).round() as usize;
        let mut bars: Vec<[f64; FEATURES]> = lines
            .windows(2)
            .map(|w| {
                let mut row = [0.0; FEATURES];
                let (from, to) = (frame(w[0]), frame(w[1]).max(frame(w[0]) + 1));
                for i in from..to {
                    if let Some((all, bass)) = chroma.and_then(|c| c.frame(i)) {
                        for k in 0..12 {
                            row[k] += all[k];
                            row[12 + k] += bass[k];
                        }
                    }
                    if let Some(f) = self.frames.get(i) {
                        for (r, x) in row[24..].iter_mut().zip(f) {
                            *r += f64::from(*x);
                        }
                    }
                }
                let n = (to - from) as f64;
                row.map(|x| x / n)
            })
            .collect();
        let groups = [0..12, 12..24, 24..24 + PAIRS, 24 + PAIRS..FEATURES];
        let weights = [1.0, 0.7, 1.0, 0.4];
        for (group, weight) in groups.into_iter().zip(weights) {
            let mut variance = 0.0;
            for k in group.clone() {
                let mean = bars.iter().map(|b| b[k]).sum::<f64>() / bars.len() as f64;
                variance += bars.iter().map(|b| (b[k] - mean).powi(2)).sum::<f64>() / bars.len() as f64;
            }
            let scale = if variance > 1e-9 { weight / variance.sqrt() } else { 0.0 };
            for bar in &mut bars {
                bar[group.clone()].iter_mut().for_each(|x| *x *= scale);
            }
        }
        bars
    }
}

/// Bar lines, the end of the last bar among them.
fn bar_lines(grid: Option<&BeatGrid>, duration_s: f64) -> Vec<f64> {
    let known: Vec<f64> = grid.map(|g| g.downbeats_s().collect()).unwrap_or_default();
    if known.len() > 2 * SHORTEST_BARS {
        return known;
    }
    (0..).map(|i| f64::from(i) * PSEUDO_BAR_S).take_while(|t| *t < duration_s).collect()
}

/// How much each bar line parts unlike from unlike: across it, less within either side.
fn novelty(bars: &[[f64; FEATURES]]) -> Vec<f64> {
    let distance = |a: usize, b: usize| bars[a].iter().zip(&bars[b]).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt();
    let mut total = vec![0.0; bars.len() + 1];
    for span in SPANS {
        for (line, total) in total.iter_mut().enumerate().take(bars.len()).skip(1) {
            let reach = span.min(line).min(bars.len() - line);
            if reach < 2 {
                continue;
            }
            // Bars near the line count most.
            let weight = |d: usize| (-0.5 * (2.0 * d as f64 / span as f64).powi(2)).exp();
            let (mut across, mut within, mut wa, mut ww) = (0.0, 0.0, 0.0, 0.0);
            for i in 0..reach {
                for j in 0..reach {
                    let w = weight(i) * weight(j);
                    across += w * distance(line - 1 - i, line + j);
                    wa += w;
                    if i < j {
                        within += w * (distance(line - 1 - i, line - 1 - j) + distance(line + i, line + j));
                        ww += 2.0 * w;
                    }
                }
            }
            *total += (across / wa - within / ww) * (reach as f64 / span as f64).sqrt() / SPANS.len() as f64;
        }
    }
    total
}

/// Lines higher than those around them, and than most.
fn peaks(novelty: &[f64]) -> Vec<usize> {
    let mut positive: Vec<f64> = novelty.iter().copied().filter(|x| *x > 0.0).collect();
    if positive.len() < 4 {
        return Vec::new();
    }
    positive.sort_unstable_by(f64::total_cmp);
    let threshold = (positive[positive.len() / 2] * STANDS_OUT).max(0.05);
    (SHORTEST_BARS / 2..novelty.len().saturating_sub(SHORTEST_BARS / 2))
        .filter(|&i| {
            let around = i.saturating_sub(SHORTEST_BARS - 1)..(i + SHORTEST_BARS).min(novelty.len());
            novelty[i] > threshold && around.clone().all(|j| j == i || novelty[j] < novelty[i] || (novelty[j] == novelty[i] && j > i))
        })
        .collect()
}
