//! The store: one SQLite file.
//!
//! One idea: there is one set of tables (`tables`), and whatever is older is brought to it: for good by who writes, in memory by who only reads. So nothing else
//! in this crate knows that there ever were others.

mod migrate;
pub(crate) mod pack;
pub(crate) mod roots;
mod tables;

use crate::CatalogueError;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tables::{FORMAT, INDEXES, TABLES};

pub(crate) fn database(dir: &Path) -> PathBuf {
    dir.join("catalogue.db")
}

/// How long a writer waits for another connection's transaction.
const WRITER_WAITS: Duration = Duration::from_secs(10);
/// How long a reader waits where it must.
const READER_WAITS: Duration = Duration::from_secs(2);

/// Opens the store for writing and makes it if there is none.
pub(crate) fn open_for_writing(dir: &Path) -> Result<Connection, CatalogueError> {
    let mut db = Connection::open(database(dir))?;
    db.busy_timeout(WRITER_WAITS)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    // In WAL mode a transaction survives a crash of the program; a power cut may cost the last one, which the next scan repeats.
    db.pragma_update(None, "synchronous", "NORMAL")?;
    db.pragma_update(None, "foreign_keys", true)?;
    bring_up_to_date(&mut db, dir)?;
    Ok(db)
}

/// Takes the next transactions to the disk for good before they are said to be done: for what no scan can repeat.
pub(crate) fn durably(db: &Connection, durably: bool) -> Result<(), CatalogueError> {
    Ok(db.pragma_update(None, "synchronous", if durably { "FULL" } else { "NORMAL" })?)
}

fn bring_up_to_date(db: &mut Connection, dir: &Path) -> Result<(), CatalogueError> {
    let found = format(db)?;
    if found > FORMAT {
        return Err(CatalogueError::Newer { dir: dir.to_owned(), found, known: FORMAT });
    }
    if found < FORMAT {
        let tx = db.transaction()?;
        if found == 0 {
            tx.execute_batch(TABLES)?;
        } else {
            migrate::migrate(&tx, found)?;
        }
        tx.pragma_update(None, "user_version", FORMAT)?;
        tx.commit()?;
    }
    Ok(db.execute_batch(INDEXES)?)
}

/// The store, open for reading.
pub(crate) struct ForReading {
    pub(crate) db: Connection,
    /// Whether it is a copy in memory of a store of an older format, as it was when it was opened.
    pub(crate) is_copy: bool,
}

/// Opens the store for reading only, also on a medium that cannot be written. A store of an older format is copied into memory and brought up to date there.
pub(crate) fn open_for_reading(dir: &Path) -> Result<ForReading, CatalogueError> {
    let path = database(dir);
    if !path.is_file() {
        return Err(CatalogueError::Absent(dir.to_owned()));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = |db: Connection| -> Result<(Connection, i64), CatalogueError> {
        db.busy_timeout(READER_WAITS)?;
        let found = format(&db)?;
        // Touches the file, which is where a folder that cannot be written shows.
        db.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
        Ok((db, found))
    };
    let attempt = Connection::open_with_flags(&path, flags).map_err(CatalogueError::from).and_then(open);
    let (db, found) = match attempt {
        Ok(opened) => opened,
        Err(_) => {
            // What a writer had not yet put into its file lies beside it, and cannot be read where nothing can be written: a copy elsewhere can.
            if std::fs::metadata(beside(&path, "-wal")).is_ok_and(|m| m.len() > 0) {
                return copied_with_its_log(&path, dir);
            }
            // Without a place for the shared-memory file SQLite must be told that nobody writes.
            let escaped: String = path
                .to_string_lossy()
                .chars()
                .map(|c| match c {
                    '%' => "%25".into(),
                    '?' => "%3f".into(),
                    '#' => "%23".into(),
                    c => c.to_string(),
                })
                .collect();
            let uri = format!("file:{escaped}?immutable=1");
            open(Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?)?
        }
    };
    match found {
        0 => Err(CatalogueError::Absent(dir.to_owned())),
        FORMAT => Ok(ForReading { db, is_copy: false }),
        _ => in_memory(&db, dir),
    }
}

/// A copy in memory, brought up to date there.
fn in_memory(db: &Connection, dir: &Path) -> Result<ForReading, CatalogueError> {
    let mut copy = Connection::open_in_memory()?;
    rusqlite::backup::Backup::new(db, &mut copy)?.run_to_completion(1024, Duration::ZERO, None)?;
    bring_up_to_date(&mut copy, dir)?;
    Ok(ForReading { db: copy, is_copy: true })
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn copied_with_its_log(path: &Path, dir: &Path) -> Result<ForReading, CatalogueError> {
    let io = |source| CatalogueError::Io { path: path.to_owned(), source };
    let folder = tempfile::tempdir().map_err(io)?;
    let copy = database(folder.path());
    std::fs::copy(path, &copy).map_err(io)?;
    std::fs::copy(beside(path, "-wal"), beside(&copy, "-wal")).map_err(io)?;
    in_memory(&Connection::open(&copy)?, dir)
}

fn format(db: &Connection) -> Result<i64, CatalogueError> {
    Ok(db.pragma_query_value(None, "user_version", |row| row.get(0))?)
}
