//! A column of small whole numbers, in as few bytes as the largest of them needs.
//!
//! One idea: what filters and counts a million tracks is bound by memory, so a genre takes a byte a track and an album four, and every loop over a column is written once for all widths.

/// A number for each row.
#[derive(Debug)]
pub(crate) enum Narrow {
    Bytes(Vec<u8>),
    Pairs(Vec<u16>),
    Fours(Vec<u32>),
}

impl Default for Narrow {
    fn default() -> Self {
        Self::Bytes(Vec::new())
    }
}

/// Does the same with a column of any width.
macro_rules! any_width {
    ($column:expr, $rows:ident => $what:expr) => {
        match $column {
            Narrow::Bytes($rows) => $what,
            Narrow::Pairs($rows) => $what,
            Narrow::Fours($rows) => $what,
        }
    };
}

impl Narrow {
    /// Of numbers that are all below a limit.
    pub(crate) fn new(numbers: Vec<u32>, limit: usize) -> Self {
        if limit <= 1 << 8 {
            Self::Bytes(numbers.into_iter().map(|n| n as u8).collect())
        } else if limit <= 1 << 16 {
            Self::Pairs(numbers.into_iter().map(|n| n as u16).collect())
        } else {
            Self::Fours(numbers)
        }
    }

    /// The number of a row.
    #[inline]
    pub(crate) fn at(&self, row: usize) -> usize {
        any_width!(self, rows => rows[row] as usize)
    }

    /// The rows whose number is let through, rising.
    pub(crate) fn rows_with(&self, lets: &[bool]) -> Vec<u32> {
        any_width!(self, rows => (0..).zip(rows).filter(|(_, n)| lets[**n as usize]).map(|(row, _)| row).collect())
    }

    /// How many rows have each number, of some rows or of all.
    pub(crate) fn tally(&self, of: Option<&[u32]>, limit: usize) -> Vec<u64> {
        let mut counts = vec![0u64; limit];
        any_width!(self, rows => match of {
            None => rows.iter().for_each(|n| counts[*n as usize] += 1),
            Some(of) => of.iter().for_each(|row| counts[rows[*row as usize] as usize] += 1),
        });
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_width_holds_the_same() {
        let numbers = vec![3u32, 0, 255, 3, 7];
        for limit in [256, 257, 1 << 16, (1 << 16) + 1] {
            let column = Narrow::new(numbers.clone(), limit);
            assert_eq!((0..5).map(|row| column.at(row) as u32).collect::<Vec<_>>(), numbers);
            let mut lets = vec![false; limit];
            lets[3] = true;
            assert_eq!(column.rows_with(&lets), [0, 3]);
            assert_eq!(column.tally(None, limit)[3], 2);
            assert_eq!(column.tally(Some(&[0, 2]), limit)[255], 1);
            assert_eq!(column.tally(Some(&[0, 2]), limit)[7], 0);
        }
    }
}
