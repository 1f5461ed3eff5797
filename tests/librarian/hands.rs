//! What hands set: it outlasts every scan, is undone as it was done, and goes into files only when asked.

use super::*;

pub(super) fn set_by_hand() {
    let world = World::default();
    let path = world.click_file("a.wav", 100.0);
    world.scan();
    let name = path.to_str().unwrap();
    let set = ["--set", "bpm=77", "--set", "key=F# minor", "--set", "mood=serene", "--set", "genre=Drone", "--set", "title=Mine"];
    well(&world, &[&["edit", name][..], &set].concat());
    let is_kept = |when: &str| {
        let track = show(&world, &path);
        let analysis = &track["analysis"];
        assert_eq!((&analysis["tempo_bpm"]["value"], &analysis["tempo_bpm"]["origin"]), (&json!(77.0), &json!("by_hand")), "{when}");
        assert_eq!((&analysis["key"]["value"], &analysis["key"]["origin"]), (&json!("F# minor"), &json!("by_hand")), "{when}");
        assert_eq!(track["affect"]["origin"], "by_hand", "{when}");
        let found = world.search(&["--genre", "drone"]);
        assert_eq!(titles(&found), ["Mine"], "{when}");
        assert_eq!((&found[0]["tempo_bpm"], &found[0]["key"]), (&json!(77.0), &json!("F# minor")), "{when}");
    };
    is_kept("at once");
    world.scan();
    is_kept("after a scan of what is known");
    fs::File::options().write(true).open(&path).unwrap().set_modified(std::time::SystemTime::now()).unwrap();
    world.scan();
    is_kept("after a scan of what was touched");
    store(&world).execute("UPDATE tracks SET measured_by = 'an older version'", []).unwrap();
    assert_eq!(world.scan_with(&["--upgrade"]).1["renewed"], 1);
    is_kept("after everything was measured again");
    // What goes and comes back was not measured again, but is another row of files.
    let away = world.dir.path().join("away.wav");
    world.click_file("b.wav", 90.0);
    fs::rename(&path, &away).unwrap();
    world.scan();
    fs::rename(&away, &path).unwrap();
    world.scan();
    is_kept("after the file was away");
    // Another sound under the same name is another track, of which nothing was set.
    write(&path, 22_050, 6.0, &metronome(140.0, 6.0));
    world.scan();
    assert_ne!(show(&world, &path)["analysis"]["tempo_bpm"]["origin"], "by_hand");
}

pub(super) fn title_everywhere() {
    let world = World::default();
    let path = tagged(&world, "a.aiff", 1, &[("TIT2", "Wrong")]);
    world.scan();
    let name = path.to_str().unwrap();
    well(&world, &["edit", name, "--set", "title=Right"]);
    well(&world, &["usage", "add", name, "--project", "Film", "--in", "1", "--out", "2"]);
    well(&world, &["bin", "add", "Bin", "right"]);
    for asks in [
        &["search"][..],
        &["show", name],
        &["cue-sheet", "Film"],
        &["usage", "list", "Film"],
        &["rights", "show", "right"],
        &["bin", "list", "Bin"],
        &["tag-template"],
    ] {
        let text = well(&world, asks);
        // Only 'show' tells what the file says, too, and that it does.
        let text = text.replace("title, declared   Wrong   (declared in its tags)", "");
        assert!(text.contains("Right") && !text.contains("Wrong"), "{asks:?}: {text}");
    }
}

pub(super) fn dry_run() {
    let world = World::default();
    for seed in 0..3 {
        tagged(&world, &format!("{seed}.aiff"), seed, &[("TCON", "Film")]);
    }
    world.scan();
    well(&world, &["edit", "film", "--set", "comment=first"]);
    let before = well(&world, &["export"]);
    let told = well(&world, &["edit", "film", "--set", "raga=Yaman", "--set", "genre=-", "--set", "bpm=90", "--dry-run"]);
    assert!(told.contains("3 tracks would change") && told.contains("raga Yaman (was not set)"), "{told}");
    let rights = file(&world, "rights.csv", "path,media,territories\n0.aiff,tv,DE\n");
    let told = well(&world, &["rights", "import", &rights, "--dry-run"]);
    assert!(told.contains("1 matched") && told.contains("nothing was changed"), "{told}");
    let tags = file(&world, "tags.csv", "path,raga\n0.aiff,Yaman\n");
    let told = well(&world, &["tag-apply", &tags, "--dry-run"]);
    assert!(told.contains("1 track"), "{told}");
    assert_eq!(well(&world, &["export"]), before);
    // And what would be is what will be.
    let told = well(&world, &["edit", "film", "--set", "raga=Yaman"]);
    assert!(told.contains("3 tracks changed as step 2"), "{told}");
    assert_ne!(well(&world, &["export"]), before);
}

