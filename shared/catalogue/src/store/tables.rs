//! The tables.
//!
//! One idea: what was measured may be measured again, so everything that was not (what hands set, licences, uses, bins) hangs on the sound and not on a
//! row, and outlives every file, scan and format.

/// Format of the store. Raised with every change of the tables.
pub(crate) const FORMAT: i64 = 4;

/// What makes questions quick and changes no answer: made wherever it is not there, whatever made the tables.
pub(crate) const INDEXES: &str = "CREATE INDEX IF NOT EXISTS tracks_by_version ON tracks (measured_by);";

/// The tables of [`FORMAT`].
pub(crate) const TABLES: &str = "
-- Where music lies on this machine. Files are named relative to one of these.
CREATE TABLE roots (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL
) STRICT;
CREATE TABLE tracks (
    id INTEGER PRIMARY KEY,
    content_id TEXT NOT NULL UNIQUE,
    codec TEXT NOT NULL,
    sample_rate_hz INTEGER NOT NULL,
    channels INTEGER NOT NULL,
    frames INTEGER NOT NULL,
    -- What the file says, as JSON.
    tags TEXT NOT NULL,
    -- Where the model puts it, as JSON.
    affect TEXT,
    measured_by TEXT,
    -- The best of what is known, for lists and searches; derived from all the rest whenever that changes.
    title TEXT NOT NULL, artist TEXT,
    valence REAL, arousal REAL,
    tempo_bpm REAL, key TEXT, lufs REAL,
    -- How often it has changed, and how often it had when the index committed it.
    changed INTEGER NOT NULL DEFAULT 1,
    indexed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX tracks_pending ON tracks (id) WHERE indexed <> changed;
-- What was measured, packed (pack.rs). Three tables, as lists, searches and players need them.
CREATE TABLE analyses (id INTEGER PRIMARY KEY REFERENCES tracks (id), body BLOB NOT NULL) STRICT;
CREATE TABLE moods (id INTEGER PRIMARY KEY REFERENCES tracks (id), body BLOB NOT NULL) STRICT;
CREATE TABLE outlines (id INTEGER PRIMARY KEY REFERENCES tracks (id), body BLOB NOT NULL) STRICT;
CREATE TABLE files (
    root INTEGER NOT NULL REFERENCES roots (id),
    -- From the root on, with slashes.
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    content_id TEXT REFERENCES tracks (content_id),
    -- Why it could not be measured, and by which version.
    failure TEXT, failure_version TEXT,
    missing INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (root, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX files_by_content ON files (content_id);
-- What was set by hand, as JSON.
CREATE TABLE edits (
    content_id TEXT PRIMARY KEY,
    edits TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- Every change by hand, so that it can be undone: steps of one command share a batch.
CREATE TABLE edit_log (
    id INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL,
    at TEXT NOT NULL,
    command TEXT NOT NULL,
    content_id TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX edit_log_by_batch ON edit_log (batch);
-- What was learned from moods that were set by hand: a correction, and what it makes of each track.
CREATE TABLE learned (
    content_id TEXT PRIMARY KEY,
    affect TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE corrections (
    name TEXT PRIMARY KEY,
    correction TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- Where and for what licences hold: few, for many licences.
CREATE TABLE terms (
    id INTEGER PRIMARY KEY,
    terms TEXT NOT NULL UNIQUE,
    until TEXT
) STRICT;
CREATE TABLE licences (
    content_id TEXT NOT NULL,
    terms INTEGER NOT NULL REFERENCES terms (id),
    -- Whose it is and all the rest, as JSON.
    licence TEXT NOT NULL,
    PRIMARY KEY (content_id, licence)
) STRICT, WITHOUT ROWID;
CREATE INDEX licences_by_terms ON licences (terms);
CREATE TABLE usages (
    id TEXT PRIMARY KEY,
    content_id TEXT NOT NULL,
    project TEXT NOT NULL,
    usage TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX usages_by_content ON usages (content_id);
CREATE INDEX usages_by_project ON usages (project);
-- Tracks that were put aside, for a production or otherwise.
CREATE TABLE bins (
    name TEXT NOT NULL,
    content_id TEXT NOT NULL,
    PRIMARY KEY (name, content_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE searches (
    name TEXT PRIMARY KEY,
    search TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- How much of each file of the inbox has been taken in.
CREATE TABLE inbox (
    name TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
";
