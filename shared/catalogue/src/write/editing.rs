//! What hands set, every step of it kept, so that it can be undone.

use super::{Catalogue, derive};
use crate::CatalogueError;
use crate::read::edits_of;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use track::{ContentId, Edits};

/// What one command changed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Batch {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: String,
    /// What was typed.
    pub command: String,
    /// How many tracks it changed.
    pub tracks: usize,
    /// Whether it has been undone.
    pub is_undone: bool,
}

/// What an undo did.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Undone {
    /// What was undone.
    pub batch: Batch,
    /// Tracks that are as they were before.
    pub restored: usize,
    /// Tracks that were changed again since, and were left alone.
    pub changed_since: Vec<ContentId>,
}

impl Catalogue {
    /// Sets values of some tracks by hand, as one step that can be undone. They hold until they are set otherwise, whatever is measured. What is set as it was counts as
    /// nothing; gives the number of the step, if anything has changed.
    ///
    /// # Errors
    /// Failures of the store or the index.
    pub fn edit(&mut self, command: &str, edits: &[(ContentId, Edits)]) -> Result<Option<i64>, CatalogueError> {
        self.durably(|c| {
            let tx = c.db.transaction()?;
            let step = step(&tx, command, edits)?;
            tx.commit()?;
            Ok(step)
        })
    }

    /// Puts back what the last step changed that was not undone yet, or a certain one. A track of which any of that was set again since is left alone;
    /// what else was set of it since stays.
    ///
    /// # Errors
    /// [`CatalogueError::NotThere`] where there is nothing to undo; failures of the store or the index.
    pub fn undo(&mut self, batch: Option<i64>) -> Result<Undone, CatalogueError> {
        self.durably(|c| {
            let tx = c.db.transaction()?;
            let last = || tx.query_row("SELECT max(batch) FROM edit_log WHERE NOT undone", [], |row| row.get::<_, Option<i64>>(0));
            let id = match batch {
                Some(id) => id,
                None => last()?.ok_or_else(|| CatalogueError::NotThere("nothing has been set by hand that could be undone".into()))?,
            };
            let found = batches(&tx, Some(id), 1)?.pop();
            let batch = found.ok_or_else(|| CatalogueError::NotThere(format!("there is no step {id}; 'indexer log' lists them")))?;
            if batch.is_undone {
                return Err(CatalogueError::NotThere(format!("step {id} has been undone already")));
            }
            let steps: Vec<(i64, String, String, String)> = {
                let mut rows =
                    tx.prepare("SELECT id, content_id, before, after FROM edit_log WHERE batch = ?1 AND NOT undone ORDER BY id DESC")?;
                rows.query_map([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?.collect::<Result<_, _>>()?
            };
            let mut undone = Undone { batch, restored: 0, changed_since: Vec::new() };
            for (step, content_id, before, after) in steps {
                let content_id = ContentId(content_id);
                let (before, after): (Edits, Edits) = (serde_json::from_str(&before)?, serde_json::from_str(&after)?);
                if let Some(as_before) = edits_of(&tx, &content_id)?.without_step(&before, &after) {
                    put(&tx, &content_id, &as_before)?;
                    tx.execute("UPDATE edit_log SET undone = 1 WHERE id = ?1", [step])?;
                    undone.restored += 1;
                } else {
                    undone.changed_since.push(content_id);
                }
            }
            tx.commit()?;
            undone.batch.is_undone = undone.changed_since.is_empty();
            Ok(undone)
        })
    }
}

/// Sets values and logs what they were before, as one step; its number, if anything has changed.
pub(crate) fn step(tx: &Transaction<'_>, command: &str, edits: &[(ContentId, Edits)]) -> Result<Option<i64>, CatalogueError> {
    let batch: i64 = tx.query_row("SELECT coalesce(max(batch), 0) + 1 FROM edit_log", [], |row| row.get(0))?;
    let at = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut any = None;
    for (id, after) in edits {
        let before = edits_of(tx, id)?;
        if before == *after {
            continue;
        }
        tx.prepare_cached("INSERT INTO edit_log (batch, at, command, content_id, before, after) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![batch, at, command, id.0, serde_json::to_string(&before)?, serde_json::to_string(after)?])?;
        put(tx, id, after)?;
        any = Some(batch);
    }
    Ok(any)
}

/// Steps by hand, the last first; one of them, or at most so many.
pub(crate) fn batches(db: &Connection, id: Option<i64>, limit: usize) -> Result<Vec<Batch>, CatalogueError> {
    let mut rows = db.prepare(
        "SELECT batch, min(at), min(command), count(*), min(undone) FROM edit_log WHERE ?1 IS NULL OR batch = ?1 GROUP BY batch ORDER BY batch DESC LIMIT ?2",
    )?;
    let found = rows.query_map(params![id, limit as i64], |row| {
        Ok(Batch { id: row.get(0)?, at: row.get(1)?, command: row.get(2)?, tracks: row.get::<_, i64>(3)? as usize, is_undone: row.get(4)? })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Writes what is set of a track from now on.
pub(crate) fn put(tx: &Transaction<'_>, id: &ContentId, edits: &Edits) -> Result<(), CatalogueError> {
    if edits.is_empty() {
        tx.prepare_cached("DELETE FROM edits WHERE content_id = ?1")?.execute([&id.0])?;
    } else {
        tx.prepare_cached("INSERT INTO edits (content_id, edits) VALUES (?1, ?2) ON CONFLICT (content_id) DO UPDATE SET edits = ?2")?
            .execute(params![id.0, serde_json::to_string(edits)?])?;
    }
    let known = tx.prepare_cached("SELECT 1 FROM tracks WHERE content_id = ?1")?.query_row([&id.0], |_| Ok(())).optional()?;
    if known.is_some() { derive(tx, id) } else { Ok(()) }
}
