//! Which tracks a query lets through, told from the columns alone.

use super::Query;
use super::facets::Tallies;
use crate::index::FACETS;
use crate::index::columns::Columns;
use crate::index::folded;
use jiff::civil::Date;
use std::collections::HashMap;
use track::rights::{Standing, Terms};

/// Tempi of a recording are read as they are, doubled and halved: by what they are multiplied, and the octaves of that.
pub(super) const READINGS: [(f32, f32); 3] = [(1.0, 0.0), (2.0, 1.0), (0.5, -1.0)];

/// What a query lets through.
pub(crate) struct Filter<'a> {
    columns: &'a Columns,
    query: &'a Query,
    /// Facets, and which of their sets are let through.
    facets: Vec<(usize, Vec<bool>)>,
    /// Which sets of terms clear what is asked.
    cleared: Option<Vec<bool>>,
    /// Rows of the store that alone are let through, rising.
    only: Option<Vec<u32>>,
    /// How each set of terms stands.
    standings: Vec<Standing>,
}

impl<'a> Filter<'a> {
    pub(crate) fn new(columns: &'a Columns, query: &'a Query, terms: &HashMap<i64, Terms>, only: Option<Vec<u32>>, today: Date) -> Self {
        let facets = query.facets.iter().filter_map(|wanted| {
            let at = FACETS.iter().position(|f| *f == wanted.field)?;
            let facet = &columns.facets[at];
            let values: Vec<u32> = wanted.any_of.iter().flat_map(|v| values_like(facet, wanted.field, v)).collect();
            let sets = facet.sets_with(&values).into_iter().map(|has| has != wanted.is_not).collect();
            Some((at, sets))
        });
        let of_set = |set: &Vec<i64>| set.iter().filter_map(|id| terms.get(id)).collect::<Vec<_>>();
        let ask = query.cleared_for.as_ref();
        let cleared = ask.map(|ask| columns.term_sets.iter().map(|set| of_set(set).iter().any(|t| t.cover(ask))).collect());
        let on = query.on.or(ask.map(|a| a.on)).unwrap_or(today);
        let standings = columns.term_sets.iter().map(|set| Standing::of(of_set(set), on)).collect();
        Self { columns, query, facets: facets.collect(), cleared, only, standings }
    }

    /// Whether everything is let through.
    pub(crate) fn is_open(&self) -> bool {
        let q = self.query;
        self.facets.is_empty()
            && self.cleared.is_none()
            && self.only.is_none()
            && q.bpm.is_none()
            && q.duration_s.is_none()
            && q.region.is_none()
    }

    /// How many rows its facets let through, about, where it has some: `tallies` says how many rows each set has.
    pub(crate) fn estimate(&self, tallies: &Tallies) -> Option<f64> {
        if self.facets.is_empty() {
            return None;
        }
        let all = self.columns.len().max(1) as f64;
        let share = |(at, sets): &(usize, Vec<bool>)| {
            let through = sets.iter().zip(tallies.of_sets(*at)).filter(|(lets, _)| **lets).map(|(_, n)| *n).sum::<u64>();
            through as f64 / all
        };
        Some(self.facets.iter().map(share).product::<f64>() * all)
    }

    /// The rows that are let through, rising.
    pub(crate) fn rows(&self) -> Vec<u32> {
        // One column alone first: that is a short loop, and what it leaves is few.
        let some = match (self.facets.first(), &self.cleared) {
            (Some((at, sets)), _) => self.columns.facets[*at].rows.rows_with(sets),
            (None, Some(sets)) => self.columns.terms.rows_with(sets),
            (None, None) => (0..self.columns.len() as u32).collect(),
        };
        if self.is_open() { some } else { some.into_iter().filter(|row| self.lets(*row as usize)).collect() }
    }

    #[inline]
    pub(crate) fn lets(&self, row: usize) -> bool {
        let c = self.columns;
        self.facets.iter().all(|(at, sets)| sets[c.facets[*at].rows.at(row)])
            && self.cleared.as_ref().is_none_or(|sets| sets[c.terms.at(row)])
            && self.only.as_ref().is_none_or(|ids| ids.binary_search(&c.id[row]).is_ok())
            && self.query.duration_s.as_ref().is_none_or(|r| r.contains(&f64::from(c.duration_s[row])))
            && self.query.bpm.as_ref().is_none_or(|r| reading_in(c.tempo_bpm[row], r).is_some())
            && self
                .query
                .region
                .as_ref()
                .is_none_or(|(v, a)| v.contains(&f64::from(c.valence[row])) && a.contains(&f64::from(c.arousal[row])))
    }

    pub(crate) fn standing(&self, row: usize) -> Standing {
        self.standing_of_set(self.columns.terms.at(row))
    }

    pub(crate) fn standing_of_set(&self, set: usize) -> Standing {
        self.standings[set]
    }

    /// What cannot be played comes after what can, and what may not be used after what may.
    #[inline]
    pub(crate) fn tier(&self, row: usize) -> u8 {
        self.standing(row) as u8 + if self.columns.is_gone[row] { 4 } else { 0 }
    }

    /// Whether all tracks are alike in that.
    pub(crate) fn has_one_tier(&self) -> bool {
        self.standings.windows(2).all(|w| w[0] == w[1]) && !self.columns.is_any_gone
    }
}

/// The values of a facet that are meant by a text: the same word, however it is written; for ragas any spelling of the name, for times of day any that
/// has the words.
fn values_like(facet: &crate::index::facet::Facet, field: track::Field, text: &str) -> Vec<u32> {
    let same: Vec<u32> = facet.find(text).into_iter().collect();
    match music::canonical_raga(text) {
        Some(raga) if field == track::Field::Raga => {
            let is_it = |v: &str| music::canonical_raga(v) == Some(raga);
            (0..).zip(facet.values()).filter(|(_, v)| is_it(v)).map(|(i, _)| i).chain(same).collect()
        }
        // "Night" is meant by "late night" and "first watch of the night", too.
        _ if field == track::Field::TimeOfDay => {
            let wanted = folded(text);
            let has_words = |v: &str| {
                let (own, wanted): (Vec<String>, Vec<&str>) =
                    (folded(v).split_whitespace().map(ToOwned::to_owned).collect(), wanted.split_whitespace().collect());
                !wanted.is_empty() && own.windows(wanted.len()).any(|w| w == wanted)
            };
            (0..).zip(facet.values()).filter(|(_, v)| has_words(v)).map(|(i, _)| i).chain(same).collect()
        }
        _ => same,
    }
}

/// By what a tempo must be multiplied to fall into a range.
pub(super) fn reading_in(bpm: f32, range: &std::ops::RangeInclusive<f64>) -> Option<f32> {
    READINGS.into_iter().map(|r| r.0).find(|f| range.contains(&f64::from(bpm * f)))
}
