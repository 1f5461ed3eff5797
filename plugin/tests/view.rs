//! The editor's view without a window: what a user sees and clicks, and what follows from it.

#![allow(clippy::unwrap_used, missing_docs)]

use affect::Affect;
use catalogue::Counted;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use music::TempoOctave;
use plugin::view::{Chosen, Controls, Correction, Filters, Intent, Library, Model, Production, Row, View};
use std::sync::Arc;
use track::rights::Standing;
use track::{ContentId, Field, Peaks, UsageCode};

#[derive(Default)]
struct State {
    view: View,
    model: Model,
    controls: Option<Controls>,
    playhead_s: Option<f64>,
    intents: Vec<Intent>,
}

/// The fields that text is typed into, in the order in which they stand: left, then right.
const PROJECT: usize = 0;
const SEARCH: usize = 2;
const CLEARED_FOR: usize = 3;

fn field<'h>(harness: &'h Harness<'static, State>, which: usize) -> egui_kittest::Node<'h> {
    harness.get_all_by_role(egui::accesskit::Role::TextInput).nth(which).unwrap()
}

fn harness(model: Model) -> Harness<'static, State> {
    let controls = Some(Controls { gain_db: 0.0, transpose: 0, match_loudness: true });
    let state = State { model, controls, playhead_s: Some(3.0), ..State::default() };
    Harness::builder().with_size(egui::vec2(920.0, 640.0)).build_ui_state(
        |ui, s: &mut State| {
            let controls = s.controls.unwrap();
            s.view.show(ui, &s.model, &controls, s.playhead_s, &mut s.intents);
        },
        state,
    )
}

fn id(i: usize) -> ContentId {
    ContentId(format!("{i:064x}"))
}

fn row(i: usize, title: &str) -> Row {
    Row {
        content_id: id(i),
        title: title.into(),
        affect: Some(Affect::clamped(0.3, 0.1)),
        tempo_bpm: Some(96.0),
        key: "D minor".parse().ok(),
        duration_s: 61.0,
        lufs: Some(-14.0),
        why: "mood 0.12 away".into(),
        is_there: true,
        rights: None,
    }
}

fn full() -> Model {
    Model {
        library: Library::Ready(3),
        dots: Arc::new((0..3).map(|i| Affect::clamped(0.2 * i as f64, 0.1)).collect()),
        rows: Arc::new(vec![row(0, "First Rain"), row(1, "Pursuit"), row(2, "Cradle")]),
        chosen: Some(Chosen {
            content_id: id(1),
            name: "Pursuit".into(),
            affect: Some(Affect::clamped(0.2, 0.1)),
            rate_hz: 48_000,
            duration_s: 30.0,
            key: "E minor".parse().ok(),
            timing: "96.0 to 100.0 BPM, stretched x0.96".into(),
            octave: Some(TempoOctave::Same),
            slower: Some(TempoOctave::Half),
            faster: Some(TempoOctave::Double),
            has_tempo: true,
            stays: None,
            peaks: Some(Arc::new(Peaks { frames_per_column: 1024, low: vec![-60; 1400], high: vec![70; 1400] })),
            beats_s: Arc::new((0..48).map(|b| f64::from(b) * 0.625).collect()),
            downbeat: 0,
            beats_per_bar: 4,
            by_hand: false,
            place: None,
            is_playable: true,
        }),
        target: [0.4, -0.3],
        ..Model::default()
    }
}

#[test]
fn a_click_on_a_result_chooses_it() {
    let mut h = harness(full());
    h.run();
    h.get_by_label("Cradle").click();
    h.run();
    assert_eq!(h.state().intents, [Intent::Choose(id(2))]);
}

#[test]
fn the_target_is_dragged_over_the_plane() {
    let mut h = harness(full());
    let rect = h.get_by_label("plane of mood").rect();
    h.drag_at(rect.center());
    h.hover_at(rect.lerp_inside(egui::vec2(0.9, 0.1)));
    h.drop_at(rect.lerp_inside(egui::vec2(0.9, 0.1)));
    h.run_steps(4);
    let last = h.state().intents.iter().rev().find_map(|i| if let Intent::Target(t) = i { Some(*t) } else { None }).unwrap();
    assert!(last[0] > 0.7 && last[1] > 0.7, "{last:?}");
}

