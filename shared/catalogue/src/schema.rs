//! The tables.

use crate::CatalogueError;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Format of the store. Raised with every change of the tables.
pub(crate) const FORMAT: i64 = 3;
/// The first one with what was set by hand.
pub(crate) const FORMAT_WITH_EDITS: i64 = 2;
/// The first one with what models say of mood, and what was learned from hands.
pub(crate) const FORMAT_WITH_MOODS: i64 = 3;

pub(crate) fn database(dir: &Path) -> PathBuf {
    dir.join("catalogue.db")
}

const TABLES: &str = "
CREATE TABLE tracks (
    id INTEGER PRIMARY KEY,
    content_id TEXT NOT NULL UNIQUE,
    codec TEXT NOT NULL,
    sample_rate_hz INTEGER NOT NULL,
    channels INTEGER NOT NULL,
    frames INTEGER NOT NULL,
    tags TEXT NOT NULL,
    analysis TEXT NOT NULL,
    affect TEXT,
    -- What lists and searches need, copied out of the columns above.
    title TEXT NOT NULL,
    valence REAL, arousal REAL,
    tempo_bpm REAL, key TEXT, lufs REAL,
    -- 1 once the text index has committed this row.
    indexed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE files (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    content_id TEXT REFERENCES tracks (content_id),
    -- Why it could not be measured, and by which version.
    failure TEXT, failure_version TEXT,
    missing INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX files_by_content ON files (content_id);
CREATE INDEX tracks_not_indexed ON tracks (indexed) WHERE indexed = 0;
";

/// What format 2 added: what was set by hand, which outlives the tracks that it was set of.
const EDITS: &str = "
CREATE TABLE edits (
    content_id TEXT PRIMARY KEY,
    edits TEXT NOT NULL
) STRICT, WITHOUT ROWID;
";

/// What format 3 added: all that a model says of a mood, what measured a track (none did that is known of tracks from before), and what was learned from moods that
/// were set by hand: a correction and what it makes of each track.
const MOODS: &str = "
ALTER TABLE tracks ADD COLUMN mood TEXT;
ALTER TABLE tracks ADD COLUMN measured_by TEXT;
CREATE TABLE learned (
    content_id TEXT PRIMARY KEY,
    affect TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE corrections (
    name TEXT PRIMARY KEY,
    correction TEXT NOT NULL
) STRICT, WITHOUT ROWID;
";

/// Opens the store for writing and makes it if there is none.
pub(crate) fn open_for_writing(dir: &Path) -> Result<Connection, CatalogueError> {
    let mut db = Connection::open(database(dir))?;
    db.busy_timeout(Duration::from_secs(10))?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    // In WAL mode a transaction survives a crash of the program; a power cut may cost the last one, which the next scan repeats.
    db.pragma_update(None, "synchronous", "NORMAL")?;
    db.pragma_update(None, "foreign_keys", true)?;
    let found = format(&db)?;
    if found > FORMAT {
        return Err(CatalogueError::Newer { dir: dir.to_owned(), found, known: FORMAT });
    }
    if found < FORMAT {
        let tx = db.transaction()?;
        if found == 0 {
            tx.execute_batch(TABLES)?;
        }
        if found < FORMAT_WITH_EDITS {
            tx.execute_batch(EDITS)?;
        }
        tx.execute_batch(MOODS)?;
        tx.pragma_update(None, "user_version", FORMAT)?;
        tx.commit()?;
    }
    Ok(db)
}

/// Opens the store for reading only, also on a medium that cannot be written.
///
/// Gives the format, too: an older one is read as it is.
pub(crate) fn open_for_reading(dir: &Path) -> Result<(Connection, i64), CatalogueError> {
    let path = database(dir);
    if !path.is_file() {
        return Err(CatalogueError::Absent(dir.to_owned()));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = |db: Connection| -> Result<(Connection, i64), CatalogueError> {
        db.busy_timeout(Duration::from_secs(2))?;
        let found = format(&db)?;
        // Touches the file, which is where a folder that cannot be written shows.
        db.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
        Ok((db, found))
    };
    let attempt = Connection::open_with_flags(&path, flags).map_err(CatalogueError::from).and_then(open);
    let (db, found) = match attempt {
        Ok(opened) => opened,
        Err(_) => {
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
        1..=FORMAT => Ok((db, found)),
        0 => Err(CatalogueError::Absent(dir.to_owned())),
        found => Err(CatalogueError::Newer { dir: dir.to_owned(), found, known: FORMAT }),
    }
}

pub(crate) fn format(db: &Connection) -> Result<i64, CatalogueError> {
    Ok(db.pragma_query_value(None, "user_version", |row| row.get(0))?)
}
