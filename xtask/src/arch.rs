//! `cargo xtask arch`: the arrows between crates are those that ARCHITECTURE.md shows, no more and no fewer.

use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

type Arrows = BTreeMap<String, BTreeSet<String>>;

/// Crates that may use any of the others.
const GLUE: [&str; 4] = ["indexer", "plugin", "xtask", "end-to-end"];

/// The arrows of the table in ARCHITECTURE.md: rows `| crate | what | uses |`.
fn drawn(text: &str) -> Arrows {
    let section = text.split("<!-- arrows -->").nth(1).unwrap_or_default();
    let rows = section.lines().filter(|l| l.starts_with("| `"));
    let name = |cell: &str| cell.trim().trim_matches('`').to_owned();
    rows.filter_map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let uses = cells.last()?.split(',').map(name).filter(|n| !n.is_empty() && n != "nobody").collect();
        Some((name(cells.first()?), uses))
    })
    .collect()
}

/// The arrows that Cargo knows, tests aside.
fn built(root: &Path) -> Result<Arrows> {
    let output = Command::new(env!("CARGO")).args(["metadata", "--format-version", "1", "--no-deps"]).current_dir(root).output()?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let names: BTreeSet<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();
    let mut arrows = Arrows::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let used = package["dependencies"].as_array().into_iter().flatten();
        let used = used.filter(|d| d["kind"].is_null()).filter_map(|d| d["name"].as_str()).filter(|d| names.contains(d));
        arrows.insert(name.to_owned(), used.map(str::to_owned).collect());
    }
    Ok(arrows)
}

pub fn check(root: &Path) -> Result<()> {
    let path = root.join("ARCHITECTURE.md");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let (drawn, built) = (drawn(&text), built(root)?);
    let mut wrong = Vec::new();
    for (name, uses) in built.iter().filter(|(n, _)| !GLUE.contains(&n.as_str())) {
        match drawn.get(name) {
            None => wrong.push(format!("{name} is not in the table of ARCHITECTURE.md")),
            Some(shown) => {
                wrong.extend(uses.difference(shown).map(|u| format!("{name} uses {u}, which ARCHITECTURE.md does not show")));
                wrong.extend(shown.difference(uses).map(|u| format!("ARCHITECTURE.md shows {name} using {u}, which it does not")));
            }
        }
    }
    wrong.extend(drawn.keys().filter(|n| !built.contains_key(*n)).map(|n| format!("ARCHITECTURE.md shows {n}, which is no crate")));
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    eprintln!("the arrows of {} crates are as drawn", drawn.len());
    Ok(())
}
