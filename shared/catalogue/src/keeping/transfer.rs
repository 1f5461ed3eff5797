//! The whole catalogue as lines of JSON, and back.
//!
//! One idea: a line says one thing and all of it, so a catalogue can be read, searched and mended with other tools, and outlives this program. What is exported and imported into an
//! empty catalogue is exported the same again.

use crate::read::{edits_of, track_without_edits};
use crate::store::{pack, roots::Roots};
use crate::write::{derive, put_edits, put_licence, step};
use crate::{Catalogue, CatalogueError, FileStamp, Reader};
use affect::AffectEstimate;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io::{BufRead, Write};
use track::path_text::to_text;
use track::rights::Licence;
use track::{ContentId, Edits, Track, Usage, Value};

/// What the first line calls itself, and the layout of the others.
const NAME: &str = "underscore catalogue";
const LAYOUT: u32 = 1;
/// A line holds a track of days at most.
const LONGEST_LINE: u64 = 256 << 20;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    Head {
        name: String,
        layout: u32,
    },
    Root {
        name: String,
        path: String,
    },
    /// As it was measured; what was set by hand comes in lines of its own.
    Track {
        #[serde(flatten)]
        track: Box<Track>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        measured_by: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        learned: Option<Value<AffectEstimate>>,
    },
    File {
        root: String,
        path: String,
        size: u64,
        modified_ns: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content_id: Option<ContentId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<(String, String)>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        missing: bool,
    },
    Edits {
        content_id: ContentId,
        edits: Edits,
    },
    Step {
        #[serde(flatten)]
        step: Step,
    },
    Licence {
        content_id: ContentId,
        licence: Licence,
    },
    Usage(Usage),
    Bin {
        name: String,
        content_id: ContentId,
    },
    Search {
        name: String,
        search: String,
    },
    Correction {
        name: String,
        correction: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Step {
    batch: i64,
    at: String,
    command: String,
    content_id: ContentId,
    before: Edits,
    after: Edits,
    undone: bool,
}

/// Why a catalogue could not be carried over.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// Reading or writing failed.
    #[error("line {line}: {source}")]
    Io {
        /// The line.
        line: u64,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line says nothing that is understood.
    #[error("line {line} is not understood: {reason}; nothing was imported")]
    Line {
        /// The line.
        line: u64,
        /// Why.
        reason: String,
    },
    /// There are tracks already.
    #[error("the catalogue has tracks already; --merge adds what it does not have and leaves what it has")]
    NotEmpty,
    /// The catalogue failed.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
}

impl From<rusqlite::Error> for TransferError {
    fn from(e: rusqlite::Error) -> Self {
        Self::Catalogue(e.into())
    }
}

/// What was imported; what was there already does not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct Imported {
    pub tracks: usize,
    pub files: usize,
    pub edits: usize,
    pub licences: usize,
    pub usages: usize,
    pub others: usize,
}

struct Out<W> {
    to: W,
    line: u64,
    left_out: Vec<String>,
}

/// What was exported.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// How many lines.
    pub lines: u64,
    /// What could not be read, in words.
    pub left_out: Vec<String>,
}

impl<W: Write> Out<W> {
    /// Writes what could be read.
    fn put_read(&mut self, line: Result<Line, CatalogueError>) -> Result<(), TransferError> {
        match line {
            Ok(line) => self.put(&line),
            Err(e @ CatalogueError::Damaged { .. }) => {
                self.left_out.push(e.to_string());
                Ok(())
            }
            Err(e) => Err(e.into()),
        }
    }

    fn put(&mut self, line: &Line) -> Result<(), TransferError> {
        self.line += 1;
        let mut bytes = serde_json::to_vec(line).map_err(CatalogueError::from)?;
        bytes.push(b'\n');
        self.to.write_all(&bytes).map_err(|source| TransferError::Io { line: self.line, source })
    }
}

