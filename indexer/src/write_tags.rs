//! `--write-tags`: what was set by hand, into the files themselves.

use catalogue::{Catalogue, Change, FileStamp};
use std::path::PathBuf;
use tagging::{What, Written};
use track::{ContentId, Edits};

/// What became of files that were to be written.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Files that have the tags now.
    pub written: Vec<PathBuf>,
    /// Files that could not be written, with the reason.
    pub failures: Vec<String>,
}

/// Writes what was set of some tracks into all of their files that are there, each copy of them.
pub fn write(catalogue: &mut Catalogue, ids: &[ContentId]) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::default();
    for id in ids {
        let Some(track) = catalogue.measured(id)? else { continue };
        let written = of(&track.edits);
        if written.is_empty() {
            continue;
        }
        if track.paths.is_empty() {
            outcome.failures.push(format!(
                "{}: its file is missing, so nothing was written into it; bring it back, scan its folder, and say this again",
                track.name()
            ));
        }
        for path in &track.paths {
            if let Err(e) = tagging::write(path, id, &written) {
                outcome.failures.push(e.to_string());
                continue;
            }
            // The row follows in the same step, so that no scan takes the file for another.
            let (stamp, found) = match (std::fs::metadata(path), audio::identity(path, &|| false)) {
                (Ok(meta), Ok(Some(found))) => (FileStamp::of(&meta), found),
                _ => {
                    outcome
                        .failures
                        .push(format!("{}: its tags were written, but it cannot be read again; scan its folder", path.display()));
                    continue;
                }
            };
            let tags = Some(Box::new(found.1));
            catalogue.commit(&[Change::Linked { path: path.clone(), stamp, content_id: id.clone(), tags }])?;
            outcome.written.push(path.clone());
        }
    }
    Ok(outcome)
}

/// What is written: words, and numbers as taggers write them. A place on the plane goes by the nearest word; bars and beats have no tags.
fn of(edits: &Edits) -> Vec<Written> {
    let words = edits.words.iter().map(|(field, text)| Written { what: What::Field(*field), text: text.clone() });
    let bpm = edits.bpm.map(|bpm| Written { what: What::Bpm, text: ((bpm * 100.0).round() / 100.0).to_string() });
    let key = edits.key.map(|key| Written { what: What::Key, text: key.to_string() });
    let mood = edits.mood.map(|at| Written { what: What::Mood, text: affect::nearest_word(at).to_owned() });
    words.chain(bpm).chain(key).chain(mood).collect()
}
