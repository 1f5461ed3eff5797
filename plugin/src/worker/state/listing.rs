//! What the catalogue holds, and what a search in it finds.

use super::{CATALOGUE_LOOK, RESULTS, State};
use crate::view::{Library, Row};
use affect::Affect;
use catalogue::{CatalogueError, Query, Reader};
use std::sync::Arc;
use std::time::Instant;

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
            self.model.dots = Arc::new(reader.places().map(|p| p.0).collect());
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
        let query = Query {
            at: Some(Affect::clamped(valence, arousal)),
            text: Some(self.seen.words.clone()).filter(|w| !w.trim().is_empty()),
            is_diverse: true,
            limit: RESULTS,
            ..Query::default()
        };
        match reader.search(&query) {
            Ok(found) => {
                self.model.rows = Arc::new(found.into_iter().map(Row::from).collect());
                self.model.search_error = None;
            }
            Err(e) => self.model.search_error = Some(e.to_string()),
        }
    }
}
