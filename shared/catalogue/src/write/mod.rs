//! Writing: what scans find, hands set, and offices buy.
//!
//! One idea: every change is one transaction of the store, and what the index must know follows from it. Who has the index brings it up to date; who only sets a value while a scan
//! runs leaves that to the scan.

mod collections;
pub(crate) mod derive;
mod editing;
mod found;
mod lock;
mod moods;
mod rights;
mod usage;

pub(crate) use derive::derive;
pub use editing::{Batch, Undone};
pub(crate) use editing::{batches, put as put_edits, step};
pub use found::{Change, FileStamp, FileState};
pub use moods::{Learned, MeasuredMood};
pub use rights::Licensed;
pub(crate) use rights::{licences_of, put as put_licence};
pub use usage::Folded;

use crate::index::IndexOut;
use crate::store::roots::Roots;
use crate::{CatalogueError, Root, store};
use derive::pending;
use lock::WriterLock;
use rusqlite::{Connection, OptionalExtension, params};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Rows that are indexed at a time.
const AT_ONCE: usize = 10_000;
/// How long somebody who only sets a value waits for the scan that has the index to take it up.
const TAKEN_UP_WITHIN: Duration = Duration::from_secs(5);

/// The catalogue, open for writing.
pub struct Catalogue {
    dir: PathBuf,
    db: Connection,
    roots: Roots,
    /// The index and its lock; `None` while another program has them.
    index: Option<(IndexOut, WriterLock)>,
    /// Whether the index has been started again already: once is enough.
    is_anew: bool,
}

impl Catalogue {
    /// Opens the catalogue in a folder, and makes it if there is none. Only one program at a time can have it so.
    ///
    /// # Errors
    /// [`CatalogueError::Busy`] while another program writes, [`CatalogueError::Newer`] for a format of the future, and failures
    /// of the disk.
    pub fn open(dir: &Path) -> Result<Self, CatalogueError> {
        std::fs::create_dir_all(dir).map_err(|source| CatalogueError::Io { path: dir.to_owned(), source })?;
        // The lock is taken first: it tells at once whether another scan runs.
        let lock = WriterLock::take(dir)?;
        let db = store::open_for_writing(dir)?;
        let (index, is_empty) = IndexOut::open(dir, lock.was_killed)?;
        if is_empty {
            db.execute("UPDATE tracks SET indexed = 0", [])?;
        }
        let roots = Roots::load(&db)?;
        let mut catalogue = Self { dir: dir.to_owned(), db, roots, index: Some((index, lock)), is_anew: false };
        catalogue.index_rest()?;
        Ok(catalogue)
    }

    /// Opens a catalogue that is there; only one program at a time can have it so.
    ///
    /// # Errors
    /// [`CatalogueError::Absent`] when there is none, and those of [`Self::open`].
    pub fn open_existing(dir: &Path) -> Result<Self, CatalogueError> {
        if store::database(dir).is_file() { Self::open(dir) } else { Err(CatalogueError::Absent(dir.to_owned())) }
    }

    /// Opens a catalogue to set a few values, also while a scan runs, which takes them up at its next commit.
    ///
    /// # Errors
    /// [`CatalogueError::Absent`] when there is none, and those of [`Self::open`].
    pub fn open_beside(dir: &Path) -> Result<Self, CatalogueError> {
        if !store::database(dir).is_file() {
            return Err(CatalogueError::Absent(dir.to_owned()));
        }
        match Self::open(dir) {
            Err(CatalogueError::Busy { .. }) => {
                let db = store::open_for_writing(dir)?;
                let roots = Roots::load(&db)?;
                Ok(Self { dir: dir.to_owned(), db, roots, index: None, is_anew: false })
            }
            other => other,
        }
    }

    pub(crate) fn db(&self) -> &Connection {
        &self.db
    }

