//! Searching: what fits a query, in which order, and what there is of each facet.
//!
//! One idea: columns in memory say which rows may be in the answer and in what order; the store is asked only for those few that are looked at closely, or shown.

use super::track::Corrections;
use super::{Reader, today};
use crate::CatalogueError;
use crate::index::words;
use crate::query::facets::Tallies;
use crate::query::filter::Filter;
use crate::query::rank::{Best, Ranked, Scorer};
use crate::query::warp::Course;
use crate::query::{Counted, Match, PartName, Query, diversity, likeness};
use crate::store::pack;
use rusqlite::OptionalExtension;
use std::collections::HashMap;

/// What was found out of rows that were looked at closely, and the best rows.
type Looked = (HashMap<u32, (PartName, f32)>, Vec<Ranked>);

/// Of how many rows near a place courses and likenesses are looked at.
const NEAREST: usize = 1000;

impl Reader {
    /// The tracks that fit a query, best first.
    ///
    /// # Errors
    /// [`CatalogueError::Words`] when its text cannot be read, [`CatalogueError::NotThere`] for a track that is not known.
    pub fn search(&self, query: &Query) -> Result<Vec<Match>, CatalogueError> {
        let columns = &self.snapshot.columns;
        let limit = if query.limit == 0 { columns.len() } else { query.limit };
        // What is put aside to make room for others must be found first.
        let is_spread = query.is_diverse && query.limit > 0;
        let wanted = if is_spread { diversity::wanted(limit) } else { limit };
        let filter = self.filter(query)?;
        let scorer = Scorer::new(columns, query, &self.settings.weights);
        let (found, ranked) = self.ranked(query, &filter, &scorer, wanted)?;
        let mut matches = Vec::with_capacity(ranked.len());
        let _whole = self.db.unchecked_transaction()?;
        for r in ranked {
            // What was removed from the store since the index was read is not there.
            let Some(track) = self.summary(i64::from(r.id))? else { continue };
            let parts = scorer.parts(r.row as usize, found.get(&r.row).copied());
            matches.push(Match { track, score: r.score.into(), parts, standing: filter.standing(r.row as usize) });
        }
        let mut matches = if is_spread { diversity::spread(&self.db, matches, limit)? } else { matches };
        let mut moods = pack::Moods::of(&self.db)?;
        for m in &mut matches {
            m.track.is_music = moods.is_music(m.track.id)?;
        }
        Ok(matches)
    }

    /// The rows of the tracks that fit a query, best first, with their scores: for whoever needs no more, like a cursor on the plane. Albums and copies are not spread.
    ///
    /// # Errors
    /// Those of [`Self::search`].
    pub fn rank(&self, query: &Query) -> Result<Vec<(i64, f64)>, CatalogueError> {
        let limit = if query.limit == 0 { self.len() } else { query.limit };
        let filter = self.filter(query)?;
        let scorer = Scorer::new(&self.snapshot.columns, query, &self.settings.weights);
        let (_, ranked) = self.ranked(query, &filter, &scorer, limit)?;
        Ok(ranked.into_iter().map(|r| (i64::from(r.id), r.score.into())).collect())
    }

    fn filter<'a>(&'a self, query: &'a Query) -> Result<Filter<'a>, CatalogueError> {
        Ok(Filter::new(&self.snapshot.columns, query, &self.terms, self.only(query)?, today()))
    }

    /// The best rows, and what was found out of those that were looked at closely.
    fn ranked(&self, query: &Query, filter: &Filter<'_>, scorer: &Scorer<'_>, wanted: usize) -> Result<Looked, CatalogueError> {
        let columns = &self.snapshot.columns;
        if let Some(like) = &query.like {
            let like = likeness::Wanted::load(&self.db, like)?;
            return self.around(query, filter, scorer, Some(&like), wanted);
        }
        if !query.curve.is_empty() {
            return self.around(query, filter, scorer, None, wanted);
        }
        let Some(hits) = self.words(query)? else {
            let through = || {
                let all = if filter.is_open() { None } else { filter.estimate(self.snapshot.everything()) };
                all.unwrap_or(f64::INFINITY)
            };
            return Ok((HashMap::new(), scorer.best_of_all(filter, &self.snapshot.grid, wanted, through)));
        };
        let mut best = Best::new(wanted);
        let is_open = filter.is_open();
        for (row, score) in &hits {
            let r = *row as usize;
            if is_open || filter.lets(r) {
                let score = scorer.score(r, Some((PartName::Words, *score)));
                best.see(Ranked { row: *row, id: columns.id[r], tier: filter.tier(r), score });
            }
        }
        let ranked = best.sorted();
        // Hits come in the order of their rows.
        let hit = |row: u32| hits.binary_search_by_key(&row, |h| h.0).ok().map(|i| (row, (PartName::Words, hits[i].1)));
        let found = ranked.iter().filter_map(|r| hit(r.row)).collect();
        Ok((found, ranked))
    }