impl Reader {
    /// Writes everything that the catalogue holds, as it is at this moment, a JSON object a line. What cannot be read is left out, and told.
    ///
    /// # Errors
    /// [`TransferError`] for failures of the store or of writing.
    pub fn export(&self, to: impl Write) -> Result<Exported, TransferError> {
        let db = self.db();
        // What a scan writes meanwhile is not seen in between.
        let moment = db.unchecked_transaction()?;
        let mut out = Out { to, line: 0, left_out: Vec::new() };
        out.put(&Line::Head { name: NAME.into(), layout: LAYOUT })?;
        let roots = Roots::load(db)?;
        let mut named: Vec<_> = roots.list().iter().collect();
        named.sort_by(|a, b| a.name.cmp(&b.name));
        for root in &named {
            out.put(&Line::Root { name: root.name.clone(), path: to_text(&root.path) })?;
        }
        let mut rows = db.prepare("SELECT content_id, measured_by, affect, (SELECT affect FROM learned l WHERE l.content_id = t.content_id) FROM tracks t ORDER BY content_id")?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let id = ContentId(row.get(0)?);
            let texts: [Option<String>; 3] = [row.get(1)?, row.get(2)?, row.get(3)?];
            let line = || -> Result<Option<Line>, CatalogueError> {
                let Some(mut track) = track_without_edits(db, &roots, &id)? else { return Ok(None) };
                let [measured_by, affect, learned] = texts;
                let parse = |text: Option<String>| text.as_deref().map(serde_json::from_str).transpose().map_err(CatalogueError::from);
                track.affect = parse(affect)?;
                track.paths.clear();
                Ok(Some(Line::Track { track: Box::new(track), measured_by, learned: parse(learned)? }))
            };
            if let Some(line) = line().transpose() {
                out.put_read(line)?;
            }
        }
        let mut rows = db.prepare(
            "SELECT r.name, f.path, f.size, f.modified_ns, f.content_id, f.failure, f.failure_version, f.missing FROM files f JOIN roots r ON r.id = f.root ORDER BY r.name, f.path",
        )?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let failure: Option<String> = row.get(5)?;
            out.put(&Line::File {
                root: row.get(0)?,
                path: row.get(1)?,
                size: row.get::<_, i64>(2)? as u64,
                modified_ns: row.get(3)?,
                content_id: row.get::<_, Option<String>>(4)?.map(ContentId),
                failure: failure.zip(row.get(6)?),
                missing: row.get(7)?,
            })?;
        }
        each(db, "SELECT content_id, '' FROM edits ORDER BY content_id", |id, _| {
            let content_id = ContentId(id);
            out.put_read(edits_of(db, &content_id).map(|edits| Line::Edits { content_id, edits }))
        })?;
        let mut rows = db.prepare("SELECT batch, at, command, content_id, before, after, undone FROM edit_log ORDER BY id")?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let texts: [String; 2] = [row.get(4)?, row.get(5)?];
            let edits = |text: &str| serde_json::from_str::<Edits>(text).map_err(CatalogueError::from);
            let both = edits(&texts[0]).and_then(|before| Ok((before, edits(&texts[1])?)));
            let (batch, at, command, id, undone) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(6)?);
            let step = both.map(|(before, after)| Step { batch, at, command, content_id: ContentId(id), before, after, undone });
            out.put_read(step.map(|step| Line::Step { step }))?;
        }
        each(db, "SELECT content_id, licence FROM licences ORDER BY content_id, licence", |id, text| {
            let licence = serde_json::from_str(&text).map_err(CatalogueError::from);
            out.put_read(licence.map(|licence| Line::Licence { content_id: ContentId(id), licence }))
        })?;
        each(db, "SELECT id, usage FROM usages ORDER BY id", |_, text| {
            out.put_read(serde_json::from_str(&text).map_err(CatalogueError::from).map(Line::Usage))
        })?;
        each(db, "SELECT name, content_id FROM bins ORDER BY name, content_id", |name, id| {
            out.put(&Line::Bin { name, content_id: ContentId(id) })
        })?;
        each(db, "SELECT name, search FROM searches ORDER BY name", |name, search| out.put(&Line::Search { name, search }))?;
        each(db, "SELECT name, correction FROM corrections ORDER BY name", |name, correction| {
            out.put(&Line::Correction { name, correction })
        })?;
        drop(moment);
        let line = out.line;
        out.to.flush().map_err(|source| TransferError::Io { line, source })?;
        Ok(Exported { lines: line, left_out: out.left_out })
    }
}

