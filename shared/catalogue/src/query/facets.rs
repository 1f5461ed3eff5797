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
/// Up to the fastest tempo that can be set.
const TEMPO_CLASSES: usize = 50;
/// Lengths are counted up to these, in seconds.
const LENGTHS: [(f32, &str); 5] =
    [(30.0, "under 0:30"), (60.0, "0:30 to 1:00"), (120.0, "1:00 to 2:00"), (240.0, "2:00 to 4:00"), (f32::INFINITY, "4:00 and longer")];

/// How many rows have what, by numbers.
#[derive(Debug)]
pub(crate) struct Tallies {
    /// For each facet, by the number of the set of values.
    sets: Vec<Vec<u64>>,
    quadrants: Vec<u64>,
    keys: Vec<u64>,
    tempi: Vec<u64>,
    lengths: Vec<u64>,
    terms: Vec<u64>,
}

impl Tallies {
    /// Of some rows, or of all.
    pub(crate) fn of(columns: &Columns, rows: Option<&[u32]>) -> Self {
        let quadrant = |row: usize| {
            let (v, a) = (columns.valence[row], columns.arousal[row]);
            if v.is_nan() { None } else { Some(Affect::clamped(v.into(), a.into()).quadrant() as usize) }
        };
        let tempo = |row: usize| {
            let bpm = columns.tempo_bpm[row];
            if bpm.is_nan() { None } else { Some(((bpm / TEMPO_STEP) as usize).min(TEMPO_CLASSES - 1)) }
        };
        let length = |row: usize| LENGTHS.iter().position(|(upto, _)| columns.duration_s[row] < *upto);
        Self {
            sets: columns.facets.iter().map(|f| f.rows.tally(rows, f.number_of_sets())).collect(),
            quadrants: by(rows, columns.len(), 4, quadrant),
            keys: by(rows, columns.len(), 24, |row| Some(usize::from(columns.key[row])).filter(|k| *k < 24)),
            tempi: by(rows, columns.len(), TEMPO_CLASSES, tempo),
            lengths: by(rows, columns.len(), LENGTHS.len(), length),
            terms: columns.terms.tally(rows, columns.term_sets.len()),
        }
    }

    /// How many rows have each set of values of a facet.
    pub(crate) fn of_sets(&self, facet: usize) -> &[u64] {
        &self.sets[facet]
    }

    /// In words: at most so many values of each facet, 0 for all.
    pub(crate) fn counted(&self, columns: &Columns, filter: &Filter<'_>, most: usize) -> Vec<Counted> {
        let mut counted = Vec::new();
        for ((field, facet), sets) in FACETS.iter().zip(&columns.facets).zip(&self.sets) {
            let mut values = vec![0u64; facet.values().len()];
            for (set, n) in facet.sets().zip(sets).filter(|(_, n)| **n > 0) {
                for value in set {
                    values[*value as usize] += n;
                }
            }
            counted.push(Counted {
                facet: field.name().to_owned(),
                values: most_frequent(&values, most, |v| facet.value(v as u32).to_owned()),
            });
        }
        counted.push(in_order("mood", Quadrant::ALL.iter().map(|q| q.label().to_owned()).zip(self.quadrants.iter().copied())));
        let key = |k: usize| key_of(k as u8).map_or_else(String::new, |k| k.to_string());
        counted.push(Counted { facet: "key".into(), values: most_frequent(&self.keys, most, key) });
        let step = TEMPO_STEP as usize;
        let tempi = self.tempi.iter().enumerate().map(|(i, n)| (format!("{} to {} BPM", i * step, (i + 1) * step), *n));
        counted.push(in_order("tempo", tempi));
        counted.push(in_order("length", LENGTHS.iter().map(|l| l.1.to_owned()).zip(self.lengths.iter().copied())));
        let mut standings = [0u64; 4];
        let mut names = [const { String::new() }; 4];
        for (set, n) in self.terms.iter().enumerate() {
            let standing = filter.standing_of_set(set);
            standings[standing as usize] += n;
            names[standing as usize] = standing.to_string();
        }
        counted.push(in_order("rights", names.into_iter().zip(standings)));
        counted
    }
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

fn most_frequent(counts: &[u64], most: usize, name: impl Fn(usize) -> String) -> Vec<(String, u64)> {
    let mut values: Vec<(usize, u64)> = counts.iter().copied().enumerate().filter(|v| v.1 > 0).collect();
    if values.len() > most && most > 0 {
        values.select_nth_unstable_by(most - 1, |a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        values.truncate(most);
    }
    let mut named: Vec<(String, u64)> = values.into_iter().map(|(value, n)| (name(value), n)).collect();
    named.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    named
}

fn in_order(facet: &str, values: impl Iterator<Item = (String, u64)>) -> Counted {
    Counted { facet: facet.to_owned(), values: values.filter(|v| v.1 > 0).collect() }
}
