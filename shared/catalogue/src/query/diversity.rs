//! Room for others: pieces of one album and copies of one recording do not fill the page.
//!
//! One idea: the order stays, but what would be the third of an album, or a copy of what is there, is put behind all others.

use super::Match;
use crate::CatalogueError;
use crate::fingerprint;
use crate::read::edits_of;
use crate::store::pack;
use rusqlite::Connection;
use std::collections::HashMap;
use track::{Field, Tags, said};

/// So many of one album on a page before others come.
const OF_ONE_ALBUM: usize = 2;
/// Copies of a recording differ in length by less than this, in seconds, or are cut shorter.
const COPY_S: f64 = 15.0;

/// How many must be found for so many to be shown.
pub(crate) fn wanted(limit: usize) -> usize {
    limit.saturating_mul(3).max(limit.saturating_add(20))
}

/// The first so many, with what crowds put behind.
pub(crate) fn spread(db: &Connection, matches: Vec<Match>, limit: usize) -> Result<Vec<Match>, CatalogueError> {
    let mut albums: HashMap<String, usize> = HashMap::new();
    let mut prints: HashMap<i64, Option<Vec<u32>>> = HashMap::new();
    let (mut front, mut behind): (Vec<Match>, Vec<Match>) = Default::default();
    for m in matches {
        if front.len() >= limit {
            break;
        }
        let album = album_of(db, &m)?;
        let is_crowd = album.as_ref().is_some_and(|a| albums.get(a).copied().unwrap_or(0) >= OF_ONE_ALBUM);
        let mut is_copy = false;
        for other in front.iter().filter(|o| could_be_copies(o, &m)) {
            for id in [other.track.id, m.track.id] {
                if let std::collections::hash_map::Entry::Vacant(slot) = prints.entry(id) {
                    slot.insert(pack::analysis_without_outline(db, id)?.fingerprint.map(|f| f.value));
                }
            }
            if let (Some(Some(a)), Some(Some(b))) = (prints.get(&other.track.id), prints.get(&m.track.id)) {
                is_copy |= fingerprint::same_recording(a, b).is_some();
            }
        }
        if is_crowd || is_copy {
            behind.push(m);
        } else {
            if let Some(album) = album {
                *albums.entry(album).or_default() += 1;
            }
            front.push(m);
        }
    }
    let missing = limit.saturating_sub(front.len());
    front.extend(behind.into_iter().take(missing));
    Ok(front)
}

fn could_be_copies(a: &Match, b: &Match) -> bool {
    let near = |x: Option<f64>, y: Option<f64>| x.zip(y).is_none_or(|(x, y)| (x / y - 1.0).abs() < 0.03);
    (a.track.duration_s - b.track.duration_s).abs() < COPY_S && near(a.track.tempo_bpm, b.track.tempo_bpm)
}

fn album_of(db: &Connection, m: &Match) -> Result<Option<String>, CatalogueError> {
    let mut row = db.prepare_cached("SELECT tags FROM tracks WHERE id = ?1")?;
    let tags: String = row.query_row([m.track.id], |row| row.get(0))?;
    let tags: Tags = serde_json::from_str(&tags).unwrap_or_default();
    // What cannot be read there is told by 'check', and is no reason to find nothing.
    let edits = edits_of(db, &m.track.content_id).unwrap_or_default();
    Ok(said(&tags, &edits, Field::Album).map(|a| crate::index::folded(a.value)))
}
