//! The plane of mood as cells, each with the tracks that lie in it.
//!
//! One idea: the nearest tracks lie in the cells around a point, so rings of cells are looked at from the inside out, until the next ring is farther away than
//! the worst of those that were found. Where a track lies stands beside its row, so that those which are too far away cost nothing but a subtraction.

use super::columns::Columns;
use affect::Affect;

/// Cells along each axis. At a million tracks the fullest hold about a thousand, which are looked at in a microsecond; more cells cost more where hardly any tracks lie.
const CELLS: usize = 64;
const CELL: f64 = 2.0 / CELLS as f64;

/// A track on the plane.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spot {
    /// Ten thousandths, as the index has them.
    valence: i16,
    arousal: i16,
    pub(crate) row: u32,
}

impl Spot {
    /// How far it lies from a point, squared.
    #[inline]
    pub(crate) fn away_squared(self, valence: f32, arousal: f32) -> f32 {
        let (v, a) = (f32::from(self.valence) / 10_000.0 - valence, f32::from(self.arousal) / 10_000.0 - arousal);
        v * v + a * a
    }
}

/// Tracks by cell.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    /// Where each cell begins in `spots`; one more than there are cells.
    starts: Vec<u32>,
    spots: Vec<Spot>,
}

fn cell_of(x: f64) -> usize {
    (((x + 1.0) / CELL) as usize).min(CELLS - 1)
}

impl Grid {
    pub(crate) fn new(columns: &Columns) -> Self {
        let cell = |row: usize| {
            let (v, a) = (columns.valence[row], columns.arousal[row]);
            (!v.is_nan() && !a.is_nan()).then(|| cell_of(f64::from(a)) * CELLS + cell_of(f64::from(v)))
        };
        let mut starts = vec![0u32; CELLS * CELLS + 1];
        for c in (0..columns.len()).filter_map(cell) {
            starts[c + 1] += 1;
        }
        for c in 1..starts.len() {
            starts[c] += starts[c - 1];
        }
        let mut next = starts.clone();
        let mut spots = vec![Spot::default(); starts.last().map_or(0, |n| *n as usize)];
        let parts = |x: f32| (x * 10_000.0).round() as i16;
        for row in 0..columns.len() {
            if let Some(c) = cell(row) {
                spots[next[c] as usize] =
                    Spot { valence: parts(columns.valence[row]), arousal: parts(columns.arousal[row]), row: row as u32 };
                next[c] += 1;
            }
        }
        Self { starts, spots }
    }

    /// Calls `see` with tracks from the nearest cells to the farthest. `see` says up to which distance tracks still matter; where a whole ring of cells is farther away, it ends.
    pub(crate) fn around(&self, at: Affect, mut see: impl FnMut(&[Spot]) -> f64) {
        if self.spots.is_empty() {
            return;
        }
        let (x, y) = (cell_of(at.valence) as isize, cell_of(at.arousal) as isize);
        let last = CELLS as isize - 1;
        for ring in 0..CELLS as isize {
            let mut matters = f64::INFINITY;
            let mut cell = |cx: isize, cy: isize| {
                if (0..=last).contains(&cx) && (0..=last).contains(&cy) {
                    let c = cy as usize * CELLS + cx as usize;
                    matters = see(&self.spots[self.starts[c] as usize..self.starts[c + 1] as usize]);
                }
            };
            for d in -ring..=ring {
                cell(x + d, y - ring);
                if ring > 0 {
                    cell(x + d, y + ring);
                }
            }
            for d in 1 - ring..ring {
                cell(x - ring, y + d);
                cell(x + ring, y + d);
            }
            // Whatever lies outside of this ring is at least so far away.
            if matters < (ring as f64) * CELL {
                return;
            }
        }
    }
}
