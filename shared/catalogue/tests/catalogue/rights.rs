//! What may be used.

use crate::world::{filled, found, measured, titles, track};
use catalogue::{Catalogue, Query, Reader};
use jiff::civil::Date;
use track::rights::{Ask, Licence, Medium, Standing, Terms};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn licence(id: &str, territories: &str, media: &str, until: &str) -> Licence {
    let terms = Terms { territories: territories.parse().ok(), media: Medium::list(media).unwrap(), from: None, until: until.parse().ok() };
    Licence { owner: "Label".into(), id: id.into(), terms, ..Licence::default() }
}

#[test]
fn only_what_one_licence_covers_is_found_when_it_is_asked_for() {
    let dir = filled(&[measured(1, "Cleared"), measured(2, "Expired"), measured(3, "Two halves"), measured(4, "Unknown")]);
    let id = |n| track(n, "").content_id;
    let mut catalogue = Catalogue::open(dir.path()).unwrap();
    let done = catalogue
        .add_licences(&[
            (id(1), licence("1", "world", "broadcast, film", "2027-12-31")),
            (id(2), licence("1", "world", "all", "2026-12-31")),
            (id(3), licence("1", "DE", "film", "")),
            (id(3), licence("2", "world", "broadcast", "2026-12-31")),
        ])
        .unwrap();
    assert_eq!((done.added, done.changed, done.known), (4, 0, 0));
    let ask = |text: &str, on: &str| Query { cleared_for: Some(Ask::parse(text, day(on)).unwrap()), ..Query::default() };
    assert_eq!(titles(dir.path(), &ask("broadcast,DE", "2027-03-01")), ["Cleared"]);
    assert_eq!(titles(dir.path(), &ask("film,DE", "2027-03-01")), ["Cleared", "Two halves"]);
    assert_eq!(titles(dir.path(), &ask("broadcast,DE", "2026-06-01")), ["Cleared", "Expired", "Two halves"]);
    assert_eq!(titles(dir.path(), &ask("broadcast,film,DE", "2026-06-01")), ["Cleared", "Expired"]);
    assert!(titles(dir.path(), &ask("ads", "2027-03-01")).is_empty());

    // Without, all are shown, and what may not be used comes after what may.
    let all = found(dir.path(), &Query { on: Some(day("2027-03-01")), ..Query::default() });
    let told: Vec<_> = all.iter().map(|m| (m.track.title.as_str(), m.standing)).collect();
    assert_eq!(
        told,
        [
            ("Cleared", Standing::Licensed),
            ("Two halves", Standing::Licensed),
            ("Expired", Standing::Expired),
            ("Unknown", Standing::Unknown)
        ]
    );
    let near = Query { at: Some(affect::Affect::clamped(-0.1, 0.2)), on: Some(day("2027-03-01")), limit: 3, ..Query::default() };
    assert_eq!(titles(dir.path(), &near), ["Two halves", "Cleared", "Expired"], "the nearest of all is not known to be licensed");

    // The same licence again is known; a renewed one takes its place.
    let again =
        catalogue.add_licences(&[(id(2), licence("1", "world", "all", "2026-12-31")), (id(1), licence("1", "world", "ads", ""))]).unwrap();
    assert_eq!((again.added, again.changed, again.known), (0, 1, 1));
    assert_eq!(titles(dir.path(), &ask("ads", "2030-01-01")), ["Cleared"]);
    assert_eq!(Reader::open(dir.path()).unwrap().licences(&id(1)).unwrap().len(), 1);
}

#[test]
fn licences_that_end_soon_are_told_and_outlive_the_files() {
    let dir = filled(&[measured(1, "A"), measured(2, "B")]);
    let id = |n| track(n, "").content_id;
    let mut catalogue = Catalogue::open(dir.path()).unwrap();
    // Also of a sound that is not there yet.
    catalogue
        .add_licences(&[(id(1), licence("1", "world", "all", "2027-03-31")), (id(9), licence("9", "DE", "film", "2027-02-01"))])
        .unwrap();
    let expiring = Reader::open(dir.path()).unwrap().expiring(day("2027-01-01"), day("2027-03-31")).unwrap();
    assert_eq!(expiring.iter().map(|e| (e.0, e.1.clone())).collect::<Vec<_>>(), [(day("2027-02-01"), id(9)), (day("2027-03-31"), id(1))]);
    assert!(Reader::open(dir.path()).unwrap().expiring(day("2027-04-01"), day("2028-01-01")).unwrap().is_empty());
    catalogue.commit(&[measured(9, "Late")]).unwrap();
    let ask = Query { cleared_for: Some(Ask::parse("film,DE", day("2027-01-01")).unwrap()), ..Query::default() };
    assert_eq!(titles(dir.path(), &ask), ["A", "Late"]);
}
