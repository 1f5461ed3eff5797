//! Which track a row of a sheet means.

use super::table::Row;
use crate::index::folded;
use crate::store::roots::Roots;
use crate::{CatalogueError, read::edits_of};
use rusqlite::Connection;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use track::{ContentId, Edits, Field, Tags, clock, said};

/// Lengths in a sheet are rounded, and counted from other masters.
const SAME_LENGTH_S: f64 = 2.0;
/// So many digits of a content id name a track.
const LEAST_DIGITS: usize = 8;

/// What is known of every track that a sheet may name it by.
pub(super) struct Finder {
    ids: Vec<ContentId>,
    by_isrc: HashMap<String, Vec<usize>>,
    by_title: HashMap<String, Vec<usize>>,
    by_file: HashMap<String, Vec<(String, usize)>>,
    artists: Vec<String>,
    durations_s: Vec<f64>,
    titles: Vec<String>,
}

/// What a row means.
pub(super) enum Found {
    One {
        id: ContentId,
        title: String,
        by: &'static str,
        /// What of the row does not go with the track.
        doubt: Option<String>,
    },
    /// It could be any of these.
    Many(String),
    None(String),
}

/// An ISRC without what people write between its parts.
fn isrc(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase()
}

impl Finder {
    pub(super) fn new(db: &Connection, roots: &Roots) -> Result<Self, CatalogueError> {
        let mut finder = Self {
            ids: Vec::new(),
            by_isrc: HashMap::new(),
            by_title: HashMap::new(),
            by_file: HashMap::new(),
            artists: Vec::new(),
            durations_s: Vec::new(),
            titles: Vec::new(),
        };
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut rows =
            db.prepare("SELECT content_id, tags, title, CAST(frames AS REAL) / max(sample_rate_hz, 1) FROM tracks ORDER BY content_id")?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let id = ContentId(row.get(0)?);
            let tags: Tags = serde_json::from_str(&row.get::<_, String>(1)?).unwrap_or_default();
            let edits: Edits = edits_of(db, &id).unwrap_or_default();
            let n = finder.ids.len();
            let title: String = row.get(2)?;
            finder.by_title.entry(folded(&title)).or_default().push(n);
            if let Some(code) = said(&tags, &edits, Field::Isrc) {
                finder.by_isrc.entry(isrc(code.value)).or_default().push(n);
            }
            finder.artists.push(said(&tags, &edits, Field::Artist).map_or_else(String::new, |a| folded(a.value)));
            finder.durations_s.push(row.get(3)?);
            finder.titles.push(title);
            numbers.insert(id.0.clone(), n);
            finder.ids.push(id);
        }
        let mut files = db.prepare("SELECT root, path, content_id FROM files WHERE content_id IS NOT NULL")?;
        let mut files = files.query([])?;
        while let Some(row) = files.next()? {
            let file = roots.file(row.get(0)?, &row.get::<_, String>(1)?);
            if let Some(n) = numbers.get(&row.get::<_, String>(2)?) {
                let path = slashed(&file.to_string_lossy());
                finder.by_file.entry(last_name(&path)).or_default().push((path, *n));
            }
        }
        Ok(finder)
    }

    /// The track of a row, by whatever of its identity it tells; where it tells it twice, both must say the same.
    pub(super) fn find(&self, row: &Row) -> Found {
        let mut told: Vec<(&'static str, Vec<usize>)> = Vec::new();
        if let Some(id) = row.get("content-id") {
            let id = id.to_ascii_lowercase();
            let is_enough = id.len() >= LEAST_DIGITS;
            let found = (0..self.ids.len()).filter(|n| is_enough && self.ids[*n].0.starts_with(&id));
            told.push(("content id", found.collect()));
        }
        if let Some(path) = row.get("path") {
            told.push(("path", self.by_path(path)));
        }
        if let Some(code) = row.get("isrc") {
            told.push(("ISRC", self.by_isrc.get(&isrc(code)).cloned().unwrap_or_default()));
        }
        let strong: Vec<&(&str, Vec<usize>)> = told.iter().filter(|t| !t.1.is_empty()).collect();
        if let [first, others @ ..] = strong.as_slice() {
            let common = |n: &&usize| others.iter().all(|o| o.1.contains(n));
            let common: BTreeSet<usize> = first.1.iter().filter(common).copied().collect();
            let by = first.0;
            return match common.len() {
                1 => self.checked(row, common.into_iter().next().unwrap_or_default(), by),
                0 => Found::Many(
                    strong.iter().map(|s| format!("its {} is that of {}", s.0, self.named(&s.1))).collect::<Vec<_>>().join("; "),
                ),
                _ => Found::Many(format!("its {by} is that of {}", self.named(&common.into_iter().collect::<Vec<_>>()))),
            };
        }
        let Some(title) = row.get("title") else {
            let names: Vec<&str> = told.iter().map(|t| t.0).collect();
            let why = if names.is_empty() {
                "it names no path, ISRC, content id or title".into()
            } else {
                format!("no track has its {}", names.join(" or "))
            };
            return Found::None(why);
        };
        let same_title = self.by_title.get(&folded(title)).cloned().unwrap_or_default();
        let artist = row.get("artist").map(folded);
        let duration_s = row.get("duration").and_then(clock::seconds);
        if artist.is_none() && duration_s.is_none() {
            return Found::None("a title alone tells no track; give its artist or its duration, too".into());
        }
        let fits = |n: &usize| {
            artist.as_ref().is_none_or(|a| self.artists[*n] == *a)
                && duration_s.is_none_or(|d| (self.durations_s[*n] - d).abs() <= SAME_LENGTH_S)
        };
        let found: Vec<usize> = same_title.iter().copied().filter(fits).collect();
        match found.as_slice() {
            [one] => self.one(*one, "title"),
            [] if same_title.is_empty() => Found::None(format!("no track is called '{title}'")),
            [] => Found::None(format!("the tracks called '{title}' have another artist or duration")),
            many => Found::Many(format!("it could be any of {}", self.named(many))),
        }
    }

    fn one(&self, n: usize, by: &'static str) -> Found {
        Found::One { id: self.ids[n].clone(), title: self.titles[n].clone(), by, doubt: None }
    }

    /// A track that something else than its title tells, held against the title: where that is another track's, one of the two is wrong.
    fn checked(&self, row: &Row, n: usize, by: &'static str) -> Found {
        let Some(title) = row.get("title") else { return self.one(n, by) };
        let (said, own) = (folded(title), folded(&self.titles[n]));
        if said.is_empty() || own.contains(&said) || said.contains(&own) {
            return self.one(n, by);
        }
        if let Some(others) = self.by_title.get(&said) {
            return Found::Many(format!("its {by} is that of {}, its title that of {}", self.named(&[n]), self.named(others)));
        }
        Found::One {
            id: self.ids[n].clone(),
            title: self.titles[n].clone(),
            by,
            doubt: Some(format!(", though the sheet calls it '{title}'")),
        }
    }

    /// Files whose path ends like this.
    fn by_path(&self, path: &str) -> Vec<usize> {
        let wanted = slashed(path);
        let end = format!("/{}", wanted.trim_start_matches("./").trim_start_matches('/'));
        let files = self.by_file.get(&last_name(&wanted)).map_or(&[][..], Vec::as_slice);
        // The whole path, if it is one, else its end.
        let whole: BTreeSet<usize> = files.iter().filter(|f| f.0 == wanted).map(|f| f.1).collect();
        if !whole.is_empty() {
            return whole.into_iter().collect();
        }
        files.iter().filter(|f| f.0.ends_with(&end)).map(|f| f.1).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn named(&self, tracks: &[usize]) -> String {
        let mut names: Vec<String> = tracks
            .iter()
            .take(4)
            .map(|n| format!("'{}' ({})", self.titles[*n], &self.ids[*n].0[..LEAST_DIGITS.min(self.ids[*n].0.len())]))
            .collect();
        if tracks.len() > 4 {
            names.push(format!("{} more", tracks.len() - 4));
        }
        names.join(", ")
    }
}

fn slashed(path: &str) -> String {
    path.replace('\\', "/")
}

fn last_name(path: &str) -> String {
    Path::new(path).file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}