#[test]
fn words_are_searched_for_as_they_are_typed() {
    let mut h = harness(full());
    let node = field(&h, SEARCH);
    node.focus();
    h.run();
    field(&h, SEARCH).type_text("rain");
    h.run();
    assert_eq!(h.state().intents.last(), Some(&Intent::Words("rain".into())));
}

#[test]
fn play_stop_place_and_the_octave_buttons_do_what_they_say() {
    let mut h = harness(full());
    for (label, intent) in [
        ("Play", Intent::Play),
        ("Place at playhead", Intent::Place),
        ("x2", Intent::Octave(TempoOctave::Double)),
        ("/2", Intent::Octave(TempoOctave::Half)),
        ("-10 ms", Intent::Correct(id(1), Correction::Nudge(-0.010))),
        ("+10 ms", Intent::Correct(id(1), Correction::Nudge(0.010))),
        ("-1", Intent::Correct(id(1), Correction::ShiftBar(-1))),
        ("+1", Intent::Correct(id(1), Correction::ShiftBar(1))),
        ("at -23 LUFS", Intent::MatchLoudness(false)),
    ] {
        h.get_by_label(label).click();
        h.run();
        assert_eq!(h.state_mut().intents.drain(..).next_back(), Some(intent), "{label}");
    }
    h.state_mut().model.auditioning = true;
    h.run();
    h.get_by_label("Stop").click();
    h.run();
    assert_eq!(h.state().intents.last(), Some(&Intent::Stop));
}

#[test]
fn what_is_heard_can_be_tapped_along_to() {
    let mut model = full();
    model.auditioning = true;
    let mut h = harness(model);
    h.run();
    for at_s in [3.0, 3.6] {
        h.state_mut().playhead_s = Some(at_s);
        h.run();
        h.get_by_label("Tap").click();
        h.run();
        assert_eq!(h.state_mut().intents.drain(..).next_back(), Some(Intent::Correct(id(1), Correction::Tap(at_s))));
    }
    // Silence cannot.
    h.state_mut().model.auditioning = false;
    h.run();
    h.get_by_label("Tap").click();
    h.run();
    assert!(h.state().intents.is_empty());
    // What was put right can be given back.
    h.state_mut().model.chosen.as_mut().unwrap().by_hand = true;
    h.run();
    h.get_by_label("Measured").click();
    h.run();
    assert_eq!(h.state().intents, [Intent::Correct(id(1), Correction::Measured)]);
}

#[test]
fn what_is_only_tried_leads_back_to_what_is_placed() {
    let mut model = full();
    if let Some(chosen) = &mut model.chosen {
        chosen.stays = Some("First Rain stays on the timeline".into());
        chosen.faster = None;
    }
    let mut h = harness(model);
    h.run();
    h.get_by_label("First Rain stays on the timeline");
    h.get_by_label("Show").click();
    h.run();
    assert_eq!(h.state_mut().intents.drain(..).next_back(), Some(Intent::ShowPlaced));
    // Twice as fast would be too far: the button is there and does nothing.
    h.get_by_label("x2").click();
    h.run();
    assert!(h.state().intents.is_empty());
}

#[test]
fn every_control_is_inside_a_narrow_window() {
    let mut model = full();
    if let Some(chosen) = &mut model.chosen {
        chosen.by_hand = true;
    }
    let mut h = harness(model);
    h.set_size(egui::vec2(640.0, 420.0));
    h.run();
    for label in ["Play", "Place at playhead", "/2", "x2", "Tap", "-10 ms", "+1", "Measured", "at -23 LUFS"] {
        let rect = h.get_by_label(label).rect();
        assert!(rect.right() <= 640.0 && rect.bottom() <= 420.0, "{label} at {rect:?}");
    }
}

