//! What the catalogue holds, and what a search in it finds.

use super::{CATALOGUE_LOOK, RESULTS, State};
use crate::view::{Filters, Library, Row};
use affect::Affect;
use catalogue::{CatalogueError, Counted, Query, Reader};
use std::sync::Arc;
use std::time::Instant;
use track::rights::{Ask, NotAnAsk};

/// Values that are offered of each facet.
const OFFERED: usize = 100;

impl State {
    /// Reads what is new in the catalogue. Whether anything was.
    pub(super) fn look_at_catalogue(&mut self) -> bool {
        if self.looked.is_some_and(|l| l.elapsed() < CATALOGUE_LOOK) {
            return false;
        }
        self.looked = Some(Instant::now());
        let before = self.model.library.clone();
        let news = match &mut self.reader {
            Some(reader) => reader.refresh().unwrap_or_else(|_| {
                self.reader = None;
                true
            }),
            None => match catalogue::default_dir().and_then(|dir| Reader::open(&dir)) {
                Ok(reader) => {
                    self.reader = Some(reader);
                    true
                }
                Err(e) => {
                    let is_absent = matches!(e, CatalogueError::Absent(_) | CatalogueError::Nowhere);
                    self.model.library = if is_absent { Library::Absent(e.to_string()) } else { Library::Unreadable(e.to_string()) };
                    false
                }
            },
        };
        if let (Some(reader), true) = (&self.reader, news) {
            self.model.library = Library::Ready(reader.len());
            self.model.is_mixed = reader.is_mixed().unwrap_or(false);
            self.model.dots = Arc::new(reader.places().map(|p| p.0).collect());
            self.counted = None;
            self.search();
            self.describe_chosen();
        }
        if news || before != self.model.library {
            self.publish();
        }
        news
    }

    pub(super) fn search(&mut self) {
        let Some(reader) = &self.reader else { return };
        let [valence, arousal] = self.seen.target;
        let query = match query(&self.seen.words, &self.seen.filters) {
            Ok(query) => query,
            Err(why) => {
                // What was found before may not be cleared for what is asked now.
                self.model.rows = Arc::default();
                self.model.search_error = Some(why.to_string());
                return;
            }
        };
        let query = Query { at: Some(Affect::clamped(valence, arousal)), is_diverse: true, limit: RESULTS, ..query };
        match reader.search(&query).and_then(|found| Ok((found, reader.has_licences()?))) {
            Ok((found, are_rights_known)) => {
                self.model.rows = Arc::new(found.into_iter().map(|m| Row::new(m, are_rights_known)).collect());
                self.model.search_error = None;
            }
            // Words that are half typed may not be words yet: what was found stays.
            Err(e) => {
                self.model.search_error = Some(e.to_string());
                return;
            }
        }
        let asked = (self.seen.words.clone(), self.seen.filters.clone());
        if self.counted.as_ref() != Some(&asked) {
            self.model.facets = Arc::new(counted(reader, &asked.0, &asked.1));
            self.counted = Some(asked);
        }
    }
}

/// What words and filters let through.
fn query(words: &str, filters: &Filters) -> Result<Query, NotAnAsk> {
    let cleared_for = match filters.cleared_for.trim() {
        "" => None,
        asked => Some(Ask::parse(asked, jiff::Zoned::now().date())?),
    };
    let text = Some(words.to_owned()).filter(|w| !w.trim().is_empty());
    Ok(Query { text, facets: filters.facets.clone(), cleared_for, ..Query::default() })
}

/// What the tracks that are let through say; of a facet that is filtered by, what they would say without that filter, so that another value can be put beside the one that is chosen.
fn counted(reader: &Reader, words: &str, filters: &Filters) -> Vec<Counted> {
    let count = |filters: &Filters| query(words, filters).ok().and_then(|q| reader.facets(&q, OFFERED).ok()).unwrap_or_default();
    let mut all = count(filters);
    for filter in &filters.facets {
        let without = count(&filters.without(filter.field)).into_iter().find(|c| c.facet == filter.field.name());
        if let (Some(mine), Some(without)) = (all.iter_mut().find(|c| c.facet == filter.field.name()), without) {
            *mine = without;
        }
    }
    all
}
