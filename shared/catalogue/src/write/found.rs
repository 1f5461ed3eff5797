//! What a scan found.

use super::Catalogue;
use super::derive::derive_from;
use crate::CatalogueError;
use crate::read::track_of;
use crate::store::pack;
use crate::store::roots::Place;
use affect::AffectEstimate;
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use track::{ContentId, Tags, Track, Value};

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
    pub measured_by: Option<Arc<str>>,
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
        /// What the file says of it, where that is to be taken over.
        tags: Option<Box<Tags>>,
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

impl Change {
    fn path(&self) -> &PathBuf {
        match self {
            Self::Measured { path, .. }
            | Self::Linked { path, .. }
            | Self::Failed { path, .. }
            | Self::Back(path)
            | Self::Missing(path) => path,
        }
    }
}

/// Files for which room is made before they are read.
const MOST_EXPECTED: usize = 1_000_000;

/// What measured each sound: nearly all of them the same, and looking each of them up is most of what a rescan would cost.
struct MeasuredBy {
    usual: Option<Arc<str>>,
    others: HashMap<ContentId, Option<Arc<str>>>,
}

impl MeasuredBy {
    fn of(&self, id: &ContentId) -> Option<Arc<str>> {
        self.others.get(id).unwrap_or(&self.usual).clone()
    }
}

impl Catalogue {
    /// Every file that is known.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn files(&self) -> Result<HashMap<PathBuf, FileState>, CatalogueError> {
        let measured_by = self.measured_by()?;
        let mut rows = self.db.prepare("SELECT root, path, size, modified_ns, content_id, failure, failure_version, missing FROM files")?;
        let states = rows.query_map([], |row| {
            let content_id = row.get::<_, Option<String>>(4)?.map(ContentId);
            let measured_by = content_id.as_ref().and_then(|id| measured_by.of(id));
            let failure: Option<String> = row.get(5)?;
            Ok((
                self.roots.file(row.get(0)?, &row.get::<_, String>(1)?),
                FileState {
                    stamp: FileStamp { size: row.get::<_, i64>(2)? as u64, modified_ns: row.get(3)? },
                    content_id,
                    failure: failure.zip(row.get(6)?),
                    missing: row.get(7)?,
                    measured_by,
                },
            ))
        })?;
        // As many as there have been tracks, more or less: a table that grows moves everything in it, time and again.
        let about: i64 = self.db.query_row("SELECT coalesce(max(id), 0) FROM tracks", [], |row| row.get(0))?;
        let mut files = HashMap::with_capacity(usize::try_from(about).unwrap_or(0).min(MOST_EXPECTED));
        for state in states {
            let (path, state) = state?;
            files.insert(path, state);
        }
        Ok(files)
    }

    /// What measured each sound.
    fn measured_by(&self) -> Result<MeasuredBy, CatalogueError> {
        let newest =
            self.db.query_row("SELECT measured_by FROM tracks ORDER BY id DESC LIMIT 1", [], |row| row.get::<_, Option<String>>(0));
        let usual: Option<Arc<str>> = newest.optional()?.flatten().map(Arc::from);
        // Three ranges of an index, in which as a rule there is nothing.
        let mut rows = self.db.prepare(
            "SELECT content_id, measured_by FROM tracks WHERE measured_by < ?1
             UNION ALL SELECT content_id, measured_by FROM tracks WHERE measured_by > ?1
             UNION ALL SELECT content_id, measured_by FROM tracks WHERE measured_by IS NULL",
        )?;
        // There are few of these, and perhaps a hundred thousand tracks that were measured by them.
        let mut versions: Vec<Arc<str>> = Vec::new();
        let others = rows.query_map([usual.as_deref().unwrap_or_default()], |row| {
            let version = row.get_ref(1)?.as_str_or_null()?.map(|by| match versions.iter().find(|v| &***v == by) {
                Some(known) => Arc::clone(known),
                None => {
                    versions.push(by.into());
                    by.into()
                }
            });
            Ok((ContentId(row.get(0)?), version))
        })?;
        Ok(MeasuredBy { others: others.collect::<Result<_, _>>()?, usual })
    }

    /// Whether a sound is known.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn has(&self, id: &ContentId) -> Result<bool, CatalogueError> {
        let found = self.db.query_row("SELECT 1 FROM tracks WHERE content_id = ?1", [&id.0], |_| Ok(())).optional()?;
        Ok(found.is_some())
    }

    /// A track as it was measured, with its tags and what was set by hand beside that.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn measured(&self, id: &ContentId) -> Result<Option<Track>, CatalogueError> {
        track_of(&self.db, &self.roots, id)
    }

    /// Writes what was found out: all of it or nothing.
    ///
    /// # Errors
    /// Failures of the store or the index. After one, the next [`Self::open`] makes the two agree again.
    pub fn commit(&mut self, changes: &[Change]) -> Result<(), CatalogueError> {
        let mut roots = self.roots.clone();
        let tx = self.db.transaction()?;
        for change in changes {
            let place = roots.place_or_add(&tx, change.path())?;
            put(&tx, &place, change)?;
        }
        tx.commit()?;
        self.roots = roots;
        self.index_rest()
    }
}

