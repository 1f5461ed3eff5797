//! What is found, and why.

use crate::world::{estimate, filled, found, measured, put, tagged, titles, track, with_course, words};
use affect::Affect;
use catalogue::{Catalogue, CatalogueError, FacetFilter, Learned, Like, Query, Reader};
use proptest::prelude::*;
use track::{Field, Value};

#[test]
fn parts_add_up_to_the_order() {
    let dir = filled(&(1..10).map(|n| measured(n, "Rain")).collect::<Vec<_>>());
    let query = Query { at: Some(Affect::clamped(0.4, 0.2)), bpm: Some(120.0..=135.0), key: "F major".parse().ok(), ..Query::default() };
    let found = found(dir.path(), &query);
    // 61 to 67 doubled are in the range.
    assert_eq!(found.len(), 7);
    assert!(found.windows(2).all(|w| w[0].score >= w[1].score));
    let why = found[0].why();
    assert!(why.contains("mood 0.") && why.contains("BPM doubled") && why.contains("D minor"), "{why}");
    assert!(found.iter().all(|m| (0.0..=1.0).contains(&m.score)));
}

#[test]
fn a_tempo_is_near_by_how_little_it_must_be_stretched() {
    let dir = filled(&[1, 36, 40, 80].map(|n| measured(n, &format!("{}", 60 + n))));
    let found = found(dir.path(), &Query { tempo_bpm: Some(100.0), ..Query::default() });
    let told: Vec<_> = found.iter().map(|m| (m.track.title.as_str(), m.why())).collect();
    assert_eq!(told[0], ("100", "tempo 1.00 (100 BPM)".to_owned()));
    assert_eq!(told[1], ("96", "tempo 0.88 (96 to 100 BPM)".to_owned()));
    // 61 must be doubled; 140 is too far.
    assert!(told[2].1.contains("61 doubled to 100") || told[3].1.contains("61 doubled to 100"), "{told:?}");
}

#[test]
fn words_are_found_however_they_are_written() {
    let dir = filled(&[
        tagged(1, "Mission: Impossible (Don't)", &[("artist", "Café del Mar"), ("genre", "Film")]),
        tagged(2, "Evening", &[("raga", "Malkosh"), ("artist", "Pandit Ravi")]),
        tagged(3, "Rāg Mālkauns", &[("genre", "Classical")]),
        tagged(4, "Miyan ki Malhar in the rain", &[("comment", "rainy season")]),
        tagged(5, "राग यमन", &[("composer", "क\u{93c}ासिम")]),
        tagged(6, "Drums of war", &[]),
    ]);
    let one = |text: &str| words(dir.path(), text);
    for text in
        ["cafe", "CAFÉ", "cafe\u{301} del", "mission impossible", "dont", "don’t", "movie", "\"mission impossible\"", "miss* impossible"]
    {
        assert_eq!(one(text), ["Mission: Impossible (Don't)"], "{text}");
    }
    for text in ["malkauns", "Malkaush", "raag malkosh", "मालकौंस"] {
        let mut found = one(text);
        found.sort();
        assert_eq!(found, ["Evening", "Rāg Mālkauns"], "{text}");
    }
    assert_eq!(one("malkauns -classical"), ["Evening"]);
    assert_eq!(one("mian ki malhar rain"), ["Miyan ki Malhar in the rain"]);
    assert_eq!(one("yaman"), ["राग यमन"]);
    assert_eq!(one("क़ासिम"), ["राग यमन"], "a letter with its dot is one, however it is composed");
    assert_eq!(one("percussion"), ["Drums of war"]);
    assert_eq!(one("rai* OR war").len(), 2);
    assert_eq!(one("\"rain season\""), Vec::<String>::new());
    assert_eq!(one("-malkauns").len(), 4);
    assert_eq!(one("(malkauns OR drums) -war").len(), 2);
    let error = Reader::open(dir.path()).unwrap().search(&Query { text: Some("(((".into()), ..Query::default() });
    assert!(matches!(error, Err(CatalogueError::Words { .. })));
}

#[test]
fn a_user_may_weigh_otherwise_and_add_synonyms() {
    let dir = filled(&[tagged(1, "Sarode", &[]), tagged(2, "Sitar", &[])]);
    assert!(words(dir.path(), "lute").is_empty());
    std::fs::write(dir.path().join("settings.toml"), "[weights]\nkey = 0\n[synonyms]\nlute = [\"sarode\", \"sitar\"]\n").unwrap();
    assert_eq!(words(dir.path(), "lute").len(), 2);
    let found = found(dir.path(), &Query { at: Some(Affect::clamped(-0.4, 0.2)), key: "G# major".parse().ok(), ..Query::default() });
    assert!((found[0].score - 1.0).abs() < 1e-3, "the key does not count: {:?}", found[0]);
    std::fs::write(dir.path().join("settings.toml"), "[weights]\nmodd = 1").unwrap();
    assert!(Reader::open(dir.path()).err().unwrap().to_string().contains("settings.toml"));
}

