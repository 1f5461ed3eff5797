//! Key profiles, as trained by models/training/key.py on rendered music; see models/key.md.
//!
//! 1407 pieces; in 5 folds 0.919, MIREX weighted. The weights are of square roots of shares.
//! 277 pieces over a drone; in 5 folds the tonic of 0.982 was right.

/// One row for major, one for minor: weights of the pitch classes from the tonic up, of the whole and then of the bass.
pub(crate) const WEIGHTS: [[[f64; 12]; 2]; 2] = [
    [
        [21.478, -8.480, -0.555, -9.081, 18.565, 4.944, -15.760, 17.174, -0.236, -7.061, -21.580, 3.321],
        [3.044, -3.399, -1.084, -1.109, 1.553, 1.422, -5.095, 3.709, -2.522, 1.407, -5.171, -0.996],
    ],
    [
        [21.916, -19.177, 7.468, 9.952, -8.852, -2.090, -9.063, 17.540, 5.762, -17.050, -5.366, -3.769],
        [7.430, -6.596, 1.534, 3.317, 0.586, 0.863, -2.782, 4.434, 3.565, -5.934, 1.711, 0.111],
    ],
];
/// What is added for major and for minor.
pub(crate) const BIAS: [f64; 2] = [1.777, -1.777];
/// The same for the tonic of a drone.
pub(crate) const TONIC: [[f64; 12]; 2] = [
    [17.334, -0.610, -0.364, -1.996, -1.260, 0.469, -2.232, -1.502, -3.563, -4.461, 0.823, -2.637],
    [19.245, -0.638, -0.292, 0.718, -6.470, -0.936, -4.419, 5.301, -2.608, -3.683, -8.709, 2.489],
];
