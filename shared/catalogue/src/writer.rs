//! Writing: what a scan found.

use crate::index::{Entry, TextWriter};
use crate::reader::{affect_of, edits_of, track_of};
use crate::{CatalogueError, schema};
use affect::{Affect, AffectEstimate};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use track::path_text::{from_text, to_text};
use track::{Analysis, ContentId, Edits, Mood, Tags, Track, Value};

/// What tells whether a file has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStamp {
    /// Bytes.
    pub size: u64,
    /// Time of last change, in nanoseconds since 1970.
    pub modified_ns: i64,
}

impl FileStamp {
    /// The stamp of a file that looks like this. A time that the system does not tell is 0.
    #[must_use]
    pub fn of(meta: &std::fs::Metadata) -> Self {
        let modified = meta.modified().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
        Self { size: meta.len(), modified_ns: modified.map_or(0, |d| i64::try_from(d.as_nanos()).unwrap_or(i64::MAX)) }
    }
}

/// What the catalogue knows of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileState {
    /// Its stamp at the last scan.
    pub stamp: FileStamp,
    /// The sound in it; `None` when it could not be measured.
    pub content_id: Option<ContentId>,
    /// Why it could not be measured, and by which version.
    pub failure: Option<(String, String)>,
    /// Whether it was gone at the last scan.
    pub missing: bool,
    /// What measured its sound. `None` for what was measured before that was kept.
    pub measured_by: Option<String>,
}

/// One thing that a scan found out.
#[derive(Debug, Clone)]
pub enum Change {
    /// A file was measured.
    Measured {
        /// The file.
        path: PathBuf,
        /// Its stamp before it was read.
        stamp: FileStamp,
        /// What is known of its sound; `paths` does not count.
        track: Box<Track>,
        /// Versions of what measured it: another one would measure it again.
        by: String,
        /// What the correction that was learned makes of its mood.
        learned: Option<Value<AffectEstimate>>,
    },
    /// A file holds a sound that is known.
    Linked {
        /// The file.
        path: PathBuf,
        /// Its stamp before it was read.
        stamp: FileStamp,
        /// The sound.
        content_id: ContentId,
    },
    /// A file could not be measured.
    Failed {
        /// The file.
        path: PathBuf,
        /// Its stamp before it was read.
        stamp: FileStamp,
        /// Why.
        reason: String,
        /// The version that failed.
        version: String,
    },
    /// A file is there again, unchanged.
    Back(PathBuf),
    /// A file is gone.
    Missing(PathBuf),
}

/// A sound's mood as it was measured, beside what somebody set.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasuredMood {
    /// The sound.
    pub content_id: ContentId,
    /// Where the model puts it.
    pub affect: Option<Value<AffectEstimate>>,
    /// What else the model says of it.
    pub mood: Option<Value<Mood>>,
    /// Where somebody put it.
    pub by_hand: Option<Affect>,
}

/// A correction of moods, as whoever learned it writes it, and what it makes of each sound.
#[derive(Debug, Clone, Copy)]
pub struct Learned<'a> {
    /// The correction.
    pub correction: &'a str,
    /// Places on the plane.
    pub values: &'a [(ContentId, Value<AffectEstimate>)],
}

/// The catalogue, open for writing. Only one program at a time can have it so.
pub struct Catalogue {
    db: Connection,
    text: TextWriter,
}

impl Catalogue {
    /// Opens the catalogue in a folder, and makes it if there is none.
    ///
    /// # Errors
    /// [`CatalogueError::Busy`] while another program writes, [`CatalogueError::Newer`] for a format of the future, and failures
    /// of the disk.
    pub fn open(dir: &Path) -> Result<Self, CatalogueError> {
        std::fs::create_dir_all(dir).map_err(|source| CatalogueError::Io { path: dir.to_owned(), source })?;
        // The index's lock is taken first: it tells at once whether another scan runs.
        let (text, is_empty) = TextWriter::open(dir)?;
        let db = schema::open_for_writing(dir)?;
        if is_empty {
            db.execute("UPDATE tracks SET indexed = 0", [])?;
        }
        let mut catalogue = Self { db, text };
        catalogue.index_rest()?;
        Ok(catalogue)
    }