fn each(db: &Connection, sql: &str, mut on: impl FnMut(String, String) -> Result<(), TransferError>) -> Result<(), TransferError> {
    let mut rows = db.prepare(sql)?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        on(row.get(0)?, row.get(1)?)?;
    }
    Ok(())
}

impl Catalogue {
    /// Reads what [`Reader::export`] wrote: all of it or nothing. Into a catalogue that has tracks only with `merge`, and then what it has stays as it is, each value by itself.
    ///
    /// # Errors
    /// [`TransferError`] for a line that is not understood, and failures of reading or the store.
    pub fn import(&mut self, mut from: impl BufRead, merge: bool) -> Result<Imported, TransferError> {
        let has_any: bool =
            self.db().query_row("SELECT EXISTS (SELECT 1 FROM tracks) OR EXISTS (SELECT 1 FROM edits)", [], |row| row.get(0))?;
        if has_any && !merge {
            return Err(TransferError::NotEmpty);
        }
        let imported = self.import_lines(&mut from)?;
        self.after_import()?;
        Ok(imported)
    }

    fn import_lines(&mut self, from: &mut impl BufRead) -> Result<Imported, TransferError> {
        let tx = self.transaction()?;
        let mut done = Imported::default();
        let mut roots: HashMap<String, i64> = HashMap::new();
        // Tracks of which something had been set here before, and what is set of them from now on.
        let mut own_edits: HashMap<ContentId, Edits> = HashMap::new();
        let mut text = Vec::new();
        let last_batch: i64 = tx.query_row("SELECT coalesce(max(batch), 0) FROM edit_log", [], |row| row.get(0))?;
        for line in 1u64.. {
            text.clear();
            let read = std::io::Read::take(&mut *from, LONGEST_LINE).read_until(b'\n', &mut text);
            if read.map_err(|source| TransferError::Io { line, source })? == 0 {
                if line == 1 {
                    return Err(TransferError::Line { line, reason: "it is empty".into() });
                }
                break;
            }
            let parsed = serde_json::from_slice::<Line>(&text).map_err(|e| TransferError::Line { line, reason: e.to_string() })?;
            match (&parsed, line) {
                (Line::Head { name, layout }, 1) if name == NAME && *layout <= LAYOUT => {}
                (Line::Head { layout, .. }, 1) if *layout > LAYOUT => {
                    return Err(TransferError::Line { line, reason: "it was written by a newer version; update this program".into() });
                }
                (Line::Head { .. }, _) | (_, 1) => {
                    return Err(TransferError::Line { line, reason: "it is no export of a catalogue".into() });
                }
                _ => take(&tx, parsed, &mut roots, last_batch, &mut own_edits, &mut done)?,
            }
        }
        let mut merged: Vec<(ContentId, Edits)> = own_edits.into_iter().collect();
        merged.sort_by(|a, b| a.0.cmp(&b.0));
        // One step for all, which can be undone.
        step(&tx, "import --merge", &merged)?;
        tx.commit()?;
        Ok(done)
    }
}

