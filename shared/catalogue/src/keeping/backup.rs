//! A copy of the store, also while scans run.

use crate::{CatalogueError, Reader};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use std::path::Path;
use std::time::Duration;

/// A writer holds up a copy for a moment at most.
const WAITS: u32 = 200;
const WAIT: Duration = Duration::from_millis(50);

fn copy_all(from: &Connection, to: &mut Connection) -> Result<(), CatalogueError> {
    let copy = Backup::new(from, to)?;
    for _ in 0..WAITS {
        match copy.step(-1)? {
            StepResult::Done => return Ok(()),
            _ => std::thread::sleep(WAIT),
        }
    }
    Err(CatalogueError::NotThere("the catalogue could not be copied, as others went on writing; try again".into()))
}

impl Reader {
    /// Copies the store as it is at this moment into a file, which must not be there yet: it is written beside that and renamed once it is on the disk for good. As `catalogue.db` in a folder of its own
    /// it is a catalogue; its index is made at the first use.
    ///
    /// # Errors
    /// Failures of the store or the disk.
    pub fn backup(&self, to: &Path) -> Result<(), CatalogueError> {
        let io = |source| CatalogueError::Io { path: to.to_owned(), source };
        if to.exists() {
            return Err(io(std::io::Error::new(std::io::ErrorKind::AlreadyExists, "is there already; nothing is overwritten")));
        }
        let folder = to.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = to.file_name().ok_or_else(|| io(std::io::Error::other("is no name of a file")))?;
        let beside = folder.join(format!(".{}.part", name.to_string_lossy()));
        let copy = || -> Result<(), CatalogueError> {
            let mut target = Connection::open(&beside)?;
            // In one step: a scan that writes meanwhile would make it start again and again.
            copy_all(self.db(), &mut target)?;
            target.pragma_update(None, "journal_mode", "DELETE")?;
            target.close().map_err(|(_, e)| e)?;
            std::fs::File::open(&beside).and_then(|f| f.sync_all()).map_err(io)?;
            std::fs::rename(&beside, to).map_err(io)?;
            // The name, too, must be on the disk for good, where folders can be synced.
            if let Ok(folder) = std::fs::File::open(folder) {
                let _ = folder.sync_all();
            }
            Ok(())
        };
        let _ = std::fs::remove_file(&beside);
        let done = copy();
        if done.is_err() {
            let _ = std::fs::remove_file(&beside);
        }
        done
    }
}
