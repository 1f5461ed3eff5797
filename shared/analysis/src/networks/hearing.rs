//! What the pulse network hears: levels of bands, and how much the harmony changes.
//!
//! One idea: it is told nothing of which notes sound, only that other notes sound than before, so that it cannot depend on the key.

use crate::bands::{BANDS, Levels};

/// Frames per second of what is heard: every second frame of the onset detector.
pub const FRAME_RATE_HZ: f64 = crate::FRAME_RATE_HZ / 2.0;
/// Spans before and after a moment whose harmonies are compared, in seconds.
const SPANS_S: [f64; 3] = [0.25, 0.5, 1.0];
/// Values per frame: the levels of the bands, then the changes of all that sounds over each span, then those of the bass.
pub const INPUTS: usize = BANDS + 2 * SPANS_S.len();

/// How much of what sounds is each pitch class: all of it, then the bass alone.
pub(crate) type Harmony = [f32; 24];

/// Collects what is heard of a stretch of sound.
#[derive(Default)]
pub(crate) struct Hearing {
    half: Option<Levels>,
    pub(crate) levels: Vec<Levels>,
    pub(crate) harmony: Vec<Harmony>,
}

impl Hearing {
    /// Takes a frame of the onset detector.
    pub(crate) fn push_levels(&mut self, levels: &Levels) {
        match self.half.take() {
            None => self.half = Some(*levels),
            Some(first) => self.levels.push(std::array::from_fn(|b| 0.5 * (first[b] + levels[b]))),
        }
    }

    /// Takes a frame of harmony.
    pub(crate) fn push_harmony(&mut self, all: &[f32; 12], bass: &[f32; 12]) {
        self.harmony.push(std::array::from_fn(|i| if i < 12 { all[i] } else { bass[i - 12] }));
    }

    /// What the network is given, frame by frame.
    pub(crate) fn inputs(&self) -> Vec<[f32; INPUTS]> {
        let changes = self.changes();
        let per_frame = crate::HARMONY_RATE_HZ / FRAME_RATE_HZ;
        let last = changes.len().saturating_sub(1);
        self.levels
            .iter()
            .enumerate()
            .map(|(i, levels)| {
                let mut input = [0f32; INPUTS];
                input[..BANDS].copy_from_slice(levels);
                // Frame i is the mean of two; its middle lies a quarter of its length later than the first one's.
                let at = (i as f64 + 0.25) * per_frame;
                let (k, part) = (at.floor() as usize, at.fract() as f32);
                if let (Some(a), Some(b)) = (changes.get(k.min(last)), changes.get((k + 1).min(last))) {
                    for (x, (a, b)) in input[BANDS..].iter_mut().zip(a.iter().zip(b)) {
                        *x = a + part * (b - a);
                    }
                }
                input
            })
            .collect()
    }

    /// For each frame of harmony how much what follows differs from what came before: 0 (the same) to 1, by span and register.
    fn changes(&self) -> Vec<[f32; 2 * SPANS_S.len()]> {
        // Running sums make the mean of any span one subtraction.
        let mut sums = vec![[0f64; 24]];
        for frame in &self.harmony {
            let last = sums[sums.len() - 1];
            sums.push(std::array::from_fn(|i| last[i] + f64::from(frame[i])));
        }
        let n = self.harmony.len();
        let change = |at: usize, span: usize, range: std::ops::Range<usize>| {
            let (from, to) = (at.saturating_sub(span), (at + span).min(n));
            let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
            for i in range {
                let (a, b) = (sums[at][i] - sums[from][i], sums[to][i] - sums[at][i]);
                ab += a * b;
                aa += a * a;
                bb += b * b;
            }
            if aa * bb > 1e-18 { (1.0 - ab / (aa * bb).sqrt()) as f32 } else { 0.0 }
        };
        let spans = SPANS_S.map(|s| (s * crate::HARMONY_RATE_HZ).round().max(1.0) as usize);
        (0..n)
            .map(|at| {
                std::array::from_fn(|i| {
                    let (register, span) = (i / SPANS_S.len(), spans[i % SPANS_S.len()]);
                    change(at, span, 12 * register..12 * (register + 1))
                })
            })
            .collect()
    }
}
