//! A table of tracks whose tags are hostile: nothing in them is interpreted.

use affect::Affect;
use catalogue::{Catalogue, CatalogueError, FacetFilter, Query, Reader};
use rusqlite::{Connection, params};
use track::{Field, Tags};

/// A million where somebody has the minutes for it (`UNDERSCORE_ROWS=1000000`).
fn rows() -> usize {
    std::env::var("UNDERSCORE_ROWS").ok().and_then(|n| n.parse().ok()).unwrap_or(50_000)
}

/// What somebody might hope that some part of the program runs: SQL, query syntax, patterns, terminals, pages, spreadsheets, paths, formats.
const HOSTILE: [&str; 24] = [
    "'; DROP TABLE tracks; --",
    "\" OR 1=1 --",
    "%' UNION SELECT * FROM edits --",
    "title:* AND (words:x OR",
    "((((((((((",
    "a^9999999999999 ~ {x TO y} [* TO *]",
    ".*(a+)+$",
    "\u{1b}[31m\u{1b}]0;owned\u{7}",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "=HYPERLINK(\"http://x\",\"y\")",
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "../../../../etc/passwd",
    "C:\\Windows\\..\\con.txt",
    "{0}{name}%s%n$(id)`id`",
    "\u{202e}desrever\u{202c} \u{200b}\u{feff}",
    "\u{0}NUL\u{0}",
    "e\u{301}\u{301}\u{301}\u{301} ﬁ ẞ İ ı",
    "🎻🎻🎻 👩‍👩‍👧‍👦",
    "NaN",
    "null",
    "\u{1f}\u{1f};;;,,,\u{1e}",
    "राग\u{200d}मालकौंस\u{94d}",
    "-",
];

#[test]
fn hostile_tracks_are_data_and_nothing_else() {
    let rows = rows();
    let dir = tempfile::tempdir().unwrap();
    drop(Catalogue::open(dir.path()).unwrap());
    let mut db = Connection::open(dir.path().join("catalogue.db")).unwrap();
    db.execute_batch(
        "PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; INSERT INTO roots (name, path) VALUES ('''; DROP TABLE roots', '/m')",
    )
    .unwrap();
    let tx = db.transaction().unwrap();
    for n in 0..rows {
        let text = |k: usize| Some(format!("{} {}", HOSTILE[(n + k) % HOSTILE.len()], n / 1000));
        let tags = Tags {
            title: text(0),
            artist: text(1),
            album: text(2),
            genre: Some(HOSTILE[n % HOSTILE.len()].into()),
            comment: text(3),
            ..Tags::default()
        };
        let id = format!("{n:064x}");
        tx.prepare_cached(
            "INSERT INTO tracks (content_id, codec, sample_rate_hz, channels, frames, tags, measured_by, title, artist, valence, arousal) VALUES (?1, ?2, 44100, 2, 441000, ?3, 't', ?4, ?5, ?6, ?7)",
        )
        .unwrap()
        .execute(params![id, tags.genre, serde_json::to_string(&tags).unwrap(), tags.title, tags.artist, (n % 201) as f64 / 100.0 - 1.0, (n % 199) as f64 / 99.0 - 1.0])
        .unwrap();
        tx.prepare_cached("INSERT INTO files (root, path, size, modified_ns, content_id) VALUES (1, ?1, 1, 1, ?2)")
            .unwrap()
            .execute(params![format!("{n}/{}", HOSTILE[n % HOSTILE.len()].replace('/', "_")), id])
            .unwrap();
    }
    tx.commit().unwrap();
    drop(db);
    drop(Catalogue::open(dir.path()).unwrap());

    let reader = Reader::open(dir.path()).unwrap();
    assert_eq!(reader.len(), rows);
    for text in HOSTILE {
        match reader.rank(&Query { text: Some(text.into()), limit: 10, ..Query::default() }) {
            Ok(_) | Err(CatalogueError::Words { .. }) => {}
            Err(e) => panic!("{text:?}: {e}"),
        }
        let genre = FacetFilter { field: Field::Genre, any_of: Field::Genre.values(text).map(ToOwned::to_owned).collect(), is_not: false };
        let found = reader.search(&Query { facets: vec![genre], at: Some(Affect::default()), limit: 3, ..Query::default() }).unwrap();
        assert!(found.iter().all(|m| (0.0..=1.0).contains(&m.score)));
        // What is no letter in it compares as nothing, like any other of its kind.
        assert!(found.len() == 3 || text.chars().all(|c| !c.is_alphanumeric()), "{text:?}: {}", found.len());
    }
    let genres = reader.facets(&Query::default(), 0).unwrap().into_iter().find(|c| c.facet == "genre").unwrap();
    assert!(genres.values.iter().map(|v| v.1).sum::<u64>() >= (rows * 20 / 24) as u64, "{genres:?}");
    // Titles come back as they were.
    let one = reader.summary(1).unwrap().unwrap();
    assert_eq!(one.title, format!("{} 0", HOSTILE[0]));
    assert_eq!(reader.summaries().unwrap().len(), rows);
}
