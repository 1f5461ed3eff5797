//! The outline of a waveform in a bounded number of columns, whatever the length.

use crate::lanes;
use track::Peaks;

/// Columns are merged in pairs when there are this many, so that between half and all of them are filled.
const MAX_COLUMNS: usize = 2048;

pub(crate) struct Outline {
    frames_per_column: u32,
    filled: u32,
    current: (f32, f32),
    columns: Vec<(f32, f32)>,
}

impl Default for Outline {
    fn default() -> Self {
        Self { frames_per_column: 64, filled: 0, current: (0.0, 0.0), columns: Vec::with_capacity(MAX_COLUMNS) }
    }
}

impl Outline {
    pub(crate) fn push(&mut self, planar: &[Vec<f32>]) {
        let length = planar.first().map_or(0, Vec::len);
        let mut from = 0;
        while from < length {
            let to = (from + (self.frames_per_column - self.filled) as usize).min(length);
            for channel in planar {
                self.current = lanes::range(&channel[from..to], self.current);
            }
            self.filled += (to - from) as u32;
            if self.filled >= self.frames_per_column {
                self.close_column();
            }
            from = to;
        }
    }

    fn close_column(&mut self) {
        self.columns.push(self.current);
        (self.filled, self.current) = (0, (0.0, 0.0));
        if self.columns.len() == MAX_COLUMNS {
            for i in 0..MAX_COLUMNS / 2 {
                let (a, b) = (self.columns[2 * i], self.columns[2 * i + 1]);
                self.columns[i] = (a.0.min(b.0), a.1.max(b.1));
            }
            self.columns.truncate(MAX_COLUMNS / 2);
            self.frames_per_column *= 2;
        }
    }

    pub(crate) fn finish(mut self) -> Peaks {
        if self.filled > 0 {
            self.close_column();
        }
        let byte = |x: f32| (x * 127.0).round().clamp(-127.0, 127.0) as i8;
        Peaks {
            frames_per_column: self.frames_per_column,
            low: self.columns.iter().map(|c| byte(c.0)).collect(),
            high: self.columns.iter().map(|c| byte(c.1)).collect(),
        }
    }
}
