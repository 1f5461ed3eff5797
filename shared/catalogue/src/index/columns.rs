//! The columns of the index in memory: one number a track for all that ranks and filters.
//!
//! One idea: a row is a track, and a filter is a pass over one column. Columns know nothing of each other, so they are read side by side.

use super::facet::{self, Facet};
use super::narrow::Narrow;
use super::{FACETS, IndexIn, NUMBER_NAMES, guarded};
use crate::CatalogueError;
use std::collections::HashMap;
use std::sync::Arc;
use std::thread::ScopedJoinHandle;
use tantivy::columnar::{Column, ColumnValues};
use tantivy::{SegmentReader, TantivyError};

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
    pub(crate) terms: Narrow,
    /// Those sets.
    pub(crate) term_sets: Vec<Vec<i64>>,
    segments: Vec<SegmentRows>,
}

/// Which rows the documents of one segment of the index are.
#[derive(Debug)]
struct SegmentRows {
    first: u32,
    /// The row of each document, where some are deleted.
    of_documents: Option<Vec<u32>>,
}

/// The row of a document that was deleted.
const NO_ROW: u32 = u32::MAX;
/// Values that are unpacked at a time.
const STRETCH: usize = 4096;

impl Columns {
    pub(crate) fn len(&self) -> usize {
        self.id.len()
    }

    /// The row of a document.
    pub(crate) fn row(&self, segment: u32, doc: u32) -> Option<u32> {
        let segment = self.segments.get(segment as usize)?;
        match &segment.of_documents {
            None => Some(segment.first + doc),
            Some(rows) => rows.get(doc as usize).copied().filter(|r| *r != NO_ROW),
        }
    }

    pub(crate) fn load(index: &IndexIn) -> Result<Self, CatalogueError> {
        let searcher = index.reader.searcher();
        let source = Source::new(searcher.segment_readers());
        let read = |field: &track::Field| guarded(|| source.facet(field.name()));
        let (columns, facets) = std::thread::scope(|scope| {
            let threads: Vec<_> = FACETS.iter().map(|f| std::thread::Builder::new().spawn_scoped(scope, || read(f))).collect();
            let columns = guarded(|| source.columns());
            let facet = |(field, thread): (_, std::io::Result<ScopedJoinHandle<'_, tantivy::Result<Facet>>>)| match thread {
                Ok(thread) => thread.join().unwrap_or_else(|_| Err(TantivyError::InternalError("a column could not be read".into()))),
                // There can be no more threads.
                Err(_) => read(field),
            };
            (columns, FACETS.iter().zip(threads).map(facet).collect::<Vec<_>>())
        });
        let facets = facets.into_iter().collect::<tantivy::Result<_>>()?;
        Ok(Self { facets, segments: source.segments, ..columns? })
    }
}

/// The index, as columns are read from it.
struct Source<'a> {
    readers: &'a [SegmentReader],
    segments: Vec<SegmentRows>,
    rows: usize,
}

impl<'a> Source<'a> {
    fn new(readers: &'a [SegmentReader]) -> Self {
        let mut next = 0u32;
        let numbered = |reader: &SegmentReader| {
            let first = next;
            let Some(alive) = reader.alive_bitset() else {
                next += reader.max_doc();
                return SegmentRows { first, of_documents: None };
            };
            let row = |doc| {
                if alive.is_alive(doc) {
                    next += 1;
                    next - 1
                } else {
                    NO_ROW
                }
            };
            SegmentRows { first, of_documents: Some((0..reader.max_doc()).map(row).collect()) }
        };
        let segments = readers.iter().map(numbered).collect();
        Self { readers, segments, rows: next as usize }
    }

