//! Older formats, brought to the present tables in one transaction.
//!
//! One idea: a column that an older format does not have is nothing, not a special case.

use super::tables::TABLES;
use super::{pack, roots};
use crate::CatalogueError;
use crate::write::derive;
use rusqlite::{Transaction, params};
use track::path_text::from_text;
use track::{Analysis, ContentId, Mood, Value};

/// The first format with what was set by hand.
const WITH_EDITS: i64 = 2;
/// The first with what models say of mood, and what was learned from hands.
const WITH_MOODS: i64 = 3;

/// Makes the tables and takes over what is in those of format 1, 2 or 3, which are gone then.
pub(super) fn migrate(tx: &Transaction<'_>, found: i64) -> Result<(), CatalogueError> {
    tx.execute_batch(
        "DROP INDEX IF EXISTS files_by_content; DROP INDEX IF EXISTS tracks_not_indexed;
         ALTER TABLE files RENAME TO old_files; ALTER TABLE tracks RENAME TO old_tracks;",
    )?;
    let mut old = vec!["old_files", "old_tracks"];
    for (name, since) in [("edits", WITH_EDITS), ("learned", WITH_MOODS), ("corrections", WITH_MOODS)] {
        if found >= since {
            tx.execute_batch(&format!("ALTER TABLE {name} RENAME TO old_{name};"))?;
        }
    }
    tx.execute_batch(TABLES)?;
    for (name, since) in [("edits", WITH_EDITS), ("learned", WITH_MOODS), ("corrections", WITH_MOODS)] {
        if found >= since {
            tx.execute_batch(&format!("INSERT INTO {name} SELECT * FROM old_{name}; DROP TABLE old_{name};"))?;
        }
    }
    let (mood, by) = if found >= WITH_MOODS { ("mood", "measured_by") } else { ("NULL", "NULL") };
    // What measured them was not kept then; NULL is for what must be measured again.
    let by = format!("coalesce({by}, 'a version before this was kept')");
    {
        let mut rows = tx.prepare(&format!(
            "SELECT id, content_id, codec, sample_rate_hz, channels, frames, tags, affect, {by}, title, analysis, {mood} FROM old_tracks ORDER BY id"
        ))?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let (id, content_id): (i64, String) = (row.get(0)?, row.get(1)?);
            tx.prepare_cached(
                "INSERT INTO tracks (id, content_id, codec, sample_rate_hz, channels, frames, tags, affect, measured_by, title)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                id,
                content_id,
                row.get::<_, String>(2)?,
                row.get::<_, i64>(3)?,
                row.get::<_, i64>(4)?,
                row.get::<_, i64>(5)?,
                row.get::<_, String>(6)?,
                row.get::<_, Option<String>>(7)?,
                row.get::<_, Option<String>>(8)?,
                row.get::<_, String>(9)?,
            ])?;
            let analysis: Analysis = serde_json::from_str(&row.get::<_, String>(10)?)?;
            let mood: Option<Value<Mood>> = row.get::<_, Option<String>>(11)?.as_deref().map(serde_json::from_str).transpose()?;
            pack::put(tx, id, &analysis, mood.as_ref())?;
        }
        let mut files =
            tx.prepare("SELECT path, size, modified_ns, content_id, failure, failure_version, missing FROM old_files ORDER BY path")?;
        let mut files = files.query([])?;
        let mut known = roots::Roots::load(tx)?;
        while let Some(row) = files.next()? {
            // Roots were not told then: each file hangs on the top of its file system until its folder is scanned again.
            let place = known.place_or_top(tx, &from_text(&row.get::<_, String>(0)?))?;
            tx.prepare_cached("INSERT INTO files VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?.execute(params![
                place.root,
                place.path,
                row.get::<_, i64>(1)?,
                row.get::<_, i64>(2)?,
                row.get::<_, Option<String>>(3)?,
                row.get::<_, Option<String>>(4)?,
                row.get::<_, Option<String>>(5)?,
                row.get::<_, i64>(6)?,
            ])?;
        }
        let mut ids = tx.prepare("SELECT content_id FROM tracks")?;
        let ids: Vec<String> = ids.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for id in ids {
            derive(tx, &ContentId(id))?;
        }
    }
    for name in old.drain(..) {
        tx.execute_batch(&format!("DROP TABLE {name};"))?;
    }
    Ok(())
}
