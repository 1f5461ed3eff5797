//! Metre: how many beats a bar has, and whether they divide into two or three.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A metre as it is felt: 6/8 is two beats that divide into three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Metre {
    /// Beats that one would tap in a bar, 1 to 32.
    pub beats: u8,
    /// Whether a beat divides into three.
    pub is_compound: bool,
    /// The number below, as it was written: 4 in 3/4. Measured metres have 4, or 8 where beats divide into three.
    #[serde(default = "quarter")]
    pub unit: u8,
}

fn quarter() -> u8 {
    4
}

/// Text that is no metre.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a metre; write it like 4/4, 3/4, 6/8 or 7/8, or as the number of beats in a bar")]
pub struct NotAMetre(pub String);

impl Metre {
    /// A metre that was heard, which tells nothing of how it is written.
    #[must_use]
    pub fn heard(beats: u8, is_compound: bool) -> Self {
        Self { beats, is_compound, unit: if is_compound { 8 } else { 4 } }
    }

    /// The number on top: 4 in 4/4, 6 in 6/8.
    #[must_use]
    pub fn numerator(self) -> u32 {
        u32::from(self.beats) * if self.is_compound { 3 } else { 1 }
    }
}

impl fmt::Display for Metre {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator(), self.unit)
    }
}

impl FromStr for Metre {
    type Err = NotAMetre;

    fn from_str(text: &str) -> Result<Self, NotAMetre> {
        let bad = || NotAMetre(text.to_owned());
        let (top, bottom) = text.trim().split_once('/').map_or((text.trim(), "4"), |(a, b)| (a.trim(), b.trim()));
        let (top, bottom): (u8, u8) = (top.parse().map_err(|_| bad())?, bottom.parse().map_err(|_| bad())?);
        if !(1..=32).contains(&top) || !matches!(bottom, 1 | 2 | 4 | 8 | 16 | 32) {
            return Err(bad());
        }
        // Eighths in threes are felt as beats of three: 3/8 alone stays three of them.
        let is_compound = bottom >= 8 && top.is_multiple_of(3) && top > 3;
        Ok(Self { beats: if is_compound { top / 3 } else { top }, is_compound, unit: bottom })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metres_are_read_as_they_are_felt() {
        for (text, beats, is_compound, shown) in
            [("4/4", 4, false, "4/4"), ("3", 3, false, "3/4"), ("6/8", 2, true, "6/8"), ("9/8", 3, true, "9/8"), ("7/8", 7, false, "7/8")]
        {
            let metre: Metre = text.parse().unwrap();
            assert_eq!((metre.beats, metre.is_compound, metre.to_string().as_str()), (beats, is_compound, shown));
        }
        for text in ["", "0/4", "4/3", "x", "4/", "-3", "99"] {
            assert!(text.parse::<Metre>().is_err(), "{text}");
        }
    }
}
