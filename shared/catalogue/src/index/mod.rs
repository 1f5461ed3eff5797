//! The index: everything that searches need of every track, derived from the store.
//!
//! One idea: it is one tantivy index. Words are looked up in it; all else that ranks and filters lies in its columns, which are taken into memory when it is opened (`columns`),
//! because reading a column is a hundred times faster than asking a table of rows.

pub(crate) mod columns;
pub(crate) mod facet;
mod fold;
pub(crate) mod grid;
mod narrow;
pub(crate) mod synonyms;
pub(crate) mod words;

pub(crate) use fold::folded;

use crate::CatalogueError;
use affect::Affect;
use music::{Key, Mode, PitchClass};
use std::path::{Path, PathBuf};
use tantivy::directory::error::LockError;
use tantivy::directory::{Directory, INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TextAnalyzer, WhitespaceTokenizer};
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, TantivyError, Term};

/// Raised when the fields or their treatment change: an index of another version is built anew.
const VERSION: &str = "3";
const TOKENIZER: &str = "gaps";
const WRITER_BYTES: usize = 48 << 20;

/// What tracks can be counted and filtered by in words, in the order of the index's columns.
pub(crate) const FACETS: [track::Field; 10] = [
    track::Field::Genre,
    track::Field::Instrument,
    track::Field::Region,
    track::Field::Raga,
    track::Field::Rasa,
    track::Field::TimeOfDay,
    track::Field::Artist,
    track::Field::Album,
    track::Field::Composer,
    track::Field::Publisher,
];

/// Between the values of one facet of a track.
pub(crate) const BETWEEN: char = '\u{1f}';

#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    id: Field,
    pub(crate) title: Field,
    pub(crate) words: Field,
    numbers: [Field; NUMBERS],
    facets: [Field; FACETS.len()],
    terms: Field,
}

/// Columns of numbers: valence, arousal, tempo, length, key, uses, and whether its files are gone.
const NUMBERS: usize = 7;
const NUMBER_NAMES: [&str; NUMBERS] = ["valence", "arousal", "tempo", "length", "key", "uses", "gone"];

/// What the index keeps of one track.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    pub(crate) id: i64,
    pub(crate) title: String,
    /// All other words.
    pub(crate) words: String,
    /// The words for the ragas that any of them name.
    pub(crate) ragas: Vec<String>,
    pub(crate) affect: Option<Affect>,
    pub(crate) tempo_bpm: Option<f64>,
    pub(crate) duration_s: f64,
    pub(crate) key: Option<Key>,
    pub(crate) uses: u64,
    /// Whether none of its files is there.
    pub(crate) is_gone: bool,
    /// The values of each of [`FACETS`].
    pub(crate) facets: [Vec<String>; FACETS.len()],
    /// Under which terms it is licensed.
    pub(crate) terms: Vec<i64>,
}

impl Entry {
    /// Numbers from 1 on, so that 0 is 'none': steps of a ten thousandth on the plane, of a hundredth BPM, of a millisecond.
    fn numbers(&self) -> [u64; NUMBERS] {
        let plane = |x: f64| 1 + ((x.clamp(-1.0, 1.0) + 1.0) * 10_000.0).round() as u64;
        [
            self.affect.map_or(0, |a| plane(a.valence)),
            self.affect.map_or(0, |a| plane(a.arousal)),
            self.tempo_bpm.map_or(0, |bpm| (bpm * 100.0).round().max(1.0) as u64),
            (self.duration_s * 1000.0).round() as u64,
            self.key.map_or(0, |k| 1 + u64::from(key_number(k))),
            self.uses,
            u64::from(self.is_gone),
        ]
    }
}

/// A key as a number: 0 to 11 major, 12 to 23 minor.
pub(crate) fn key_number(key: Key) -> u8 {
    key.tonic.semitones() + if key.mode == Mode::Minor { 12 } else { 0 }
}

