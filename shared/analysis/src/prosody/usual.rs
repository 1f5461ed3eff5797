//! How a voice usually is: mean and deviation of each measure over what was heard of it before.
//!
//! One idea: a voice that is loud, high and quick may be angry, or it may always be so. Against what was heard earlier one can tell; so each row carries that
//! along, and whoever reads it decides how far to trust it.

/// What is older than so many seconds of speech fades: speakers and rooms change.
const MEMORY_S: f64 = 300.0;

/// Mean and deviation of each measure.
#[derive(Debug, Clone)]
pub struct Usual {
    /// What a row stands for, in seconds.
    step_s: f64,
    heard_s: f64,
    /// For each measure how many rows had it, its mean and its variance.
    of: Vec<(f64, f64, f64)>,
}

impl Usual {
    /// Of nothing yet, for rows of so many measures, each standing for so much time.
    #[must_use]
    pub fn new(measures: usize, step_s: f64) -> Self {
        Self { step_s, heard_s: 0.0, of: vec![(0.0, 0.0, 0.0); measures] }
    }

    /// Takes a row.
    pub fn hear(&mut self, row: &[f32]) {
        self.heard_s += self.step_s;
        let most = MEMORY_S / self.step_s;
        for ((count, mean, variance), x) in self.of.iter_mut().zip(row) {
            if !x.is_finite() {
                continue;
            }
            *count = (*count + 1.0).min(most);
            let off = f64::from(*x) - *mean;
            *mean += off / *count;
            *variance += (off * (f64::from(*x) - *mean) - *variance) / *count;
        }
    }

    /// What is usual: means, deviations, and the seconds of speech that they come from; NaN where there was nothing.
    pub fn tell(&self, row: &mut Vec<f32>) {
        let or_nan = |count: f64, x: f64| if count > 0.0 { x as f32 } else { f32::NAN };
        row.extend(self.of.iter().map(|(count, mean, _)| or_nan(*count, *mean)));
        row.extend(self.of.iter().map(|(count, _, variance)| or_nan(*count, variance.max(0.0).sqrt())));
        row.push(self.heard_s.min(MEMORY_S) as f32);
    }

    /// The names of what [`Self::tell`] tells.
    pub(super) fn names(measures: &[String]) -> Vec<String> {
        let mut names: Vec<String> = measures.iter().map(|n| format!("usual_{n}")).collect();
        names.extend(measures.iter().map(|n| format!("usual_deviation_{n}")));
        names.push("usual_heard_s".into());
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_deviation_are_those_of_all_rows_and_holes_do_not_count() {
        let mut usual = Usual::new(2, 0.25);
        let mut told = Vec::new();
        usual.tell(&mut told);
        assert!(told[..4].iter().all(|x| x.is_nan()) && told[4] == 0.0);
        for x in [1.0, 2.0, 3.0, 6.0] {
            usual.hear(&[x, f32::NAN]);
        }
        told.clear();
        usual.tell(&mut told);
        assert_eq!(told[0], 3.0);
        assert!((told[2] - 3.5f32.sqrt()).abs() < 1e-6 && told[1].is_nan() && told[3].is_nan());
        assert_eq!(told[4], 1.0);
    }

    #[test]
    fn what_was_long_ago_fades() {
        let mut usual = Usual::new(1, 0.25);
        (0..1200).for_each(|_| usual.hear(&[0.0]));
        (0..4 * 1200).for_each(|_| usual.hear(&[1.0]));
        let mut told = Vec::new();
        usual.tell(&mut told);
        assert!(told[0] > 0.95 && told[2] == 300.0, "{told:?}");
    }
}
