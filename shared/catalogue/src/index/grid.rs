//! The plane of mood as cells, each with the tracks that lie in it.
//!
//! One idea: the nearest tracks lie in the cells around a point, so rings of cells are looked at from the inside out, until the next ring is farther away than
//! the worst of those that were found.

use super::columns::Columns;
use affect::Affect;

/// Cells along each axis. At a million tracks a cell holds a few hundred, as many as are looked at in the time that going to a cell takes.
const CELLS: usize = 64;
const CELL: f64 = 2.0 / CELLS as f64;

/// Rows by cell.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    /// Where each cell begins in `rows`; one more than there are cells.
    starts: Vec<u32>,
    rows: Vec<u32>,
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
        let mut rows = vec![0u32; starts.last().map_or(0, |n| *n as usize)];
        for row in 0..columns.len() {
            if let Some(c) = cell(row) {
                rows[next[c] as usize] = row as u32;
                next[c] += 1;
            }
        }
        Self { starts, rows }
    }

    /// Calls `see` with rows from the nearest cells to the farthest. `see` says up to which distance rows still matter; where a whole ring of cells is farther away, it ends.
    pub(crate) fn around(&self, at: Affect, mut see: impl FnMut(&[u32]) -> f64) {
        if self.rows.is_empty() {
            return;
        }
        let (x, y) = (cell_of(at.valence) as isize, cell_of(at.arousal) as isize);
        let last = CELLS as isize - 1;
        for ring in 0..CELLS as isize {
            let mut matters = f64::INFINITY;
            let mut cell = |cx: isize, cy: isize| {
                if (0..=last).contains(&cx) && (0..=last).contains(&cy) {
                    let c = cy as usize * CELLS + cx as usize;
                    let rows = &self.rows[self.starts[c] as usize..self.starts[c + 1] as usize];
                    matters = see(rows);
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
