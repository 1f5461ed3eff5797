//! What lists, searches and the index need of a track, derived from all that is known of it.
//!
//! One idea: it is derived in one place, whatever has changed (a measurement, a tag, a hand, what was learned), and a row that has changed counts up, so that whoever has the
//! index knows what it does not have yet.

use crate::CatalogueError;
use crate::index::words::with_ragas;
use crate::index::{Entry, FACETS};
use crate::read::{edits_of, measured_affect};
use crate::store::pack;
use affect::Affect;
use rusqlite::{Connection, OptionalExtension, params};
use std::path::Path;
use track::{Analysis, ContentId, Edits, Field, Tags, best_affect, said};

/// Writes what lists and searches need of a track, as it is with all that is known.
pub(crate) fn derive(db: &Connection, id: &ContentId) -> Result<(), CatalogueError> {
    let row: Option<i64> =
        db.prepare_cached("SELECT id FROM tracks WHERE content_id = ?1")?.query_row([&id.0], |row| row.get(0)).optional()?;
    let Some(row) = row else { return Ok(()) };
    derive_from(db, id, pack::analysis_without_outline(db, row)?)
}

/// The same where what was measured is at hand.
pub(super) fn derive_from(db: &Connection, id: &ContentId, mut analysis: Analysis) -> Result<(), CatalogueError> {
    let (tags, duration_s): (String, f64) = db
        .prepare_cached("SELECT tags, CAST(frames AS REAL) / max(sample_rate_hz, 1) FROM tracks WHERE content_id = ?1")?
        .query_row([&id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (tags, edits): (Tags, Edits) = (serde_json::from_str(&tags)?, edits_of(db, id)?);
    analysis.take_best(&tags, &edits, duration_s);
    let title = match said(&tags, &edits, Field::Title) {
        Some(title) => title.value.to_owned(),
        // A sound without a title goes by the name of its file.
        None => first_file(db, id)?.unwrap_or_else(|| id.0.clone()),
    };
    db.prepare_cached(
        "UPDATE tracks SET title = ?2, artist = ?3, tempo_bpm = ?4, key = ?5, lufs = ?6, changed = changed + 1 WHERE content_id = ?1",
    )?
    .execute(params![
        id.0,
        title,
        said(&tags, &edits, Field::Artist).map(|a| a.value),
        analysis.tempo_bpm.map(|t| t.value),
        analysis.key.map(|k| k.value.to_string()),
        analysis.loudness.map(|l| l.value.integrated_lufs),
    ])?;
    place(db, id, &tags, &edits)
}

/// Writes where a track lies on the plane.
pub(super) fn place(db: &Connection, id: &ContentId, tags: &Tags, edits: &Edits) -> Result<(), CatalogueError> {
    let at = best_affect(tags, edits, measured_affect(db, id)?).map(|a| a.value.at);
    db.prepare_cached("UPDATE tracks SET valence = ?2, arousal = ?3, changed = changed + 1 WHERE content_id = ?1")?.execute(params![
        id.0,
        at.map(|a| a.valence),
        at.map(|a| a.arousal)
    ])?;
    Ok(())
}

fn first_file(db: &Connection, id: &ContentId) -> Result<Option<String>, CatalogueError> {
    let path: Option<String> = db
        .prepare_cached("SELECT path FROM files WHERE content_id = ?1 ORDER BY missing, path LIMIT 1")?
        .query_row([&id.0], |row| row.get(0))
        .optional()?;
    let stem = |p: String| track::path_text::from_text(&p).file_stem().map(|s| s.to_string_lossy().into_owned());
    Ok(path.and_then(stem).filter(|s| !s.is_empty()))
}

/// A row that the index does not have as it is.
pub(crate) struct Pending {
    pub(crate) id: i64,
    /// How often it has changed so far.
    pub(crate) changed: i64,
    /// `None` for a track that no file holds any more: it is in no list.
    pub(crate) entry: Option<Entry>,
}

/// Rows that the index does not have as they are, or all; at most so many, after a row.
pub(crate) fn pending(db: &Connection, all_after: Option<i64>, limit: usize) -> Result<Vec<Pending>, CatalogueError> {
    let wanted = if all_after.is_some() { "t.id > ?1" } else { "t.indexed <> t.changed AND ?1 IS NULL" };
    let mut rows = db.prepare_cached(&format!(
        "SELECT t.id, t.changed, t.title, t.tags, t.valence, t.arousal, t.tempo_bpm, t.key, CAST(t.frames AS REAL) / max(t.sample_rate_hz, 1), t.content_id,
            (SELECT edits FROM edits e WHERE e.content_id = t.content_id),
            (SELECT count(*) FROM usages u WHERE u.content_id = t.content_id)
         FROM tracks t WHERE {wanted} ORDER BY t.id LIMIT ?2"
    ))?;
    let mut files = db.prepare_cached("SELECT path, missing FROM files WHERE content_id = ?1")?;
    let mut terms = db.prepare_cached("SELECT DISTINCT terms FROM licences WHERE content_id = ?1 ORDER BY terms")?;
    let mut found = Vec::new();
    let mut rows = rows.query(params![all_after, limit as i64])?;
    while let Some(row) = rows.next()? {
        let (id, changed) = (row.get(0)?, row.get(1)?);
        let content_id: String = row.get(9)?;
        let paths: Vec<(String, bool)> = files.query_map([&content_id], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        if paths.is_empty() {
            found.push(Pending { id, changed, entry: None });
            continue;
        }
        // Tags that cannot be read are no reason to lose the track from every list.
        let tags: Tags = serde_json::from_str(&row.get::<_, String>(3)?).unwrap_or_default();
        let edits: Option<String> = row.get(10)?;
        let edits: Edits = edits.and_then(|e| serde_json::from_str(&e).ok()).unwrap_or_default();
        let title: String = row.get(2)?;
        let affect: (Option<f64>, Option<f64>) = (row.get(4)?, row.get(5)?);
        let key: Option<String> = row.get(7)?;
        let mut words: Vec<String> = Field::ALL.into_iter().filter_map(|f| said(&tags, &edits, f)).map(|v| v.value.to_owned()).collect();
        words.extend([&tags.mood, &tags.date].into_iter().flatten().cloned());
        words.extend(paths.iter().filter(|p| !p.1).map(|p| last_names(&p.0)));
        words.extend(key.clone());
        let words = words.join(" \u{2022} ");
        let ragas = with_ragas(&title, &words);
        found.push(Pending {
            id,
            changed,
            entry: Some(Entry {
                id,
                title,
                words,
                ragas,
                affect: affect.0.zip(affect.1).map(|(v, a)| Affect::clamped(v, a)),
                tempo_bpm: row.get(6)?,
                duration_s: row.get(8)?,
                key: key.and_then(|k| k.parse().ok()),
                uses: row.get::<_, i64>(11)? as u64,
                is_gone: paths.iter().all(|p| p.1),
                facets: FACETS
                    .map(|f| said(&tags, &edits, f).map_or_else(Vec::new, |v| f.values(v.value).map(ToOwned::to_owned).collect())),
                terms: terms.query_map([&content_id], |row| row.get(0))?.collect::<Result<_, _>>()?,
            }),
        });
    }
    Ok(found)
}

/// The end of a path that says what a file is: its name and the two folders around it. What lies above (a mount, a home) says nothing,
/// and would make every track match its words.
fn last_names(path: &str) -> String {
    let path = track::path_text::from_text(path);
    let names: Vec<_> = Path::new(&path).components().rev().take(3).map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
    names.into_iter().rev().collect::<Vec<_>>().join(" ")
}
