//! Where tracks were used, and what plugins have to tell.
//!
//! One idea: a plugin writes lines into a file of its own in `inbox/`; each line says all there is to say and carries its own identity, so taking it in twice changes nothing.

use super::found::touch;
use super::{Catalogue, editing};
use crate::read::edits_of;
use crate::{CatalogueError, Note, inbox};
use rusqlite::{OptionalExtension, Transaction, params};
use track::{ContentId, Usage};

/// What was found in the inbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Folded {
    /// Lines that were taken in.
    pub lines: usize,
    /// Lines that say nothing that is understood, with the file and why.
    pub refused: Vec<(String, String)>,
}

impl Catalogue {
    /// Writes down where tracks were used. One that is known by its id takes the place of what was known.
    ///
    /// # Errors
    /// Failures of the store or the index.
    pub fn record(&mut self, usages: &[Usage]) -> Result<(), CatalogueError> {
        self.durably(|c| {
            let tx = c.db.transaction()?;
            for usage in usages {
                put(&tx, usage)?;
            }
            Ok(tx.commit()?)
        })
    }

    /// Takes back that a track was used.
    ///
    /// # Errors
    /// [`CatalogueError::NotThere`] for a use that is not known; failures of the store or the index.
    pub fn forget_usage(&mut self, id: &str) -> Result<(), CatalogueError> {
        self.durably(|c| {
            let tx = c.db.transaction()?;
            if !remove(&tx, id)? {
                return Err(CatalogueError::NotThere(format!("no use with the id {id} is known")));
            }
            Ok(tx.commit()?)
        })
    }

    /// Takes in what plugins have told since the last time.
    ///
    /// # Errors
    /// Failures of the store or the index. A line that cannot be understood costs that line.
    pub fn fold_inbox(&mut self) -> Result<Folded, CatalogueError> {
        let files = inbox::files(&self.dir);
        let mut folded = Folded::default();
        if files.is_empty() {
            return Ok(folded);
        }
        self.durably(|c| {
            for file in &files {
                let tx = c.db.transaction()?;
                let from: i64 = {
                    let mut known = tx.prepare("SELECT bytes FROM inbox WHERE name = ?1")?;
                    known.query_row([&file.name], |row| row.get(0)).optional()?.unwrap_or(0)
                };
                let (lines, upto) = match inbox::read(file, from as u64) {
                    Ok(read) => read,
                    Err(e) => {
                        folded.refused.push((file.name.clone(), e.to_string()));
                        continue;
                    }
                };
                for line in lines {
                    match serde_json::from_str::<Note>(&line) {
                        Ok(note) => match take(&tx, &note, &file.name)? {
                            None => folded.lines += 1,
                            Some(reason) => folded.refused.push((file.name.clone(), reason)),
                        },
                        Err(e) => folded.refused.push((file.name.clone(), e.to_string())),
                    }
                }
                tx.execute(
                    "INSERT INTO inbox (name, bytes) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET bytes = ?2",
                    params![file.name, upto as i64],
                )?;
                tx.commit()?;
                // Only what has been taken in for good is cleared away, and only once nobody goes on writing it.
                if inbox::clear_away(file, upto) {
                    c.db.execute("DELETE FROM inbox WHERE name = ?1", [&file.name])?;
                }
            }
            Ok(())
        })?;
        Ok(folded)
    }
}

/// Takes a note in, or says why it cannot be.
fn take(tx: &Transaction<'_>, note: &Note, from: &str) -> Result<Option<String>, CatalogueError> {
    match note {
        Note::Used(usage) => put(tx, usage)?,
        Note::NotUsed { id } => {
            remove(tx, id)?;
        }
        Note::IntoBin { bin, content_id } => {
            tx.execute("INSERT OR IGNORE INTO bins (name, content_id) VALUES (?1, ?2)", params![bin, content_id.0])?;
        }
        Note::OutOfBin { bin, content_id } => {
            tx.execute("DELETE FROM bins WHERE name = ?1 AND content_id = ?2", params![bin, content_id.0])?;
        }
        Note::Set { content_id, set } => {
            let mut edits = edits_of(tx, content_id)?;
            // A plugin tells absolute values only, so nothing that was measured is needed to understand them.
            for text in set {
                if let Err(e) = edits.set(text, None, f64::INFINITY) {
                    return Ok(Some(e.to_string()));
                }
            }
            editing::step(tx, &format!("plugin {from}: {}", set.join(" ")), &[(content_id.clone(), edits)])?;
        }
    }
    Ok(None)
}

fn put(tx: &Transaction<'_>, usage: &Usage) -> Result<(), CatalogueError> {
    remove(tx, &usage.id)?;
    tx.prepare_cached("INSERT INTO usages (id, content_id, project, usage) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        usage.id,
        usage.content_id.0,
        usage.project,
        serde_json::to_string(usage)?
    ])?;
    touch(tx, &usage.content_id.0)
}

fn remove(tx: &Transaction<'_>, id: &str) -> Result<bool, CatalogueError> {
    let used: Option<String> = tx.query_row("SELECT content_id FROM usages WHERE id = ?1", [id], |row| row.get(0)).optional()?;
    let Some(used) = used else { return Ok(false) };
    tx.execute("DELETE FROM usages WHERE id = ?1", [id])?;
    touch(tx, &ContentId(used).0)?;
    Ok(true)
}