    /// Every file that is known.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn files(&self) -> Result<HashMap<PathBuf, FileState>, CatalogueError> {
        let mut rows = self.db.prepare(
            "SELECT f.path, f.size, f.modified_ns, f.content_id, f.failure, f.failure_version, f.missing, t.measured_by
             FROM files f LEFT JOIN tracks t ON t.content_id = f.content_id",
        )?;
        let states = rows.query_map([], |row| {
            let failure: Option<String> = row.get(4)?;
            Ok((
                from_text(&row.get::<_, String>(0)?),
                FileState {
                    stamp: FileStamp { size: row.get::<_, i64>(1)? as u64, modified_ns: row.get(2)? },
                    content_id: row.get::<_, Option<String>>(3)?.map(ContentId),
                    failure: failure.zip(row.get(5)?),
                    missing: row.get(6)?,
                    measured_by: row.get(7)?,
                },
            ))
        })?;
        Ok(states.collect::<Result<_, _>>()?)
    }

    /// Whether a sound is known.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn has(&self, id: &ContentId) -> Result<bool, CatalogueError> {
        let found = self.db.query_row("SELECT 1 FROM tracks WHERE content_id = ?1", [&id.0], |_| Ok(())).optional()?;
        Ok(found.is_some())
    }

    /// Writes what was found out: all of it or nothing.
    ///
    /// # Errors
    /// Failures of the store or the index. After one, the next [`Self::open`] makes the two agree again.
    pub fn commit(&mut self, changes: &[Change]) -> Result<(), CatalogueError> {
        let tx = self.db.transaction()?;
        for change in changes {
            match change {
                Change::Measured { path, stamp, track, by, learned } => {
                    put_track(&tx, track, by, learned.as_ref())?;
                    put_file(&tx, path, *stamp, Some(&track.content_id), None)?;
                }
                Change::Linked { path, stamp, content_id } => {
                    put_file(&tx, path, *stamp, Some(content_id), None)?;
                    // A sound without a title goes by the name of its file.
                    tx.execute(
                        "UPDATE tracks SET title = ?2 WHERE content_id = ?1 AND trim(coalesce(json_extract(tags, '$.title'), '')) = ''",
                        params![content_id.0, path.file_stem().map(|s| s.to_string_lossy().into_owned())],
                    )?;
                    tx.execute("UPDATE tracks SET indexed = 0 WHERE content_id = ?1", [&content_id.0])?;
                }
                Change::Failed { path, stamp, reason, version } => {
                    put_file(&tx, path, *stamp, None, Some((reason, version)))?;
                }
                Change::Back(path) => {
                    tx.execute("UPDATE files SET missing = 0 WHERE path = ?1", [to_text(path)])?;
                }
                Change::Missing(path) => {
                    tx.execute("UPDATE files SET missing = 1 WHERE path = ?1", [to_text(path)])?;
                }
            }
        }
        tx.commit()?;
        self.index_rest()
    }

    /// A track as it was measured, and what was set by hand of it beside that.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn measured(&self, id: &ContentId) -> Result<Option<Track>, CatalogueError> {
        track_of(&self.db, id, schema::FORMAT)
    }

    /// Sets values by hand. They hold until they are set otherwise, whatever is measured.
    ///
    /// # Errors
    /// Failures of the store or the index.
    pub fn set_edits(&mut self, id: &ContentId, edits: &Edits) -> Result<(), CatalogueError> {
        let tx = self.db.transaction()?;
        if edits.is_empty() {
            tx.execute("DELETE FROM edits WHERE content_id = ?1", [&id.0])?;
        } else {
            tx.execute(
                "INSERT INTO edits (content_id, edits) VALUES (?1, ?2) ON CONFLICT (content_id) DO UPDATE SET edits = ?2",
                params![id.0, serde_json::to_string(edits)?],
            )?;
        }
        copy_out(&tx, id)?;
        tx.commit()?;
        self.index_rest()
    }

    /// Every sound's mood as it was measured, with what was set by hand of it.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn moods(&self) -> Result<Vec<MeasuredMood>, CatalogueError> {
        let mut rows = self.db.prepare(
            "SELECT t.content_id, t.affect, t.mood, e.edits FROM tracks t LEFT JOIN edits e ON e.content_id = t.content_id ORDER BY t.id",
        )?;
        let read = rows.query_map([], |row| {
            let texts: [Option<String>; 3] = [row.get(1)?, row.get(2)?, row.get(3)?];
            Ok((ContentId(row.get(0)?), texts))
        })?;
        read.map(|row| {
            let (content_id, [affect, mood, edits]) = row?;
            let edits: Edits = edits.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default();
            Ok(MeasuredMood {
                content_id,
                affect: affect.as_deref().map(serde_json::from_str).transpose()?,
                mood: mood.as_deref().map(serde_json::from_str).transpose()?,
                by_hand: edits.mood,
            })
        })
        .collect()
    }

    /// The correction of moods that was learned, as [`Self::set_correction`] was given it.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn correction(&self) -> Result<Option<String>, CatalogueError> {
        Ok(self.db.query_row("SELECT correction FROM corrections WHERE name = 'mood'", [], |row| row.get(0)).optional()?)
    }

    /// Puts a correction of moods, and what it makes of each sound, in the place of the one before; `None` forgets it.
    ///
    /// # Errors
    /// Failures of the store or the index.
    pub fn set_correction(&mut self, learned: Option<Learned<'_>>) -> Result<(), CatalogueError> {
        let tx = self.db.transaction()?;
        tx.execute("DELETE FROM corrections WHERE name = 'mood'", [])?;
        tx.execute("DELETE FROM learned", [])?;
        if let Some(Learned { correction, values }) = learned {
            tx.execute("INSERT INTO corrections (name, correction) VALUES ('mood', ?1)", [correction])?;
            for (id, value) in values {
                tx.execute("INSERT INTO learned (content_id, affect) VALUES (?1, ?2)", params![id.0, serde_json::to_string(value)?])?;
            }
        }
        let ids: Vec<String> = {
            let mut rows = tx.prepare("SELECT content_id FROM tracks")?;
            rows.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        for id in ids {
            place(&tx, &ContentId(id))?;
        }
        Ok(tx.commit()?)
    }

    /// Brings rows that the index does not have yet into it.
    fn index_rest(&mut self) -> Result<(), CatalogueError> {
        let entries: Vec<Entry> = {
            let mut rows = self.db.prepare(
                "SELECT t.id, t.title, t.tags, coalesce((SELECT group_concat(path, char(10)) FROM files f WHERE f.content_id = t.content_id AND NOT f.missing), ''),
                 coalesce(t.key, '') FROM tracks t WHERE t.indexed = 0",
            )?;
            let read = rows.query_map([], |row| {
                let tags: String = row.get(2)?;
                let tags: Tags = serde_json::from_str(&tags).unwrap_or_default();
                let words: Vec<&str> = tags.named().map(|(_, value)| value).collect();
                let (paths, key): (String, String) = (row.get(3)?, row.get(4)?);
                let paths = paths.split('\n').map(last_names).collect::<Vec<_>>().join(" ");
                Ok(Entry { id: row.get(0)?, title: row.get(1)?, words: format!("{} {paths} {key}", words.join(" ")) })
            })?;
            read.collect::<Result<_, _>>()?
        };
        if entries.is_empty() {
            return Ok(());
        }
        for entry in &entries {
            self.text.put(entry)?;
        }
        self.text.commit()?;
        let tx = self.db.transaction()?;
        {
            let mut mark = tx.prepare("UPDATE tracks SET indexed = 1 WHERE id = ?1")?;
            for entry in &entries {
                mark.execute([entry.id])?;
            }
        }
        Ok(tx.commit()?)
    }
}

