//! The store and its index: what must survive, and what may be thrown away.

use crate::world::{STAMP, filled, measured, track, words};
use catalogue::{Catalogue, CatalogueError, Change, Query, Reader};
use std::path::PathBuf;

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
    assert!(reader.is_empty());
    for n in 1..20 {
        catalogue.commit(&[measured(n, "Rain")]).unwrap();
        assert!(reader.refresh().unwrap());
        assert_eq!(reader.len(), n as usize);
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
    let refused = Catalogue::open(dir.path()).err().unwrap();
    assert!(matches!(refused, CatalogueError::Busy { .. }) && refused.to_string().contains(&std::process::id().to_string()), "{refused}");
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
    assert_eq!(reader.summaries().unwrap()[0].title, hostile);
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
fn an_index_that_cannot_be_read_is_made_in_memory_by_who_only_reads() {
    let dir = filled(&[measured(1, "First Rain"), measured(2, "Second")]);
    let index = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().path()).find(|p| p.is_dir()).unwrap();
    for entry in std::fs::read_dir(&index).unwrap().flatten() {
        std::fs::write(entry.path(), b"overwritten").unwrap();
    }
    assert_eq!(words(dir.path(), "rain"), ["First Rain"]);
    assert_eq!(Reader::open(dir.path()).unwrap().len(), 2);
}

#[test]
fn a_sound_in_several_files_is_one_track_and_stays_when_one_of_them_goes() {
    let dir = filled(&[measured(1, "")]);
    let mut catalogue = Catalogue::open(dir.path()).unwrap();
    let id = track(1, "").content_id;
    let copy = PathBuf::from("/elsewhere/Copy of Rain.flac");
    catalogue.commit(&[Change::Linked { path: copy.clone(), stamp: STAMP, content_id: id.clone(), tags: None }]).unwrap();
    assert_eq!(Reader::open(dir.path()).unwrap().track(&id).unwrap().unwrap().paths.len(), 2);
    assert_eq!(words(dir.path(), "copy").len(), 1);
    catalogue.commit(&[Change::Missing("/music/1.flac".into())]).unwrap();
    let mut reader = Reader::open(dir.path()).unwrap();
    assert_eq!(reader.summaries().unwrap()[0].path, Some(copy.clone()));
    catalogue.commit(&[Change::Missing(copy.clone())]).unwrap();
    reader.refresh().unwrap();
    let gone = &reader.search(&Query::default()).unwrap()[0];
    assert!(gone.track.path.is_none() && gone.track.content_id == id, "known still, and played by nobody");
    catalogue.commit(&[Change::Back(copy.clone())]).unwrap();
    reader.refresh().unwrap();
    assert_eq!(reader.summaries().unwrap()[0].path, Some(copy));
}

#[test]
fn a_file_that_holds_another_sound_now_is_no_file_of_the_one_before() {
    let dir = filled(&[measured(1, "Before")]);
    let mut catalogue = Catalogue::open(dir.path()).unwrap();
    let Change::Measured { track: new, .. } = measured(2, "After") else { unreachable!() };
    let change = Change::Measured { path: "/music/1.flac".into(), stamp: STAMP, track: new, by: "t".into(), learned: None };
    catalogue.commit(&[change]).unwrap();
    assert_eq!((words(dir.path(), "before"), words(dir.path(), "after")), (vec![], vec!["After".to_owned()]));
    assert_eq!(Reader::open(dir.path()).unwrap().len(), 1);
}

#[test]
fn a_root_may_lie_elsewhere_on_another_machine() {
    let dir = filled(&[measured(1, "Rain")]);
    let mut catalogue = Catalogue::open(dir.path()).unwrap();
    assert_eq!(catalogue.roots()[0].name, "music");
    catalogue.change_root("music", Some("library"), Some("/Volumes/Music".as_ref())).unwrap();
    assert!(catalogue.change_root("music", None, None).unwrap_err().to_string().contains("library"));
    let path = Reader::open(dir.path()).unwrap().summaries().unwrap()[0].path.clone();
    assert_eq!(path, Some("/Volumes/Music/1.flac".into()));
    assert!(catalogue.files().unwrap().contains_key(&PathBuf::from("/Volumes/Music/1.flac")));
}

#[test]
fn readers_of_one_process_share_what_is_large() {
    let changes: Vec<Change> = (1..100).map(|n| measured(n, "Rain")).collect();
    let dir = filled(&changes);
    let first = Reader::open(dir.path()).unwrap();
    let mut second = Reader::open(dir.path()).unwrap();
    assert_eq!(first.shares_with(&second), Some(true));
    Catalogue::open(dir.path()).unwrap().commit(&[measured(200, "Rain")]).unwrap();
    assert!(second.refresh().unwrap());
    assert_eq!((first.len(), second.len()), (99, 100));
}
