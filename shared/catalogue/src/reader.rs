//! Reading: lists, single tracks, searches. Never writes, and works while a scan does.

use crate::index::TextReader;
use crate::query::{self, Match, Query};
use crate::{CatalogueError, FileStamp, schema};
use affect::{Affect, AffectEstimate};
use music::Key;
use rusqlite::{Connection, OptionalExtension, Row};
use std::path::{Path, PathBuf};
use track::path_text::{from_text, to_text};
use track::{ContentId, Edits, Track, Value};

/// What a list shows of a track.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Row in the store; stable for as long as the catalogue lives.
    pub id: i64,
    /// The sound.
    pub content_id: ContentId,
    /// What to call it.
    pub title: String,
    /// Who plays, where the file says.
    pub artist: Option<String>,
    /// Mood, where known.
    pub affect: Option<Affect>,
    /// Tempo in beats per minute, where it has one.
    pub tempo_bpm: Option<f64>,
    /// Key, where it has one.
    pub key: Option<Key>,
    /// Integrated loudness in LUFS, where measured.
    pub lufs: Option<f64>,
    /// Length in seconds.
    pub duration_s: f64,
    /// A file that holds it; `None` when all are gone.
    pub path: Option<PathBuf>,
}

/// The catalogue, open for reading.
pub struct Reader {
    db: Connection,
    /// A store of an older format has less.
    format: i64,
    text: Option<TextReader>,
    /// Why there is no index of words, if there is none.
    no_text: String,
    dir: PathBuf,
    summaries: Vec<Summary>,
    data_version: i64,
}

impl Reader {
    /// Opens the catalogue in a folder.
    ///
    /// # Errors
    /// [`CatalogueError::Absent`] when there is none, [`CatalogueError::Newer`] for a format of the future.
    pub fn open(dir: &Path) -> Result<Self, CatalogueError> {
        let (db, format) = schema::open_for_reading(dir)?;
        let mut reader =
            Self { db, format, text: None, no_text: String::new(), dir: dir.to_owned(), summaries: Vec::new(), data_version: -1 };
        reader.refresh()?;
        Ok(reader)
    }