    /// The rows nearest to the middle of a course or to a track that others are wanted like, each looked at closely.
    fn around(
        &self,
        query: &Query,
        filter: &Filter<'_>,
        scorer: &Scorer<'_>,
        like: Option<&likeness::Wanted>,
        wanted: usize,
    ) -> Result<Looked, CatalogueError> {
        let columns = &self.snapshot.columns;
        // One transaction: a thousand small ones would take as many locks.
        let _whole = self.db.unchecked_transaction()?;
        let middle = like.map_or_else(|| likeness::middle(&query.curve), |l| l.at);
        let mut near: Vec<u32> = match self.words(query)? {
            Some(hits) => {
                let mut best = Best::new(NEAREST);
                for (row, _) in hits.into_iter().filter(|h| filter.lets(h.0 as usize)) {
                    let r = row as usize;
                    let away = (columns.valence[r] - middle.valence as f32).hypot(columns.arousal[r] - middle.arousal as f32);
                    best.see(Ranked {
                        row,
                        id: columns.id[r],
                        tier: filter.tier(r),
                        score: if away.is_nan() { f32::NEG_INFINITY } else { -away },
                    });
                }
                best.sorted().into_iter().map(|r| r.row).collect()
            }
            None => scorer
                .nearest(filter, &self.snapshot.grid, middle, NEAREST.max(wanted.min(columns.len())))
                .into_iter()
                .map(|r| r.row)
                .collect(),
        };
        near.retain(|row| like.is_none_or(|l| l.row != i64::from(columns.id[*row as usize])));
        // In the order of the store, so that what lies together on the disk is read together.
        near.sort_unstable_by_key(|row| columns.id[*row as usize]);
        let course = Course::new(&query.curve.iter().copied().map(Some).collect::<Vec<_>>());
        let mut moods = pack::Moods::of(&self.db)?;
        let mut corrections = Corrections::of(&self.db)?;
        let mut found = HashMap::with_capacity(near.len());
        let mut best = Best::new(wanted);
        for row in near {
            let r = row as usize;
            let id = i64::from(columns.id[r]);
            let score = match like {
                Some(like) => moods.whole(id)?.map_or(0.0, |mood| like.likeness(&mood, columns, r)),
                None => match moods.course(id)? {
                    // What has no place (speech, say) has no course that counts.
                    Some(mut own) if !columns.valence[r].is_nan() => {
                        if let Some((from, to)) = corrections.as_mut().map(|c| c.of_row(id)).transpose()?.flatten() {
                            own.iter_mut().flatten().for_each(|at| *at = at.followed(from, to));
                        }
                        likeness::of_course(&course, &Course::new(&own))
                    }
                    _ => 0.0,
                },
            };
            let part = if like.is_some() { PartName::Like } else { PartName::Curve };
            found.insert(row, (part, score));
            best.see(Ranked { row, id: columns.id[r], tier: filter.tier(r), score: scorer.score(r, Some((part, score))) });
        }
        Ok((found, best.sorted()))
    }

    /// Rows of the store that a query is limited to, rising.
    fn only(&self, query: &Query) -> Result<Option<Vec<u32>>, CatalogueError> {
        let Some(only) = &query.only else { return Ok(None) };
        let mut row = self.db.prepare_cached("SELECT id FROM tracks WHERE content_id = ?1")?;
        let mut ids = Vec::with_capacity(only.len());
        for id in only {
            ids.extend(row.query_row([&id.0], |row| row.get::<_, u32>(0)).optional()?);
        }
        ids.sort_unstable();
        Ok(Some(ids))
    }

    /// Rows that have the words that are asked for, where some are.
    fn words(&self, query: &Query) -> Result<Option<Vec<(u32, f32)>>, CatalogueError> {
        let Some(text) = query.text.as_deref().map(str::trim).filter(|t| !t.is_empty()) else { return Ok(None) };
        let Some(shared) = &self.shared else { return Ok(Some(Vec::new())) };
        words::search(&shared.index, &self.snapshot.columns, &self.synonyms, text).map(Some)
    }

    /// How many of the tracks that a query lets through say each thing, for every facet; at most so many values of each.
    ///
    /// # Errors
    /// [`CatalogueError::Words`] when its text cannot be read.
    pub fn facets(&self, query: &Query, most_values: usize) -> Result<Vec<Counted>, CatalogueError> {
        let columns = &self.snapshot.columns;
        let filter = self.filter(query)?;
        let rows: Option<Vec<u32>> = match self.words(query)? {
            Some(hits) => Some(hits.into_iter().map(|h| h.0).filter(|r| filter.lets(*r as usize)).collect()),
            None if filter.is_open() => None,
            None => Some(filter.rows()),
        };
        Ok(match rows {
            Some(rows) => Tallies::of(columns, Some(&rows)).counted(columns, &filter, most_values),
            None => self.snapshot.everything().counted(columns, &filter, most_values),
        })
    }
}
