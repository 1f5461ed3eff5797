//! How alike the periods of a voice are: jitter and shimmer.

/// How far a period may differ from the one before it and still be found, as a share.
const REACH: f64 = 0.12;

/// Differences between neighbouring periods at the end of some samples: of their lengths and of their amplitudes, each as a share. `None` where three periods
/// do not fit, or are not alike enough to be periods.
pub(super) fn differences(samples: &[f32], period: f64) -> Option<(f32, f32)> {
    let reach = (REACH * period).ceil() as usize + 1;
    let length = period.round() as usize;
    if length < 8 || samples.len() < 3 * length + 2 * reach {
        return None;
    }
    let end = samples.len();
    let first_gap = shift(samples, end - length, length, reach)?;
    let before = (end as f64 - first_gap).round() as usize;
    let second_gap = shift(samples, before.checked_sub(length)?, length, reach)?;
    let jitter = (first_gap - second_gap).abs() / (0.5 * (first_gap + second_gap));
    let loud = |from: usize| samples[from..from + length].iter().map(|x| x * x).sum::<f32>().sqrt();
    let (a, b) = (loud(end - length), loud(before.checked_sub(length)?));
    let shimmer = (a - b).abs() / (0.5 * (a + b)).max(1e-9);
    Some((jitter as f32, shimmer))
}

/// How far before a stretch the like of it lies, in samples.
fn shift(samples: &[f32], at: usize, length: usize, reach: usize) -> Option<f64> {
    let stretch = samples.get(at..at + length)?;
    let alike = |gap: usize| -> Option<f32> {
        let other = samples.get(at.checked_sub(gap)?..)?.get(..length)?;
        let (mut ab, mut aa, mut bb) = (0f32, 1e-12f32, 1e-12f32);
        for (a, b) in stretch.iter().zip(other) {
            ab += a * b;
            aa += a * a;
            bb += b * b;
        }
        Some(ab / (aa * bb).sqrt())
    };
    let gaps = length.saturating_sub(reach).max(2)..=length + reach;
    let scores: Vec<(usize, f32)> = gaps.filter_map(|g| alike(g).map(|s| (g, s))).collect();
    let best = scores.iter().enumerate().max_by(|a, b| a.1.1.total_cmp(&b.1.1))?.0;
    if scores[best].1 < 0.6 || best == 0 || best + 1 == scores.len() {
        return None;
    }
    let (a, b, c) = (f64::from(scores[best - 1].1), f64::from(scores[best].1), f64::from(scores[best + 1].1));
    let bend = a - 2.0 * b + c;
    let part = if bend < -1e-9 { (0.5 * (a - c) / bend).clamp(-0.5, 0.5) } else { 0.0 };
    Some(scores[best].0 as f64 + part)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pulse train through a resonance, with periods in turn longer and shorter, louder and softer.
    fn voice(period: f64, jitter: f64, shimmer: f64) -> Vec<f32> {
        let mut sound = vec![0f32; 1600];
        let (mut at, mut k) = (0.0f64, 0);
        while at < 1500.0 {
            let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
            let amplitude = 1.0 + sign * shimmer / 2.0;
            for i in 0..100 {
                let t = i as f64 - at.fract();
                if t >= 0.0
                    && let Some(x) = sound.get_mut(at as usize + i)
                {
                    *x += (amplitude * (-t / 25.0).exp() * (0.5 * t).sin()) as f32;
                }
            }
            at += period * (1.0 + sign * jitter / 2.0);
            k += 1;
        }
        sound.truncate(1500);
        sound
    }

    #[test]
    fn even_periods_differ_little_and_uneven_ones_as_much_as_they_do() {
        let (jitter, shimmer) = differences(&voice(120.0, 0.0, 0.0), 120.0).unwrap();
        assert!(jitter < 0.005 && shimmer < 0.03, "{jitter} {shimmer}");
        let (jitter, _) = differences(&voice(120.0, 0.04, 0.0), 120.0).unwrap();
        assert!((jitter - 0.04).abs() < 0.025, "{jitter}");
        let (_, shimmer) = differences(&voice(120.0, 0.0, 0.3), 120.0).unwrap();
        assert!((shimmer - 0.3).abs() < 0.12, "{shimmer}");
        assert!(differences(&voice(120.0, 0.0, 0.0)[..200], 120.0).is_none());
    }
}
