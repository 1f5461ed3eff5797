//! The columns of the index in memory: one number a track for all that ranks and filters.
//!
//! One idea: a row is a track, and a filter is a pass over one column. What tracks say in words is kept as the number of a set of values, and the sets, of which there are few, beside it;
//! so filters and counts look at numbers alone.

use super::{BETWEEN, FACETS, IndexIn, NUMBER_NAMES, folded, guarded};
use crate::CatalogueError;
use std::collections::HashMap;
use tantivy::columnar::StrColumn;
use tantivy::{SegmentReader, TantivyError};

/// Sets of values of one facet, and the values.
#[derive(Debug, Default)]
pub(crate) struct Facet {
    /// For each row the number of its set; 0 is the empty one.
    pub(crate) rows: Vec<u32>,
    /// The values of each set.
    pub(crate) sets: Vec<Vec<u32>>,
    /// The values, as first written.
    pub(crate) values: Vec<String>,
    /// Values by how they are compared.
    by_folded: HashMap<String, u32>,
    by_text: HashMap<String, u32>,
}

impl Facet {
    fn new() -> Self {
        Self { sets: vec![Vec::new()], by_text: HashMap::from([(String::new(), 0)]), ..Self::default() }
    }

    /// The number of a set, by its values as the index writes them.
    fn set(&mut self, text: &str) -> u32 {
        if let Some(set) = self.by_text.get(text) {
            return *set;
        }
        let mut set: Vec<u32> = text.split(BETWEEN).filter(|v| !v.is_empty()).map(|v| self.value(v)).collect();
        set.sort_unstable();
        set.dedup();
        let number = self.sets.len() as u32;
        self.sets.push(set);
        self.by_text.insert(text.to_owned(), number);
        number
    }

    fn value(&mut self, text: &str) -> u32 {
        let key = compared(text);
        if let Some(value) = self.by_folded.get(&key) {
            return *value;
        }
        let number = self.values.len() as u32;
        self.values.push(text.to_owned());
        self.by_folded.insert(key, number);
        number
    }

    /// The number of a value, however it is written.
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        self.by_folded.get(&compared(text)).copied()
    }

    /// Which sets have one of some values.
    pub(crate) fn sets_with(&self, values: &[u32]) -> Vec<bool> {
        self.sets.iter().map(|set| set.iter().any(|v| values.contains(v))).collect()
    }
}

/// How values are compared: folded, or as they are where they hold nothing but signs.
fn compared(text: &str) -> String {
    let key = folded(text);
    if key.is_empty() { text.trim().to_owned() } else { key }
}

/// Every track, a row each.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    /// Row ids of the store.
    pub(crate) id: Vec<u32>,
    /// NaN where unknown, like all of these.
    pub(crate) valence: Vec<f32>,
    pub(crate) arousal: Vec<f32>,
    pub(crate) tempo_bpm: Vec<f32>,
    pub(crate) duration_s: Vec<f32>,
    /// 255 where unknown.
    pub(crate) key: Vec<u8>,
    pub(crate) uses: Vec<u8>,
    pub(crate) is_gone: Vec<bool>,
    pub(crate) is_any_gone: bool,
    pub(crate) facets: Vec<Facet>,
    /// For each row the number of the set of terms that it is licensed under.
    pub(crate) terms: Vec<u32>,
    /// Those sets.
    pub(crate) term_sets: Vec<Vec<i64>>,
    /// For each segment of the index its first row, and the rows of its documents where some are deleted.
    segments: Vec<(u32, Option<Vec<u32>>)>,
}

/// The row of a document that was deleted.
const NO_ROW: u32 = u32::MAX;

impl Columns {
    pub(crate) fn len(&self) -> usize {
        self.id.len()
    }

    /// The row of a document.
    pub(crate) fn row(&self, segment: u32, doc: u32) -> Option<u32> {
        match self.segments.get(segment as usize)? {
            (base, None) => Some(base + doc),
            (_, Some(rows)) => rows.get(doc as usize).copied().filter(|r| *r != NO_ROW),
        }
    }