pub(super) fn undo() {
    let world = World::default();
    let paths: Vec<PathBuf> = (0..3).map(|seed| tagged(&world, &format!("{seed}.aiff"), seed, &[("TCON", "Film")])).collect();
    world.scan();
    let all = || paths.iter().map(|p| show(&world, p)).collect::<Vec<_>>();
    let (code, _, errors) = say(&world, &["undo"]);
    assert!(code == 2 && errors.contains("nothing"), "{errors}");
    let first = all();
    well(&world, &["edit", paths[0].to_str().unwrap(), "--set", "bpm=91", "--set", "mood=tense"]);
    let second = all();
    well(&world, &["edit", "film", "--set", "genre=-", "--set", "bpm=120", "--set", "title=One for all"]);
    let third = all();
    assert!(first != second && second != third);
    let log = well(&world, &["log"]);
    let steps: Vec<&str> = log.lines().collect();
    assert!(steps[0].contains("3 tracks: edit film --set genre=-") && steps[1].contains("1 track: edit "), "{log}");
    well(&world, &["undo"]);
    assert_eq!(all(), second, "one step of three tracks");
    assert!(world.search(&["one for all"]).is_empty() && world.search(&["--genre", "film"]).len() == 3);
    well(&world, &["undo"]);
    assert_eq!(all(), first);
    assert_eq!(well(&world, &["log"]).matches("undone").count(), 2);
    let (code, _, errors) = say(&world, &["undo", "2"]);
    assert!(code == 2 && errors.contains("undone already"), "{errors}");
}

pub(super) fn undo_of_what_was_left_alone() {
    let world = World::default();
    let path = tagged(&world, "a.aiff", 1, &[("TIT2", "Tune")]);
    world.scan();
    let first = show(&world, &path);
    well(&world, &["edit", "tune", "--set", "comment=one"]);
    well(&world, &["edit", "tune", "--set", "comment=two"]);
    let (code, told, _) = say(&world, &["undo", "1"]);
    assert!(code == 1 && told.contains("left alone"), "{told}");
    assert_eq!(show(&world, &path)["edits"]["words"]["comment"], "two");
    assert!(told.starts_with("not undone: step 1") && told.contains("since: Tune"), "{told}");
    // What was set of something else since stays, and keeps nothing from being undone.
    well(&world, &["edit", "tune", "--set", "region=Bengal", "--set", "bpm=96"]);
    well(&world, &["edit", "tune", "--set", "genre=Film", "--set", "mood=tense"]);
    well(&world, &["undo", "3"]);
    let edits = show(&world, &path)["edits"].clone();
    assert_eq!((&edits["words"], &edits["bpm"]), (&json!({ "comment": "two", "genre": "Film" }), &Value::Null), "{edits}");
    assert!(edits["mood"]["arousal"].is_number(), "{edits}");
    well(&world, &["undo", "4"]);
    // The step that was not undone is not said to be: once what came after it is undone, it can be, too.
    well(&world, &["undo", "2"]);
    well(&world, &["undo", "1"]);
    assert_eq!(show(&world, &path), first);
}

pub(super) fn empty_words() {
    let world = World::default();
    tagged(&world, "a.aiff", 1, &[]);
    tagged(&world, "b.aiff", 2, &[]);
    world.scan();
    // What a script hands over whose variable was never set.
    for words in [&[][..], &[""], &[" "], &["", ""]] {
        let (code, _, errors) = say(&world, &[&["edit"], words, &["--set", "genre=Gone"]].concat());
        assert!(code == 2 && errors.contains("which tracks"), "{words:?}: {errors}");
        let (code, _, errors) = say(&world, &[&["bin", "add", "B"], words].concat());
        assert!(code == 2 && errors.contains("which tracks"), "{words:?}: {errors}");
    }
    assert!(well(&world, &["edit", "--all", "--set", "genre=Meant"]).contains("2 tracks changed"));
}

