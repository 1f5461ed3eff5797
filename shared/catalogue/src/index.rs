//! The text index: words to tracks, derived from the store.

use crate::CatalogueError;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use tantivy::collector::TopDocs;
use tantivy::directory::error::LockError;
use tantivy::directory::{Directory, INDEX_WRITER_LOCK};
use tantivy::query::{Query, QueryParser};
use tantivy::query_grammar::{Occur, UserInputAst, UserInputLeaf, parse_query};
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{AsciiFoldingFilter, LowerCaser, RemoveLongFilter, SimpleTokenizer, TextAnalyzer};
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, TantivyError, Term};

/// Raised when the fields or their treatment change: an index of another version is built anew.
const VERSION: &str = "2";
const TOKENIZER: &str = "folded";
const WRITER_BYTES: usize = 32 << 20;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    id: Field,
    title: Field,
    words: Field,
}

/// The words of one track.
pub(crate) struct Entry {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) words: String,
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let text = || {
        let indexing = TextFieldIndexing::default().set_tokenizer(TOKENIZER).set_index_option(IndexRecordOption::WithFreqsAndPositions);
        TextOptions::default().set_indexing_options(indexing)
    };
    let fields = Fields {
        id: builder.add_u64_field("id", INDEXED | FAST),
        title: builder.add_text_field("title", text()),
        words: builder.add_text_field("words", text()),
    };
    (builder.build(), fields)
}

fn with_tokenizer(index: Index) -> Index {
    let folded = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(80))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build();
    index.tokenizers().register(TOKENIZER, folded);
    index
}

pub(crate) fn folder(dir: &Path) -> PathBuf {
    dir.join(format!("index-{VERSION}"))
}

/// The index for writing.
pub(crate) struct TextWriter {
    writer: IndexWriter,
    fields: Fields,
}

impl TextWriter {
    /// Opens the index or makes an empty one. Says whether it is empty, so that everything must be indexed.
    pub(crate) fn open(dir: &Path) -> Result<(Self, bool), CatalogueError> {
        let path = folder(dir);
        let result = Self::try_open(&path);
        match result {
            Ok(opened) => {
                remove_older(dir, &path);
                Ok(opened)
            }
            Err(TantivyError::LockFailure(LockError::LockBusy, _)) => Err(CatalogueError::Busy(dir.to_owned())),
            Err(TantivyError::LockFailure(LockError::IoError(e), _)) => {
                Err(CatalogueError::Io { path, source: std::io::Error::new(e.kind(), e.to_string()) })
            }
            // Derived data that cannot be read, for whatever reason, is made again.
            Err(e) => {
                // But not while somebody else is just making it.
                let lock = tantivy::directory::MmapDirectory::open(&path).map(|d| d.acquire_lock(&INDEX_WRITER_LOCK));
                match lock {
                    Ok(Ok(_held)) => {}
                    Ok(Err(LockError::LockBusy)) => return Err(CatalogueError::Busy(dir.to_owned())),
                    _ => return Err(e.into()),
                }
                std::fs::remove_dir_all(&path).map_err(|source| CatalogueError::Io { path: path.clone(), source })?;
                Ok(Self::try_open(&path)?)
            }
        }
    }

    fn try_open(path: &Path) -> Result<(Self, bool), TantivyError> {
        std::fs::create_dir_all(path)?;
        let (schema, fields) = schema();
        let index = with_tokenizer(Index::open_or_create(tantivy::directory::MmapDirectory::open(path)?, schema)?);
        let writer = index.writer_with_num_threads(1, WRITER_BYTES)?;
        // A damaged file shows here, and not only when it is needed.
        let damaged = guarded(|| index.validate_checksum())?;
        if let Some(file) = damaged.iter().next() {
            return Err(TantivyError::InternalError(format!("{} is damaged", file.display())));
        }
        let is_empty = guarded(|| Ok(index.reader()?.searcher().num_docs()))? == 0;
        Ok((Self { writer, fields }, is_empty))
    }