    /// All but the facets.
    fn columns(&self) -> tantivy::Result<Columns> {
        let plane = |n: u64| if n == 0 { f32::NAN } else { (n as f32 - 10_001.0) / 10_000.0 };
        let [valence, arousal, tempo, length, key, uses, gone] = NUMBER_NAMES;
        let is_gone = self.numbers(gone, |n| n != 0)?;
        let mut term_sets = vec![Vec::new()];
        let mut known: HashMap<String, u32> = HashMap::from([(String::new(), 0)]);
        let terms = self.texts("terms", |text| {
            *known.entry(text.to_owned()).or_insert_with(|| {
                term_sets.push(text.split(' ').filter_map(|t| t.parse().ok()).collect());
                term_sets.len() as u32 - 1
            })
        })?;
        Ok(Columns {
            id: self.numbers("id", |n| n as u32)?,
            valence: self.numbers(valence, plane)?,
            arousal: self.numbers(arousal, plane)?,
            tempo_bpm: self.numbers(tempo, |n| if n == 0 { f32::NAN } else { n as f32 / 100.0 })?,
            duration_s: self.numbers(length, |n| n as f32 / 1000.0)?,
            key: self.numbers(key, |n| if n == 0 { u8::MAX } else { (n - 1) as u8 })?,
            uses: self.numbers(uses, |n| n.min(255) as u8)?,
            is_any_gone: is_gone.contains(&true),
            is_gone,
            facets: Vec::new(),
            terms: Narrow::new(terms, term_sets.len()),
            term_sets,
            segments: Vec::new(),
        })
    }

    fn facet(&self, name: &str) -> tantivy::Result<Facet> {
        let mut reading = facet::Reading::new();
        let rows = self.texts(name, |text| reading.set(text))?;
        Ok(reading.done(rows))
    }

    /// A column of numbers.
    fn numbers<T>(&self, name: &str, of: impl Fn(u64) -> T) -> tantivy::Result<Vec<T>> {
        let mut all = Vec::with_capacity(self.rows);
        for (reader, segment) in self.readers.iter().zip(&self.segments) {
            segment.read(&*values(reader.fast_fields().u64(name)?, 0), |n| all.push(of(n)));
        }
        Ok(all)
    }

    /// A column of texts as numbers: `number` is asked once for each text of each segment.
    fn texts(&self, name: &str, mut number: impl FnMut(&str) -> u32) -> tantivy::Result<Vec<u32>> {
        let mut all = Vec::with_capacity(self.rows);
        for (reader, segment) in self.readers.iter().zip(&self.segments) {
            let column = reader.fast_fields().str(name)?.ok_or_else(|| TantivyError::InternalError(format!("no column {name}")))?;
            let mut numbers = Vec::with_capacity(column.num_terms());
            let mut texts = column.dictionary().stream()?;
            while texts.advance() {
                numbers.push(number(std::str::from_utf8(texts.key()).unwrap_or_default()));
            }
            segment.read(&*values(column.ords().clone(), u64::MAX), |n| all.push(numbers.get(n as usize).copied().unwrap_or(0)));
        }
        Ok(all)
    }
}

/// The value of each document.
fn values(column: Column<u64>, default: u64) -> Arc<dyn ColumnValues<u64>> {
    // Where each has one, which is always, they can be unpacked many at a time.
    if column.get_cardinality().is_full() { column.values } else { column.first_or_default_col(default) }
}

impl SegmentRows {
    /// The values of the documents that are not deleted.
    fn read(&self, values: &dyn ColumnValues<u64>, mut put: impl FnMut(u64)) {
        let mut buffer = [0u64; STRETCH];
        let docs = values.num_vals() as usize;
        for start in (0..docs).step_by(STRETCH) {
            let buffer = &mut buffer[..STRETCH.min(docs - start)];
            values.get_range(start as u64, buffer);
            match &self.of_documents {
                None => buffer.iter().for_each(|n| put(*n)),
                Some(rows) => buffer.iter().zip(&rows[start..]).filter(|(_, row)| **row != NO_ROW).for_each(|(n, _)| put(*n)),
            }
        }
    }
}