pub(super) fn ranking_is_no_choice() {
    let world = World::default();
    let path = tagged(&world, "a.aiff", 1, &[]);
    tagged(&world, "b.aiff", 2, &[]);
    world.scan();
    // These let every track through and only put them in order, so none of them says which tracks are meant.
    let like = path.to_str().unwrap();
    for ranks in [&["--mood", "tense"][..], &["--bpm", "100"], &["--key", "D minor"], &["--like", like], &["--avoid-used"]] {
        let (code, told, _) = say(&world, &[&["edit"], ranks, &["--set", "genre=Thriller"]].concat());
        assert_eq!(code, 2, "{ranks:?} set it of all: {told}");
    }
    assert!(world.search(&["--genre", "Thriller"]).is_empty());
}

pub(super) fn filter_beside_a_file() {
    let world = World::default();
    let path = tagged(&world, "a.aiff", 1, &[("TCON", "Jazz")]);
    world.scan();
    let (code, told, _) = say(&world, &["edit", path.to_str().unwrap(), "--genre", "Rock", "--set", "comment=x"]);
    assert_ne!(code, 0, "the file is no rock: {told}");
}

pub(super) fn word_or_content_id() {
    let world = World::default();
    let path = tagged(&world, "a.aiff", 1, &[]);
    let other = tagged(&world, "b.aiff", 2, &[]);
    world.scan();
    // A year, or a word like 'fade' or 'cafe': its letters may begin some track's content id, too.
    let id = show(&world, &path)["content_id"].as_str().unwrap()[..4].to_owned();
    well(&world, &["edit", other.to_str().unwrap(), "--set", &format!("title={id}")]);
    assert_eq!(world.search(&[&id]).len(), 1, "as a word it is found");
    say(&world, &["edit", &id, "--set", "comment=Set"]);
    assert!(show(&world, &path)["edits"]["words"]["comment"].is_null(), "'{id}' is a word of another track");
}