    /// Takes up what was written since. Returns whether anything was.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn refresh(&mut self) -> Result<bool, CatalogueError> {
        let version: i64 = self.db.pragma_query_value(None, "data_version", |row| row.get(0))?;
        if version == self.data_version {
            return Ok(false);
        }
        // A scan by a newer program may have brought the store up to date meanwhile.
        self.format = schema::format(&self.db)?;
        self.summaries = {
            let mut rows = self.db.prepare(
                "SELECT t.id, t.content_id, t.title, t.valence, t.arousal, t.tempo_bpm, t.key, t.lufs,
                    CAST(t.frames AS REAL) / max(t.sample_rate_hz, 1), json_extract(t.tags, '$.artist'),
                    (SELECT path FROM files f WHERE f.content_id = t.content_id AND NOT f.missing ORDER BY path LIMIT 1)
                 FROM tracks t WHERE EXISTS (SELECT 1 FROM files f WHERE f.content_id = t.content_id) ORDER BY t.id",
            )?;
            rows.query_map([], summary)?.collect::<Result<_, _>>()?
        };
        self.data_version = version;
        match &self.text {
            Some(text) => text.reload()?,
            // While the very first scan starts there may be a store and no index yet.
            None => match TextReader::open(&self.dir) {
                Ok(text) => self.text = Some(text),
                Err(e) => self.no_text = e.to_string(),
            },
        }
        Ok(true)
    }

    /// All tracks.
    #[must_use]
    pub fn summaries(&self) -> &[Summary] {
        &self.summaries
    }

    /// Everything that is known of a track.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn track(&self, id: &ContentId) -> Result<Option<Track>, CatalogueError> {
        let track = track_of(&self.db, id, self.format)?;
        Ok(track.map(|mut track| {
            let duration_s = track.duration_s();
            track.edits.apply(&mut track.analysis, duration_s);
            track
        }))
    }

    /// The sound of a file, if the file is known.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn content_of(&self, path: &Path) -> Result<Option<ContentId>, CatalogueError> {
        let id: Option<Option<String>> =
            self.db.query_row("SELECT content_id FROM files WHERE path = ?1", [to_text(path)], |row| row.get(0)).optional()?;
        Ok(id.flatten().map(ContentId))
    }

    /// Whether a file held that sound at the last scan, and has not been touched since as far as its stamp tells.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn vouches_for(&self, path: &Path, stamp: FileStamp, id: &ContentId) -> Result<bool, CatalogueError> {
        let sql = "SELECT COUNT(*) FROM files WHERE path = ?1 AND size = ?2 AND modified_ns = ?3 AND content_id = ?4";
        let row = rusqlite::params![to_text(path), stamp.size as i64, stamp.modified_ns, id.0];
        Ok(self.db.query_row(sql, row, |row| row.get::<_, i64>(0))? > 0)
    }

    /// Sounds whose identity starts with some hexadecimal digits; at most `limit`.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn content_starting_with(&self, prefix: &str, limit: usize) -> Result<Vec<ContentId>, CatalogueError> {
        if prefix.is_empty() || !prefix.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(Vec::new());
        }
        let mut rows =
            self.db.prepare("SELECT content_id FROM tracks WHERE content_id >= ?1 AND content_id < ?2 ORDER BY content_id LIMIT ?3")?;
        let prefix = prefix.to_ascii_lowercase();
        let found = rows.query_map(rusqlite::params![prefix, format!("{prefix}g"), limit as i64], |row| Ok(ContentId(row.get(0)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The tracks that fit a query, best first.
    ///
    /// # Errors
    /// [`CatalogueError::Words`] when its text cannot be read.
    pub fn search(&self, query: &Query) -> Result<Vec<Match>, CatalogueError> {
        let words = match (query.text.as_deref().map(str::trim).filter(|t| !t.is_empty()), &self.text) {
            (Some(text), Some(index)) => Some(index.search(text)?),
            (Some(_), None) if self.summaries.is_empty() => Some(Default::default()),
            (Some(_), None) => return Err(CatalogueError::NoWords { dir: self.dir.clone(), reason: self.no_text.clone() }),
            (None, _) => None,
        };
        Ok(query::rank(&self.summaries, query, words.as_ref()))
    }

    /// Files that could not be measured, with the reason.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn failures(&self) -> Result<Vec<(PathBuf, String)>, CatalogueError> {
        let mut rows = self.db.prepare("SELECT path, failure FROM files WHERE failure IS NOT NULL AND NOT missing ORDER BY path")?;
        let found = rows.query_map([], |row| Ok((from_text(&row.get::<_, String>(0)?), row.get(1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

/// A track as it is stored: what was set by hand lies beside what was measured.
pub(crate) fn track_of(db: &Connection, id: &ContentId, format: i64) -> Result<Option<Track>, CatalogueError> {
    let has_moods = format >= schema::FORMAT_WITH_MOODS;
    let mood = if has_moods { "mood" } else { "NULL" };
    let row = db
        .query_row(
            &format!("SELECT codec, sample_rate_hz, channels, frames, tags, analysis, {mood} FROM tracks WHERE content_id = ?1"),
            [&id.0],
            |row| {
                let texts: (String, String, Option<String>) = (row.get(4)?, row.get(5)?, row.get(6)?);
                Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?, row.get::<_, u16>(2)?, row.get::<_, i64>(3)?, texts))
            },
        )
        .optional()?;
    let Some((codec, sample_rate_hz, channels, frames, (tags, analysis, mood))) = row else { return Ok(None) };
    let mut paths = db.prepare("SELECT path FROM files WHERE content_id = ?1 AND NOT missing ORDER BY path")?;
    let paths = paths.query_map([&id.0], |row| Ok(from_text(&row.get::<_, String>(0)?)))?.collect::<Result<_, _>>()?;
    let edits = if format >= schema::FORMAT_WITH_EDITS { edits_of(db, id)? } else { Edits::default() };
    Ok(Some(Track {
        content_id: id.clone(),
        paths,
        codec,
        sample_rate_hz,
        channels,
        frames: frames as u64,
        tags: serde_json::from_str(&tags)?,
        analysis: serde_json::from_str(&analysis)?,
        edits,
        affect: affect_of(db, id, has_moods)?,
        mood: mood.as_deref().map(serde_json::from_str).transpose()?,
    }))
}

/// Where a sound lies on the plane of mood: what was set by hand, else what was learned from such settings, else what was measured.
pub(crate) fn affect_of(db: &Connection, id: &ContentId, has_moods: bool) -> Result<Option<Value<AffectEstimate>>, CatalogueError> {
    if has_moods && let Some(set) = edits_of(db, id)?.affect() {
        return Ok(Some(set));
    }
    let learned = "SELECT coalesce((SELECT l.affect FROM learned l WHERE l.content_id = t.content_id), t.affect) FROM tracks t WHERE t.content_id = ?1";
    let measured = "SELECT affect FROM tracks WHERE content_id = ?1";
    let text: Option<Option<String>> = db.query_row(if has_moods { learned } else { measured }, [&id.0], |row| row.get(0)).optional()?;
    Ok(text.flatten().as_deref().map(serde_json::from_str).transpose()?)
}

/// What was set by hand of a sound.
pub(crate) fn edits_of(db: &Connection, id: &ContentId) -> Result<Edits, CatalogueError> {
    let text: Option<String> = db.query_row("SELECT edits FROM edits WHERE content_id = ?1", [&id.0], |row| row.get(0)).optional()?;
    Ok(text.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default())
}

fn summary(row: &Row<'_>) -> rusqlite::Result<Summary> {
    let affect: (Option<f64>, Option<f64>) = (row.get(3)?, row.get(4)?);
    Ok(Summary {
        id: row.get(0)?,
        content_id: ContentId(row.get(1)?),
        title: row.get(2)?,
        artist: row.get(9)?,
        affect: affect.0.zip(affect.1).map(|(v, a)| Affect::clamped(v, a)),
        tempo_bpm: row.get(5)?,
        key: row.get::<_, Option<String>>(6)?.and_then(|k| k.parse().ok()),
        lufs: row.get(7)?,
        duration_s: row.get(8)?,
        path: row.get::<_, Option<String>>(10)?.map(|p| from_text(&p)),
    })
}
