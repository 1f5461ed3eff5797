//! A number that a text always has.

/// FNV-1a: so that what is done to a piece does not depend on where in a list it stands, nor on the version of a library.
pub fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}