#[test]
fn a_key_is_reached_by_transposing() {
    let mut h = harness(full());
    h.get_all_by_role(egui::accesskit::Role::ComboBox).next().unwrap().click();
    h.run();
    h.get_by_label("G minor").click();
    h.run();
    assert_eq!(h.state().intents, [Intent::Transpose(3)]);
}

#[test]
fn what_is_missing_is_said_with_what_to_do() {
    let absent = Library::Absent("there is no catalogue in /x yet; make one with: indexer scan FOLDER".into());
    let mut h = harness(Model { library: absent, ..Model::default() });
    h.run();
    h.get_by_label_contains("indexer scan");
    let mut h = harness(Model { message: Some("a.wav is missing".into()), ..full() });
    h.run();
    h.get_by_label_contains("a.wav is missing");
    assert!(h.query_by_label_contains("--upgrade").is_none());
    let mut h = harness(Model { is_mixed: true, ..full() });
    h.run();
    h.get_by_label_contains("indexer scan --upgrade");
}

#[test]
fn the_production_is_named_once_it_is_typed() {
    let mut harness = harness(Model { library: Library::Ready(3), ..Model::default() });
    harness.run();
    field(&harness, PROJECT).focus();
    harness.run();
    field(&harness, PROJECT).type_text("The Ford");
    harness.run();
    assert!(harness.state().intents.iter().all(|i| !matches!(i, Intent::Project(_))), "not letter by letter");
    harness.key_press(egui::Key::Enter);
    harness.run();
    assert!(
        harness.state().intents.contains(&Intent::Project(Production { name: "The Ford".into(), ..Production::default() })),
        "{:?}",
        harness.state().intents
    );
}

#[test]
fn what_the_music_is_in_the_scene_is_chosen() {
    let mut h = harness(full());
    h.get_by_label_contains("what the music is there").click();
    h.run();
    h.get_by_label_contains("main title").click();
    h.run();
    assert_eq!(h.state().intents, [Intent::Project(Production { code: UsageCode::MT, ..Production::default() })]);
}

#[test]
fn values_are_chosen_from_what_was_found_and_taken_away_again() {
    let genres = Counted { facet: "genre".into(), values: vec![("Film".into(), 12), ("Folk".into(), 3)] };
    let moods = Counted { facet: "mood".into(), values: vec![("calm".into(), 15)] };
    let mut h = harness(Model { facets: Arc::new(vec![genres, moods]), ..full() });
    h.run();
    h.get_by_label("Filter").click();
    h.run();
    assert!(h.query_by_label("mood").is_none(), "what cannot be filtered by is not offered");
    h.get_by_label_contains("genre").click();
    h.run();
    h.get_by_label("Folk  (3)").click();
    h.run();
    let folk = Filters::default().toggled(Field::Genre, "Folk");
    assert_eq!(h.state_mut().intents.drain(..).collect::<Vec<_>>(), [Intent::Filter(folk.clone())]);
    assert_eq!(folk.toggled(Field::Genre, "Folk"), Filters::default());
    assert_eq!(folk.toggled(Field::Genre, "Film").facets[0].any_of, ["Folk", "Film"]);
    h.state_mut().model.filters = folk;
    h.run();
    h.get_by_label_contains("genre: Folk").click();
    h.run();
    assert_eq!(h.state().intents, [Intent::Filter(Filters::default())]);
}

#[test]
fn only_what_is_cleared_is_asked_for_and_what_is_not_is_marked() {
    let mut model = full();
    let mut rows = vec![row(0, "First Rain"), row(1, "Pursuit")];
    rows[1].rights = Some(Standing::Expired);
    model.rows = Arc::new(rows);
    let mut h = harness(model);
    h.run();
    h.get_by_label("First Rain");
    h.get_by_label("Pursuit (expired)");
    field(&h, CLEARED_FOR).focus();
    h.run();
    field(&h, CLEARED_FOR).type_text("broadcast, DE");
    h.run();
    assert!(h.state().intents.is_empty(), "not letter by letter");
    h.key_press(egui::Key::Enter);
    h.run();
    assert_eq!(h.state().intents, [Intent::Filter(Filters { cleared_for: "broadcast, DE".into(), ..Filters::default() })]);
}
