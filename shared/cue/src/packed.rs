//! Rising times packed into few characters, so that a cue with all its anchors stays small.
//!
//! One idea: differences of rounded absolute times (so that errors never add up), as variable-length bytes, in base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

/// Rising times in units of 0.1 ms, packed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PackedTimes(String);

/// Units per second.
const UNITS_PER_S: f64 = 10_000.0;
/// More times than any real cue has; a state from elsewhere may claim anything.
const MAX_TIMES: usize = 1_000_000;

impl PackedTimes {
    /// Packs times in seconds. Each survives to within 0.05 ms; negative ones count as 0.
    #[must_use]
    pub fn pack(times_s: &[f64]) -> Self {
        let mut bytes = Vec::with_capacity(times_s.len() * 2);
        let mut last = 0u64;
        for t in times_s {
            let now = ((t * UNITS_PER_S).round().max(0.0) as u64).max(last);
            let mut rest = now - last;
            last = now;
            while rest >= 0x80 {
                bytes.push(rest as u8 | 0x80);
                rest >>= 7;
            }
            bytes.push(rest as u8);
        }
        Self(STANDARD_NO_PAD.encode(bytes))
    }

    /// The times in seconds; `None` when the text is damaged.
    #[must_use]
    pub fn unpack(&self) -> Option<Vec<f64>> {
        let bytes = STANDARD_NO_PAD.decode(&self.0).ok()?;
        let (mut times, mut now, mut step, mut shift) = (Vec::new(), 0u64, 0u64, 0);
        for byte in bytes {
            step |= u64::from(byte & 0x7f).checked_shl(shift).filter(|_| shift <= 56)?;
            if byte & 0x80 == 0 {
                now = now.checked_add(step)?;
                times.push(now as f64 / UNITS_PER_S);
                (step, shift) = (0, 0);
                if times.len() > MAX_TIMES {
                    return None;
                }
            } else {
                shift += 7;
            }
        }
        (shift == 0).then_some(times)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn times_survive_to_a_twentieth_of_a_millisecond(gaps in prop::collection::vec(0.0f64..400.0, 0..300)) {
            let times: Vec<f64> = gaps.iter().scan(0.0, |t, g| { *t += g; Some(*t) }).collect();
            let back = PackedTimes::pack(&times).unpack().unwrap();
            prop_assert_eq!(back.len(), times.len());
            for (a, b) in times.iter().zip(&back) {
                prop_assert!((a - b).abs() <= 0.000_051);
            }
        }

        #[test]
        fn damaged_text_is_refused_or_read_but_never_panics(text in ".{0,60}") {
            let _ = PackedTimes(text).unpack();
        }
    }
}
