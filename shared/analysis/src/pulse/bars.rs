//! Bars: which beats begin one, and how many beats one has.
//!
//! One idea: a hidden Markov model over (length of the bar, place in it), as in madmom's bar tracker (Krebs, Böck & Widmer, ISMIR 2015): each
//! beat is a downbeat as probably as the network says, and the length of bars hardly ever changes within a piece.

/// Bars' lengths in beats, with how common they are, roughly, in the music that people buy.
const LENGTHS: [(usize, f64); 6] = [(4, 0.55), (3, 0.2), (2, 0.15), (5, 0.04), (7, 0.03), (6, 0.03)];
/// Bars of two say that every second beat is a downbeat, which the middle of a bar of four is like: they must explain every beat so much better
/// (nats; found on pieces that training held out).
const HALF_BAR: f64 = 0.3;
/// How probably a bar's length changes at its end.
const CHANGE: f64 = 0.002;

/// Bars of a piece.
pub(crate) struct Bars {
    /// Beats in most bars.
    pub(crate) length: usize,
    /// Indices of the beats that begin bars.
    pub(crate) downbeats: Vec<usize>,
    /// How much better bars of one length and place explain the whole than the best of any other length or place, in nats.
    pub(crate) margin: f64,
}

/// A place in a bar of some length: state number.
fn states() -> Vec<(usize, usize)> {
    LENGTHS.iter().flat_map(|(length, _)| (0..*length).map(move |place| (*length, place))).collect()
}

/// The bars that fit best, given how probably each beat is a downbeat. `None` for fewer than four beats.
pub(crate) fn best(downbeat: &[f64]) -> Option<Bars> {
    if downbeat.len() < 4 {
        return None;
    }
    let states = states();
    let log_fit = |state: usize, p: f64| {
        let (length, place) = states[state];
        let fit = if place == 0 { p.ln() } else { (1.0 - p).ln() };
        fit - if length == 2 { HALF_BAR } else { 0.0 }
    };
    let starts: Vec<usize> = (0..states.len()).filter(|s| states[*s].1 == 0).collect();
    let prior = |length: usize| LENGTHS.iter().find(|l| l.0 == length).map_or(0.0, |l| l.1);
    let mut score: Vec<f64> = (0..states.len()).map(|s| (prior(states[s].0) / states[s].0 as f64).ln() + log_fit(s, downbeat[0])).collect();
    let mut back: Vec<Vec<u8>> = Vec::with_capacity(downbeat.len());
    for &p in &downbeat[1..] {
        let (mut next, mut from) = (vec![f64::NEG_INFINITY; states.len()], vec![0u8; states.len()]);
        for (s, &(length, place)) in states.iter().enumerate() {
            if place > 0 {
                (next[s], from[s]) = (score[s - 1], (s - 1) as u8);
            } else {
                for &start in &starts {
                    let (other, end) = (states[start].0, start + states[start].0 - 1);
                    let turn = if other == length { (1.0 - CHANGE).ln() } else { (CHANGE * prior(length)).ln() };
                    if score[end] + turn > next[s] {
                        (next[s], from[s]) = (score[end] + turn, end as u8);
                    }
                }
            }
            next[s] += log_fit(s, p);
        }
        score = next;
        back.push(from);
    }
    let last = (0..states.len()).max_by(|a, b| score[*a].total_cmp(&score[*b]))?;
    let mut path = vec![last];
    for from in back.iter().rev() {
        path.push(from[path[path.len() - 1]].into());
    }
    path.reverse();
    let mut counts = std::collections::BTreeMap::<usize, usize>::new();
    for s in &path {
        *counts.entry(states[*s].0).or_default() += 1;
    }
    let length = counts.into_iter().max_by_key(|c| c.1)?.0;
    let downbeats = path.iter().enumerate().filter(|(_, s)| states[**s].1 == 0).map(|(i, _)| i).collect();
    // Readings of the whole without a change of length, by where they begin.
    let mut readings: Vec<f64> = states
        .iter()
        .map(|&(length, place)| {
            let first = starts.iter().copied().find(|s| states[*s].0 == length).unwrap_or(0);
            downbeat.iter().enumerate().map(|(i, p)| log_fit(first + (place + i) % length, *p)).sum::<f64>() + prior(length).ln()
        })
        .collect();
    readings.sort_unstable_by(|a, b| b.total_cmp(a));
    let margin = (readings[0] - readings[1]).max(0.0);
    Some(Bars { length, downbeats, margin })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn heard(length: usize, first: usize, beats: usize, sure: f64) -> Vec<f64> {
        (0..beats).map(|i| if i % length == first { sure } else { 0.5 * (1.0 - sure) }).collect()
    }

    #[test]
    fn bars_of_any_length_from_any_beat() {
        for (length, first) in [(4, 0), (4, 3), (3, 1), (2, 1), (5, 2), (7, 6)] {
            let bars = best(&heard(length, first, 48, 0.9)).unwrap();
            assert_eq!((bars.length, bars.downbeats[0]), (length, first));
            assert!(bars.downbeats.windows(2).all(|w| w[1] - w[0] == length) && bars.margin > 3.0);
        }
    }

    #[test]
    fn a_change_of_metre_is_followed() {
        let heard = [heard(4, 0, 32, 0.9), heard(3, 0, 33, 0.9)].concat();
        let bars = best(&heard).unwrap();
        assert!(
            bars.downbeats.contains(&28) && bars.downbeats.contains(&32) && bars.downbeats.contains(&35) && bars.downbeats.contains(&38)
        );
    }

    #[test]
    fn what_tells_nothing_gives_no_margin() {
        assert!(best(&[0.25; 40]).unwrap().margin < 1.0);
    }
}
