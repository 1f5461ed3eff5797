//! The store and its index: what must survive, and what may be thrown away.

#![allow(clippy::unwrap_used, missing_docs)]

use affect::{Affect, AffectEstimate};
use catalogue::{Catalogue, CatalogueError, Change, FileStamp, Query, Reader};
use music::BeatGrid;
use std::path::{Path, PathBuf};
use track::{Analysis, ContentId, Edits, Origin, Tags, Track, Value};

fn track(n: u32, title: &str) -> Track {
    let measured = |v: f64| Value::measured(v, "t", Some(0.5));
    Track {
        content_id: ContentId(format!("{n:064x}")),
        paths: vec![],
        codec: "flac".into(),
        sample_rate_hz: 48_000,
        channels: 2,
        frames: 48_000 * 10,
        tags: Tags { title: Some(title.into()), ..Tags::default() },
        analysis: Analysis {
            tempo_bpm: Some(measured(60.0 + f64::from(n))),
            beats: BeatGrid::new((0..8).map(|k| f64::from(k) * 60.0 / (60.0 + f64::from(n))).collect(), Some(1))
                .map(|grid| Value::measured(grid, "t", None)),
            key: "D minor".parse().ok().map(|k| Value::measured(k, "t", None)),
            ..Analysis::nothing()
        },
        edits: Edits::default(),
        affect: Some(Value::measured(
            AffectEstimate { at: Affect::clamped(f64::from(n) / 10.0 - 0.5, 0.2), valence_spread: 0.4, arousal_spread: 0.4 },
            "t",
            None,
        )),
        mood: None,
    }
}

const STAMP: FileStamp = FileStamp { size: 1, modified_ns: 2 };

fn measured(n: u32, title: &str) -> Change {
    Change::Measured {
        path: PathBuf::from(format!("/music/{n}.flac")),
        stamp: STAMP,
        track: Box::new(track(n, title)),
        by: "t".into(),
        learned: None,
    }
}

fn words(dir: &Path, text: &str) -> Vec<String> {
    let query = Query { text: Some(text.into()), ..Query::default() };
    Reader::open(dir).unwrap().search(&query).unwrap().into_iter().map(|m| m.track.title).collect()
}

#[test]
fn what_was_committed_is_there_in_full() {
    let dir = tempfile::tempdir().unwrap();
    let mut catalogue = Catalogue::open(dir.path()).unwrap();
    catalogue.commit(&[measured(1, "First Rain"), measured(2, "Second Rain")]).unwrap();
    let reader = Reader::open(dir.path()).unwrap();
    let mut want = track(1, "First Rain");
    want.paths = vec!["/music/1.flac".into()];
    assert_eq!(reader.track(&want.content_id).unwrap(), Some(want));
    assert_eq!(catalogue.files().unwrap().len(), 2);
    assert_eq!(words(dir.path(), "rain").len(), 2);
}

#[test]
fn a_reader_sees_what_is_written_while_it_reads() {
    let dir = tempfile::tempdir().unwrap();
    let mut catalogue = Catalogue::open(dir.path()).unwrap();
    let mut reader = Reader::open(dir.path()).unwrap();
    assert!(reader.summaries().is_empty());
    for n in 1..20 {
        catalogue.commit(&[measured(n, "Rain")]).unwrap();
        assert!(reader.refresh().unwrap());
        assert_eq!(reader.summaries().len(), n as usize);
        let query = Query { text: Some("rain".into()), ..Query::default() };
        assert_eq!(reader.search(&query).unwrap().len(), n as usize);
    }
    assert!(!reader.refresh().unwrap());
}

#[test]
fn an_index_that_is_lost_or_damaged_is_made_again() {
    let dir = tempfile::tempdir().unwrap();
    Catalogue::open(dir.path()).unwrap().commit(&[measured(1, "First Rain")]).unwrap();
    let index = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().path()).find(|p| p.is_dir()).unwrap();
    std::fs::remove_dir_all(&index).unwrap();
    drop(Catalogue::open(dir.path()).unwrap());
    assert_eq!(words(dir.path(), "rain"), ["First Rain"]);
    std::fs::write(index.join("meta.json"), b"{ not json").unwrap();
    drop(Catalogue::open(dir.path()).unwrap());
    assert_eq!(words(dir.path(), "rain"), ["First Rain"]);
}

#[test]
fn a_second_writer_is_told_and_a_store_of_the_future_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let first = Catalogue::open(dir.path()).unwrap();
    assert!(matches!(Catalogue::open(dir.path()), Err(CatalogueError::Busy(_))));
    drop(first);
    let db = rusqlite::Connection::open(dir.path().join("catalogue.db")).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    for message in [Catalogue::open(dir.path()).err().unwrap().to_string(), Reader::open(dir.path()).err().unwrap().to_string()] {
        assert!(message.contains("newer version"), "{message}");
    }
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(Reader::open(empty.path()), Err(CatalogueError::Absent(_))));
}

