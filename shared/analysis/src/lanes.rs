//! Sums over many samples.
//!
//! One idea: floats must be added in the order that is written, each waiting for the one before; in lanes there is no such order, and a processor adds
//! many at once.

/// A whole number of vectors on any processor.
const LANES: usize = 16;

/// The sum of something of each sample.
#[inline]
pub(crate) fn sum(samples: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0f32; LANES];
    let (chunks, rest) = samples.as_chunks::<LANES>();
    for chunk in chunks {
        lanes.iter_mut().zip(chunk).for_each(|(lane, x)| *lane += of(*x));
    }
    lanes.iter().sum::<f32>() + rest.iter().map(|x| of(*x)).sum::<f32>()
}

/// The sum of squares.
#[inline]
pub(crate) fn energy(samples: &[f32]) -> f32 {
    sum(samples, |x| x * x)
}

/// The sum of products, as far as both go.
#[inline]
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let length = a.len().min(b.len());
    let mut lanes = [0f32; LANES];
    let ((a, a_rest), (b, b_rest)) = (a[..length].as_chunks::<LANES>(), b[..length].as_chunks::<LANES>());
    for (a, b) in a.iter().zip(b) {
        lanes.iter_mut().zip(a.iter().zip(b)).for_each(|(lane, (x, y))| *lane += x * y);
    }
    lanes.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum::<f32>()
}

/// The lowest and the highest of some samples and of what was known before. None of them is NaN.
#[inline]
pub(crate) fn range(samples: &[f32], known: (f32, f32)) -> (f32, f32) {
    let (lower, higher) = (|a: f32, b: f32| if b < a { b } else { a }, |a: f32, b: f32| if b > a { b } else { a });
    let (mut low, mut high) = ([known.0; LANES], [known.1; LANES]);
    let (chunks, rest) = samples.as_chunks::<LANES>();
    for chunk in chunks {
        low.iter_mut().zip(chunk).for_each(|(l, x)| *l = lower(*l, *x));
        high.iter_mut().zip(chunk).for_each(|(h, x)| *h = higher(*h, *x));
    }
    (low.iter().chain(rest).copied().fold(known.0, lower), high.iter().chain(rest).copied().fold(known.1, higher))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_out_at_any_length() {
        for n in [0, 1, 15, 16, 17, 100] {
            let x: Vec<f32> = (0..n).map(|i| i as f32 - 7.0).collect();
            let ones = vec![1.0; n + 3];
            let plain: f32 = x.iter().sum();
            assert_eq!((sum(&x, |x| x), dot(&x, &ones), dot(&ones, &x)), (plain, plain, plain));
            assert_eq!(energy(&x), x.iter().map(|x| x * x).sum::<f32>());
            let last = n as f32 - 8.0;
            assert_eq!(range(&x, (0.0, 0.0)), (if n > 0 { -7.0 } else { 0.0 }, last.max(0.0)));
        }
    }
}
