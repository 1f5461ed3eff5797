//! What tracks say in words of one thing, as numbers.
//!
//! One idea: a track says a set of values ("sitar; tabla"). The sets, of which there are few, are numbered, a row keeps the number of its set, and filters and counts look at those numbers alone.

use super::narrow::Narrow;
use super::{BETWEEN, folded};
use hashbrown::{DefaultHashBuilder, HashTable};
use std::collections::HashMap;
use std::hash::BuildHasher;

/// The values of one facet, the sets that they form, and the set of each row.
#[derive(Debug, Default)]
pub(crate) struct Facet {
    /// For each row the number of its set; 0 is the empty one.
    pub(crate) rows: Narrow,
    sets: Sets,
    values: Texts,
    /// Values by how they are compared, with the hash of that: so a table that grows need not compare.
    by_folded: HashTable<(u64, u32)>,
    hasher: DefaultHashBuilder,
}

impl Facet {
    /// The number of a value, however it is written.
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        let key = compared(text);
        let hash = self.hasher.hash_one(&key);
        self.by_folded.find(hash, |(h, value)| *h == hash && compared(self.value(*value)) == key).map(|found| found.1)
    }

    /// How many sets there are.
    pub(crate) fn number_of_sets(&self) -> usize {
        self.sets.ends.len()
    }

    /// The values of each set, in the order of their numbers.
    pub(crate) fn sets(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.number_of_sets()).map(|set| self.sets.of(set))
    }

    /// Which sets have one of some values.
    pub(crate) fn sets_with(&self, values: &[u32]) -> Vec<bool> {
        self.sets().map(|set| set.iter().any(|v| values.contains(v))).collect()
    }

    /// The values, as first written, in the order of their numbers.
    pub(crate) fn values(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.values.ends.len() as u32).map(|value| self.value(value))
    }

    /// A value, as first written.
    pub(crate) fn value(&self, value: u32) -> &str {
        self.values.of(value as usize)
    }
}

/// How values are compared: folded, or as they are where they hold nothing but signs.
fn compared(text: &str) -> String {
    let key = folded(text);
    if key.is_empty() { text.trim().to_owned() } else { key }
}

/// Texts one after the other: where each ends.
#[derive(Debug, Default)]
struct Texts {
    all: String,
    ends: Vec<usize>,
}

impl Texts {
    fn of(&self, number: usize) -> &str {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.all[start..self.ends[number]]
    }
}

/// Sets one after the other: where each ends.
#[derive(Debug, Default)]
struct Sets {
    all: Vec<u32>,
    ends: Vec<u32>,
}

impl Sets {
    fn of(&self, number: usize) -> &[u32] {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.all[start as usize..self.ends[number] as usize]
    }
}

/// A facet that is being read.
#[derive(Default)]
pub(super) struct Reading {
    facet: Facet,
    /// For each value the set of it alone, 0 for none yet.
    alone: Vec<u32>,
    /// The sets of several.
    together: HashMap<Vec<u32>, u32>,
}

impl Reading {
    pub(super) fn new() -> Self {
        let mut reading = Self::default();
        reading.facet.sets.ends.push(0);
        reading
    }

    /// The number of a set, by its values as the index writes them.
    pub(super) fn set(&mut self, text: &str) -> u32 {
        let mut values: Vec<u32> = text.split(BETWEEN).filter(|v| !v.is_empty()).map(|v| self.value(v)).collect();
        values.sort_unstable();
        values.dedup();
        let next = self.facet.sets.ends.len() as u32;
        let known = match values.as_slice() {
            [] => return 0,
            [one] => {
                let known = &mut self.alone[*one as usize];
                if *known == 0 {
                    *known = next;
                }
                *known
            }
            several => match self.together.get(several) {
                Some(known) => *known,
                None => {
                    self.together.insert(values.clone(), next);
                    next
                }
            },
        };
        if known == next {
            self.facet.sets.all.extend(values);
            self.facet.sets.ends.push(self.facet.sets.all.len() as u32);
        }
        known
    }

    fn value(&mut self, text: &str) -> u32 {
        let f = &mut self.facet;
        let key = compared(text);
        let hash = f.hasher.hash_one(&key);
        if let Some((_, known)) = f.by_folded.find(hash, |(h, value)| *h == hash && compared(f.values.of(*value as usize)) == key) {
            return *known;
        }
        let value = f.values.ends.len() as u32;
        f.values.all.push_str(text);
        f.values.ends.push(f.values.all.len());
        f.by_folded.insert_unique(hash, (hash, value), |entry| entry.0);
        self.alone.push(0);
        value
    }

    /// The facet, with the number of the set of each row.
    pub(super) fn done(mut self, rows: Vec<u32>) -> Facet {
        let limit = self.facet.number_of_sets();
        self.facet.rows = Narrow::new(rows, limit);
        self.facet
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_differently_is_one_value_and_orders_do_not_matter() {
        let mut reading = Reading::new();
        let both = format!("Sitar{BETWEEN}Tabla");
        let other = format!("tabla{BETWEEN}SITAR{BETWEEN}sitar");
        let sets =
            [reading.set("Sitar"), reading.set(""), reading.set("sitār"), reading.set(&both), reading.set(&other), reading.set("!!")];
        assert_eq!(sets, [1, 0, 1, 2, 2, 3]);
        let facet = reading.done(sets.to_vec());
        assert_eq!(facet.values().collect::<Vec<_>>(), ["Sitar", "Tabla", "!!"]);
        assert_eq!(facet.find("TABLA"), Some(1));
        assert_eq!(facet.find(" !! "), Some(2));
        assert_eq!(facet.find("veena"), None);
        assert_eq!(facet.sets().collect::<Vec<_>>(), [&[][..], &[0], &[0, 1], &[2]]);
        assert_eq!(facet.sets_with(&[0]), [false, true, true, false]);
        assert_eq!((0..6).map(|row| facet.rows.at(row)).collect::<Vec<_>>(), [1, 0, 1, 2, 2, 3]);
    }
}
