//! Key profiles, as trained by models/training/key.py on rendered music; see models/key.md.
//!
//! 231 pieces; in 6 folds 0.911, MIREX weighted. The weights are of square roots of shares.

/// One row for major, one for minor: weights of the pitch classes from the tonic up, of the whole and then of the bass.
pub(crate) const WEIGHTS: [[[f64; 12]; 2]; 2] = [
    [
        [23.514, -8.601, -0.270, -10.405, 18.638, 3.409, -12.767, 19.808, -1.133, -7.355, -21.379, 4.858],
        [2.773, -3.962, 3.031, -3.599, -1.342, 2.472, -3.524, 1.546, 0.009, 2.915, -7.558, -0.918],
    ],
    [
        [24.919, -22.352, 3.811, 10.639, -11.468, -1.352, -10.019, 15.557, 2.810, -15.816, -1.633, -3.413],
        [9.203, -5.909, 0.658, 4.361, -3.288, -0.903, -3.375, 3.846, 3.224, -3.509, 1.522, 2.327],
    ],
];
/// What is added for major and for minor.
pub(crate) const BIAS: [f64; 2] = [0.455, -0.455];
