//! Key profiles, as trained by models/training/key.py on rendered music; see models/key.md.
//!
//! 1381 pieces; in 5 folds 0.924, MIREX weighted. The weights are of square roots of shares.
//! 280 pieces over a drone; in 5 folds the tonic of 1.000 was right.

/// One row for major, one for minor: weights of the pitch classes from the tonic up, of the whole and then of the bass.
pub(crate) const WEIGHTS: [[[f64; 12]; 2]; 2] = [
    [
        [22.378, -8.101, -2.112, -10.271, 18.162, 4.362, -15.846, 17.410, 0.788, -8.969, -23.751, 1.876],
        [2.662, -3.995, 0.424, -1.332, 0.948, 1.856, -5.234, 2.769, -3.162, 2.807, -4.875, -0.938],
    ],
    [
        [25.014, -22.243, 7.822, 11.408, -7.544, -2.976, -10.454, 19.200, 6.377, -16.017, -4.354, -2.158],
        [7.345, -6.550, 0.855, 3.609, 0.075, 1.287, -3.666, 4.965, 3.087, -5.348, 1.859, 0.552],
    ],
];
/// What is added for major and for minor.
pub(crate) const BIAS: [f64; 2] = [4.006, -4.006];
/// The same for the tonic of a drone.
pub(crate) const TONIC: [[f64; 12]; 2] = [
    [11.740, -0.842, -3.331, 0.357, 1.864, -0.443, -0.744, -0.648, -2.053, -3.568, 0.806, -3.139],
    [14.866, -2.960, -3.306, -0.922, -2.087, -2.133, -2.425, 3.119, 2.135, -1.246, -7.258, 2.217],
];
