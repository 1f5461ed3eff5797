//! Whatever is written: text is text, whatever it looks like.

use super::*;

/// So many tracks with such tags.
pub(super) const TRACKS: usize = 300;

pub(super) fn hostile_tags() {
    let world = World::default();
    let texts = hostile(TRACKS);
    for (i, text) in texts.iter().enumerate() {
        let (genre, comment) = (&texts[(i + 7) % texts.len()], &texts[(i + 13) % texts.len()]);
        tagged(
            &world,
            &format!("{i}.aiff"),
            i as u32,
            &[("TIT2", text), ("TPE1", text), ("TCON", genre), ("COMM", comment), ("TKEY", text), ("TBPM", text)],
        );
    }
    // A zero within a text ends it in some programs and not in others.
    tagged(&world, "zero.aiff", 9999, &[("TIT2", "be\0fore"), ("TPE1", "\0"), ("TCON", "\0\0x")]);
    let (code, report) = world.scan();
    assert_eq!((code, report["new"].as_u64().unwrap() as usize), (0, TRACKS + 1), "{report}");

    let found = world.search(&[]);
    let told: BTreeSet<String> = titles(&found).into_iter().map(str::to_owned).collect();
    let lacks: Vec<String> = texts.iter().map(|t| kept_of(t)).filter(|t| !told.contains(t)).collect();
    assert!(lacks.is_empty(), "titles come back as they were written: {lacks:?}");
    // Each is found by its artist as it is written; those of signs alone are another matter.
    for text in texts.iter().map(|t| kept_of(t)).filter(|t| t.chars().any(char::is_alphanumeric)).step_by(5) {
        // Several artists have semicolons between them.
        let artist = text.split(';').map(str::trim).find(|part| part.chars().any(char::is_alphanumeric)).unwrap();
        let option = format!("--artist={artist}");
        assert!(world.search(&[&option]).iter().any(|t| t["title"] == *text), "{option}");
    }

    // Nothing that is printed steers a terminal.
    let id = found[0]["content_id"].as_str().unwrap();
    for asks in [
        &["search", "--limit", "0"][..],
        &["search", "--limit", "0", "--mood", "tense", "long"],
        &["search", "--facets"],
        &["show", id],
        &["stats"],
        &["duplicates"],
        &["rights", "show"],
        &["tag-template"],
        &["bin", "add", "\u{1b}[31mB", "long"],
        &["bin", "list"],
        &["bin", "list", "\u{1b}[31mB"],
        &["edit", "--all", "--set", "comment=\u{1b}]0;x\u{7}", "--set", "genre=\u{9b}31m"],
        &["log"],
        &["undo"],
        &["check"],
    ] {
        let text = well(&world, asks);
        assert!(is_plain(&text), "{asks:?}: {text:?}");
    }
    // A few of them at length.
    for track in found.iter().step_by(29) {
        let text = well(&world, &["show", track["content_id"].as_str().unwrap()]);
        assert!(is_plain(&text), "{text:?}");
    }

    // They go out and in again as they are.
    let export = at(&world, "export.jsonl");
    well(&world, &["export", &export]);
    assert_eq!(elsewhere(&world, "second", &["import", &export]).0, 0);
    assert_eq!(elsewhere(&world, "second", &["export"]).1, fs::read_to_string(&export).unwrap());
    // And no sheet of them has a cell that is a formula.
    for cell in cells(&well(&world, &["tag-template"])).iter().flatten() {
        let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell != "-" && cell.parse::<f64>().is_err();
        assert!(!is_formula && !cell.chars().any(char::is_control), "{cell:?}");
    }
}

