//! Whether store, index and disk agree, and what can be mended.
//!
//! One idea: what is derived is made again; what can be measured again is marked for the next scan; what only people know is never touched, and told.

use crate::read::edits_of;
use crate::store::pack;
use crate::write::derive;
use crate::{Catalogue, CatalogueError, FileStamp};
use std::collections::HashSet;
use track::ContentId;
use track::rights::Licence;
use track::{Edits, Tags, Usage};

/// What was done about something that is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repair {
    /// It was mended.
    Mended,
    /// The next scan will measure it again.
    NextScan,
    /// It can be mended, and was only looked at.
    Possible,
    /// Somebody must look at it.
    ByHand,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Problem {
    /// What, in words.
    pub what: String,
    /// What was done about it.
    pub repair: Repair,
}

impl Catalogue {
    /// Looks at everything: the store itself, what is packed in it, the index against it, and the files on the disk. With `repair`, mends what can be derived.
    ///
    /// # Errors
    /// Failures of the store that keep it from being looked at at all.
    pub fn check(&mut self, repair: bool) -> Result<Vec<Problem>, CatalogueError> {
        let mut problems = Vec::new();
        self.check_store(&mut problems)?;
        self.check_tracks(repair, &mut problems)?;
        self.check_what_people_know(&mut problems)?;
        self.check_index(repair, &mut problems)?;
        self.check_disk(&mut problems)?;
        if repair {
            self.index_rest()?;
        }
        Ok(problems)
    }

    fn check_store(&self, problems: &mut Vec<Problem>) -> Result<(), CatalogueError> {
        let mut rows = self.db().prepare("PRAGMA integrity_check(20)")?;
        let told: Vec<String> = rows.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for text in told.into_iter().filter(|t| t != "ok") {
            problems
                .push(Problem { what: format!("the store is damaged: {text}; restore a backup (indexer backup)"), repair: Repair::ByHand });
        }
        let mut rows = self.db().prepare("SELECT count(*), \"table\" FROM pragma_foreign_key_check GROUP BY \"table\"")?;
        let told: Vec<(i64, String)> = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        for (n, table) in told {
            problems.push(Problem { what: format!("{n} rows of {table} name what is not there"), repair: Repair::ByHand });
        }
        Ok(())
    }

