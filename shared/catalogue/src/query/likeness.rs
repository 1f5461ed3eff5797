//! Likeness of tracks: to a course of moods, and to another track or a part of one.

use super::Like;
use super::warp::{self, Course};
use crate::CatalogueError;
use crate::index::columns::Columns;
use crate::read::measured_affect;
use crate::store::pack;
use affect::{Affect, AffectCurve};
use rusqlite::{Connection, OptionalExtension};
use track::{Mood, Value};

/// Courses that lie so far apart on average are no match at all: the sides of the plane are 2 long, and tracks of measured libraries lie half of that apart.
const FARTHEST: f64 = 1.0;

/// A track, or a part of one, that others are wanted like.
pub(crate) struct Wanted {
    pub(crate) row: i64,
    /// Where it lies.
    pub(crate) at: Affect,
    embedding: Vec<f32>,
    version: String,
    tempo_bpm: Option<f64>,
}

impl Wanted {
    pub(crate) fn load(db: &Connection, like: &Like) -> Result<Self, CatalogueError> {
        let mut row = db.prepare("SELECT id, valence, arousal, tempo_bpm FROM tracks WHERE content_id = ?1")?;
        type Found = (i64, Option<f64>, Option<f64>, Option<f64>);
        let found: Option<Found> =
            row.query_row([&like.content_id.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).optional()?;
        let (row, valence, arousal, tempo_bpm) =
            found.ok_or_else(|| CatalogueError::NotThere(format!("no track has the content id {}", like.content_id)))?;
        let mood = pack::mood(db, row)?;
        let whole = valence.zip(arousal).map(|(v, a)| Affect::clamped(v, a));
        let at = match (like.span_s, &mood) {
            (Some((from_s, to_s)), Some(mood)) => {
                let part = part(&mood.value.curve, from_s, to_s).ok_or_else(|| {
                    let end_s = mood.value.curve.step_s * mood.value.curve.estimates.len() as f64;
                    CatalogueError::NotThere(format!(
                        "no mood is known of {from_s} s to {to_s} s of {}, which ends at about {end_s} s; ask for a part that lies in it and sounds",
                        like.content_id
                    ))
                })?;
                Some(shifted(db, like, part)?)
            }
            _ => whole,
        };
        let at = at.ok_or_else(|| CatalogueError::NotThere(format!("no mood is known of {}, so nothing is like it", like.content_id)))?;
        let (embedding, version) = mood.map_or_else(Default::default, |m| (m.value.embedding, m.version));
        Ok(Self { row, at, embedding, version, tempo_bpm })
    }

    /// How alike a track is: half by where it lies, half by what the model made of it, and its tempo a little. 1 is the same.
    pub(crate) fn likeness(&self, mood: &Value<Mood>, columns: &Columns, row: usize) -> f32 {
        let away = (columns.valence[row] - self.at.valence as f32).hypot(columns.arousal[row] - self.at.arousal as f32);
        let mut parts = vec![(0.45, (1.0 - away / std::f32::consts::SQRT_2).max(0.0))];
        if mood.version == self.version
            && let Some(cosine) = cosine(&mood.value.embedding, &self.embedding)
        {
            parts.push((0.45, f32::midpoint(cosine, 1.0)));
        }
        if let Some(bpm) = self.tempo_bpm
            && !columns.tempo_bpm[row].is_nan()
        {
            let octaves = (bpm as f32 / columns.tempo_bpm[row]).log2().abs();
            // Half and double time are nearer than what lies between.
            let octaves = octaves.min((octaves - 1.0).abs() + 0.1);
            parts.push((0.1, (1.0 - 2.0 * octaves).max(0.0)));
        }
        let weight: f32 = parts.iter().map(|p| p.0).sum();
        parts.iter().map(|p| p.0 * p.1).sum::<f32>() / weight
    }
}

/// A part of a track lies from the whole as its measured course says; the whole may have been put elsewhere by hand.
fn shifted(db: &Connection, like: &Like, (part, whole): (Affect, Affect)) -> Result<Affect, CatalogueError> {
    let measured = measured_affect(db, &like.content_id)?.map_or(whole, |m| m.value.at);
    let best: Option<(Option<f64>, Option<f64>)> = db
        .query_row("SELECT valence, arousal FROM tracks WHERE content_id = ?1", [&like.content_id.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let best = best.and_then(|(v, a)| Some(Affect::clamped(v?, a?))).unwrap_or(measured);
    Ok(part.followed(measured, best))
}

/// The mean of a part of a course, and of all of it.
fn part(curve: &AffectCurve, from_s: f64, to_s: f64) -> Option<(Affect, Affect)> {
    let steps = curve.estimates.iter().enumerate().filter_map(|(i, e)| Some((i as f64 * curve.step_s, e.as_ref()?.at)));
    let inside: Vec<Affect> = steps.clone().filter(|(t, _)| t + curve.step_s > from_s && *t < to_s).map(|s| s.1).collect();
    let all: Vec<Affect> = steps.map(|s| s.1).collect();
    (!inside.is_empty()).then(|| (middle(&inside), middle(&all)))
}

/// The mean of places.
pub(crate) fn middle(places: &[Affect]) -> Affect {
    let n = places.len().max(1) as f64;
    Affect::clamped(places.iter().map(|p| p.valence).sum::<f64>() / n, places.iter().map(|p| p.arousal).sum::<f64>() / n)
}

/// How alike a track's course is to one that is wanted, 0 to 1.
pub(crate) fn of_course(wanted: &Course, own: &Course) -> f32 {
    warp::distance(own, wanted).map_or(0.0, |d| (1.0 - d / FARTHEST).max(0.0)) as f32
}

fn cosine(a: &[f32], b: &[f32]) -> Option<f32> {
    if a.len() != b.len() || a.is_empty() {
        return None;
    }
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
    let length = (dot(a, a) * dot(b, b)).sqrt();
    (length > 0.0).then(|| dot(a, b) / length)
}