/// The key of a number.
pub(crate) fn key_of(number: u8) -> Option<Key> {
    let mode = if number < 12 { Mode::Major } else { Mode::Minor };
    (number < 24).then(|| Key { tonic: PitchClass::from_semitones(i32::from(number)), mode })
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let text = || {
        let indexing = TextFieldIndexing::default().set_tokenizer(TOKENIZER).set_index_option(IndexRecordOption::WithFreqsAndPositions);
        TextOptions::default().set_indexing_options(indexing)
    };
    let column = || TextOptions::default().set_fast("raw");
    let fields = Fields {
        id: builder.add_u64_field("id", INDEXED | FAST),
        title: builder.add_text_field("title", text()),
        words: builder.add_text_field("words", text()),
        numbers: NUMBER_NAMES.map(|name| builder.add_u64_field(name, FAST)),
        facets: FACETS.map(|f| builder.add_text_field(f.name(), column())),
        terms: builder.add_text_field("terms", column()),
    };
    (builder.build(), fields)
}

fn with_tokenizer(index: Index) -> Index {
    index.tokenizers().register(TOKENIZER, TextAnalyzer::builder(WhitespaceTokenizer::default()).build());
    index
}

pub(crate) fn folder(dir: &Path) -> PathBuf {
    dir.join(format!("index-{VERSION}"))
}

/// The index for writing.
pub(crate) struct IndexOut {
    writer: IndexWriter,
    fields: Fields,
}

impl IndexOut {
    /// Opens the index or makes an empty one. Says whether it is empty, so that everything must be indexed.
    ///
    /// `was_killed` says that the last one who had it did not end well: then every byte is looked at.
    pub(crate) fn open(dir: &Path, was_killed: bool) -> Result<(Self, bool), CatalogueError> {
        let path = folder(dir);
        match Self::try_open(&path, was_killed) {
            Ok(opened) => {
                remove_older(dir, &path);
                Ok(opened)
            }
            Err(TantivyError::LockFailure(LockError::LockBusy, _)) => Err(CatalogueError::busy(dir)),
            Err(TantivyError::LockFailure(LockError::IoError(e), _)) => {
                Err(CatalogueError::Io { path, source: std::io::Error::new(e.kind(), e.to_string()) })
            }
            // Derived data that cannot be read, for whatever reason, is made again.
            Err(e) => {
                // But not while somebody else is just making it.
                let lock = MmapDirectory::open(&path).map(|d| d.acquire_lock(&INDEX_WRITER_LOCK));
                match lock {
                    Ok(Ok(_held)) => {}
                    Ok(Err(LockError::LockBusy)) => return Err(CatalogueError::busy(dir)),
                    _ => return Err(e.into()),
                }
                std::fs::remove_dir_all(&path).map_err(|source| CatalogueError::Io { path: path.clone(), source })?;
                Ok(Self::try_open(&path, false)?)
            }
        }
    }

    fn try_open(path: &Path, was_killed: bool) -> Result<(Self, bool), TantivyError> {
        std::fs::create_dir_all(path)?;
        let (schema, fields) = schema();
        let index = with_tokenizer(Index::open_or_create(MmapDirectory::open(path)?, schema)?);
        let writer = index.writer_with_num_threads(1, WRITER_BYTES)?;
        if was_killed {
            // A damaged file shows here, and not only when it is needed.
            let damaged = guarded(|| index.validate_checksum())?;
            if let Some(file) = damaged.iter().next() {
                return Err(TantivyError::InternalError(format!("{} is damaged", file.display())));
            }
            // What was left half written would be in the way of the next commit.
            writer.garbage_collect_files().wait()?;
        }
        let is_empty = guarded(|| Ok(index.reader()?.searcher().num_docs()))? == 0;
        Ok((Self { writer, fields }, is_empty))
    }

    /// Throws the index away and makes an empty one: what could not be written in one that is damaged can be in that.
    pub(crate) fn start_again(self, dir: &Path) -> Result<Self, CatalogueError> {
        drop(self);
        let path = folder(dir);
        std::fs::remove_dir_all(&path).map_err(|source| CatalogueError::Io { path: path.clone(), source })?;
        Ok(Self::try_open(&path, false)?.0)
    }