#[test]
fn a_course_is_found_at_another_pace_and_likeness_by_parts() {
    let course = |n: u32, title: &str, valences: &[f64], embedding: &[f32]| put(n, with_course(track(n, title), valences, embedding));
    let dir = filled(&[
        course(1, "Rises", &[-0.6, -0.6, -0.2, 0.2, 0.6, 0.6], &[1.0, 0.0]),
        course(2, "Falls", &[0.6, 0.2, -0.2, -0.6], &[0.0, 1.0]),
        course(3, "Flat", &[0.0, 0.0, 0.0], &[1.0, 0.1]),
        measured(4, "Unknown course"),
    ]);
    let curve = [-0.6, 0.0, 0.6].map(|v| Affect::clamped(v, 0.0)).to_vec();
    let found_by_curve = found(dir.path(), &Query { curve, ..Query::default() });
    assert_eq!(found_by_curve[0].track.title, "Rises");
    assert!(found_by_curve[0].why().starts_with("curve 0.9"), "{}", found_by_curve[0].why());
    let order: Vec<_> = found_by_curve.iter().map(|m| m.track.title.as_str()).collect();
    assert_eq!(order, ["Rises", "Flat", "Falls", "Unknown course"]);

    let like = |n: u32, span_s| Query { like: Some(Like { content_id: track(n, "").content_id, span_s }), ..Query::default() };
    let near = titles(dir.path(), &like(1, None));
    assert_eq!(near[0], "Flat", "the model finds it alike, and it lies in the same place");
    assert!(!near.contains(&"Rises".to_owned()), "a track is not like itself");
    // Its dark beginning is like nothing else here, so the nearest in place and tempo come.
    assert_eq!(titles(dir.path(), &like(1, Some((0.0, 5.0)))).len(), 3);
    let unknown = Reader::open(dir.path()).unwrap().search(&like(77, None));
    assert!(matches!(unknown, Err(CatalogueError::NotThere(_))));
    let said = Reader::open(dir.path()).unwrap().search(&like(1, Some((500.0, 600.0)))).unwrap_err().to_string();
    assert!(said.contains("ends at about 30 s"), "{said}");
}

#[test]
fn what_was_learned_of_a_track_is_learned_of_its_course() {
    let flat = |n: u32, title: &str, at: f64| put(n, with_course(track(n, title), &[at; 4], &[1.0, 0.0]));
    let dir = filled(&[flat(1, "Low", -0.4), flat(2, "Middle", 0.0)]);
    let id = track(1, "").content_id;
    let learned = [(id.clone(), Value::measured(estimate(0.5, 0.25), "m, learned x", None))];
    Catalogue::open(dir.path()).unwrap().set_correction(Some(Learned { correction: "{}", values: &learned })).unwrap();
    let told = Reader::open(dir.path()).unwrap().track(&id).unwrap().unwrap();
    let course: Vec<_> = told.mood.unwrap().value.curve.estimates.iter().flatten().map(|e| e.at).collect();
    assert_eq!(course.len(), 4);
    assert!(course.iter().all(|at| at.distance(Affect::clamped(0.5, 0.25)) < 0.01), "{course:?}");
    let curve = [0.5; 3].map(|v| Affect::clamped(v, 0.25)).to_vec();
    let best = &found(dir.path(), &Query { curve, ..Query::default() })[0];
    assert_eq!(best.track.title, "Low");
    assert!(best.why().starts_with("curve 1.00") || best.why().starts_with("curve 0.99"), "{}", best.why());
    // What leaves the catalogue is what was measured, beside what was learned: coming back it is not moved twice.
    let mut lines = Vec::new();
    Reader::open(dir.path()).unwrap().export(&mut lines).unwrap();
    let text = String::from_utf8(lines).unwrap();
    assert!(text.contains("-0.4"), "{text}");
}

#[test]
fn moods_weigh_for_and_against() {
    let dir = filled(&[1, 4, 9].map(|n| measured(n, &format!("{n}"))));
    let mood = |word: &str, weight| (affect::mood(word).unwrap(), weight);
    assert_eq!(titles(dir.path(), &Query { moods: vec![mood("happy", 1.0)], ..Query::default() })[0], "9");
    assert_eq!(titles(dir.path(), &Query { moods: vec![mood("happy", -1.0)], ..Query::default() })[0], "1");
    let region = Query { region: Some((-0.2..=0.2, -1.0..=1.0)), ..Query::default() };
    assert_eq!(titles(dir.path(), &region), ["4"]);
}

