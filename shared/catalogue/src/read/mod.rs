//! Reading: lists and single tracks; searches are in `searching`. Never writes, and works while a scan does.

mod searching;
mod snapshot;
mod track;

use track::Corrections;
pub use track::Summary;
pub(crate) use track::{edits_of, files_of, measured_affect, track_of, track_without_edits};

use crate::index::synonyms::Synonyms;
use crate::query::Settings;
use crate::store::{ForReading, roots::Roots};
use crate::write::Batch;
use crate::{CatalogueError, FileStamp, Root, store, write};
use ::track::rights::{Licence, Terms};
use ::track::{ContentId, Edits, Track, Usage, best_affect};
use affect::Affect;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, params};
use snapshot::{Shared, Snapshot};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The catalogue, open for reading.
pub struct Reader {
    dir: PathBuf,
    db: Connection,
    roots: Roots,
    terms: HashMap<i64, Terms>,
    synonyms: Synonyms,
    settings: Settings,
    /// `None` while the very first scan starts: there may be a store and no index yet.
    shared: Option<Arc<Shared>>,
    /// Whether store or index are copies in memory, which nobody changes.
    is_copy: bool,
    snapshot: Arc<Snapshot>,
    data_version: i64,
}

impl Reader {
    /// Opens the catalogue in a folder.
    ///
    /// # Errors
    /// [`CatalogueError::Absent`] when there is none, [`CatalogueError::Newer`] for a format of the future.
    pub fn open(dir: &Path) -> Result<Self, CatalogueError> {
        let ForReading { db, is_copy } = store::open_for_reading(dir)?;
        let settings = Settings::load(dir)?;
        let mut reader = Self {
            dir: dir.to_owned(),
            roots: Roots::default(),
            terms: HashMap::new(),
            synonyms: Synonyms::new(&settings.synonyms),
            settings,
            shared: None,
            is_copy,
            snapshot: Arc::default(),
            data_version: -1,
            db,
        };
        reader.refresh()?;
        Ok(reader)
    }