#[test]
fn hostile_words_are_searched_for_or_refused_and_never_interpreted() {
    let dir = tempfile::tempdir().unwrap();
    let hostile = "'; DROP TABLE tracks; -- \u{1b}[31m {{x}} \"";
    Catalogue::open(dir.path()).unwrap().commit(&[measured(1, hostile), measured(2, "calm")]).unwrap();
    let reader = Reader::open(dir.path()).unwrap();
    assert_eq!(reader.summaries()[0].title, hostile);
    for text in [hostile, "title:", "((((", "a AND", "\"", "*", "-", "id:1", "!!! ???", "x^", "[a TO", "\\", "ध्रुपद", "http://x"]
    {
        let query = Query { text: Some(text.into()), ..Query::default() };
        if let Err(e) = reader.search(&query) {
            assert!(matches!(e, CatalogueError::Words { .. }), "{text}: {e}");
        }
    }
    assert_eq!(words(dir.path(), "-calm"), [hostile]);
}

#[test]
fn reasons_add_up_to_the_order() {
    let dir = tempfile::tempdir().unwrap();
    let changes: Vec<Change> = (1..10).map(|n| measured(n, "Rain")).collect();
    Catalogue::open(dir.path()).unwrap().commit(&changes).unwrap();
    let reader = Reader::open(dir.path()).unwrap();
    let query = Query { at: Some(Affect::clamped(0.4, 0.2)), bpm: Some(120.0..=135.0), key: "F major".parse().ok(), ..Query::default() };
    let found = reader.search(&query).unwrap();
    // 61 to 67 doubled are in the range.
    assert_eq!(found.len(), 7);
    assert!(found.windows(2).all(|w| w[0].score >= w[1].score));
    assert!(
        found[0].why().contains("mood") && found[0].why().contains("doubled") && found[0].why().contains("D minor"),
        "{}",
        found[0].why()
    );
    assert!(found.iter().all(|m| (0.0..=1.0).contains(&m.score)));
}

#[test]
fn what_a_hand_set_outlives_every_measurement() {
    let dir = tempfile::tempdir().unwrap();
    let mut catalogue = Catalogue::open(dir.path()).unwrap();
    catalogue.commit(&[measured(4, "Vals"), measured(5, "Reel")]).unwrap();
    let id = track(4, "").content_id;
    let mut edits = Edits::default();
    for text in ["bpm=/2", "downbeat=0.5", "metre=3/4", "key=G major"] {
        edits.set(text, Some(64.0), 10.0).unwrap();
    }
    catalogue.set_edits(&id, &edits).unwrap();
    // Measured again, by a better analyser.
    catalogue.commit(&[measured(4, "Vals")]).unwrap();
    drop(catalogue);

    let reader = Reader::open(dir.path()).unwrap();
    let found = reader.track(&id).unwrap().unwrap();
    assert_eq!(found.edits, edits);
    let analysis = found.analysis;
    let tempo = analysis.tempo_bpm.unwrap();
    assert_eq!((tempo.value, tempo.origin), (32.0, Origin::ByHand));
    assert_eq!(analysis.key.unwrap().value.to_string(), "G major");
    let grid = analysis.beats.unwrap().value;
    assert!((grid.tempo_bpm() - 32.0).abs() < 1e-6 && grid.downbeats_s().any(|t| (t - 0.5).abs() < 1e-9));
    // Lists and searches know it, too; the other track is as it was.
    let tempi: Vec<_> = reader.summaries().iter().map(|s| s.tempo_bpm.unwrap()).collect();
    assert_eq!(tempi, [32.0, 65.0]);
    let words = reader.search(&Query { text: Some("\"G major\"".into()), ..Query::default() }).unwrap();
    assert_eq!(words.iter().map(|m| m.track.content_id.clone()).collect::<Vec<_>>(), std::slice::from_ref(&id));

    let mut catalogue = Catalogue::open(dir.path()).unwrap();
    catalogue.set_edits(&id, &Edits::default()).unwrap();
    assert_eq!(Reader::open(dir.path()).unwrap().track(&id).unwrap().unwrap().analysis.tempo_bpm.unwrap().value, 64.0);
}

#[test]
fn a_store_without_edits_is_read_and_brought_up_to_date() {
    let dir = tempfile::tempdir().unwrap();
    Catalogue::open(dir.path()).unwrap().commit(&[measured(1, "Old")]).unwrap();
    let db = rusqlite::Connection::open(dir.path().join("catalogue.db")).unwrap();
    db.execute_batch(
        "DROP TABLE edits; DROP TABLE learned; DROP TABLE corrections;
         ALTER TABLE tracks DROP COLUMN mood; ALTER TABLE tracks DROP COLUMN measured_by; PRAGMA user_version = 1;",
    )
    .unwrap();
    drop(db);
    let id = track(1, "").content_id;
    assert!(Reader::open(dir.path()).unwrap().track(&id).unwrap().unwrap().edits.is_empty());
    let edits = Edits { bpm: Some(90.0), ..Edits::default() };
    Catalogue::open(dir.path()).unwrap().set_edits(&id, &edits).unwrap();
    assert_eq!(Reader::open(dir.path()).unwrap().track(&id).unwrap().unwrap().edits, edits);
}