pub(super) fn written_tags() {
    let world = World::default();
    let source = world.click_file("click.wav", 100.0);
    for name in ["a.flac", "a.mp3", "a.ogg", "a.opus", "a.m4a", "a.aiff"] {
        ffmpeg(&[
            "-i",
            source.to_str().unwrap(),
            "-metadata",
            "title=Before",
            "-metadata",
            "artist=Somebody",
            "-metadata",
            "REGION=Bengal",
            "-metadata",
            "RASA=karuna",
            "-metadata",
            "MYTAG=Kept",
            world.music().join(name).to_str().unwrap(),
        ]);
    }
    fs::write(world.music().join("b.wav"), fs::read(&source).unwrap()).unwrap();
    world.scan();
    let files: Vec<PathBuf> = fs::read_dir(world.music()).unwrap().map(|e| e.unwrap().path()).collect();
    let ids: Vec<Value> = files.iter().map(|f| show(&world, f)["content_id"].clone()).collect();
    let bytes = |files: &[PathBuf]| files.iter().map(|f| fs::read(f).unwrap()).collect::<Vec<_>>();
    let before = bytes(&files);
    let set = [
        "--set",
        "raga=Mālkauns",
        "--set",
        "title=After",
        "--set",
        "composer=Anybody",
        "--set",
        "bpm=96.5",
        "--set",
        "key=D minor",
        "--set",
        "instrument=sitar; tabla",
        "--all",
    ];
    well(&world, &[&["edit"], &set[..]].concat());
    assert_eq!(bytes(&files), before, "nobody asked for it");
    let probe = |file: &Path| {
        let told =
            Command::new("ffprobe").args(["-v", "error", "-of", "json", "-show_entries", "format_tags:stream_tags"]).arg(file).output();
        String::from_utf8(told.unwrap().stdout).unwrap()
    };
    well(&world, &[&["edit"], &set[..], &["--write-tags"]].concat());
    assert!(bytes(&files).iter().zip(&before).all(|(a, b)| a != b));
    assert_eq!(fs::read_dir(world.music()).unwrap().count(), files.len(), "no copy is left behind");
    // The rows follow in the same step: nothing is opened again.
    let (code, report) = world.scan();
    assert_eq!((code, report["unchanged"].as_u64()), (0, Some(files.len() as u64)), "{report}");
    // Who knows nothing but the files knows what was set.
    let fresh = World::default();
    let moved: Vec<PathBuf> = files.iter().map(|f| fresh.music().join(f.file_name().unwrap())).collect();
    for (from, to) in files.iter().zip(&moved) {
        fs::copy(from, to).unwrap();
    }
    fresh.scan();
    for (file, id) in moved.iter().zip(&ids) {
        let track = show(&fresh, file);
        assert_eq!(track["content_id"], *id, "{}", file.display());
        let tags = &track["tags"];
        assert_eq!(
            (&tags["title"], &tags["raga"], &tags["instrument"]),
            (&json!("After"), &json!("Mālkauns"), &json!("sitar; tabla")),
            "{}: {tags}",
            file.display()
        );
        assert_eq!(
            (&tags["bpm"], track["analysis"]["key"]["value"].as_str()),
            (&json!("96.5"), Some("D minor")),
            "{}: {tags}",
            file.display()
        );
        assert_eq!(tags["composer"], "Anybody", "{}: {tags}", file.display());
        // Other programs find them where the standards have them.
        let extension = file.extension().unwrap().to_str().unwrap();
        let probed = probe(file);
        // What no standard knows, and nobody has set, is there still.
        let has_free = matches!(extension, "flac" | "ogg" | "opus" | "mp3");
        assert!(!has_free || ["Bengal", "Kept", "karuna"].iter().all(|kept| probed.contains(kept)), "{}: {probed}", file.display());
        match extension {
            "mp3" => assert!(probed.contains("\"TBPM\": \"97\"") && probed.contains("\"TKEY\": \"Dm\""), "{probed}"),
            "m4a" => assert!(fs::read(file).unwrap().windows(4).any(|w| w == b"tmpo"), "{probed}"),
            _ => {}
        }
        // What makes the files of this test writes no artist into these kinds.
        let has_none = file.extension().is_some_and(|e| e == "aiff" || e == "wav");
        assert!(has_none || tags["artist"] == "Somebody", "what was not set stays: {}: {tags}", file.display());
    }
    // Tags that nobody here can carry over are not lost: nothing is written.
    let quicktime = world.music().join("quicktime.m4a");
    let movie = ["-t", "5", "-c:a", "alac", "-movflags", "use_metadata_tags", "-metadata", "INSTRUMENT=sitar"];
    ffmpeg(&[&["-i", source.to_str().unwrap()], &movie[..], &[quicktime.to_str().unwrap()]].concat());
    world.scan();
    let (code, _, errors) = say(&world, &["edit", quicktime.to_str().unwrap(), "--set", "genre=Film", "--write-tags"]);
    assert!(code == 1 && errors.contains("QuickTime") && probe(&quicktime).contains("sitar"), "{code}: {errors}");
    // What could not be written is told, though it is set.
    fs::remove_file(&files[0]).unwrap();
    world.scan();
    let (code, _, errors) = say(&world, &["edit", ids[0].as_str().unwrap(), "--set", "genre=gone", "--write-tags"]);
    assert!(code == 1 && errors.contains("its file is missing"), "{code}: {errors}");
}

pub(super) fn watched() {
    let world = World::default();
    world.click_file("one.wav", 100.0);
    let mut watch = Command::new(indexer())
        .env("UNDERSCORE_CATALOGUE", world.dir.path().join("catalogue"))
        .args(["watch".as_ref(), world.music().as_os_str()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let comes_to = |n: usize| {
        let since = Instant::now();
        while since.elapsed() < Duration::from_secs(60) {
            let found = say(&world, &["search", "--json", "--limit", "0"]).1;
            let there = |t: &Value| !t["path"].is_null();
            if serde_json::from_str::<Vec<Value>>(&found).is_ok_and(|f| f.iter().filter(|t| there(t)).count() == n) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        false
    };
    let seen = [
        comes_to(1),
        {
            world.click_file("deep/er/two.wav", 120.0);
            comes_to(2)
        },
        {
            fs::remove_file(world.music().join("one.wav")).unwrap();
            comes_to(1)
        },
    ];
    let _ = watch.kill();
    let _ = watch.wait();
    assert_eq!(seen, [true; 3]);
}