    /// Takes up what was written since. Returns whether anything was.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn refresh(&mut self) -> Result<bool, CatalogueError> {
        let version: i64 = self.db.pragma_query_value(None, "data_version", |row| row.get(0))?;
        if version == self.data_version {
            return Ok(false);
        }
        self.roots = Roots::load(&self.db)?;
        self.terms = terms(&self.db)?;
        let opened = match &self.shared {
            _ if self.is_copy => snapshot::of_store(&self.db),
            Some(shared) => shared.refresh().map(|_| Arc::clone(shared)),
            None => Shared::open(&self.dir),
        };
        match opened {
            Ok(shared) => {
                self.snapshot = shared.current();
                self.shared = Some(shared);
            }
            // An index that cannot be read is made from the store, in memory; but not while the first one is just being made.
            Err(_) => {
                let shared = Shared::open(&self.dir).or_else(|_| snapshot::of_store(&self.db))?;
                self.snapshot = shared.current();
                self.shared = Some(shared);
            }
        }
        self.data_version = version;
        Ok(true)
    }

    pub(crate) fn db(&self) -> &Connection {
        &self.db
    }

    pub(crate) fn all_roots(&self) -> &Roots {
        &self.roots
    }

    /// How many tracks there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.snapshot.columns.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether this reader and another look at one copy in memory; `None` where one has none.
    #[must_use]
    pub fn shares_with(&self, other: &Self) -> Option<bool> {
        Some(Arc::ptr_eq(self.shared.as_ref()?, other.shared.as_ref()?))
    }

    /// Places of tracks on the plane, each with the row that [`Self::summary`] takes.
    pub fn places(&self) -> impl Iterator<Item = (Affect, i64)> + '_ {
        let c = &self.snapshot.columns;
        (0..c.len())
            .filter(|r| !c.valence[*r].is_nan())
            .map(|r| (Affect::clamped(c.valence[r].into(), c.arousal[r].into()), i64::from(c.id[r])))
    }

    /// What a list shows of the track in a row of the store.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn summary(&self, id: i64) -> Result<Option<Summary>, CatalogueError> {
        track::summary(&self.db, &self.roots, id)
    }

    /// Sums over all tracks.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let c = &self.snapshot.columns;
        Totals {
            tracks: c.len(),
            duration_s: c.duration_s.iter().map(|d| f64::from(*d)).sum(),
            with_tempo: c.tempo_bpm.iter().filter(|t| !t.is_nan()).count(),
            with_key: c.key.iter().filter(|k| **k != u8::MAX).count(),
            missing: c.is_gone.iter().filter(|g| **g).count(),
        }
    }

    /// The versions of the analysis and the models that measured the tracks, with how many each did, the most first.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn measured_by(&self) -> Result<Vec<(String, usize)>, CatalogueError> {
        let sql = "SELECT measured_by, COUNT(*) FROM tracks WHERE measured_by IS NOT NULL GROUP BY measured_by ORDER BY 2 DESC, 1";
        let mut rows = self.db.prepare(sql)?;
        let counted = rows.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as usize)))?;
        Ok(counted.collect::<Result<_, _>>()?)
    }

    /// Whether tracks were measured by different versions, so that their values do not quite compare. Takes no time, however many there are.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn is_mixed(&self) -> Result<bool, CatalogueError> {
        // The two ends of the index on versions.
        let sql = "SELECT MIN(measured_by) FROM tracks UNION ALL SELECT MAX(measured_by) FROM tracks";
        let mut rows = self.db.prepare_cached(sql)?;
        let ends: Vec<Option<String>> = rows.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(ends.first() != ends.last())
    }

    /// What a list shows of every track, in the order of the store.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn summaries(&self) -> Result<Vec<Summary>, CatalogueError> {
        let mut ids: Vec<i64> = self.snapshot.columns.id.iter().map(|id| i64::from(*id)).collect();
        ids.sort_unstable();
        ids.into_iter().filter_map(|id| self.summary(id).transpose()).collect()
    }

    /// A track as it was measured, with its tags and what was set by hand beside that.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn as_measured(&self, id: &ContentId) -> Result<Option<Track>, CatalogueError> {
        track_of(&self.db, &self.roots, id)
    }

    /// Everything that is known of a track, the best of each.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn track(&self, id: &ContentId) -> Result<Option<Track>, CatalogueError> {
        let Some(mut track) = track_of(&self.db, &self.roots, id)? else { return Ok(None) };
        let duration_s = track.duration_s();
        track.analysis.take_best(&track.tags, &track.edits, duration_s);
        track.affect = best_affect(&track.tags, &track.edits, track.affect.take());
        // What was learned of the whole is learned of its course.
        if let (Some(mood), Some(mut corrections)) = (&mut track.mood, Corrections::of(&self.db)?) {
            let row = self.db.query_row("SELECT id FROM tracks WHERE content_id = ?1", [&id.0], |row| row.get(0))?;
            if let Some((from, to)) = corrections.of_row(row)? {
                mood.value.curve.follow(from, to);
            }
        }
        Ok(Some(track))
    }

    /// Sounds that somebody set values or licences of, or put into a bin, and that no file holds, not even a missing one: another sound stands where they were.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn without_files(&self) -> Result<Vec<(ContentId, String)>, CatalogueError> {
        let mut rows = self.db.prepare(
            "SELECT content_id, title FROM tracks WHERE content_id IN (SELECT content_id FROM edits UNION SELECT content_id FROM licences UNION SELECT content_id FROM bins)
             AND content_id NOT IN (SELECT content_id FROM files WHERE content_id IS NOT NULL) ORDER BY title, content_id",
        )?;
        let found = rows.query_map([], |row| Ok((ContentId(row.get(0)?), row.get(1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Where the files of a sound were that are missing.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn missing_files(&self, id: &ContentId) -> Result<Vec<PathBuf>, CatalogueError> {
        let mut rows = self.db.prepare_cached("SELECT root, path FROM files WHERE content_id = ?1 AND missing ORDER BY root, path")?;
        Ok(rows.query_map([&id.0], |row| Ok(self.roots.file(row.get(0)?, &row.get::<_, String>(1)?)))?.collect::<Result<_, _>>()?)
    }

    /// The sound of a file, if the file is known.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn content_of(&self, path: &Path) -> Result<Option<ContentId>, CatalogueError> {
        let Some(place) = self.roots.place(path) else { return Ok(None) };
        let mut row = self.db.prepare_cached("SELECT content_id FROM files WHERE root = ?1 AND path = ?2")?;
        let id: Option<Option<String>> = row.query_row(params![place.root, place.path], |row| row.get(0)).optional()?;
        Ok(id.flatten().map(ContentId))
    }

    /// Whether a file held that sound at the last scan, and has not been touched since as far as its stamp tells.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn vouches_for(&self, path: &Path, stamp: FileStamp, id: &ContentId) -> Result<bool, CatalogueError> {
        let Some(place) = self.roots.place(path) else { return Ok(false) };
        let sql = "SELECT COUNT(*) FROM files WHERE root = ?1 AND path = ?2 AND size = ?3 AND modified_ns = ?4 AND content_id = ?5";
        let row = params![place.root, place.path, stamp.size as i64, stamp.modified_ns, id.0];
        Ok(self.db.query_row(sql, row, |row| row.get::<_, i64>(0))? > 0)
    }

    /// Sounds whose identity starts with some hexadecimal digits; at most `limit`.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn content_starting_with(&self, prefix: &str, limit: usize) -> Result<Vec<ContentId>, CatalogueError> {
        if prefix.is_empty() || !prefix.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(Vec::new());
        }
        let mut rows =
            self.db.prepare("SELECT content_id FROM tracks WHERE content_id >= ?1 AND content_id < ?2 ORDER BY content_id LIMIT ?3")?;
        let prefix = prefix.to_ascii_lowercase();
        let found = rows.query_map(params![prefix, format!("{prefix}g"), limit as i64], |row| Ok(ContentId(row.get(0)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Files that could not be measured, with the reason.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn failures(&self) -> Result<Vec<(PathBuf, String)>, CatalogueError> {
        let mut rows =
            self.db.prepare("SELECT root, path, failure FROM files WHERE failure IS NOT NULL AND NOT missing ORDER BY root, path")?;
        let found = rows.query_map([], |row| Ok((self.roots.file(row.get(0)?, &row.get::<_, String>(1)?), row.get(2)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The folders that files are named from.
    #[must_use]
    pub fn roots(&self) -> &[Root] {
        self.roots.list()
    }

    /// What was set by hand of a track.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn edits(&self, id: &ContentId) -> Result<Edits, CatalogueError> {
        edits_of(&self.db, id)
    }

    /// The last steps by hand, the last first.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn log(&self, limit: usize) -> Result<Vec<Batch>, CatalogueError> {
        write::batches(&self.db, None, if limit == 0 { usize::MAX >> 1 } else { limit })
    }

    /// The licences of a track.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn licences(&self, id: &ContentId) -> Result<Vec<Licence>, CatalogueError> {
        write::licences_of(&self.db, id)
    }

    /// Whether any licence is known of any track.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn has_licences(&self) -> Result<bool, CatalogueError> {
        Ok(self.db.query_row("SELECT EXISTS (SELECT 1 FROM licences)", [], |row| row.get(0))?)
    }

    /// Licences that end from one day to another, the first to end first.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn expiring(&self, from: Date, to: Date) -> Result<Vec<(Date, ContentId, Licence)>, CatalogueError> {
        let mut rows = self.db.prepare(
            "SELECT l.content_id, l.licence FROM licences l JOIN terms t ON t.id = l.terms WHERE t.until BETWEEN ?1 AND ?2 ORDER BY t.until, l.content_id",
        )?;
        let found = rows.query_map([from.to_string(), to.to_string()], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        let mut list = Vec::new();
        for row in found {
            let (id, licence) = row?;
            let licence: Licence = serde_json::from_str(&licence)?;
            list.extend(licence.terms.until.map(|until| (until, ContentId(id), licence)));
        }
        Ok(list)
    }

    /// Where a track, or all of a project's tracks, were used; in the order of the timeline.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn usages(&self, of: Used<'_>) -> Result<Vec<Usage>, CatalogueError> {
        let (column, value) = match of {
            Used::Track(id) => ("content_id", id.0.as_str()),
            Used::In(project) => ("project", project),
        };
        let mut rows = self.db.prepare(&format!("SELECT usage FROM usages WHERE {column} = ?1"))?;
        let found = rows.query_map([value], |row| row.get::<_, String>(0))?;
        let mut usages: Vec<Usage> = found.map(|text| Ok(serde_json::from_str(&text?)?)).collect::<Result<_, CatalogueError>>()?;
        usages.sort_by(|a, b| a.project.cmp(&b.project).then(a.in_s.total_cmp(&b.in_s)));
        Ok(usages)
    }

    /// Projects in which tracks were used, with how many uses.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn projects(&self) -> Result<Vec<(String, usize)>, CatalogueError> {
        self.named("SELECT project, count(*) FROM usages GROUP BY project ORDER BY project")
    }

    /// Bins, with how many tracks are in each.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn bins(&self) -> Result<Vec<(String, usize)>, CatalogueError> {
        self.named("SELECT name, count(*) FROM bins GROUP BY name ORDER BY name")
    }

    /// The tracks in a bin.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn bin(&self, name: &str) -> Result<Vec<ContentId>, CatalogueError> {
        let mut rows = self.db.prepare("SELECT content_id FROM bins WHERE name = ?1 ORDER BY content_id")?;
        Ok(rows.query_map([name], |row| Ok(ContentId(row.get(0)?)))?.collect::<Result<_, _>>()?)
    }

    /// Searches that were kept, by name.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn searches(&self) -> Result<Vec<(String, String)>, CatalogueError> {
        let mut rows = self.db.prepare("SELECT name, search FROM searches ORDER BY name")?;
        Ok(rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }

    fn named(&self, sql: &str) -> Result<Vec<(String, usize)>, CatalogueError> {
        let mut rows = self.db.prepare(sql)?;
        Ok(rows.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as usize)))?.collect::<Result<_, _>>()?)
    }
}

/// Sums over all tracks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Totals {
    /// How many there are.
    pub tracks: usize,
    /// How long they are together.
    pub duration_s: f64,
    /// How many have a tempo.
    pub with_tempo: usize,
    /// How many have a key.
    pub with_key: usize,
    /// Of how many all files are gone.
    pub missing: usize,
}

/// Whose uses.
#[derive(Debug, Clone, Copy)]
pub enum Used<'a> {
    /// Those of a track.
    Track(&'a ContentId),
    /// Those in a project.
    In(&'a str),
}

fn today() -> Date {
    jiff::Zoned::now().date()
}

fn terms(db: &Connection) -> Result<HashMap<i64, Terms>, CatalogueError> {
    let mut rows = db.prepare("SELECT id, terms FROM terms")?;
    let found = rows.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    // Terms that cannot be read cover nothing.
    Ok(found.collect::<Result<Vec<_>, _>>()?.into_iter().map(|(id, text)| (id, serde_json::from_str(&text).unwrap_or_default())).collect())
}
