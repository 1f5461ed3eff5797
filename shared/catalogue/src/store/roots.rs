//! Named folders under which music lies, and files named from them on.
//!
//! One idea: a file belongs to the deepest root that it lies under. So a catalogue moves to another machine by telling it where a few folders are.

use crate::CatalogueError;
use rusqlite::{Connection, params};
use std::path::{Component, Path, PathBuf};
use track::path_text::{from_text, to_text};

/// A named folder under which music lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    pub(crate) id: i64,
    /// Its name, the same on every machine.
    pub name: String,
    /// Where it lies on this one.
    pub path: PathBuf,
}

/// A file, named from its root on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) root: i64,
    /// The text of its path from there, with slashes on every system.
    pub(crate) path: String,
}

/// Every root.
#[derive(Debug, Clone, Default)]
pub(crate) struct Roots {
    /// The deepest first.
    list: Vec<Root>,
}

impl Roots {
    pub(crate) fn load(db: &Connection) -> Result<Self, CatalogueError> {
        let mut rows = db.prepare("SELECT id, name, path FROM roots")?;
        let list = rows.query_map([], |row| Ok(Root { id: row.get(0)?, name: row.get(1)?, path: from_text(&row.get::<_, String>(2)?) }))?;
        let mut roots = Self { list: list.collect::<Result<_, _>>()? };
        roots.sort();
        Ok(roots)
    }

    fn sort(&mut self) {
        self.list.sort_by_key(|r| (std::cmp::Reverse(r.path.components().count()), r.name.clone()));
    }

    pub(crate) fn list(&self) -> &[Root] {
        &self.list
    }

    /// Where a file lies, if it lies under a root.
    pub(crate) fn place(&self, file: &Path) -> Option<Place> {
        self.list.iter().find_map(|root| Some(Place { root: root.id, path: relative(file.strip_prefix(&root.path).ok()?) }))
    }

    /// The file at a place.
    pub(crate) fn file(&self, root: i64, path: &str) -> PathBuf {
        let folder = self.list.iter().find(|r| r.id == root).map_or(Path::new(""), |r| &r.path);
        folder.join(from_text(path))
    }

    /// Makes a root of a folder if it is none yet; files that are known under it hang on it from now on.
    pub(crate) fn add(&mut self, db: &Connection, folder: &Path) -> Result<i64, CatalogueError> {
        if let Some(root) = self.list.iter().find(|r| r.path == folder) {
            return Ok(root.id);
        }
        let name = self.free_name(folder);
        db.execute("INSERT INTO roots (name, path) VALUES (?1, ?2)", params![name, to_text(folder)])?;
        let id = db.last_insert_rowid();
        let above = self.place(folder);
        self.list.push(Root { id, name, path: folder.to_owned() });
        self.sort();
        if let Some(above) = above {
            self.rehome(db, above.root, id)?;
        }
        Ok(id)
    }

    /// Hangs the files of a root that lie under a new, deeper one on that.
    fn rehome(&self, db: &Connection, from: i64, to: i64) -> Result<(), CatalogueError> {
        let mut rows = db.prepare("SELECT path FROM files WHERE root = ?1")?;
        let paths = rows.query_map([from], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        for path in paths {
            let Some(place) = self.place(&self.file(from, &path)).filter(|p| p.root == to) else { continue };
            db.prepare_cached("UPDATE OR REPLACE files SET root = ?3, path = ?4 WHERE root = ?1 AND path = ?2")?
                .execute(params![from, path, to, place.path])?;
        }
        Ok(())
    }

    /// Where a file lies; where it lies under no root, its folder becomes one.
    pub(crate) fn place_or_add(&mut self, db: &Connection, file: &Path) -> Result<Place, CatalogueError> {
        if let Some(place) = self.place(file) {
            return Ok(place);
        }
        self.add(db, file.parent().unwrap_or(file))?;
        Ok(self.place(file).unwrap_or(Place { root: 0, path: to_text(file) }))
    }

    /// The same, with the top of its file system as the root.
    pub(crate) fn place_or_top(&mut self, db: &Connection, file: &Path) -> Result<Place, CatalogueError> {
        let top: PathBuf = file.components().take_while(|c| matches!(c, Component::Prefix(_) | Component::RootDir)).collect();
        if self.place(file).is_none() && !top.as_os_str().is_empty() {
            self.add(db, &top)?;
        }
        self.place_or_add(db, file)
    }

    /// The last name of a folder, or that with a number, so that no other root has it.
    fn free_name(&self, folder: &Path) -> String {
        let last = folder.file_name().map_or_else(|| folder.to_string_lossy().into_owned(), |n| n.to_string_lossy().into_owned());
        let is_free = |name: &str| self.list.iter().all(|r| r.name != name);
        let numbered = (2..).map(|n| format!("{last} {n}"));
        std::iter::once(last.clone()).chain(numbered).find(|name| is_free(name)).unwrap_or(last)
    }
}

/// A path from a root on as text. One that is not Unicode is kept byte for byte, separators and all.
fn relative(path: &Path) -> String {
    if path.to_str().is_none() {
        return to_text(path);
    }
    path.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tables::TABLES;

    fn db() -> Connection {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(TABLES).unwrap();
        db
    }

    fn put(db: &Connection, place: &Place) {
        db.execute("INSERT INTO files (root, path, size, modified_ns) VALUES (?1, ?2, 0, 0)", params![place.root, place.path]).unwrap();
    }

    fn all(db: &Connection) -> Vec<PathBuf> {
        let roots = Roots::load(db).unwrap();
        let mut rows = db.prepare("SELECT root, path FROM files").unwrap();
        let mut found: Vec<_> =
            rows.query_map([], |r| Ok(roots.file(r.get(0)?, &r.get::<_, String>(1)?))).unwrap().map(Result::unwrap).collect();
        found.sort();
        found
    }

    #[test]
    fn a_file_belongs_to_the_deepest_root_in_whatever_order_they_come() {
        let db = db();
        let mut roots = Roots::load(&db).unwrap();
        for file in ["/m/jazz/a.flac", "/m/jazzy/b.flac", "/m/c.flac"] {
            put(&db, &roots.place_or_top(&db, Path::new(file)).unwrap());
        }
        let before = all(&db);
        for folder in ["/m", "/m/jazz"] {
            roots.add(&db, Path::new(folder)).unwrap();
            assert_eq!(all(&db), before);
        }
        let place = roots.place(Path::new("/m/jazz/a.flac")).unwrap();
        assert_eq!((roots.list()[0].name.as_str(), place.root, place.path.as_str()), ("jazz", roots.list()[0].id, "a.flac"));
        let inside: i64 = db.query_row("SELECT count(*) FROM files WHERE root = ?1", [place.root], |r| r.get(0)).unwrap();
        assert_eq!(inside, 1, "jazzy is not in jazz");
    }

    #[test]
    fn names_are_different_and_paths_that_are_not_unicode_survive() {
        let db = db();
        let mut roots = Roots::load(&db).unwrap();
        roots.add(&db, Path::new("/a/music")).unwrap();
        roots.add(&db, Path::new("/b/music")).unwrap();
        let names: Vec<_> = roots.list().iter().map(|r| r.name.as_str()).collect();
        assert_eq!(names, ["music", "music 2"]);
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt;
            let file = Path::new(std::ffi::OsStr::from_bytes(b"/a/music/x/\xff.wav"));
            put(&db, &roots.place(file).unwrap());
            assert_eq!(all(&db), [file]);
        }
    }
}
