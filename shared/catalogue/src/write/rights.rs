//! Licences that were bought.

use super::Catalogue;
use super::found::touch;
use crate::CatalogueError;
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::BTreeMap;
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
    /// Known ones of the same owner and number that fewer new ones took the place of.
    pub removed: usize,
}

impl Catalogue {
    /// Adds licences to tracks, all or none. Those of one owner and number take the place of what the track had under these; what is
    /// handed in together stands beside each other, as one contract may grant several things.
    ///
    /// # Errors
    /// Failures of the store or the index.
    pub fn add_licences(&mut self, licences: &[(ContentId, Licence)]) -> Result<Licensed, CatalogueError> {
        let mut contracts: BTreeMap<(&str, &str, &str), Vec<&Licence>> = BTreeMap::new();
        let mut alone = Vec::new();
        for (id, licence) in licences {
            if licence.id.is_empty() {
                alone.push((id.0.as_str(), vec![licence]));
            } else {
                contracts.entry((&id.0, &licence.owner, &licence.id)).or_default().push(licence);
            }
        }
        let together: Vec<(&str, Vec<&Licence>)> = contracts.into_iter().map(|((id, ..), of)| (id, of)).chain(alone).collect();
        self.durably(|c| {
            let tx = c.db.transaction()?;
            let mut done = Licensed::default();
            for (id, handed_in) in &together {
                let id = ContentId((*id).to_owned());
                let before = licences_of(&tx, &id)?;
                let mut new: Vec<&Licence> = Vec::new();
                for licence in handed_in {
                    if before.contains(licence) || new.contains(licence) {
                        done.known += 1;
                    } else {
                        new.push(licence);
                    }
                }
                let Some(first) = new.first() else { continue };
                let is_replaced =
                    |l: &&Licence| !first.id.is_empty() && l.id == first.id && l.owner == first.owner && !handed_in.contains(l);
                let replaced: Vec<&Licence> = before.iter().filter(is_replaced).collect();
                for old in &replaced {
                    tx.prepare_cached("DELETE FROM licences WHERE content_id = ?1 AND licence = ?2")?
                        .execute(params![id.0, serde_json::to_string(old)?])?;
                }
                for licence in &new {
                    put(&tx, &id, licence)?;
                }
                let changed = replaced.len().min(new.len());
                done.changed += changed;
                done.added += new.len() - changed;
                done.removed += replaced.len() - changed;
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
