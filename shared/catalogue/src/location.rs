//! Where the catalogue is: the same place for every program.

use crate::CatalogueError;
use std::path::PathBuf;

/// The folder of the catalogue: `UNDERSCORE_CATALOGUE` if it is set, else the user's data folder (`~/.local/share/underscore` on
/// Linux, `~/Library/Application Support/underscore` on macOS, `%APPDATA%\underscore\data` on Windows).
///
/// # Errors
/// [`CatalogueError::Nowhere`] when the system tells no such folder.
pub fn default_dir() -> Result<PathBuf, CatalogueError> {
    if let Some(dir) = std::env::var_os("UNDERSCORE_CATALOGUE").filter(|d| !d.is_empty()) {
        return Ok(dir.into());
    }
    let dirs = directories::ProjectDirs::from("", "", "underscore").ok_or(CatalogueError::Nowhere)?;
    Ok(dirs.data_dir().to_owned())
}