    /// What was measured must unpack, and what lists show must follow from it.
    fn check_tracks(&mut self, repair: bool, problems: &mut Vec<Problem>) -> Result<(), CatalogueError> {
        type Shown = (String, Option<f64>, Option<f64>, Option<f64>, Option<String>);
        let shown = |c: &Self, id: i64| -> Result<Shown, CatalogueError> {
            let mut row = c.db().prepare_cached("SELECT title, valence, arousal, tempo_bpm, key FROM tracks WHERE id = ?1")?;
            Ok(row.query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))?)
        };
        let tracks: Vec<(i64, String, String)> = {
            let mut rows = self.db().prepare("SELECT id, content_id, tags FROM tracks ORDER BY id")?;
            rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect::<Result<_, _>>()?
        };
        for (id, content_id, tags) in tracks {
            let content_id = ContentId(content_id);
            let read = pack::analysis(self.db(), id)
                .map(|_| ())
                .and_then(|()| pack::mood(self.db(), id).map(|_| ()))
                .and_then(|()| serde_json::from_str::<Tags>(&tags).map(|_| ()).map_err(CatalogueError::from));
            if let Err(e) = read {
                if repair {
                    self.db().execute("UPDATE tracks SET measured_by = NULL WHERE id = ?1", [id])?;
                }
                let repair = if repair { Repair::NextScan } else { Repair::Possible };
                problems.push(Problem { what: format!("what was measured of {content_id} cannot be read ({e})"), repair });
                continue;
            }
            let before = shown(self, id)?;
            if edits_of(self.db(), &content_id).is_err() {
                // Told below; what lists show stays as it is.
                continue;
            }
            let tx = self.transaction()?;
            derive(&tx, &content_id)?;
            let after: Shown = {
                let mut row = tx.prepare_cached("SELECT title, valence, arousal, tempo_bpm, key FROM tracks WHERE id = ?1")?;
                row.query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))?
            };
            let differs = before != after;
            if differs && repair {
                tx.commit()?
            } else {
                tx.rollback()?
            }
            if differs {
                let repair = if repair { Repair::Mended } else { Repair::Possible };
                problems.push(Problem { what: format!("what lists show of {content_id} is not what is known of it"), repair });
            }
        }
        Ok(())
    }

    fn check_what_people_know(&self, problems: &mut Vec<Problem>) -> Result<(), CatalogueError> {
        let mut look = |sql: &str, what: &str, is_read: &dyn Fn(&str) -> bool| -> Result<(), CatalogueError> {
            let mut rows = self.db().prepare(sql)?;
            let texts: Vec<(String, String)> = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
            for (id, _) in texts.iter().filter(|t| !is_read(&t.1)) {
                problems.push(Problem { what: format!("{what} of {id} cannot be read; it is kept as it is"), repair: Repair::ByHand });
            }
            Ok(())
        };
        look("SELECT content_id, edits FROM edits", "what was set by hand", &|t| serde_json::from_str::<Edits>(t).is_ok())?;
        look("SELECT content_id, licence FROM licences", "a licence", &|t| serde_json::from_str::<Licence>(t).is_ok())?;
        look("SELECT content_id, usage FROM usages", "a use", &|t| serde_json::from_str::<Usage>(t).is_ok())
    }

    /// Every track that a file holds must be in the index, and nothing else.
    fn check_index(&mut self, repair: bool, problems: &mut Vec<Problem>) -> Result<(), CatalogueError> {
        let Some(index) = self.index() else { return Ok(()) };
        let is_sound = index.is_sound();
        let indexed = index.ids().unwrap_or_default();
        let wanted: HashSet<i64> = {
            let mut rows =
                self.db().prepare("SELECT t.id FROM tracks t WHERE EXISTS (SELECT 1 FROM files f WHERE f.content_id = t.content_id)")?;
            rows.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        let found: HashSet<i64> = indexed.iter().copied().collect();
        let lacks: Vec<i64> = wanted.difference(&found).copied().collect();
        let extra: Vec<i64> = found.difference(&wanted).copied().collect();
        let twice = indexed.len() - found.len();
        if is_sound && lacks.is_empty() && extra.is_empty() && twice == 0 {
            return Ok(());
        }
        if repair {
            self.make_index_again()?;
        }
        let damaged = if is_sound { "" } else { "is damaged, " };
        let what = format!("the index {damaged}lacks {} tracks, has {} that are not there, and {twice} twice", lacks.len(), extra.len());
        problems.push(Problem { what, repair: if repair { Repair::Mended } else { Repair::Possible } });
        Ok(())
    }

    /// Files that are said to be there must be, and be as they were.
    fn check_disk(&self, problems: &mut Vec<Problem>) -> Result<(), CatalogueError> {
        let away: HashSet<std::path::PathBuf> = self.roots().iter().filter(|r| !r.path.is_dir()).map(|r| r.path.clone()).collect();
        for root in self.roots().iter().filter(|r| away.contains(&r.path)) {
            let what = format!(
                "the root '{}' is not at {}: is a drive not mounted? 'indexer roots move' says where it is",
                root.name,
                root.path.display()
            );
            problems.push(Problem { what, repair: Repair::ByHand });
        }
        let mut files: Vec<_> = self.files()?.into_iter().filter(|(_, state)| !state.missing && state.content_id.is_some()).collect();
        files.sort_by(|a, b| a.0.cmp(&b.0));
        for (path, state) in files.iter().filter(|(path, _)| !away.iter().any(|a| path.starts_with(a))) {
            let what = match std::fs::metadata(path) {
                Ok(meta) if FileStamp::of(&meta) == state.stamp => continue,
                Ok(_) => format!("{} has changed since it was scanned", path.display()),
                Err(e) => format!("{}: {e}", path.display()),
            };
            problems.push(Problem { what, repair: Repair::NextScan });
        }
        Ok(())
    }
}
