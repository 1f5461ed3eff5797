//! Where tracks were used, bins, searches, and what plugins tell.

use crate::world::{filled, measured, titles, track};
use catalogue::{Catalogue, Note, Query, Reader, Used, tell};
use track::{Usage, UsageCode};

fn used(id: &str, n: u32, in_s: f64) -> Usage {
    Usage {
        id: id.into(),
        content_id: track(n, "").content_id,
        project: "Film".into(),
        scene: "1".into(),
        in_s,
        out_s: in_s + 10.0,
        frames_per_s: Some(25.0),
        drops_none: false,
        date: "2026-11-28".parse().unwrap(),
        code: UsageCode::BI,
    }
}

#[test]
fn what_was_used_is_told_and_ranks_lower_where_that_is_asked() {
    let dir = filled(&[measured(1, "Used"), measured(2, "Fresh")]);
    let mut catalogue = Catalogue::open(dir.path()).unwrap();
    catalogue.record(&[used("b", 1, 20.0), used("a", 1, 5.0)]).unwrap();
    // The same use again, elsewhere now.
    catalogue.record(&[used("b", 1, 2.0)]).unwrap();
    let reader = Reader::open(dir.path()).unwrap();
    let ids: Vec<_> = reader.usages(Used::In("Film")).unwrap().into_iter().map(|u| u.id).collect();
    assert_eq!(ids, ["b", "a"], "in the order of the timeline");
    assert_eq!(reader.projects().unwrap(), [("Film".to_owned(), 2)]);
    assert_eq!(reader.usages(Used::Track(&track(2, "").content_id)).unwrap(), []);
    assert_eq!(titles(dir.path(), &Query { avoid_used: true, ..Query::default() }), ["Fresh", "Used"]);
    catalogue.forget_usage("a").unwrap();
    assert!(catalogue.forget_usage("a").is_err());
}

#[test]
fn what_plugins_tell_is_taken_in_once_and_whole() {
    let dir = filled(&[measured(1, "One"), measured(2, "Two")]);
    let id = track(1, "").content_id;
    let into = Note::IntoBin { bin: "Trailer".into(), content_id: id.clone() };
    for (instance, note) in [
        ("x", Note::Used(used("u1", 1, 0.0))),
        ("x", into.clone()),
        ("y", Note::Used(used("u2", 2, 0.0))),
        ("y", Note::Set { content_id: id.clone(), set: vec!["bpm=90".into()] }),
        ("y", Note::Set { content_id: id.clone(), set: vec!["bpm=fast".into()] }),
    ] {
        tell(dir.path(), instance, &note).unwrap();
    }
    let inbox = dir.path().join("inbox");
    // A line of a version to come, and one that is being written.
    std::fs::write(inbox.join("z.jsonl"), "{\"sings\":1}\n{\"used\":{\"id\":").unwrap();
    let mut catalogue = Catalogue::open(dir.path()).unwrap();
    let folded = catalogue.fold_inbox().unwrap();
    assert_eq!((folded.lines, folded.refused.len()), (4, 2), "{folded:?}");
    assert_eq!(catalogue.fold_inbox().unwrap().lines, 0);
    tell(dir.path(), "x", &Note::NotUsed { id: "u1".into() }).unwrap();
    assert_eq!(catalogue.fold_inbox().unwrap().lines, 1);
    let reader = Reader::open(dir.path()).unwrap();
    assert_eq!(reader.usages(Used::In("Film")).unwrap().len(), 1);
    assert_eq!(reader.bin("Trailer").unwrap(), std::slice::from_ref(&id));
    assert_eq!(reader.edits(&id).unwrap().bpm, Some(90.0));
    assert!(reader.log(1).unwrap()[0].command.contains("plugin"), "it can be undone like any other");
}

#[test]
fn bins_and_searches_are_kept() {
    let dir = filled(&[measured(1, "One"), measured(2, "Two")]);
    let ids = [track(1, "").content_id, track(2, "").content_id];
    let mut catalogue = Catalogue::open(dir.path()).unwrap();
    assert_eq!(catalogue.put_into_bin("Trailer", &ids).unwrap(), 2);
    assert_eq!(catalogue.put_into_bin("Trailer", &ids[..1]).unwrap(), 0);
    assert_eq!(catalogue.take_out_of_bin("Trailer", &ids[1..]).unwrap(), 1);
    catalogue.keep_search("tense", Some("--mood tense")).unwrap();
    assert!(catalogue.keep_search("other", None).is_err());
    let reader = Reader::open(dir.path()).unwrap();
    assert_eq!(reader.bins().unwrap(), [("Trailer".to_owned(), 1)]);
    assert_eq!(reader.searches().unwrap(), [("tense".to_owned(), "--mood tense".to_owned())]);
}
