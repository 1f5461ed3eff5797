//! Counting: what a scan says of itself adds up.

use super::*;

pub(super) fn all_failed() {
    let world = World::default();
    for name in ["a.wav", "b.flac", "c.mp3"] {
        fs::write(world.music().join(name), b"this is no music").unwrap();
    }
    let (code, report) = world.scan();
    assert_eq!((code, &report["found"], &report["failed"]), (1, &json!(3), &json!(3)), "{report}");
    assert_eq!(report["failures"].as_array().unwrap().len(), 3);
    // Nor the next time, when none of them is even opened.
    let (code, report) = world.scan();
    assert_eq!((code, &report["failed"], &report["new"]), (1, &json!(3), &json!(0)), "{report}");
    let text = say(&world, &["scan", world.music().to_str().unwrap()]).1;
    assert!(text.contains("3 failed") && text.matches("\nfailed: ").count() == 3, "{text}");
}

pub(super) fn all_skipped() {
    let world = World::default();
    let names = ["cover.jpg", "notes.txt"].map(|name| world.music().join(name));
    names.iter().for_each(|name| fs::write(name, b"no music").unwrap());
    let (code, report, errors) = world.run(&["scan".as_ref(), "--json".as_ref(), names[0].as_os_str(), names[1].as_os_str()]);
    assert_eq!((&report["found"], &report["skipped"]), (&json!(2), &json!(2)), "{report}{errors}");
    assert_eq!(report["skips"].as_array().unwrap().len(), 2);
    assert_ne!(code, 0, "all that was named was left out");
}

pub(super) fn update() {
    let world = World::default();
    for i in 0..4 {
        world.click_file(format!("{i}.wav"), 90.0 + 10.0 * f64::from(i));
    }
    world.scan();
    well(&world, &["edit", "--all", "--set", "bpm=77"]);
    assert_eq!(world.scan().1["stale"], 0);
    store(&world).execute("UPDATE tracks SET measured_by = 'an older version'", []).unwrap();
    let (code, report) = world.scan();
    assert_eq!((code, &report["unchanged"], &report["stale"]), (0, &json!(4), &json!(4)), "{report}");
    assert_eq!((&report["renewed"], &report["measured_s"]), (&json!(0), &json!(0.0)), "it waits until it is asked for: {report}");
    assert!(say(&world, &["scan", world.music().to_str().unwrap()]).1.contains("scan --upgrade"), "and how to ask is told");
    let (code, report) = world.scan_with(&["--upgrade=1"]);
    assert_eq!((code, &report["renewed"], &report["unchanged"], &report["stale"]), (0, &json!(1), &json!(3), &json!(3)), "{report}");
    // Whoever lists them sees which are which.
    let listed = || (say(&world, &["search", "--mood", "calm"]), say(&world, &["stats"]).1);
    let ((_, rows, note), stats) = listed();
    assert_eq!(rows.matches("by an older version").count(), 3, "{rows}");
    assert!(note.contains("scan --upgrade") && stats.contains("an older version: 3"), "{note}{stats}");
    let (_, report) = world.scan_with(&["--upgrade"]);
    assert_eq!((&report["renewed"], &report["unchanged"], &report["stale"]), (&json!(3), &json!(1), &json!(0)), "{report}");
    let (_, report) = world.scan_with(&["--upgrade"]);
    assert_eq!((&report["renewed"], &report["unchanged"], &report["measured_s"]), (&json!(0), &json!(4), &json!(0.0)), "{report}");
    let ((_, rows, note), stats) = listed();
    assert!(!rows.contains("measured by") && note.is_empty() && stats.matches("measured by").count() == 1, "{rows}{note}{stats}");
    assert!(world.search(&[]).iter().all(|t| t["tempo_bpm"] == 77.0), "what was set by hand stays");
}
