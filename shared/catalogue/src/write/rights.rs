//! Licences that were bought.

use super::Catalogue;
use super::found::touch;
use crate::CatalogueError;
use rusqlite::{OptionalExtension, Transaction, params};
use track::ContentId;
use track::rights::{Licence, Terms};

/// What became of licences that were handed in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Licensed {
    /// New ones.
    pub added: usize,
    /// Known ones that say something else now.
    pub changed: usize,
    /// Known ones that say the same.
    pub known: usize,
}

impl Catalogue {
    /// Adds licences to tracks, all or none. One with the owner and number of one that the track has takes its place.
    ///
    /// # Errors
    /// Failures of the store or the index.
    pub fn add_licences(&mut self, licences: &[(ContentId, Licence)]) -> Result<Licensed, CatalogueError> {
        self.durably(|c| {
            let tx = c.db.transaction()?;
            let mut done = Licensed::default();
            for (id, licence) in licences {
                let before = licences_of(&tx, id)?;
                if before.contains(licence) {
                    done.known += 1;
                    continue;
                }
                let same = |l: &&Licence| !licence.id.is_empty() && l.id == licence.id && l.owner == licence.owner;
                if let Some(same) = before.iter().find(same) {
                    tx.prepare_cached("DELETE FROM licences WHERE content_id = ?1 AND licence = ?2")?
                        .execute(params![id.0, serde_json::to_string(same)?])?;
                    done.changed += 1;
                } else {
                    done.added += 1;
                }
                put(&tx, id, licence)?;
            }
            tx.commit()?;
            Ok(done)
        })
    }

    /// Takes all licences of a track away.
    ///
    /// # Errors
    /// Failures of the store or the index.
    pub fn clear_licences(&mut self, id: &ContentId) -> Result<usize, CatalogueError> {
        self.durably(|c| {
            let tx = c.db.transaction()?;
            let gone = tx.execute("DELETE FROM licences WHERE content_id = ?1", [&id.0])?;
            touch(&tx, &id.0)?;
            tx.commit()?;
            Ok(gone)
        })
    }
}

pub(crate) fn licences_of(db: &rusqlite::Connection, id: &ContentId) -> Result<Vec<Licence>, CatalogueError> {
    let mut rows = db.prepare_cached("SELECT licence FROM licences WHERE content_id = ?1 ORDER BY licence")?;
    let texts = rows.query_map([&id.0], |row| row.get::<_, String>(0))?;
    texts.map(|text| Ok(serde_json::from_str(&text?)?)).collect()
}

/// Adds a licence to a track as it is; whether it was new.
pub(crate) fn put(tx: &Transaction<'_>, id: &ContentId, licence: &Licence) -> Result<bool, CatalogueError> {
    let terms = terms_id(tx, &licence.terms)?;
    let new = tx.prepare_cached("INSERT OR IGNORE INTO licences (content_id, terms, licence) VALUES (?1, ?2, ?3)")?.execute(params![
        id.0,
        terms,
        serde_json::to_string(licence)?
    ])?;
    touch(tx, &id.0)?;
    Ok(new > 0)
}

fn terms_id(tx: &Transaction<'_>, terms: &Terms) -> Result<i64, CatalogueError> {
    let text = serde_json::to_string(terms)?;
    let known = tx.prepare_cached("SELECT id FROM terms WHERE terms = ?1")?.query_row([&text], |row| row.get(0)).optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    tx.execute("INSERT INTO terms (terms, until) VALUES (?1, ?2)", params![text, terms.until.map(|d| d.to_string())])?;
    Ok(tx.last_insert_rowid())
}