pub(super) fn hostile_words() {
    let world = named_tracks();
    let everything = world.search(&[]);
    for text in hostile(HOSTILE.len() + 3) {
        // Behind two dashes nothing is an option.
        let (code, out, errors) = say(&world, &["search", "--json", "--", &text]);
        let is_told = match code {
            0 => serde_json::from_str::<Value>(&out).is_ok(),
            1 => out.trim() == "[]",
            _ => code == 2 && errors.contains("cannot read"),
        };
        assert!(is_told && is_plain(&errors), "{text:?}: {code} {out}{errors}");
        // What is set is set as it is written, and undone again.
        let set = format!("comment={text}");
        let (code, _, errors) = say(&world, &["edit", "snow", "--set", &set]);
        assert!(code == 0 || code == 2 && errors.contains("1000 characters") && text.chars().count() > 900, "{text:?}: {errors}");
        for option in
            ["--artist", "--genre", "--not", "--in-bin", "--kept", "--mood", "--cleared-for", "--key", "--like", "--area", "--curve"]
        {
            let (code, _, errors) = say(&world, &["search", "--json", &format!("{option}={text}")]);
            assert!((0..=2).contains(&code) && is_plain(&errors), "{option} {text:?}: {errors:?}");
        }
    }
    assert_eq!(world.search(&[]).len(), everything.len());
    assert_eq!(say(&world, &["check"]).0, 0);
}

pub(super) fn turned_text() {
    let world = World::default();
    // What turns the direction of writing goes on to the end of the line, through the columns beside the title.
    for (seed, text) in ["\u{202e}live\u{202d}", "\u{2066}a", "\u{2067}b", "\u{202b}c"].into_iter().enumerate() {
        tagged(&world, &format!("{seed}.aiff"), seed as u32, &[("TIT2", text)]);
    }
    let path = world.click_file("clicks.wav", 100.0);
    world.scan();
    well(&world, &["edit", path.to_str().unwrap(), "--set", "title=\u{202e}gnp"]);
    well(&world, &["usage", "add", path.to_str().unwrap(), "--project", "P", "--scene", "\u{202e}x", "--in", "1", "--out", "2"]);
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    for asks in [&["search"][..], &["log"], &["show", path.to_str().unwrap()], &["cue-sheet", "P"]] {
        let text = well(&world, asks);
        assert!(!text.contains(turns), "{asks:?}: {text:?}");
    }
    let titles_are = world.search(&[]).iter().filter(|t| t["title"].as_str().unwrap().contains(turns)).count();
    assert_eq!(titles_are, 5, "JSON tells them as they are");
}

pub(super) fn json_is_json() {
    let world = full();
    let snow = world.music().join("snow.aiff").to_str().unwrap().to_owned();
    let id = asked(&world, &["usage", "list", "Film"])[0]["id"].as_str().unwrap().to_owned();
    let (csv, tags, backup, music) = (at(&world, "cues.csv"), at(&world, "tags.csv"), at(&world, "backup.db"), at(&world, "music"));
    let commands: [&[&str]; 25] = [
        &["search"],
        &["search", "--facets"],
        &["show", &snow],
        &["stats"],
        &["log"],
        &["roots", "list"],
        &["bin", "list"],
        &["searches", "list"],
        &["rights", "show"],
        &["rights", "expiring"],
        &["usage", "list"],
        &["cue-sheet", "Film"],
        &["duplicates"],
        &["check"],
        &["edit", "rain", "--set", "comment=x", "--dry-run"],
        &["edit", &snow, "--set", "comment=x", "--dry-run"],
        &["edit", &snow, "--set", "comment=x"],
        &["undo"],
        &["cue-sheet", "Film", "--out", &csv],
        &["tag-template", "--out", &tags],
        &["backup", &backup],
        &["roots", "move", "music", &music],
        &["rights", "clear", &snow],
        &["usage", "remove", &id],
        &["searches", "forget", "wet"],
    ];
    let is_text = |arguments: &&&[&str]| {
        let output = run_indexer(
            &world.dir.path().join("catalogue"),
            &[**arguments, &["--json"]].concat().iter().map(OsStr::new).collect::<Vec<_>>(),
        );
        serde_json::from_slice::<Value>(&output.stdout).is_err()
    };
    let wrong: Vec<&&[&str]> = commands.iter().filter(is_text).collect();
    assert!(wrong.is_empty(), "these print something else: {wrong:?}");
}