fn put_track(
    tx: &rusqlite::Transaction<'_>,
    track: &Track,
    by: &str,
    learned: Option<&Value<AffectEstimate>>,
) -> Result<(), CatalogueError> {
    let affect = track.affect.as_ref().map(serde_json::to_string).transpose()?;
    let mood = track.mood.as_ref().map(serde_json::to_string).transpose()?;
    tx.prepare_cached(
        "INSERT INTO tracks (content_id, codec, sample_rate_hz, channels, frames, tags, analysis, affect, title, mood, measured_by,
            tempo_bpm, key, lufs)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
         ON CONFLICT (content_id) DO UPDATE SET codec = ?2, sample_rate_hz = ?3, channels = ?4, frames = ?5, tags = ?6, analysis = ?7,
            affect = ?8, title = ?9, mood = ?10, measured_by = ?11, tempo_bpm = ?12, key = ?13, lufs = ?14, indexed = 0",
    )?
    .execute(params![
        track.content_id.0,
        track.codec,
        track.sample_rate_hz,
        track.channels,
        track.frames as i64,
        serde_json::to_string(&track.tags)?,
        serde_json::to_string(&track.analysis)?,
        affect,
        track.name(),
        mood,
        by,
        track.analysis.tempo_bpm.as_ref().map(|t| t.value),
        track.analysis.key.as_ref().map(|k| k.value.to_string()),
        track.analysis.loudness.as_ref().map(|l| l.value.integrated_lufs),
    ])?;
    tx.execute("DELETE FROM learned WHERE content_id = ?1", [&track.content_id.0])?;
    if let Some(learned) = learned {
        let text = serde_json::to_string(learned)?;
        tx.execute("INSERT INTO learned (content_id, affect) VALUES (?1, ?2)", params![track.content_id.0, text])?;
    }
    if edits_of(tx, &track.content_id)?.is_empty() { place(tx, &track.content_id) } else { copy_out(tx, &track.content_id) }
}

