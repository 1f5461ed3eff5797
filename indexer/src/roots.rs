//! `indexer roots`.

use crate::arguments::{Arguments, Roots};
use crate::output::{self, count, printable};
use crate::{OK, SOME_FAILED};
use anyhow::Context;
use catalogue::{Catalogue, Reader};
use track::path_text::to_text;

pub fn run(arguments: &Arguments, command: &Roots) -> anyhow::Result<u8> {
    let dir = arguments.catalogue_dir()?;
    match command {
        Roots::List => {
            let reader = Reader::open(&dir)?;
            let roots = reader.roots();
            if arguments.json {
                let all =
                    roots.iter().map(|r| serde_json::json!({ "name": r.name, "path": to_text(&r.path), "is_there": r.path.is_dir() }));
                output::json(&all.collect::<Vec<_>>())?;
            } else {
                for root in roots {
                    let there = if root.path.is_dir() {
                        ""
                    } else {
                        "  (not there on this machine: 'indexer roots move NAME FOLDER' says where it is)"
                    };
                    output::line(&printable(&format!("{}: {}{there}", root.name, root.path.display())))?;
                }
            }
            return Ok(if roots.iter().all(|r| r.path.is_dir()) { OK } else { SOME_FAILED });
        }
        Roots::Move { name, folder } => {
            let folder = dunce::canonicalize(folder).with_context(|| folder.display().to_string())?;
            anyhow::ensure!(folder.is_dir(), "{} is no folder", folder.display());
            Catalogue::open_beside(&dir)?.change_root(name, None, Some(&folder))?;
            if arguments.json {
                output::json(&serde_json::json!({ "name": name, "path": to_text(&folder) }))?;
                return Ok(OK);
            }
            output::line(&printable(&format!("{name}: {}", folder.display())))?;
        }
        Roots::Forget { name } => {
            let files = Catalogue::open_beside(&dir)?.forget_root(name)?;
            if arguments.json {
                output::json(&serde_json::json!({ "forgotten": name, "files": files }))?;
                return Ok(OK);
            }
            output::line(&printable(&format!("forgotten: {name}, and {} that were in it", count(files, "file", "files"))))?;
        }
        Roots::Rename { name, to } => {
            anyhow::ensure!(!to.trim().is_empty(), "a root needs a name");
            Catalogue::open_beside(&dir)?.change_root(name, Some(to), None)?;
            if arguments.json {
                output::json(&serde_json::json!({ "name": to }))?;
                return Ok(OK);
            }
            output::line(&printable(&format!("{name} is called {to} now")))?;
        }
    }
    Ok(OK)
}