    pub(crate) fn transaction(&mut self) -> Result<rusqlite::Transaction<'_>, CatalogueError> {
        Ok(self.db.transaction()?)
    }

    pub(crate) fn index(&self) -> Option<&IndexOut> {
        self.index.as_ref().map(|i| &i.0)
    }

    /// Throws the index away and lets everything be indexed again.
    pub(crate) fn make_index_again(&mut self) -> Result<(), CatalogueError> {
        if let Some((index, lock)) = self.index.take() {
            self.index = Some((index.start_again(&self.dir)?, lock));
            self.db.execute("UPDATE tracks SET indexed = 0", [])?;
        }
        Ok(())
    }

    /// Takes up roots and tracks that were imported.
    pub(crate) fn after_import(&mut self) -> Result<(), CatalogueError> {
        self.roots = Roots::load(&self.db)?;
        self.index_rest()
    }

    /// The folders that files are named from.
    #[must_use]
    pub fn roots(&self) -> &[Root] {
        self.roots.list()
    }

    /// Makes a root of a folder, if it is none yet.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn add_root(&mut self, folder: &Path) -> Result<(), CatalogueError> {
        let tx = self.db.transaction()?;
        self.roots.add(&tx, folder)?;
        Ok(tx.commit()?)
    }

    /// Says under which name a root is known, or where it lies on this machine.
    ///
    /// # Errors
    /// [`CatalogueError::NotThere`] for a root that is not there, or a name or folder that another one has.
    pub fn change_root(&mut self, name: &str, to_name: Option<&str>, to_path: Option<&Path>) -> Result<(), CatalogueError> {
        let known = || self.roots.list().iter().map(|r| r.name.as_str()).collect::<Vec<_>>().join(", ");
        let root = self.roots.list().iter().find(|r| r.name == name);
        let Some(root) = root else { return Err(CatalogueError::NotThere(format!("there is no root '{name}'; there are: {}", known()))) };
        let is_taken = |r: &&Root| r.id != root.id && (Some(r.name.as_str()) == to_name || Some(r.path.as_path()) == to_path);
        if let Some(other) = self.roots.list().iter().find(is_taken) {
            return Err(CatalogueError::NotThere(format!("the root '{}' has that name or folder already", other.name)));
        }
        let path = track::path_text::to_text(to_path.unwrap_or(&root.path));
        self.db.execute("UPDATE roots SET name = ?2, path = ?3 WHERE id = ?1", params![root.id, to_name.unwrap_or(name), path])?;
        self.roots = Roots::load(&self.db)?;
        Ok(())
    }

    /// Forgets a root whose music is gone, and the files that were in it. What was set by hand of their sounds, licences and uses stay, and hold again where
    /// these are found again. Gives how many files are forgotten.
    ///
    /// # Errors
    /// [`CatalogueError::NotThere`] for a root that is not known, or of whose files one is there; failures of the store or the index.
    pub fn forget_root(&mut self, name: &str) -> Result<usize, CatalogueError> {
        self.durably(|c| {
            let tx = c.db.transaction()?;
            let id: Option<i64> = tx.query_row("SELECT id FROM roots WHERE name = ?1", [name], |row| row.get(0)).optional()?;
            let id = id.ok_or_else(|| CatalogueError::NotThere(format!("there is no root '{name}'; 'indexer roots list' lists them")))?;
            let paths: Vec<String> = {
                let mut rows = tx.prepare("SELECT path FROM files WHERE root = ?1")?;
                rows.query_map([id], |row| row.get(0))?.collect::<Result<_, _>>()?
            };
            if let Some(there) = paths.iter().map(|path| c.roots.file(id, path)).find(|file| file.exists()) {
                return Err(CatalogueError::NotThere(format!(
                    "{} is there; only a root whose music is gone can be forgotten",
                    there.display()
                )));
            }
            tx.execute("UPDATE tracks SET changed = changed + 1 WHERE content_id IN (SELECT content_id FROM files WHERE root = ?1)", [id])?;
            let files = tx.execute("DELETE FROM files WHERE root = ?1", [id])?;
            tx.execute("DELETE FROM roots WHERE id = ?1", [id])?;
            tx.commit()?;
            c.roots = Roots::load(&c.db)?;
            Ok(files)
        })
    }

    /// Brings what the index does not have yet into it.
    pub(crate) fn index_rest(&mut self) -> Result<(), CatalogueError> {
        if self.index.is_none() {
            return self.wait_for_index();
        }
        loop {
            let rows = pending(&self.db, None, AT_ONCE)?;
            if rows.is_empty() {
                return Ok(());
            }
            let Some((index, _)) = &mut self.index else { return Ok(()) };
            match put_all(index, &rows) {
                Ok(()) => {}
                // A disk that fails or is full will not hold another index either. All else is a damaged one.
                Err(e) if self.is_anew || is_of_the_disk(&e) => return Err(e),
                Err(_) => {
                    self.is_anew = true;
                    self.make_index_again()?;
                    continue;
                }
            }
            let tx = self.db.transaction()?;
            {
                // A row that somebody has changed meanwhile counts higher already, and stays pending.
                let mut mark = tx.prepare_cached("UPDATE tracks SET indexed = ?2 WHERE id = ?1")?;
                for row in &rows {
                    mark.execute([row.id, row.changed])?;
                }
            }
            tx.commit()?;
            if rows.len() < AT_ONCE {
                return Ok(());
            }
        }
    }

    /// Waits until whoever has the index has taken up what was changed here, or takes it over.
    fn wait_for_index(&mut self) -> Result<(), CatalogueError> {
        let since = Instant::now();
        loop {
            let left: bool = self.db.query_row("SELECT EXISTS (SELECT 1 FROM tracks WHERE indexed <> changed)", [], |row| row.get(0))?;
            if !left || since.elapsed() > TAKEN_UP_WITHIN {
                return Ok(());
            }
            match Self::open(&self.dir) {
                // It has brought the index up to date while opening.
                Ok(_) => return Ok(()),
                Err(CatalogueError::Busy { .. }) => std::thread::sleep(Duration::from_millis(50)),
                Err(e) => return Err(e),
            }
        }
    }

    /// Writes everything for good, whatever happens to the machine next: for what no scan can repeat.
    fn durably<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, CatalogueError>) -> Result<T, CatalogueError> {
        store::durably(&self.db, true)?;
        let result = work(self);
        store::durably(&self.db, false)?;
        let result = result?;
        self.index_rest().map_err(|e| CatalogueError::NotIndexed(Box::new(e)))?;
        Ok(result)
    }
}

fn put_all(index: &mut IndexOut, rows: &[derive::Pending]) -> Result<(), CatalogueError> {
    for row in rows {
        match &row.entry {
            Some(entry) => index.put(entry)?,
            None => index.remove(row.id),
        }
    }
    index.commit()
}

fn is_of_the_disk(e: &CatalogueError) -> bool {
    use tantivy::TantivyError;
    use tantivy::directory::error::OpenWriteError;
    match e {
        CatalogueError::Io { .. } => true,
        CatalogueError::Index(e) => matches!(e, TantivyError::IoError(_) | TantivyError::OpenWriteError(OpenWriteError::IoError { .. })),
        _ => false,
    }
}
