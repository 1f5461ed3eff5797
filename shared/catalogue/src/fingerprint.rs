//! Whether two fingerprints are of one recording.
//!
//! One idea: Chromaprint turns an eighth of a second into 32 bits of which an encoder, a filter or a level changes few; so two recordings are one where, at some
//! shift, most of the bits agree over most of the length.

/// Seconds of one value (Chromaprint's second algorithm: 4096 samples at 11,025 Hz, a third of that on).
pub(crate) const STEP_S: f64 = 1365.0 / 11_025.0;
/// Shifts that are tried, in steps: twelve seconds of silence or talk at the start.
const FARTHEST: usize = 97;
/// Values in common that are needed: five seconds.
const LEAST_OVERLAP: usize = 40;
/// Share of the bits that differ, at most. Unrelated music differs in a half, give or take 1/40 over five seconds; one recording in another encoding in under 15 % (tests/duplicates).
pub(crate) const MOST_DIFFERENT: f64 = 0.25;
/// Of the shorter one, this share must lie under the longer.
const LEAST_SHARE: f64 = 0.6;

/// How two recordings lie to each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Same {
    /// By so much the second starts later in the music, in seconds.
    pub(crate) shift_s: f64,
    /// Share of the bits that differ.
    pub(crate) different: f64,
}

/// Whether two fingerprints are of one recording, and how they lie to each other.
pub(crate) fn same_recording(a: &[u32], b: &[u32]) -> Option<Same> {
    let least = LEAST_OVERLAP.max((LEAST_SHARE * a.len().min(b.len()) as f64) as usize);
    let mut best: Option<Same> = None;
    for shift in -(FARTHEST as isize)..=FARTHEST as isize {
        let (x, y) = if shift >= 0 { (a.get(shift as usize..), Some(b)) } else { (Some(a), b.get(shift.unsigned_abs()..)) };
        let (Some(x), Some(y)) = (x, y) else { continue };
        let overlap = x.len().min(y.len());
        if overlap < least {
            continue;
        }
        let bits: u32 = x.iter().zip(y).map(|(p, q)| (p ^ q).count_ones()).sum();
        let different = f64::from(bits) / (32.0 * overlap as f64);
        if best.is_none_or(|b| different < b.different) {
            best = Some(Same { shift_s: shift as f64 * STEP_S, different });
        }
    }
    best.filter(|b| b.different <= MOST_DIFFERENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shifted_copy_with_errors_is_the_same_and_another_is_not() {
        let mut random = fastrand::Rng::with_seed(7);
        let a: Vec<u32> = (0..400).map(|_| random.u32(..)).collect();
        let b: Vec<u32> = a[16..].iter().map(|w| w ^ (1 << random.u32(0..32)) ^ (1 << random.u32(0..32))).collect();
        let same = same_recording(&a, &b).unwrap();
        assert!((same.shift_s - 16.0 * STEP_S).abs() < 1e-9 && same.different < 0.07, "{same:?}");
        assert_eq!(same_recording(&b, &a).map(|s| s.shift_s), Some(-16.0 * STEP_S));
        let other: Vec<u32> = (0..400).map(|_| random.u32(..)).collect();
        assert_eq!(same_recording(&a, &other), None);
        assert_eq!(same_recording(&a[..30], &a[..30]), None, "too short to tell");
    }
}
