//! Moods as they were measured, and what was learned from those that were set by hand.

use super::Catalogue;
use super::derive::place;
use crate::CatalogueError;
use crate::read::edits_of;
use crate::store::pack;
use affect::{Affect, AffectEstimate};
use rusqlite::{OptionalExtension, params};
use track::{ContentId, Edits, Mood, Tags, Value};

/// A sound's mood as it was measured, beside what somebody set.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasuredMood {
    /// The sound.
    pub content_id: ContentId,
    /// Where the model puts it.
    pub affect: Option<Value<AffectEstimate>>,
    /// What else the model says of it.
    pub mood: Option<Value<Mood>>,
    /// Where somebody put it.
    pub by_hand: Option<Affect>,
}

/// A correction of moods, as whoever learned it writes it, and what it makes of each sound.
#[derive(Debug, Clone, Copy)]
pub struct Learned<'a> {
    /// The correction.
    pub correction: &'a str,
    /// Places on the plane.
    pub values: &'a [(ContentId, Value<AffectEstimate>)],
}

impl Catalogue {
    /// Every sound's mood as it was measured, with what was set by hand of it.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn moods(&self) -> Result<Vec<MeasuredMood>, CatalogueError> {
        let mut rows = self.db.prepare(
            "SELECT t.id, t.content_id, t.affect, e.edits FROM tracks t LEFT JOIN edits e ON e.content_id = t.content_id ORDER BY t.id",
        )?;
        let read = rows.query_map([], |row| {
            let texts: [Option<String>; 2] = [row.get(2)?, row.get(3)?];
            Ok((row.get::<_, i64>(0)?, ContentId(row.get(1)?), texts))
        })?;
        read.map(|row| {
            let (id, content_id, [affect, edits]) = row?;
            let edits: Edits = edits.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default();
            Ok(MeasuredMood {
                content_id,
                affect: affect.as_deref().map(serde_json::from_str).transpose()?,
                mood: pack::mood(&self.db, id)?,
                by_hand: edits.mood,
            })
        })
        .collect()
    }

    /// The correction of moods that was learned, as [`Self::set_correction`] was given it.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn correction(&self) -> Result<Option<String>, CatalogueError> {
        Ok(self.db.query_row("SELECT correction FROM corrections WHERE name = 'mood'", [], |row| row.get(0)).optional()?)
    }

    /// Puts a correction of moods, and what it makes of each sound, in the place of the one before; `None` forgets it.
    ///
    /// # Errors
    /// Failures of the store or the index.
    pub fn set_correction(&mut self, learned: Option<Learned<'_>>) -> Result<(), CatalogueError> {
        let tx = self.db.transaction()?;
        tx.execute("DELETE FROM corrections WHERE name = 'mood'", [])?;
        tx.execute("DELETE FROM learned", [])?;
        if let Some(Learned { correction, values }) = learned {
            tx.execute("INSERT INTO corrections (name, correction) VALUES ('mood', ?1)", [correction])?;
            let mut put = tx.prepare("INSERT INTO learned (content_id, affect) VALUES (?1, ?2)")?;
            for (id, value) in values {
                put.execute(params![id.0, serde_json::to_string(value)?])?;
            }
        }
        {
            let mut rows = tx.prepare("SELECT content_id, tags FROM tracks")?;
            let tracks: Vec<(String, String)> = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
            for (id, tags) in tracks {
                let (id, tags) = (ContentId(id), serde_json::from_str::<Tags>(&tags)?);
                place(&tx, &id, &tags, &edits_of(&tx, &id)?)?;
            }
        }
        tx.commit()?;
        self.index_rest()
    }
}
