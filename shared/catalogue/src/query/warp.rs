//! Likeness of two courses over time.

use affect::Affect;

/// Points of a course that are compared; a longer one is taken at so many.
pub(crate) const MOST: usize = 48;

/// A course in numbers that are looked at side by side.
#[derive(Debug, Clone)]
pub(crate) struct Course {
    valence: [f32; MOST],
    arousal: [f32; MOST],
    len: usize,
}

impl Course {
    /// A course in at most [`MOST`] even steps; what is not known of it takes the nearest known.
    pub(crate) fn new(points: &[Option<Affect>]) -> Self {
        let mut course = Self { valence: [0.0; MOST], arousal: [0.0; MOST], len: 0 };
        let steps = points.len().min(MOST);
        for step in 0..steps {
            let at = (step as f64 + 0.5) / steps as f64 * points.len() as f64 - 0.5;
            let here = (at.max(0.0) + 0.5) as usize;
            let Some(point) = points.get(here).copied().flatten().or_else(|| nearest(points, at)) else { break };
            (course.valence[step], course.arousal[step]) = (point.valence as f32, point.arousal as f32);
            course.len = step + 1;
        }
        course
    }

    fn reversed(&self) -> Self {
        let mut other = self.clone();
        other.valence[..self.len].reverse();
        other.arousal[..self.len].reverse();
        other
    }
}

/// The best ways to the cells of one diagonal, by their step in the first course and one: what each costs, and how many steps it has.
#[derive(Clone, Copy)]
struct Diagonal {
    cost: [f32; MOST + 1],
    steps: [f32; MOST + 1],
}

/// How far apart two courses are, on average over the way that brings them together with the least distance (dynamic time warping: Sakoe & Chiba, IEEE Trans. ASSP 26, 1978), where
/// either may wait while the other goes on. `None` where one has no points.
///
/// The cells of a diagonal do not wait for each other, so they are computed side by side.
pub(crate) fn distance(a: &Course, b: &Course) -> Option<f64> {
    if a.len == 0 || b.len == 0 {
        return None;
    }
    let b = b.reversed();
    // Cells outside of the table keep what nobody would choose.
    let nowhere = Diagonal { cost: [f32::INFINITY; MOST + 1], steps: [0.0; MOST + 1] };
    let mut diagonals = [nowhere; 3];
    let [before_last, last, here] = &mut diagonals;
    // Which is which changes with each diagonal; none of them is moved.
    let (mut before_last, mut last, mut here) = (before_last, last, here);
    before_last.cost[0] = 0.0;
    for d in 0..a.len + b.len - 1 {
        let (from, to) = (d.saturating_sub(b.len - 1), d.min(a.len - 1) + 1);
        let n = to - from;
        // The step of the other course that meets step `from` is `d - from`; reversed, it rises with the step of the first.
        let other = b.len + from - 1 - d;
        let (av, aa) = (&a.valence[from..to], &a.arousal[from..to]);
        let (bv, ba) = (&b.valence[other..other + n], &b.arousal[other..other + n]);
        let (corner, corner_steps) = (&before_last.cost[from..to], &before_last.steps[from..to]);
        let (above, above_steps) = (&last.cost[from..to], &last.steps[from..to]);
        let (left, left_steps) = (&last.cost[from + 1..to + 1], &last.steps[from + 1..to + 1]);
        let (cost, steps) = (&mut here.cost[from + 1..to + 1], &mut here.steps[from + 1..to + 1]);
        for i in 0..n {
            let (mut best, mut way) = (corner[i], corner_steps[i]);
            (best, way) = if above[i] < best { (above[i], above_steps[i]) } else { (best, way) };
            (best, way) = if left[i] < best { (left[i], left_steps[i]) } else { (best, way) };
            let (dv, da) = (av[i] - bv[i], aa[i] - ba[i]);
            cost[i] = best + (dv * dv + da * da).sqrt();
            steps[i] = way + 1.0;
        }
        before_last.cost[0] = f32::INFINITY;
        (before_last, last, here) = (last, here, before_last);
    }
    Some(f64::from(last.cost[a.len]) / f64::from(last.steps[a.len].max(1.0)))
}

/// What is known nearest to a place in a course.
fn nearest(points: &[Option<Affect>], at: f64) -> Option<Affect> {
    let known = points.iter().enumerate().filter_map(|(i, p)| Some(((i as f64 - at).abs(), (*p)?)));
    known.min_by(|a, b| a.0.total_cmp(&b.0)).map(|k| k.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(values: &[f64]) -> Course {
        Course::new(&values.iter().map(|v| Some(Affect::clamped(*v, 0.0))).collect::<Vec<_>>())
    }

    /// As the definition has it, cell by cell.
    fn slowly(a: &[[f32; 2]], b: &[[f32; 2]]) -> f64 {
        let mut table = vec![vec![(f32::INFINITY, 0u32); b.len() + 1]; a.len() + 1];
        table[0][0] = (0.0, 0);
        for i in 1..=a.len() {
            for j in 1..=b.len() {
                let mut from = table[i - 1][j - 1];
                for way in [table[i - 1][j], table[i][j - 1]] {
                    if way.0 < from.0 {
                        from = way;
                    }
                }
                let away = ((a[i - 1][0] - b[j - 1][0]).powi(2) + (a[i - 1][1] - b[j - 1][1]).powi(2)).sqrt();
                table[i][j] = (from.0 + away, from.1 + 1);
            }
        }
        let (cost, steps) = table[a.len()][b.len()];
        f64::from(cost) / f64::from(steps)
    }

    #[test]
    fn diagonals_say_what_the_table_says() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..300 {
            let mut draw =
                || -> Vec<[f32; 2]> { (0..random.usize(1..=MOST)).map(|_| [random.f32() * 2.0 - 1.0, random.f32() * 2.0 - 1.0]).collect() };
            let (a, b) = (draw(), draw());
            let course = |points: &[[f32; 2]]| {
                Course::new(&points.iter().map(|p| Some(Affect::clamped(p[0].into(), p[1].into()))).collect::<Vec<_>>())
            };
            let (fast, slow) = (distance(&course(&a), &course(&b)).unwrap(), slowly(&a, &b));
            assert!((fast - slow).abs() < 1e-6, "{} and {} points: {fast} {slow}", a.len(), b.len());
        }
    }

    #[test]
    fn a_course_at_another_pace_is_the_same_and_another_one_is_not() {
        let rises = course(&[-0.8, -0.8, 0.0, 0.8]);
        assert_eq!(distance(&rises, &course(&[-0.8, 0.0, 0.0, 0.8, 0.8])), Some(0.0));
        let falls = distance(&rises, &course(&[0.8, 0.0, -0.8])).unwrap();
        let flat = distance(&rises, &course(&[0.0, 0.0, 0.0])).unwrap();
        assert!(falls > flat && flat > 0.3, "{falls} {flat}");
        assert_eq!(distance(&rises, &course(&[])), None);
    }

    #[test]
    fn what_is_not_known_takes_the_nearest() {
        let at = |v: f64| Some(Affect::clamped(v, 0.0));
        let known = Course::new(&[at(0.1), None, None, at(0.4)]);
        assert_eq!(known.valence[..known.len], [0.1, 0.1, 0.4, 0.4]);
        assert_eq!(Course::new(&[None]).len, 0);
        let long: Vec<Option<Affect>> = (0..10 * MOST).map(|i| at(i as f64 / 1000.0)).collect();
        let long = Course::new(&long);
        assert_eq!((long.len, long.valence[0], long.valence[MOST - 1]), (MOST, 0.005, 0.475));
    }
}