    pub(crate) fn remove(&mut self, id: i64) {
        self.writer.delete_term(Term::from_field_u64(self.fields.id, id as u64));
    }

    pub(crate) fn put(&mut self, entry: &Entry) -> Result<(), CatalogueError> {
        self.remove(entry.id);
        self.writer.add_document(document(&self.fields, entry))?;
        Ok(())
    }

    pub(crate) fn commit(&mut self) -> Result<(), CatalogueError> {
        self.writer.commit()?;
        Ok(())
    }

    /// Whether every byte of it is as it was written.
    pub(crate) fn is_sound(&self) -> bool {
        guarded(|| self.writer.index().validate_checksum()).is_ok_and(|damaged| damaged.is_empty())
    }

    /// The rows that it has.
    pub(crate) fn ids(&self) -> Result<Vec<i64>, CatalogueError> {
        let searcher = self.writer.index().reader()?.searcher();
        let mut ids = Vec::new();
        for segment in searcher.segment_readers() {
            let column = segment.fast_fields().u64("id")?;
            ids.extend(segment.doc_ids_alive().filter_map(|doc| column.first(doc)).map(|id| id as i64));
        }
        Ok(ids)
    }
}

fn document(fields: &Fields, entry: &Entry) -> TantivyDocument {
    let mut doc = TantivyDocument::default();
    doc.add_u64(fields.id, entry.id as u64);
    doc.add_text(fields.title, folded(&entry.title));
    doc.add_text(fields.words, format!("{} {}", folded(&entry.words), entry.ragas.join(" ")));
    for (field, number) in fields.numbers.iter().zip(entry.numbers()) {
        doc.add_u64(*field, number);
    }
    for (field, values) in fields.facets.iter().zip(&entry.facets) {
        doc.add_text(*field, values.join(&BETWEEN.to_string()));
    }
    let terms: Vec<String> = entry.terms.iter().map(ToString::to_string).collect();
    doc.add_text(fields.terms, terms.join(" "));
    doc
}

/// Damaged files make tantivy panic in places; here that is an error like any other.
pub(crate) fn guarded<T>(work: impl FnOnce() -> tantivy::Result<T>) -> tantivy::Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(TantivyError::InternalError("it is damaged; the next scan makes it again".into())))
}

/// Indexes of older versions are of no use to anybody.
fn remove_older(dir: &Path, current: &Path) {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    for entry in entries.filter(|e| e.path() != current && e.file_name().to_string_lossy().starts_with("index-")) {
        let _ = std::fs::remove_dir_all(entry.path());
    }
}

/// The index for searching.
pub(crate) struct IndexIn {
    pub(crate) reader: IndexReader,
    pub(crate) fields: Fields,
}

impl IndexIn {
    pub(crate) fn open(dir: &Path) -> Result<Self, CatalogueError> {
        Self::of(Index::open_in_dir(folder(dir))?)
    }

    /// An index of these entries in memory alone, for where none can be read or written.
    pub(crate) fn in_memory(entries: impl Iterator<Item = Result<Entry, CatalogueError>>) -> Result<Self, CatalogueError> {
        let (schema, fields) = schema();
        let index = with_tokenizer(Index::create_in_ram(schema));
        let mut writer: IndexWriter = index.writer_with_num_threads(1, WRITER_BYTES)?;
        for entry in entries {
            writer.add_document(document(&fields, &entry?))?;
        }
        writer.commit()?;
        Self::of(index)
    }

    fn of(index: Index) -> Result<Self, CatalogueError> {
        let index = with_tokenizer(index);
        // Reloaded by hand: the other policy starts a file watcher in whatever process this is.
        let reader = guarded(|| index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into())?;
        Ok(Self { reader, fields: schema().1 })
    }

    pub(crate) fn reload(&self) -> Result<(), CatalogueError> {
        Ok(guarded(|| self.reader.reload())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_numbers_and_back() {
        for key in Key::all() {
            assert_eq!(key_of(key_number(key)), Some(key));
        }
        assert_eq!(key_of(24), None);
    }
}
