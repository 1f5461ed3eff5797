//! Any number of channels to two.

/// Mixes planar sound down (or up) to stereo; `left` and `right` are overwritten.
///
/// One channel goes to both sides; beyond two, centre and surrounds are added at -3 dB and the low-frequency channel of 5.1 and up
/// is left out (ITU-R BS.775).
pub fn to_stereo(planes: &[&[f32]], left: &mut Vec<f32>, right: &mut Vec<f32>) {
    left.clear();
    right.clear();
    let Some(first) = planes.first() else { return };
    left.extend_from_slice(first);
    right.extend_from_slice(planes.get(1).unwrap_or(first));
    let minus_3_db = std::f32::consts::FRAC_1_SQRT_2;
    for (index, plane) in planes.iter().enumerate().skip(2) {
        // WAVE order: L R C LFE Ls Rs ...; without an LFE (fewer than six channels) the fourth and fifth are surrounds.
        let (to_left, to_right) = match (index, planes.len() >= 6) {
            (2, _) if planes.len() != 4 => (true, true),
            (3, true) => (false, false),
            _ => (index % 2 == 0, index % 2 == 1),
        };
        for (i, x) in plane.iter().enumerate() {
            if to_left {
                left[i] += x * minus_3_db;
            }
            if to_right {
                right[i] += x * minus_3_db;
            }
        }
    }
}