fn take(
    tx: &rusqlite::Transaction<'_>,
    line: Line,
    roots: &mut HashMap<String, i64>,
    last_batch: i64,
    own_edits: &mut HashMap<ContentId, Edits>,
    done: &mut Imported,
) -> Result<(), TransferError> {
    match line {
        Line::Head { .. } => {}
        Line::Root { name, path } => {
            tx.execute("INSERT OR IGNORE INTO roots (name, path) VALUES (?1, ?2)", params![name, path])?;
            let id = tx.query_row("SELECT id FROM roots WHERE name = ?1", [&name], |row| row.get(0))?;
            roots.insert(name, id);
        }
        Line::Track { track, measured_by, learned } => {
            let json = |v: &Option<Value<AffectEstimate>>| v.as_ref().map(serde_json::to_string).transpose().map_err(CatalogueError::from);
            let new = tx.execute(
                "INSERT OR IGNORE INTO tracks (content_id, codec, sample_rate_hz, channels, frames, tags, affect, measured_by, title) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, '')",
                params![
                    track.content_id.0,
                    track.codec,
                    track.sample_rate_hz,
                    track.channels,
                    track.frames as i64,
                    serde_json::to_string(&track.tags).map_err(CatalogueError::from)?,
                    json(&track.affect)?,
                    measured_by
                ],
            )?;
            if new > 0 {
                pack::put(tx, tx.last_insert_rowid(), &track.analysis, track.mood.as_ref())?;
                if let Some(learned) = json(&learned)? {
                    tx.execute(
                        "INSERT OR REPLACE INTO learned (content_id, affect) VALUES (?1, ?2)",
                        params![track.content_id.0, learned],
                    )?;
                }
                derive(tx, &track.content_id)?;
                done.tracks += 1;
            }
        }
        Line::File { root, path, size, modified_ns, content_id, failure, missing } => {
            let stamp = FileStamp { size, modified_ns };
            let Some(root) = roots.get(&root) else { return Ok(()) };
            let (failure, version) = failure.unzip();
            let new = tx.execute(
                "INSERT OR IGNORE INTO files (root, path, size, modified_ns, content_id, failure, failure_version, missing) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![root, path, stamp.size as i64, stamp.modified_ns, content_id.as_ref().map(|c| &c.0), failure, version, missing],
            )?;
            if new > 0 {
                if let Some(id) = &content_id {
                    derive(tx, id)?;
                }
                done.files += 1;
            }
        }
        Line::Edits { content_id, edits } => {
            let own = edits_of(tx, &content_id)?;
            if own.is_empty() {
                put_edits(tx, &content_id, &edits)?;
                done.edits += 1;
            } else {
                // What both have set stays as it is here.
                let merged = own.or(&edits);
                done.edits += usize::from(merged != own);
                own_edits.insert(content_id, merged);
            }
        }
        // How another hand came to what was merged into what was set here tells nothing here, and would be in the way of an undo.
        Line::Step { step } if own_edits.contains_key(&step.content_id) => {}
        Line::Step { step } => {
            let json = |e: &Edits| serde_json::to_string(e).map_err(CatalogueError::from);
            // A step that is known is not taken twice.
            let known = "SELECT 1 FROM edit_log WHERE at = ?1 AND command = ?2 AND content_id = ?3 AND before = ?4 AND after = ?5";
            let told = params![step.at, step.command, step.content_id.0, json(&step.before)?, json(&step.after)?];
            if tx.query_row(known, told, |_| Ok(())).optional()?.is_some() {
                return Ok(());
            }
            tx.execute(
                "INSERT INTO edit_log (batch, at, command, content_id, before, after, undone) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    last_batch + step.batch,
                    step.at,
                    step.command,
                    step.content_id.0,
                    json(&step.before)?,
                    json(&step.after)?,
                    step.undone
                ],
            )?;
            done.others += 1;
        }
        Line::Licence { content_id, licence } => done.licences += usize::from(put_licence(tx, &content_id, &licence)?),
        Line::Usage(usage) => {
            let text = serde_json::to_string(&usage).map_err(CatalogueError::from)?;
            let sql = "INSERT OR IGNORE INTO usages (id, content_id, project, usage) VALUES (?1, ?2, ?3, ?4)";
            done.usages += tx.execute(sql, params![usage.id, usage.content_id.0, usage.project, text])?;
        }
        Line::Bin { name, content_id } => {
            done.others += tx.execute("INSERT OR IGNORE INTO bins (name, content_id) VALUES (?1, ?2)", params![name, content_id.0])?;
        }
        Line::Search { name, search } => {
            done.others += tx.execute("INSERT OR IGNORE INTO searches (name, search) VALUES (?1, ?2)", params![name, search])?;
        }
        Line::Correction { name, correction } => {
            done.others += tx.execute("INSERT OR IGNORE INTO corrections (name, correction) VALUES (?1, ?2)", params![name, correction])?;
        }
    }
    Ok(())
}