#[test]
fn facets_count_what_is_let_through() {
    let dir = filled(&[
        tagged(1, "A", &[("genre", "Film; Folk"), ("instrument", "Sitar")]),
        tagged(2, "B", &[("genre", "film"), ("instrument", "Tabla")]),
        tagged(3, "C", &[("genre", "Rock")]),
    ]);
    let reader = Reader::open(dir.path()).unwrap();
    let values = |query: &Query, facet: &str| reader.facets(query, 10).unwrap().into_iter().find(|c| c.facet == facet).unwrap().values;
    let n = |name: &str, n| (name.to_owned(), n);
    assert_eq!(values(&Query::default(), "genre"), [n("Film", 2), n("Folk", 1), n("Rock", 1)]);
    let film = FacetFilter { field: Field::Genre, any_of: vec!["FILM".into()], is_not: false };
    let query = Query { facets: vec![film.clone()], ..Query::default() };
    assert_eq!(values(&query, "instrument"), [n("Sitar", 1), n("Tabla", 1)]);
    assert_eq!(values(&query, "tempo"), [n("60 to 70 BPM", 2)]);
    assert_eq!(values(&Query { text: Some("sitar".into()), ..Query::default() }, "key"), [n("D minor", 1)]);
    let not = Query { facets: vec![FacetFilter { is_not: true, ..film }], ..Query::default() };
    assert_eq!(titles(dir.path(), &not), ["C"]);
}

#[test]
fn one_album_does_not_fill_the_page_and_copies_do_not_stand_side_by_side() {
    let mut changes: Vec<_> = (1..6).map(|n| tagged(n, &format!("Album {n}"), &[("album", "Rain")])).collect();
    let mut random = fastrand::Rng::with_seed(3);
    let print: Vec<u32> = (0..200).map(|_| random.u32(..)).collect();
    for n in 6..8 {
        let mut copy = track(n, &format!("Copy {n}"));
        copy.analysis.fingerprint = Some(Value::measured(print.clone(), "t", None));
        copy.analysis.tempo_bpm = Some(Value::measured(70.0, "t", None));
        changes.push(put(n, copy));
    }
    changes.extend((8..12).map(|n| measured(n, &format!("Other {n}"))));
    let dir = filled(&changes);
    let query = Query { at: Some(Affect::clamped(-0.5, 0.2)), is_diverse: true, limit: 5, ..Query::default() };
    assert_eq!(titles(dir.path(), &query), ["Album 1", "Album 2", "Copy 6", "Other 8", "Other 9"]);
    let plain = Query { is_diverse: false, ..query };
    assert_eq!(titles(dir.path(), &plain), ["Album 1", "Album 2", "Album 3", "Album 4", "Album 5"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The grid gives what looking at every track gives.
    #[test]
    fn the_nearest_are_found_as_by_looking_at_all(
        places in prop::collection::vec((-1.0f64..=1.0, -1.0f64..=1.0), 1..120),
        (v, a) in (-1.0f64..=1.0, -1.0f64..=1.0),
        limit in 1usize..20,
    ) {
        let changes: Vec<_> = places.iter().enumerate().map(|(n, (v, a))| {
            let mut track = track(n as u32, &format!("{n}"));
            track.affect = Some(Value::measured(estimate(*v, *a), "t", None));
            put(n as u32, track)
        }).collect();
        let dir = filled(&changes);
        let at = Affect::clamped(v, a);
        let got: Vec<f64> = found(dir.path(), &Query { at: Some(at), limit, ..Query::default() }).iter().map(|m| m.track.affect.unwrap().distance(at)).collect();
        let mut want: Vec<f64> = places.iter().map(|(v, a)| Affect::clamped(*v, *a).distance(at)).collect();
        want.sort_by(f64::total_cmp);
        want.truncate(limit);
        prop_assert_eq!(got.len(), want.len());
        for (g, w) in got.iter().zip(&want) {
            prop_assert!((g - w).abs() < 3e-4, "{:?} {:?}", got, want);
        }
    }

    #[test]
    fn whatever_is_typed_is_no_panic(text in "\\PC{0,60}") {
        let dir = filled(&[measured(1, "Rain")]);
        let _ = Reader::open(dir.path()).unwrap().search(&Query { text: Some(text), ..Query::default() });
    }
}