    pub(crate) fn load(index: &IndexIn) -> Result<Self, CatalogueError> {
        let mut columns = Self { facets: FACETS.iter().map(|_| Facet::new()).collect(), term_sets: vec![Vec::new()], ..Self::default() };
        let mut terms: HashMap<String, u32> = HashMap::from([(String::new(), 0)]);
        let searcher = index.reader.searcher();
        for segment in searcher.segment_readers() {
            guarded(|| columns.add(segment, &mut terms))?;
        }
        columns.is_any_gone = columns.is_gone.contains(&true);
        for facet in &mut columns.facets {
            // Needed while reading alone.
            facet.by_text = HashMap::new();
        }
        Ok(columns)
    }

    fn add(&mut self, segment: &SegmentReader, terms: &mut HashMap<String, u32>) -> tantivy::Result<()> {
        let docs = segment.max_doc() as usize;
        let base = self.len() as u32;
        let alive = segment.alive_bitset().map(|alive| (0..docs as u32).map(|doc| alive.is_alive(doc)).collect::<Vec<bool>>());
        self.segments.push((
            base,
            alive.as_ref().map(|alive| {
                let mut next = base;
                let row = |is_alive: &bool| {
                    if *is_alive {
                        next += 1;
                        next - 1
                    } else {
                        NO_ROW
                    }
                };
                alive.iter().map(row).collect()
            }),
        ));
        let mut buffer = vec![0u64; docs];
        let mut take = |name: &str, put: &mut dyn FnMut(u64)| -> tantivy::Result<()> {
            segment.fast_fields().column_first_or_default::<u64>(name)?.get_range(0, &mut buffer);
            match &alive {
                None => buffer.iter().for_each(|v| put(*v)),
                Some(alive) => buffer.iter().zip(alive).filter(|(_, is_alive)| **is_alive).for_each(|(v, _)| put(*v)),
            }
            Ok(())
        };
        let plane = |n: u64| if n == 0 { f32::NAN } else { (n as f32 - 10_001.0) / 10_000.0 };
        let [valence, arousal, tempo, length, key, uses, gone] = NUMBER_NAMES;
        take("id", &mut |n| self.id.push(n as u32))?;
        take(valence, &mut |n| self.valence.push(plane(n)))?;
        take(arousal, &mut |n| self.arousal.push(plane(n)))?;
        take(tempo, &mut |n| self.tempo_bpm.push(if n == 0 { f32::NAN } else { n as f32 / 100.0 }))?;
        take(length, &mut |n| self.duration_s.push(n as f32 / 1000.0))?;
        take(key, &mut |n| self.key.push(if n == 0 { u8::MAX } else { (n - 1) as u8 }))?;
        take(uses, &mut |n| self.uses.push(n.min(255) as u8))?;
        take(gone, &mut |n| self.is_gone.push(n != 0))?;
        let mut ordinals = |name: &str, mut number: Box<dyn FnMut(&str) -> u32 + '_>, rows: &mut Vec<u32>| -> tantivy::Result<()> {
            let column = segment.fast_fields().str(name)?.ok_or_else(|| TantivyError::InternalError(format!("no column {name}")))?;
            let numbers = numbers_of(&column, &mut *number)?;
            column.ords().clone().first_or_default_col(u64::MAX).get_range(0, &mut buffer);
            let number = |ord: &u64| numbers.get(*ord as usize).copied().unwrap_or(0);
            match &alive {
                None => rows.extend(buffer.iter().map(number)),
                Some(alive) => rows.extend(buffer.iter().zip(alive).filter(|(_, is_alive)| **is_alive).map(|(o, _)| number(o))),
            }
            Ok(())
        };
        for (field, facet) in FACETS.iter().zip(&mut self.facets) {
            let mut rows = std::mem::take(&mut facet.rows);
            ordinals(field.name(), Box::new(|text| facet.set(text)), &mut rows)?;
            facet.rows = rows;
        }
        let sets = &mut self.term_sets;
        let number = |text: &str| {
            *terms.entry(text.to_owned()).or_insert_with(|| {
                sets.push(text.split(' ').filter_map(|t| t.parse().ok()).collect());
                sets.len() as u32 - 1
            })
        };
        ordinals("terms", Box::new(number), &mut self.terms)
    }
}

/// The number of each text of a column, by its ordinal.
fn numbers_of(column: &StrColumn, number: &mut dyn FnMut(&str) -> u32) -> tantivy::Result<Vec<u32>> {
    let mut numbers = Vec::with_capacity(column.num_terms());
    let mut texts = column.dictionary().stream()?;
    while texts.advance() {
        numbers.push(number(std::str::from_utf8(texts.key()).unwrap_or_default()));
    }
    Ok(numbers)
}