fn put(tx: &Transaction<'_>, place: &Place, change: &Change) -> Result<(), CatalogueError> {
    match change {
        Change::Measured { stamp, track, by, learned, .. } => {
            let before = held_by(tx, place)?;
            put_track(tx, track, by, learned.as_ref())?;
            put_file(tx, place, *stamp, Some(&track.content_id), None)?;
            derive_from(tx, &track.content_id, track.analysis.clone())?;
            touch_another(tx, before, Some(&track.content_id))
        }
        Change::Linked { stamp, content_id, tags, .. } => {
            let before = held_by(tx, place)?;
            put_file(tx, place, *stamp, Some(content_id), None)?;
            if let Some(tags) = tags {
                let text = serde_json::to_string(tags)?;
                tx.prepare_cached("UPDATE tracks SET tags = ?2 WHERE content_id = ?1")?.execute(params![content_id.0, text])?;
            }
            // A sound without a title goes by the name of its file.
            super::derive(tx, content_id)?;
            touch_another(tx, before, Some(content_id))
        }
        Change::Failed { stamp, reason, version, .. } => {
            let before = held_by(tx, place)?;
            put_file(tx, place, *stamp, None, Some((reason, version)))?;
            touch_another(tx, before, None)
        }
        Change::Back(_) => set_missing(tx, place, false),
        Change::Missing(_) => set_missing(tx, place, true),
    }
}

/// The sound that a file held so far.
fn held_by(tx: &Transaction<'_>, place: &Place) -> Result<Option<String>, CatalogueError> {
    let mut held = tx.prepare_cached("SELECT content_id FROM files WHERE root = ?1 AND path = ?2")?;
    Ok(held.query_row(params![place.root, place.path], |row| row.get(0)).optional()?.flatten())
}

/// A sound that a file held before, and does not now, is told differently: it has a file less.
fn touch_another(tx: &Transaction<'_>, before: Option<String>, now: Option<&ContentId>) -> Result<(), CatalogueError> {
    match before.filter(|b| now.is_none_or(|n| n.0 != *b)) {
        Some(before) => touch(tx, &before),
        None => Ok(()),
    }
}

/// The index must take a track up anew.
pub(super) fn touch(tx: &rusqlite::Connection, content_id: &str) -> Result<(), CatalogueError> {
    tx.prepare_cached("UPDATE tracks SET changed = changed + 1 WHERE content_id = ?1")?.execute([content_id])?;
    Ok(())
}

fn set_missing(tx: &Transaction<'_>, place: &Place, missing: bool) -> Result<(), CatalogueError> {
    tx.prepare_cached("UPDATE files SET missing = ?3 WHERE root = ?1 AND path = ?2")?.execute(params![place.root, place.path, missing])?;
    match held_by(tx, place)? {
        Some(held) => touch(tx, &held),
        None => Ok(()),
    }
}

fn put_track(tx: &Transaction<'_>, track: &Track, by: &str, learned: Option<&Value<AffectEstimate>>) -> Result<(), CatalogueError> {
    let affect = track.affect.as_ref().map(serde_json::to_string).transpose()?;
    tx.prepare_cached(
        "INSERT INTO tracks (content_id, codec, sample_rate_hz, channels, frames, tags, affect, measured_by, title)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, '')
         ON CONFLICT (content_id) DO UPDATE SET codec = ?2, sample_rate_hz = ?3, channels = ?4, frames = ?5, tags = ?6, affect = ?7, measured_by = ?8",
    )?
    .execute(params![
        track.content_id.0,
        track.codec,
        track.sample_rate_hz,
        track.channels,
        track.frames as i64,
        serde_json::to_string(&track.tags)?,
        affect,
        by,
    ])?;
    let row: i64 = tx.prepare_cached("SELECT id FROM tracks WHERE content_id = ?1")?.query_row([&track.content_id.0], |row| row.get(0))?;
    pack::put(tx, row, &track.analysis, track.mood.as_ref())?;
    tx.prepare_cached("DELETE FROM learned WHERE content_id = ?1")?.execute([&track.content_id.0])?;
    if let Some(learned) = learned {
        tx.prepare_cached("INSERT INTO learned (content_id, affect) VALUES (?1, ?2)")?
            .execute(params![track.content_id.0, serde_json::to_string(learned)?])?;
    }
    Ok(())
}

fn put_file(
    tx: &Transaction<'_>,
    place: &Place,
    stamp: FileStamp,
    content_id: Option<&ContentId>,
    failure: Option<(&String, &String)>,
) -> Result<(), CatalogueError> {
    tx.prepare_cached(
        "INSERT INTO files (root, path, size, modified_ns, content_id, failure, failure_version, missing) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)
         ON CONFLICT (root, path) DO UPDATE SET size = ?3, modified_ns = ?4, content_id = ?5, failure = ?6, failure_version = ?7, missing = 0",
    )?
    .execute(params![
        place.root,
        place.path,
        stamp.size as i64,
        stamp.modified_ns,
        content_id.map(|c| &c.0),
        failure.map(|f| f.0),
        failure.map(|f| f.1),
    ])?;
    Ok(())
}