    pub(crate) fn put(&mut self, entry: &Entry) -> Result<(), CatalogueError> {
        self.writer.delete_term(Term::from_field_u64(self.fields.id, entry.id as u64));
        let mut doc = TantivyDocument::default();
        doc.add_u64(self.fields.id, entry.id as u64);
        doc.add_text(self.fields.title, &entry.title);
        doc.add_text(self.fields.words, &entry.words);
        self.writer.add_document(doc)?;
        Ok(())
    }

    pub(crate) fn commit(&mut self) -> Result<(), CatalogueError> {
        self.writer.commit()?;
        Ok(())
    }
}

/// Damaged files make tantivy panic in places; here that is an error like any other.
fn guarded<T>(work: impl FnOnce() -> tantivy::Result<T>) -> tantivy::Result<T> {
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

/// Leaves of a search what it is made of: words, phrases, brackets and minus signs. The parser knows more signs, but in a title
/// ("Don't", "Mission: Impossible") they are only in the way.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_alphanumeric() || c.is_whitespace() || "\"()-".contains(c) || !c.is_ascii() { c } else { ' ' }).collect()
}

/// The index for searching.
pub(crate) struct TextReader {
    index: Index,
    reader: IndexReader,
    fields: Fields,
}

impl TextReader {
    pub(crate) fn open(dir: &Path) -> Result<Self, CatalogueError> {
        let index = with_tokenizer(Index::open_in_dir(folder(dir))?);
        // Reloaded by hand: the other policy starts a file watcher in whatever process this is.
        let reader = guarded(|| index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into())?;
        Ok(Self { index, reader, fields: schema().1 })
    }

    pub(crate) fn reload(&self) -> Result<(), CatalogueError> {
        Ok(guarded(|| self.reader.reload())?)
    }

    /// Rows that match, with a score in (0, 1]: the best match has 1.
    pub(crate) fn search(&self, text: &str) -> Result<HashMap<i64, f64>, CatalogueError> {
        let query = self.parse(text)?;
        let searcher = self.reader.searcher();
        let limit = usize::try_from(searcher.num_docs()).unwrap_or(usize::MAX).max(1);
        let found = guarded(|| searcher.search(&query, &TopDocs::with_limit(limit).order_by_score()))?;
        let best = found.iter().map(|f| f.0).fold(f32::MIN_POSITIVE, f32::max);
        let columns = searcher.segment_readers().iter().map(|s| s.fast_fields().u64("id")).collect::<tantivy::Result<Vec<_>>>()?;
        let id = |at: tantivy::DocAddress| columns.get(at.segment_ord as usize).and_then(|c| c.first(at.doc_id));
        Ok(found.into_iter().filter_map(|(score, at)| Some((id(at)? as i64, f64::from(score / best)))).collect())
    }

    fn parse(&self, text: &str) -> Result<Box<dyn Query>, CatalogueError> {
        let mut parser = QueryParser::for_index(&self.index, vec![self.fields.title, self.fields.words]);
        parser.set_conjunction_by_default();
        parser.set_field_boost(self.fields.title, 2.0);
        let fail = |reason: String| CatalogueError::Words { text: text.to_owned(), reason };
        let mut tree = parse_query(&plain(text)).map_err(|_| fail("a quote, bracket or operator stands alone".into()))?;
        exclude_from_everything(&mut tree);
        parser.build_query_from_user_input_ast(tree).map_err(|e| fail(e.to_string()))
    }
}

/// A group that only excludes means everything but that; the parser would take it for nothing.
fn exclude_from_everything(tree: &mut UserInputAst) {
    match tree {
        UserInputAst::Clause(parts) => {
            for (_, part) in parts.iter_mut() {
                exclude_from_everything(part);
            }
            if !parts.is_empty() && parts.iter().all(|(occur, _)| *occur == Some(Occur::MustNot)) {
                parts.push((Some(Occur::Must), UserInputLeaf::All.into()));
            }
        }
        UserInputAst::Boost(inner, _) => exclude_from_everything(inner),
        UserInputAst::Leaf(_) => {}
    }
}
