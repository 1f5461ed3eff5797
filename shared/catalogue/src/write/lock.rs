//! One writer of the index at a time, and who it is.
//!
//! One idea: the system's own lock on a file ends with the process that holds it, however that ends; so nothing has to be cleaned up after a crash.

use crate::CatalogueError;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// Held for as long as it lives.
pub(super) struct WriterLock {
    _file: File,
    note: PathBuf,
    /// Whether whoever had it before left word, which who ends well takes away.
    pub(super) was_killed: bool,
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.note);
    }
}

impl WriterLock {
    /// Takes the lock, and leaves word of who has it.
    pub(super) fn take(dir: &Path) -> Result<Self, CatalogueError> {
        let path = dir.join("writer.lock");
        let io = |source| CatalogueError::Io { path: path.clone(), source };
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(io)?;
        // Beside it, as a locked file cannot be read on every system.
        let note = dir.join("writer.txt");
        match file.try_lock() {
            Ok(()) => {
                let was_killed = note.exists();
                // Nobody depends on what it says.
                let _ = std::fs::write(&note, me());
                Ok(Self { _file: file, note, was_killed })
            }
            Err(TryLockError::WouldBlock) => {
                let who = std::fs::read_to_string(&note).unwrap_or_default();
                let who: String = who.chars().filter(|c| !c.is_control()).take(200).collect();
                Err(CatalogueError::Busy { dir: dir.to_owned(), who: if who.is_empty() { "another program".into() } else { who } })
            }
            Err(TryLockError::Error(source)) => Err(io(source)),
        }
    }
}

/// The program and its command, its process, and since when.
fn me() -> String {
    let mut words = std::env::args_os();
    let program = words.next().unwrap_or_default();
    let program = Path::new(&program).file_stem().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let command = words.find(|w| !w.to_string_lossy().starts_with('-')).map_or_else(String::new, |w| format!(" {}", w.to_string_lossy()));
    let since = jiff::Zoned::now().strftime("%Y-%m-%d %H:%M:%S").to_string();
    format!("{program}{command} (process {}, since {since})", std::process::id())
}
