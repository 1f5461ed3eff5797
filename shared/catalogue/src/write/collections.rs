//! Tracks that were put aside, and searches that were kept.

use super::Catalogue;
use crate::CatalogueError;
use rusqlite::params;
use track::ContentId;

impl Catalogue {
    /// Puts tracks into a bin, which is made if it is not there; gives how many were not in it yet.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn put_into_bin(&mut self, bin: &str, ids: &[ContentId]) -> Result<usize, CatalogueError> {
        self.durably(|c| {
            let tx = c.db.transaction()?;
            let mut new = 0;
            for id in ids {
                new += tx.execute("INSERT OR IGNORE INTO bins (name, content_id) VALUES (?1, ?2)", params![bin, id.0])?;
            }
            tx.commit()?;
            Ok(new)
        })
    }

    /// Takes tracks out of a bin; gives how many were in it. A bin with nothing in it is none.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn take_out_of_bin(&mut self, bin: &str, ids: &[ContentId]) -> Result<usize, CatalogueError> {
        self.durably(|c| {
            let tx = c.db.transaction()?;
            let mut gone = 0;
            for id in ids {
                gone += tx.execute("DELETE FROM bins WHERE name = ?1 AND content_id = ?2", params![bin, id.0])?;
            }
            tx.commit()?;
            Ok(gone)
        })
    }

    /// Keeps a search under a name, as whoever searches writes it; `None` forgets it.
    ///
    /// # Errors
    /// [`CatalogueError::NotThere`] when one that is not known is to be forgotten; failures of the store.
    pub fn keep_search(&mut self, name: &str, search: Option<&str>) -> Result<(), CatalogueError> {
        self.durably(|c| {
            let changed = match search {
                Some(search) => c.db.execute(
                    "INSERT INTO searches (name, search) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET search = ?2",
                    params![name, search],
                )?,
                None => c.db.execute("DELETE FROM searches WHERE name = ?1", [name])?,
            };
            if changed == 0 { Err(CatalogueError::NotThere(format!("no search is kept as '{name}'"))) } else { Ok(()) }
        })
    }
}
