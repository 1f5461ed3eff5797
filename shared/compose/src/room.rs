//! A small hall: parallel combs into allpasses (Schroeder 1962), damped (Moorer 1979), with other lengths left and right.

use crate::piece::RATE_HZ;

/// Comb lengths in milliseconds, mutually prime at 48 kHz to about a sample.
const COMBS_MS: [f32; 8] = [29.7, 33.1, 36.9, 39.3, 41.1, 43.7, 47.9, 51.7];
/// Allpass lengths in milliseconds.
const ALLPASSES_MS: [f32; 3] = [5.1, 8.3, 11.9];
/// Time in which the hall falls by 60 dB, in seconds.
const DECAY_S: f32 = 1.9;

struct Line {
    buffer: Vec<f32>,
    at: usize,
    feedback: f32,
    damped: f32,
}

impl Line {
    fn new(ms: f32, feedback: f32) -> Self {
        Self { buffer: vec![0.0; (ms * RATE_HZ as f32 / 1000.0) as usize], at: 0, feedback, damped: 0.0 }
    }

    fn comb(&mut self, x: f32) -> f32 {
        let y = self.buffer[self.at];
        self.damped = y * 0.7 + self.damped * 0.3;
        self.buffer[self.at] = x + self.damped * self.feedback;
        self.at = (self.at + 1) % self.buffer.len();
        y
    }

    fn allpass(&mut self, x: f32) -> f32 {
        let late = self.buffer[self.at];
        let inner = x + late * self.feedback;
        self.buffer[self.at] = inner;
        self.at = (self.at + 1) % self.buffer.len();
        late - inner * self.feedback
    }
}

pub(crate) struct Room {
    sides: [(Vec<Line>, Vec<Line>); 2],
}

impl Room {
    pub(crate) fn new() -> Self {
        let side = |wider: f32| {
            let comb = |ms: &f32| Line::new(ms + wider, 10f32.powf(-3.0 * ms / 1000.0 / DECAY_S));
            (COMBS_MS.iter().map(comb).collect(), ALLPASSES_MS.iter().map(|ms| Line::new(ms + wider, 0.6)).collect())
        };
        Self { sides: [side(0.0), side(0.53)] }
    }

    pub(crate) fn next(&mut self, x: f32) -> [f32; 2] {
        let [left, right] = &mut self.sides;
        [left, right].map(|(combs, allpasses)| {
            let sum: f32 = combs.iter_mut().map(|c| c.comb(x)).sum::<f32>() * 0.12;
            allpasses.iter_mut().fold(sum, |y, a| a.allpass(y))
        })
    }
}
