//! How many tracks say what.
//!
//! One idea: tracks are counted by the number of their set of values, and the sets by their values; there are as many counts as sets, however many tracks.

use super::Counted;
use super::filter::Filter;
use crate::index::columns::Columns;
use crate::index::{FACETS, key_of};
use affect::{Affect, Quadrant};

/// Tempi are counted in steps of so many BPM.
const TEMPO_STEP: f32 = 10.0;
/// Lengths are counted up to these, in seconds.
const LENGTHS: [(f32, &str); 5] =
    [(30.0, "under 0:30"), (60.0, "0:30 to 1:00"), (120.0, "1:00 to 2:00"), (240.0, "2:00 to 4:00"), (f32::INFINITY, "4:00 and longer")];

/// Counts of every facet over some rows, or all.
pub(crate) fn count(columns: &Columns, filter: &Filter<'_>, rows: Option<&[u32]>, most: usize) -> Vec<Counted> {
    let mut counted = Vec::new();
    for (field, facet) in FACETS.iter().zip(&columns.facets) {
        let sets = tally(rows, &facet.rows, facet.sets.len());
        let mut values = vec![0u64; facet.values.len()];
        for (set, n) in facet.sets.iter().zip(&sets) {
            for value in set {
                values[*value as usize] += n;
            }
        }
        let named = facet.values.iter().cloned().zip(values);
        counted.push(Counted { facet: field.name().to_owned(), values: most_frequent(named, most) });
    }
    let quadrant = |row: usize| {
        let (v, a) = (columns.valence[row], columns.arousal[row]);
        if v.is_nan() { None } else { Some(Affect::clamped(v.into(), a.into()).quadrant() as usize) }
    };
    let quadrants = by(rows, columns.len(), 4, quadrant);
    counted.push(in_order("mood", Quadrant::ALL.iter().map(|q| q.label().to_owned()).zip(quadrants)));
    let keys = by(rows, columns.len(), 24, |row| Some(usize::from(columns.key[row])).filter(|k| *k < 24));
    let named = keys.into_iter().enumerate().filter_map(|(k, n)| Some((key_of(k as u8)?.to_string(), n)));
    counted.push(Counted { facet: "key".into(), values: most_frequent(named, most) });
    let tempo = |row: usize| {
        let bpm = columns.tempo_bpm[row];
        if bpm.is_nan() { None } else { Some(((bpm / TEMPO_STEP) as usize).min(49)) }
    };
    let tempi = by(rows, columns.len(), 50, tempo);
    let step = TEMPO_STEP as usize;
    counted.push(in_order("tempo", tempi.into_iter().enumerate().map(|(i, n)| (format!("{} to {} BPM", i * step, (i + 1) * step), n))));
    let length = |row: usize| LENGTHS.iter().position(|(upto, _)| columns.duration_s[row] < *upto);
    let lengths = by(rows, columns.len(), LENGTHS.len(), length);
    counted.push(in_order("length", LENGTHS.iter().map(|l| l.1.to_owned()).zip(lengths)));
    let sets = tally(rows, &columns.terms, columns.term_sets.len());
    let mut standings = [0u64; 4];
    let mut names = [const { String::new() }; 4];
    for (set, n) in sets.iter().enumerate() {
        let standing = filter.standing_of_set(set);
        standings[standing as usize] += n;
        names[standing as usize] = standing.to_string();
    }
    counted.push(in_order("rights", names.into_iter().zip(standings)));
    counted
}

/// How many rows have each number.
fn tally(rows: Option<&[u32]>, column: &[u32], numbers: usize) -> Vec<u64> {
    let mut counts = vec![0u64; numbers];
    match rows {
        None => column.iter().for_each(|n| counts[*n as usize] += 1),
        Some(rows) => rows.iter().for_each(|r| counts[column[*r as usize] as usize] += 1),
    }
    counts
}

fn by(rows: Option<&[u32]>, len: usize, classes: usize, class: impl Fn(usize) -> Option<usize>) -> Vec<u64> {
    let mut counts = vec![0u64; classes];
    let mut see = |row: usize| {
        if let Some(c) = class(row) {
            counts[c] += 1;
        }
    };
    match rows {
        None => (0..len).for_each(&mut see),
        Some(rows) => rows.iter().for_each(|r| see(*r as usize)),
    }
    counts
}

fn most_frequent(values: impl Iterator<Item = (String, u64)>, most: usize) -> Vec<(String, u64)> {
    let mut values: Vec<_> = values.filter(|v| v.1 > 0).collect();
    let order = |a: &(String, u64), b: &(String, u64)| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0));
    if values.len() > most && most > 0 {
        values.select_nth_unstable_by(most - 1, order);
        values.truncate(most);
    }
    values.sort_by(order);
    values
}

fn in_order(facet: &str, values: impl Iterator<Item = (String, u64)>) -> Counted {
    Counted { facet: facet.to_owned(), values: values.filter(|v| v.1 > 0).collect() }
}