/// Writes where a track lies on the plane for lists and searches: what was set by hand, else what was learned, else what was measured.
fn place(tx: &rusqlite::Transaction<'_>, id: &ContentId) -> Result<(), CatalogueError> {
    let at = affect_of(tx, id, true)?.map(|a| a.value.at);
    tx.prepare_cached("UPDATE tracks SET valence = ?2, arousal = ?3 WHERE content_id = ?1")?.execute(params![
        id.0,
        at.map(|a| a.valence),
        at.map(|a| a.arousal)
    ])?;
    Ok(())
}

/// Writes what lists and searches need of a track's time and key, as it is with what was set by hand.
fn copy_out(tx: &rusqlite::Transaction<'_>, id: &ContentId) -> Result<(), CatalogueError> {
    let stored: Option<(String, f64)> = tx
        .query_row("SELECT analysis, CAST(frames AS REAL) / max(sample_rate_hz, 1) FROM tracks WHERE content_id = ?1", [&id.0], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let Some((analysis, duration_s)) = stored else { return Ok(()) };
    let mut analysis: Analysis = serde_json::from_str(&analysis)?;
    edits_of(tx, id)?.apply(&mut analysis, duration_s);
    tx.execute(
        "UPDATE tracks SET tempo_bpm = ?2, key = ?3, indexed = 0 WHERE content_id = ?1",
        params![id.0, analysis.tempo_bpm.map(|t| t.value), analysis.key.map(|k| k.value.to_string())],
    )?;
    place(tx, id)
}

fn put_file(
    tx: &rusqlite::Transaction<'_>,
    path: &Path,
    stamp: FileStamp,
    content_id: Option<&ContentId>,
    failure: Option<(&String, &String)>,
) -> Result<(), CatalogueError> {
    tx.prepare_cached(
        "INSERT INTO files (path, size, modified_ns, content_id, failure, failure_version, missing) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)
         ON CONFLICT (path) DO UPDATE SET size = ?2, modified_ns = ?3, content_id = ?4, failure = ?5, failure_version = ?6, missing = 0",
    )?
    .execute(params![
        to_text(path),
        stamp.size as i64,
        stamp.modified_ns,
        content_id.map(|c| &c.0),
        failure.map(|f| f.0),
        failure.map(|f| f.1),
    ])?;
    Ok(())
}
/// The end of a path that says what a file is: its name and the two folders around it. What lies above (a mount, a home) says nothing,
/// and would make every track match its words.
fn last_names(path: &str) -> String {
    let names: Vec<&str> = path.rsplit(['/', '\\']).take(3).collect();
    names.into_iter().rev().collect::<Vec<_>>().join(" ")
}
