//! Likeness of two courses over time.

use affect::Affect;

/// How far apart two courses are, on average over the way that brings them together with the least distance (dynamic time warping: Sakoe & Chiba, IEEE Trans. ASSP 26, 1978), where
/// either may wait while the other goes on. `None` where one has no points.
pub(crate) fn distance(a: &[Affect], b: &[Affect]) -> Option<f64> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    // The cost of the best way to each point of `b`, and how many steps it has.
    let mut row: Vec<(f32, u32)> = vec![(f32::INFINITY, 0); b.len()];
    let b: Vec<(f32, f32)> = b.iter().map(|q| (q.valence as f32, q.arousal as f32)).collect();
    for (i, p) in a.iter().enumerate() {
        let (x, y) = (p.valence as f32, p.arousal as f32);
        let mut corner = if i == 0 { (0.0, 0) } else { (f32::INFINITY, 0) };
        let mut left = (f32::INFINITY, 0);
        for (here, (u, v)) in row.iter_mut().zip(&b) {
            let above = *here;
            let mut from = corner;
            if above.0 < from.0 {
                from = above;
            }
            if left.0 < from.0 {
                from = left;
            }
            let (dx, dy) = (x - u, y - v);
            left = (from.0 + (dx * dx + dy * dy).sqrt(), from.1 + 1);
            *here = left;
            corner = above;
        }
    }
    row.last().map(|(cost, steps)| f64::from(*cost) / f64::from((*steps).max(1)))
}

/// A course at as many even steps as wanted; what is not known of it takes the nearest known.
pub(crate) fn resampled(points: &[Option<Affect>], steps: usize) -> Vec<Affect> {
    let middle = |s: usize| (s as f64 + 0.5) / steps as f64 * points.len() as f64 - 0.5;
    // Nearly always all of it is known.
    if let Some(all) = points.iter().copied().collect::<Option<Vec<Affect>>>()
        && !all.is_empty()
    {
        return (0..steps).map(|s| all[(middle(s).round().max(0.0) as usize).min(all.len() - 1)]).collect();
    }
    let known: Vec<(usize, Affect)> = points.iter().enumerate().filter_map(|(i, p)| Some((i, (*p)?))).collect();
    let at = |i: f64| known.iter().min_by(|a, b| (a.0 as f64 - i).abs().total_cmp(&(b.0 as f64 - i).abs())).map(|k| k.1);
    (0..steps).filter_map(|s| at(middle(s))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(values: &[f64]) -> Vec<Affect> {
        values.iter().map(|v| Affect::clamped(*v, 0.0)).collect()
    }

    #[test]
    fn a_course_at_another_pace_is_the_same_and_another_one_is_not() {
        let rises = course(&[-0.8, -0.8, 0.0, 0.8]);
        assert_eq!(distance(&rises, &course(&[-0.8, 0.0, 0.0, 0.8, 0.8])), Some(0.0));
        let falls = distance(&rises, &course(&[0.8, 0.0, -0.8])).unwrap();
        let flat = distance(&rises, &course(&[0.0, 0.0, 0.0])).unwrap();
        assert!(falls > flat && flat > 0.3, "{falls} {flat}");
        assert_eq!(distance(&rises, &[]), None);
    }

    #[test]
    fn what_is_not_known_takes_the_nearest() {
        let at = |v: f64| Some(Affect::clamped(v, 0.0));
        let values: Vec<f64> = resampled(&[at(0.1), None, None, at(0.4)], 4).iter().map(|a| a.valence).collect();
        assert_eq!(values, [0.1, 0.1, 0.4, 0.4]);
        assert!(resampled(&[None], 3).is_empty());
    }
}
