//! Lengths and places in time as people write them.
//!
//! One idea: what spreadsheets hold and what is typed is read by one rule.

/// Seconds of a text that is seconds, or minutes and seconds, or hours, minutes and seconds with colons between them; the last may have
/// a fraction, after a point or a comma. `None` for what is none of these.
#[must_use]
pub fn seconds(text: &str) -> Option<f64> {
    let parts: Vec<f64> = text.split(':').map(number).collect::<Option<_>>()?;
    let is_clock = parts.len() == 1 || (parts[1..].iter().all(|p| *p < 60.0) && parts[..parts.len() - 1].iter().all(|p| p.fract() == 0.0));
    (is_clock && parts.len() <= 3).then(|| parts.iter().fold(0.0, |sum, p| 60.0 * sum + p))
}

fn number(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").parse::<f64>().ok().filter(|n| n.is_finite() && n.is_sign_positive())
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times_are_read_as_they_are_written() {
        for (text, s) in
            [("95", 95.0), ("12,5", 12.5), ("1:35", 95.0), (" 01:35.25 ", 95.25), ("1:02:03", 3723.0), ("95:30", 5730.0), ("0", 0.0)]
        {
            assert_eq!(seconds(text), Some(s), "{text}");
        }
        for text in ["", ":", "1:", "1:60", "1.5:30", "1:2:3:4", "-1", "-0", "inf", "NaN", "1,000,000", "3 min"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
