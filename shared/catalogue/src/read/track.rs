//! One track, read from the store.

use crate::CatalogueError;
use crate::store::pack;
use crate::store::roots::Roots;
use affect::{Affect, AffectEstimate};
use music::Key;
use rusqlite::{CachedStatement, Connection, OptionalExtension};
use std::path::PathBuf;
use track::mood::LIKELY_MUSIC;
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
    /// How probable it is that it is music at all, where the model tells and a search found it; less than [`track::mood::LIKELY_MUSIC`] is a doubt.
    pub is_music: Option<f64>,
    /// The version of the analysis and the model that measured it; `None` where nothing did.
    pub measured_by: Option<String>,
    /// A file that holds it; `None` when all are gone.
    pub path: Option<PathBuf>,
}

impl Summary {
    /// Whether it may well be no music (speech, noise, a test tone), so that its mood means little.
    #[must_use]
    pub fn may_be_no_music(&self) -> bool {
        self.is_music.is_some_and(|p| p < LIKELY_MUSIC)
    }
}

/// What a list shows of the track in a row.
pub(crate) fn summary(db: &Connection, roots: &Roots, id: i64) -> Result<Option<Summary>, CatalogueError> {
    let mut row = db.prepare_cached(
        "SELECT content_id, title, artist, valence, arousal, tempo_bpm, key, lufs, CAST(frames AS REAL) / max(sample_rate_hz, 1), measured_by FROM tracks WHERE id = ?1",
    )?;
    let found = row.query_row([id], |row| {
        let affect: (Option<f64>, Option<f64>) = (row.get(3)?, row.get(4)?);
        Ok(Summary {
            id,
            content_id: ContentId(row.get(0)?),
            title: row.get(1)?,
            artist: row.get(2)?,
            affect: affect.0.zip(affect.1).map(|(v, a)| Affect::clamped(v, a)),
            tempo_bpm: row.get(5)?,
            key: row.get::<_, Option<String>>(6)?.and_then(|k| k.parse().ok()),
            lufs: row.get(7)?,
            duration_s: row.get(8)?,
            is_music: None,
            measured_by: row.get(9)?,
            path: None,
        })
    });
    let Some(mut summary) = found.optional()? else { return Ok(None) };
    let mut file = db.prepare_cached("SELECT root, path FROM files WHERE content_id = ?1 AND NOT missing ORDER BY root, path LIMIT 1")?;
    let file = file.query_row([&summary.content_id.0], |row| Ok(roots.file(row.get(0)?, &row.get::<_, String>(1)?)));
    summary.path = file.optional()?;
    Ok(Some(summary))
}

/// A track as it is stored: what was set by hand lies beside what was measured.
pub(crate) fn track_of(db: &Connection, roots: &Roots, id: &ContentId) -> Result<Option<Track>, CatalogueError> {
    let track = track_without_edits(db, roots, id)?;
    track.map(|track| Ok(Track { edits: edits_of(db, id)?, ..track })).transpose()
}

/// The same without what was set by hand.
pub(crate) fn track_without_edits(db: &Connection, roots: &Roots, id: &ContentId) -> Result<Option<Track>, CatalogueError> {
    let row = db
        .prepare_cached("SELECT id, codec, sample_rate_hz, channels, frames, tags FROM tracks WHERE content_id = ?1")?
        .query_row([&id.0], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, u32>(2)?,
                row.get::<_, u16>(3)?,
                row.get::<_, i64>(4)?,
                row.get::<_, String>(5)?,
            ))
        })
        .optional()?;
    let Some((row, codec, sample_rate_hz, channels, frames, tags)) = row else { return Ok(None) };
    let paths = files_of(db, roots, id)?;
    Ok(Some(Track {
        content_id: id.clone(),
        paths,
        codec,
        sample_rate_hz,
        channels,
        frames: frames as u64,
        tags: serde_json::from_str(&tags)?,
        analysis: pack::analysis(db, row)?,
        edits: Edits::default(),
        affect: measured_affect(db, id)?,
        mood: pack::mood(db, row)?,
    }))
}

/// Files that hold a sound and are there.
pub(crate) fn files_of(db: &Connection, roots: &Roots, id: &ContentId) -> Result<Vec<PathBuf>, CatalogueError> {
    let mut paths = db.prepare_cached("SELECT root, path FROM files WHERE content_id = ?1 AND NOT missing ORDER BY root, path")?;
    Ok(paths.query_map([&id.0], |row| Ok(roots.file(row.get(0)?, &row.get::<_, String>(1)?)))?.collect::<Result<_, _>>()?)
}

/// Where a sound lies on the plane as it was measured, or as was learned from what was set by hand of others.
pub(crate) fn measured_affect(db: &Connection, id: &ContentId) -> Result<Option<Value<AffectEstimate>>, CatalogueError> {
    let mut row = db.prepare_cached(
        "SELECT coalesce((SELECT l.affect FROM learned l WHERE l.content_id = t.content_id), t.affect) FROM tracks t WHERE t.content_id = ?1",
    )?;
    let text: Option<Option<String>> = row.query_row([&id.0], |row| row.get(0)).optional()?;
    Ok(text.flatten().as_deref().map(serde_json::from_str).transpose()?)
}

/// From where to where a correction that was learned puts a sound, where one is applied.
pub(crate) struct Corrections<'a>(CachedStatement<'a>);

impl<'a> Corrections<'a> {
    /// `None` where nothing was learned, which costs nothing to know.
    pub(crate) fn of(db: &'a Connection) -> Result<Option<Self>, CatalogueError> {
        let is_any: bool = db.query_row("SELECT EXISTS (SELECT 1 FROM learned)", [], |row| row.get(0))?;
        let sql = "SELECT t.affect, l.affect FROM tracks t JOIN learned l ON l.content_id = t.content_id WHERE t.id = ?1";
        is_any.then(|| Ok(Self(db.prepare_cached(sql)?))).transpose()
    }

    /// Of the track in a row.
    pub(crate) fn of_row(&mut self, id: i64) -> Result<Option<(Affect, Affect)>, CatalogueError> {
        let texts: Option<(Option<String>, String)> = self.0.query_row([id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((Some(measured), learned)) = texts else { return Ok(None) };
        let at = |text: &str| serde_json::from_str::<Value<AffectEstimate>>(text).map(|v| v.value.at);
        Ok(Some((at(&measured)?, at(&learned)?)))
    }
}

/// What was set by hand of a sound.
pub(crate) fn edits_of(db: &Connection, id: &ContentId) -> Result<Edits, CatalogueError> {
    let mut row = db.prepare_cached("SELECT edits FROM edits WHERE content_id = ?1")?;
    let text: Option<String> = row.query_row([&id.0], |row| row.get(0)).optional()?;
    Ok(text.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default())
}
