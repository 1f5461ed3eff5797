//! The columns of a catalogue in memory, once for a process.
//!
//! One idea: a DAW opens as many plugins as it has tracks, all on one catalogue; what is large is read once and shared, and goes when the last of them goes.

use crate::CatalogueError;
use crate::index::columns::Columns;
use crate::index::grid::Grid;
use crate::index::{Entry, IndexIn, folder};
use crate::query::facets::Tallies;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, OnceLock, Weak};
use tantivy::index::SegmentId;

/// What was read of an index at one time.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    pub(crate) columns: Columns,
    pub(crate) grid: Grid,
    /// How many tracks say what, counted when it is first asked for.
    everything: OnceLock<Tallies>,
    /// Which parts of the index it was read from.
    state: Vec<(SegmentId, Option<u64>)>,
}

impl Snapshot {
    /// How many of all tracks say what.
    pub(crate) fn everything(&self) -> &Tallies {
        self.everything.get_or_init(|| Tallies::of(&self.columns, None))
    }
}

/// An index that readers share.
pub(crate) struct Shared {
    pub(crate) index: IndexIn,
    current: Mutex<Arc<Snapshot>>,
}

static OPEN: LazyLock<Mutex<HashMap<PathBuf, Weak<Shared>>>> = LazyLock::new(Mutex::default);

impl Shared {
    /// The index of the catalogue in a folder: the one that is open already, where one is.
    pub(crate) fn open(dir: &Path) -> Result<Arc<Self>, CatalogueError> {
        let path = folder(dir);
        let mut open = OPEN.lock();
        open.retain(|_, shared| shared.strong_count() > 0);
        if let Some(shared) = open.get(&path).and_then(Weak::upgrade)
            // An index that was damaged and made anew is another one in the same place.
            && shared.refresh().is_ok()
        {
            return Ok(shared);
        }
        let shared = Arc::new(Self::of(IndexIn::open(dir)?)?);
        open.insert(path, Arc::downgrade(&shared));
        Ok(shared)
    }

    /// An index of a store's tracks in memory alone.
    pub(crate) fn in_memory(entries: impl Iterator<Item = Result<Entry, CatalogueError>>) -> Result<Arc<Self>, CatalogueError> {
        Ok(Arc::new(Self::of(IndexIn::in_memory(entries)?)?))
    }

    fn of(index: IndexIn) -> Result<Self, CatalogueError> {
        let shared = Self { index, current: Mutex::default() };
        shared.refresh()?;
        Ok(shared)
    }

    /// What the index holds now, as it was read last.
    pub(crate) fn current(&self) -> Arc<Snapshot> {
        Arc::clone(&self.current.lock())
    }

    /// Reads what the index holds now, if it is not what was read last.
    pub(crate) fn refresh(&self) -> Result<Arc<Snapshot>, CatalogueError> {
        let mut current = self.current.lock();
        self.index.reload()?;
        let searcher = self.index.reader.searcher();
        let state: Vec<_> = searcher.segment_readers().iter().map(|s| (s.segment_id(), s.delete_opstamp())).collect();
        if current.state != state || current.columns.len() == 0 {
            let columns = Columns::load(&self.index)?;
            let grid = Grid::new(&columns);
            *current = Arc::new(Snapshot { columns, grid, everything: OnceLock::new(), state });
        }
        Ok(Arc::clone(&current))
    }
}

/// An index of a store's tracks, for where the one on the disk cannot be used.
pub(crate) fn of_store(db: &rusqlite::Connection) -> Result<Arc<Shared>, CatalogueError> {
    const AT_ONCE: usize = 10_000;
    let mut after = Some(i64::MIN);
    let batches = std::iter::from_fn(|| {
        let rows = match crate::write::derive::pending(db, Some(after?), AT_ONCE) {
            Ok(rows) => rows,
            Err(e) => {
                after = None;
                return Some(vec![Err(e)]);
            }
        };
        after = rows.last().map(|r| r.id);
        Some(rows.into_iter().filter_map(|r| r.entry).map(Ok).collect())
    });
    Shared::in_memory(batches.flatten())
}
