//! The K-weighting of ITU-R BS.1770-4: how loud a level seems, by its frequency.
//!
//! One idea: two filters in a row, of which each sample waits for the one before; so two channels go through side by side.

use std::f64::consts::PI;

/// Channels that are filtered together.
pub(super) const LANES: usize = 2;

type Pair = [f64; LANES];

/// A filter of the second order, transposed direct form II.
#[derive(Clone, Copy)]
struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    state: [Pair; 2],
}

impl Biquad {
    /// From an analogue prototype (its numerator's high, middle and low term), warped so that `corner_hz` stays where it is.
    fn new(rate_hz: f64, corner_hz: f64, q: f64, high: f64, middle: f64, low: f64) -> Self {
        let k = (PI * corner_hz / rate_hz).tan();
        let a0 = 1.0 + k / q + k * k;
        Self {
            b: [(high + middle * k / q + low * k * k) / a0, 2.0 * (low * k * k - high) / a0, (high - middle * k / q + low * k * k) / a0],
            a: [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0],
            state: [[0.0; LANES]; 2],
        }
    }

    #[inline]
    fn next(&mut self, x: Pair) -> Pair {
        let mut y = [0.0; LANES];
        for lane in 0..LANES {
            y[lane] = self.b[0] * x[lane] + self.state[0][lane];
            self.state[0][lane] = self.b[1] * x[lane] - self.a[0] * y[lane] + self.state[1][lane];
            self.state[1][lane] = self.b[2] * x[lane] - self.a[1] * y[lane];
        }
        y
    }

    /// What rings on for ever below hearing is slow to compute with.
    fn settle(&mut self) {
        self.state.as_flattened_mut().iter_mut().filter(|x| x.abs() < 1e-30).for_each(|x| *x = 0.0);
    }
}

/// The weighting of a pair of channels.
#[derive(Clone)]
pub(super) struct Weighting {
    shelf: Biquad,
    high_pass: Biquad,
}

impl Weighting {
    /// The standard gives coefficients for 48 kHz only; the prototypes that lead to those are De Man's (Evaluation of implementations of the EBU
    /// R128 loudness measurement, AES 145, 2018), as other rates need them.
    pub(super) fn new(rate_hz: f64) -> Self {
        let gain = 10f64.powf(3.999_843_853_973_347 / 20.0);
        // At rates so low that the shelf lies beyond half of them, there is nothing to lift.
        let corner = |hz: f64| hz.min(0.49 * rate_hz);
        let shelf_hz = corner(1_681.974_450_955_533);
        Self {
            shelf: Biquad::new(rate_hz, shelf_hz, 0.707_175_236_955_419_6, gain, gain.powf(0.499_666_774_154_541_6), 1.0),
            high_pass: Biquad {
                // Its numerator is left as it is in the standard: its gain at high frequencies is a little over 1.
                b: [1.0, -2.0, 1.0],
                ..Biquad::new(rate_hz, 38.135_470_876_024_44, 0.500_327_037_323_877_3, 1.0, 0.0, 0.0)
            },
        }
    }

    /// The energies of the weighted channels, summed over the samples; a missing second channel is silent.
    pub(super) fn energies(&mut self, left: &[f32], right: Option<&[f32]>) -> Pair {
        let mut sums = [0.0; LANES];
        let mut take = |l: f32, r: f32| {
            let y = self.high_pass.next(self.shelf.next([f64::from(l), f64::from(r)]));
            for lane in 0..LANES {
                sums[lane] += y[lane] * y[lane];
            }
        };
        match right {
            Some(right) => left.iter().zip(right).for_each(|(l, r)| take(*l, *r)),
            None => left.iter().for_each(|l| take(*l, 0.0)),
        }
        self.shelf.settle();
        self.high_pass.settle();
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The coefficients of BS.1770-4, tables 1 and 2.
    #[test]
    fn at_48_khz_the_filters_are_those_of_the_standard() {
        let w = Weighting::new(48_000.0);
        let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-8);
        assert!(near(&w.shelf.b, &[1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85]), "{:?}", w.shelf.b);
        assert!(near(&w.shelf.a, &[-1.690_659_293_182_41, 0.732_480_774_215_85]), "{:?}", w.shelf.a);
        assert!(near(&w.high_pass.a, &[-1.990_047_454_833_98, 0.990_072_250_366_21]), "{:?}", w.high_pass.a);
    }
}
