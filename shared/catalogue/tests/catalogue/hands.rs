//! What was set by hand.

use crate::world::{filled, measured, titles, track, words};
use catalogue::{Catalogue, CatalogueError, FacetFilter, Query, Reader};
use track::{ContentId, Edits, Field, Origin};

fn set(texts: &[&str]) -> Edits {
    let mut edits = Edits::default();
    for text in texts {
        edits.set(text, Some(64.0), 10.0).unwrap();
    }
    edits
}

fn edits_of(dir: &std::path::Path, id: &ContentId) -> Edits {
    Reader::open(dir).unwrap().edits(id).unwrap()
}

#[test]
fn what_a_hand_set_outlives_every_measurement() {
    let dir = filled(&[measured(4, "Vals"), measured(5, "Reel")]);
    let mut catalogue = Catalogue::open(dir.path()).unwrap();
    let id = track(4, "").content_id;
    let edits = set(&["bpm=/2", "downbeat=0.5", "metre=3/4", "key=G major", "raga=Malkosh"]);
    catalogue.edit("edit", &[(id.clone(), edits.clone())]).unwrap();
    // Measured again, by a better analyser.
    catalogue.commit(&[measured(4, "Vals")]).unwrap();
    drop(catalogue);

    let reader = Reader::open(dir.path()).unwrap();
    let found = reader.track(&id).unwrap().unwrap();
    assert_eq!(found.edits, edits);
    assert_eq!(found.said(Field::Raga).map(|r| (r.value, r.origin)), Some(("Malkosh", Origin::ByHand)));
    let analysis = &found.analysis;
    let tempo = analysis.tempo_bpm.as_ref().unwrap();
    assert_eq!((tempo.value, tempo.origin), (32.0, Origin::ByHand));
    assert_eq!(analysis.key.as_ref().unwrap().value.to_string(), "G major");
    let grid = &analysis.beats.as_ref().unwrap().value;
    assert!((grid.tempo_bpm() - 32.0).abs() < 1e-4 && grid.downbeats_s().any(|t| (t - 0.5).abs() < 1e-9));
    // Lists and searches know it, too; the other track is as it was.
    let tempi: Vec<_> = reader.summaries().unwrap().iter().map(|s| s.tempo_bpm.unwrap()).collect();
    assert_eq!(tempi, [32.0, 65.0]);
    assert_eq!(words(dir.path(), "\"G major\""), ["Vals"]);
    assert_eq!(words(dir.path(), "malkauns"), ["Vals"]);
    let raga = FacetFilter { field: Field::Raga, any_of: vec!["malkaush".into()], is_not: false };
    assert_eq!(titles(dir.path(), &Query { facets: vec![raga], ..Query::default() }), ["Vals"]);

    let mut catalogue = Catalogue::open(dir.path()).unwrap();
    catalogue.edit("edit", &[(id.clone(), Edits::default())]).unwrap();
    assert_eq!(Reader::open(dir.path()).unwrap().track(&id).unwrap().unwrap().analysis.tempo_bpm.unwrap().value, 64.0);
}

#[test]
fn every_step_can_be_undone_and_what_was_set_since_is_left_alone() {
    let dir = filled(&[measured(1, "One"), measured(2, "Two")]);
    let (one, two) = (track(1, "").content_id, track(2, "").content_id);
    let mut catalogue = Catalogue::open(dir.path()).unwrap();
    let (first, second) = (set(&["genre=Folk"]), set(&["genre=Rock", "bpm=90"]));
    let batch = catalogue.edit("first", &[(one.clone(), first.clone()), (two.clone(), first.clone())]).unwrap().unwrap();
    assert_eq!(catalogue.edit("again", &[(one.clone(), first.clone())]).unwrap(), None, "nothing changes, nothing is logged");
    catalogue.edit("second", &[(two.clone(), second.clone())]).unwrap();
    let log = Reader::open(dir.path()).unwrap().log(10).unwrap();
    assert_eq!(log.iter().map(|b| (b.command.as_str(), b.tracks)).collect::<Vec<_>>(), [("second", 1), ("first", 2)]);

    let undone = catalogue.undo(Some(batch)).unwrap();
    assert_eq!((undone.restored, undone.changed_since), (1, vec![two.clone()]));
    assert_eq!((edits_of(dir.path(), &one), edits_of(dir.path(), &two)), (Edits::default(), second));
    assert_eq!(catalogue.undo(None).unwrap().batch.command, "second");
    assert_eq!(edits_of(dir.path(), &two), first);
    // What could not be taken back then can be now.
    let rest = catalogue.undo(None).unwrap();
    assert_eq!((rest.batch.command.as_str(), rest.restored, edits_of(dir.path(), &two)), ("first", 1, Edits::default()));
    assert!(matches!(catalogue.undo(None), Err(CatalogueError::NotThere(_))));
    assert!(catalogue.undo(Some(batch)).unwrap_err().to_string().contains("already"));
}

#[test]
fn a_value_that_is_set_while_a_scan_runs_is_taken_up_by_it() {
    let dir = filled(&[measured(1, "One")]);
    let id = track(1, "").content_id;
    let mut scan = Catalogue::open(dir.path()).unwrap();
    let path = dir.path().to_owned();
    let hand = std::thread::spawn(move || {
        let mut beside = Catalogue::open_beside(&path).unwrap();
        beside.edit("edit", &[(track(1, "").content_id, set(&["raga=Yaman"]))]).unwrap();
    });
    while edits_of(dir.path(), &id).is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    scan.commit(&[measured(2, "Two")]).unwrap();
    hand.join().unwrap();
    assert_eq!(words(dir.path(), "iman"), ["One"]);
    // A scan that has ended leaves the index to whoever sets a value.
    drop(scan);
    Catalogue::open_beside(dir.path()).unwrap().edit("edit", &[(id, set(&["raga=Desh"]))]).unwrap();
    assert_eq!(words(dir.path(), "desh"), ["One"]);
}
