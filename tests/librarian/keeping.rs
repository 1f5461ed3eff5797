//! Keeping: exports, backups, media that cannot be written, damage.

use super::*;

/// A catalogue with something of everything in it.
pub(super) fn full() -> World {
    let world = named_tracks();
    fs::write(world.music().join("broken.wav"), b"RIFF").unwrap();
    world.click_file("gone.wav", 100.0);
    world.scan();
    fs::remove_file(world.music().join("gone.wav")).unwrap();
    world.scan();
    well(&world, &["edit", "snow", "--set", "bpm=90", "--set", "mood=0.1,-0.3", "--set", "raga=Yaman", "--set", "key=D minor"]);
    well(&world, &["edit", "rain", "--set", "comment=\u{1b}[31m \"quoted\" \u{202e}"]);
    well(&world, &["undo"]);
    let rights = "path,owner,licence,licence id,media,territories,from,until,exclusive,notes\n\
                  snow.aiff,Bär,Std,1,all,world except US,2027-01-01,2028-01-01,yes,note\nwind.aiff,B,,2,,,,,,\n";
    let rights = file(&world, "rights.csv", rights);
    well(&world, &["rights", "import", &rights]);
    let snow = world.music().join("snow.aiff").to_str().unwrap().to_owned();
    well(
        &world,
        &["usage", "add", &snow, "--project", "Film", "--scene", "1", "--in", "1", "--out", "2", "--fps", "29.97", "--date", "2027-01-05"],
    );
    well(&world, &["bin", "add", "Noir", "rain"]);
    world.search(&["rain", "--keep", "wet"]);
    world
}

/// The program on another catalogue of the same world.
pub(super) fn elsewhere(world: &World, catalogue: &str, arguments: &[&str]) -> (i32, String, String) {
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    spoken(&run_indexer(&world.dir.path().join(catalogue), &arguments))
}

pub(super) fn round_trip() {
    let world = full();
    let out = world.dir.path().join("export.jsonl");
    let name = out.to_str().unwrap();
    well(&world, &["export", name]);
    let exported = fs::read_to_string(&out).unwrap();
    assert_eq!(well(&world, &["export"]), exported);
    for kind in ["head", "root", "track", "file", "edits", "step", "licence", "usage", "bin", "search"] {
        assert!(exported.lines().any(|l| l.starts_with(&format!("{{\"{kind}\":"))), "nothing of {kind}");
    }
    assert!(exported.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
    let (code, told, errors) = elsewhere(&world, "second", &["import", name]);
    assert!(code == 0 && told.contains("5 tracks"), "{told}{errors}");
    assert_eq!(elsewhere(&world, "second", &["export"]).1, exported, "byte for byte");
    // And it is the same to work with: words, rights, uses, bins, and a scan that measures nothing.
    let same = |arguments: &[&str]| {
        // What fits equally well is in no order.
        let told = |(code, text, errors): (i32, String, String)| (code, text.lines().map(str::to_owned).collect::<BTreeSet<_>>(), errors);
        assert_eq!(told(elsewhere(&world, "second", arguments)), told(say(&world, arguments)), "{arguments:?}");
    };
    for asks in [
        &["search", "snow", "--json"][..],
        &["rights", "show"],
        &["cue-sheet", "Film"],
        &["bin", "list", "Noir"],
        &["search", "--kept", "wet"],
    ] {
        same(asks);
    }
    same(&["log"]);
    let music = world.music();
    let (_, told, _) = elsewhere(&world, "second", &["scan", "--json", music.to_str().unwrap()]);
    let report: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&report["unchanged"], &report["failed"], &report["measured_s"]), (&json!(4), &json!(1), &json!(0.0)), "{report}");
    let (_, told, _) = elsewhere(&world, "second", &["undo"]);
    assert!(told.contains("undone: step 1"), "what was set there can be undone here: {told}");
    // Nothing is written over what is there.
    assert_eq!(say(&world, &["export", name]).0, 2);
    let (code, _, errors) = say(&world, &["import", name]);
    assert!(code == 2 && errors.contains("--merge"), "{errors}");
}

pub(super) fn import_twice() {
    let world = full();
    let name = at(&world, "export.jsonl");
    well(&world, &["export", &name]);
    well(&world, &["import", &name, "--merge"]);
    well(&world, &["import", &name, "--merge"]);
    assert_eq!(well(&world, &["export"]), fs::read_to_string(&name).unwrap());
    // What was set here since holds against what the export says.
    well(&world, &["edit", "snow", "--set", "bpm=99"]);
    well(&world, &["import", &name, "--merge"]);
    assert_eq!(show(&world, &world.music().join("snow.aiff"))["edits"]["bpm"], 99.0);
}

pub(super) fn half_an_export() {
    let world = full();
    let exported = well(&world, &["export"]);
    let newer = exported.replacen("\"layout\":1", "\"layout\":99", 1);
    let wrong: [(&str, &str); 5] = [
        ("broken off", &exported[..exported.len() - 20]),
        ("empty", ""),
        ("another file", "path,title\na,b\n"),
        ("without its head", exported.split_once('\n').unwrap().1),
        ("of a newer version", &newer),
    ];
    for (what, text) in wrong {
        let name = file(&world, "wrong.jsonl", text);
        let (code, told, errors) = elsewhere(&world, "second", &["import", &name]);
        assert!(code == 2 && errors.contains("line ") && errors.contains("nothing was imported"), "{what}: {told}{errors}");
    }
    assert_eq!(elsewhere(&world, "second", &["search"]).0, 1, "nothing was");
}

pub(super) fn backup_during_a_scan() {
    let world = World::default();
    world.click_file("one.wav", 100.0);
    world.click_file("two.wav", 120.0);
    world.scan();
    well(&world, &["edit", "one", "--set", "bpm=77"]);
    write(&world.music().join("long.wav"), 16_000, 3600.0, &metronome(100.0, 3600.0));
    let catalogue = world.dir.path().join("catalogue");
    fs::remove_file(catalogue.join("writer.txt")).ok();
    let mut scan = Command::new(indexer())
        .env("UNDERSCORE_CATALOGUE", &catalogue)
        .arg("scan")
        .arg(world.music())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let since = Instant::now();
    while !catalogue.join("writer.txt").exists() && since.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let copy = world.dir.path().join("backup.db");
    let (code, told, errors) = say(&world, &["backup", copy.to_str().unwrap()]);
    // What is set by hand waits for no scan either.
    let edited = say(&world, &["edit", "two", "--set", "bpm=66"]);
    let still_runs = scan.try_wait().unwrap().is_none();
    assert!(scan.wait().unwrap().success());
    assert!(still_runs, "the scan was over too soon to say anything");
    assert!(code == 0 && told.contains("catalogue.db"), "{told}{errors}");
    assert_eq!(edited.0, 0, "{}", edited.2);
    let restored = world.dir.path().join("restored");
    fs::create_dir(&restored).unwrap();
    fs::copy(&copy, restored.join("catalogue.db")).unwrap();
    let (code, told, errors) = elsewhere(&world, "restored", &["search", "--json", "one"]);
    assert_eq!(code, 0, "{errors}");
    let found: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(found[0]["tempo_bpm"], 77.0);
    assert_eq!(elsewhere(&world, "restored", &["check"]).0, 0);
    // The scan itself went on undisturbed.
    assert_eq!(world.scan().1["unchanged"], 3);
    let (code, _, errors) = say(&world, &["backup", copy.to_str().unwrap()]);
    assert!(code == 2 && errors.contains("nothing is overwritten"), "{errors}");
    let left = fs::read_dir(world.dir.path()).unwrap().flatten().filter(|e| e.file_name().to_string_lossy().ends_with(".part")).count();
    assert_eq!(left, 0, "nothing half-written is left behind");
}

/// Commands that only read.
pub(super) const READS: [&[&str]; 17] = [
    &["search"],
    &["search", "snow", "--json"],
    &["search", "--mood", "tense", "--bpm", "60..200"],
    &["search", "--facets"],
    &["search", "--kept", "wet"],
    &["show", "CONTENT"],
    &["stats"],
    &["duplicates"],
    &["rights", "show"],
    &["rights", "expiring", "--on", "2027-12-01"],
    &["usage", "list"],
    &["cue-sheet", "Film"],
    &["bin", "list", "Noir"],
    &["searches", "list"],
    &["log"],
    &["tag-template"],
    &["export"],
];

pub(super) fn read_only() {
    let world = full();
    let catalogue = world.dir.path().join("catalogue");
    let id = world.search(&["snow"])[0]["content_id"].as_str().unwrap().to_owned();
    let command = |arguments: &[&str]| -> Vec<String> { arguments.iter().map(|a| a.replace("CONTENT", &id)).collect() };
    let before: Vec<String> = READS.iter().map(|r| well(&world, &command(r).iter().map(String::as_str).collect::<Vec<_>>())).collect();
    let copy = world.dir.path().join("read only");
    copy_folder(&catalogue, &copy);
    let locked = Locked::new(&copy);
    for (reads, before) in READS.iter().zip(&before) {
        let (code, text, errors) = spoken(&locked.run(&command(reads)));
        assert_eq!((code, &text), (0, before), "{reads:?}: {errors}");
    }
    if locked.is_locked() {
        // What changes something says so, and why it cannot, and changes nothing.
        for writes in [&["edit", "snow", "--set", "bpm=1e2"][..], &["undo"], &["bin", "add", "B", "snow"], &["searches", "forget", "wet"]] {
            let (code, text, errors) = spoken(&locked.run(&command(writes)));
            assert!(
                code == 2 && text.is_empty() && (errors.to_lowercase().contains("read-only") || errors.contains("ermission")),
                "{text}{errors}"
            );
        }
    }
    drop(locked);
    assert_eq!(fs::read(copy.join("catalogue.db")).unwrap(), fs::read(catalogue.join("catalogue.db")).unwrap());
}

pub(super) fn last_change() {
    let world = named_tracks();
    world.search(&["--keep", "kept"]);
    let sheet = file(&world, "rights.csv", "path,media,territories\nsnow.aiff,tv,DE\n");
    // Somebody reads all the while, so what is written stays in the log beside the store.
    let reads = store(&world);
    reads.query_row("SELECT count(*) FROM tracks", [], |row| row.get::<_, i64>(0)).unwrap();
    well(&world, &["rights", "import", &sheet]);
    let copy = world.dir.path().join("copy");
    copy_folder(&world.dir.path().join("catalogue"), &copy);
    drop(reads);
    fs::remove_file(copy.join("catalogue.db-shm")).unwrap();
    let locked = Locked::new(&copy);
    let (code, text, errors) = spoken(&locked.run(&["search".into(), "--cleared-for".into(), "broadcast,DE".into()]));
    assert!(code == 0 && text.contains("Snow") || code == 2, "what is not read to its end is not answered from: {text}{errors}");
}

/// A folder that cannot be written while this lives: as a file system of its own that is read only, where that is allowed (rights of files
/// do not bind an administrator), else by the rights of its files.
pub(super) struct Locked<'a> {
    folder: &'a Path,
    by_mount: bool,
}

impl<'a> Locked<'a> {
    fn new(folder: &'a Path) -> Self {
        let mut locked = Self { folder, by_mount: true };
        locked.by_mount = cfg!(target_os = "linux") && locked.mounted(&["true".into()]).output().is_ok_and(|o| o.status.success());
        locked.set_writable(false);
        locked
    }

    fn set_writable(&self, is_writable: bool) {
        let entries = walk(self.folder);
        for path in entries {
            let mut rights = fs::metadata(&path).unwrap().permissions();
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let bits = if is_writable { 0o200 } else { 0 };
                rights.set_mode(rights.mode() & !0o222 | bits);
            }
            #[cfg(not(unix))]
            rights.set_readonly(!is_writable);
            fs::set_permissions(&path, rights).unwrap();
        }
    }

    /// The command, where the folder is mounted over itself, read only, for it alone.
    fn mounted(&self, command: &[String]) -> Command {
        let script = "mount --bind \"$1\" \"$1\" && mount -o remount,ro,bind \"$1\" && shift && exec \"$@\"";
        let mut unshare = Command::new("unshare");
        unshare.args(["-m", "sh", "-c", script, "sh"]).arg(self.folder).args(command);
        unshare
    }

    fn run(&self, arguments: &[String]) -> Output {
        let mut command = if self.by_mount {
            let program = [indexer().to_str().unwrap().to_owned()];
            self.mounted(&[&program[..], arguments].concat())
        } else {
            let mut command = Command::new(indexer());
            command.args(arguments);
            command
        };
        command.env("UNDERSCORE_CATALOGUE", self.folder).output().unwrap()
    }

    fn is_locked(&self) -> bool {
        self.by_mount || fs::write(self.folder.join("test"), b"").is_err()
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        self.set_writable(true);
    }
}

pub(super) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A folder and all in it.
pub(super) fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut all = vec![folder.to_owned()];
    for entry in fs::read_dir(folder).unwrap().flatten() {
        all.extend(if entry.path().is_dir() { walk(&entry.path()) } else { vec![entry.path()] });
    }
    all
}

pub(super) fn reading_writes_nothing() {
    let world = full();
    let catalogue = world.dir.path().join("catalogue");
    let id = world.search(&["snow"])[0]["content_id"].as_str().unwrap().to_owned();
    let state = || {
        let files = walk(&catalogue).into_iter().filter(|p| p.is_file());
        // Connections leave what they share beside the store; it holds nothing of it.
        let told = files.filter(|p| !p.to_string_lossy().ends_with("-shm"));
        told.map(|p| (p.clone(), fs::read(p).unwrap())).filter(|f| !f.1.is_empty()).collect::<Vec<_>>()
    };
    let before = state();
    for reads in READS {
        let arguments: Vec<String> = reads.iter().map(|a| a.replace("CONTENT", &id)).collect();
        well(&world, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    }
    assert!(state() == before, "something was written");
}

pub(super) fn mended() {
    let world = named_tracks();
    let other = world.click_file("clicks.wav", 100.0);
    world.scan();
    well(&world, &["edit", "wind", "--set", "bpm=77"]);
    assert!(well(&world, &["check"]).contains("all is well"));
    let index = || {
        let entries = fs::read_dir(world.dir.path().join("catalogue")).unwrap().flatten();
        entries.map(|e| e.path()).find(|p| p.file_name().unwrap().to_string_lossy().starts_with("index")).unwrap()
    };
    // The index is emptied, damaged and taken away: words are found all the same, and once checked it is whole.
    let emptied = || walk(&index()).iter().filter(|p| p.is_file()).for_each(|p| fs::remove_file(p).unwrap());
    let damaged = || walk(&index()).iter().filter(|p| p.is_file()).for_each(|p| fs::write(p, b"damaged").unwrap());
    let taken = || fs::remove_dir_all(index()).unwrap();
    for (what, harm) in [("emptied", &emptied as &dyn Fn()), ("damaged", &damaged), ("taken away", &taken)] {
        harm();
        assert_eq!(titles(&world.search(&["snow"])), ["Snow"], "{what}");
        say(&world, &["check", "--repair"]);
        assert_eq!(say(&world, &["check"]).0, 0, "{what}");
        assert_eq!(titles(&world.search(&["snow"])), ["Snow"], "{what}");
    }
    // What lists show follows from what is known.
    store(&world).execute("UPDATE tracks SET title = 'Hacked', tempo_bpm = 3 WHERE title = 'Snow'", []).unwrap();
    let (code, told, _) = say(&world, &["check"]);
    assert!(code == 1 && told.contains("--repair mends it") && told.contains("1 problem, 1 left"), "{told}");
    let (code, told, _) = say(&world, &["check", "--repair"]);
    assert!(code == 0 && told.contains("(mended)") && told.contains("1 problem, 0 left"), "{told}");
    assert_eq!(titles(&world.search(&["snow"])), ["Snow"]);
    // What was measured cannot be read: the next scan measures it, and it alone, again. What was set stays.
    store(&world).execute("UPDATE analyses SET body = x'0011' WHERE id = (SELECT id FROM tracks WHERE title = 'Wind')", []).unwrap();
    assert_eq!(world.search(&[]).len(), 5, "the others are found meanwhile");
    assert_eq!(say(&world, &["check"]).0, 1);
    let (code, told, _) = say(&world, &["check", "--repair"]);
    assert!(code == 1 && told.contains("the next scan"), "{told}");
    let (_, report) = world.scan();
    assert_eq!((&report["renewed"], &report["unchanged"]), (&json!(1), &json!(4)), "{report}");
    assert_eq!(say(&world, &["check"]).0, 0);
    assert_eq!(show(&world, &world.music().join("wind.aiff"))["analysis"]["tempo_bpm"]["value"], 77.0);
    // Files that are gone or others are told, and nothing is done to them here.
    fs::remove_file(&other).unwrap();
    write(&world.music().join("snow.aiff"), 22_050, 6.0, &metronome(90.0, 6.0));
    let (code, told, _) = say(&world, &["check", "--repair"]);
    assert!(code == 1 && told.contains("clicks.wav") && told.contains("snow.aiff") && told.contains("2 problems, 2 left"), "{told}");
    assert!(!world.search(&["clicks"])[0]["path"].is_null());
}

pub(super) fn one_bad_row() {
    let world = named_tracks();
    well(&world, &["edit", "snow", "--set", "comment=x"]);
    store(&world).execute("UPDATE edits SET edits = '{damaged'", []).unwrap();
    let (code, told, errors) = say(&world, &["check"]);
    assert!(code == 1 && told.contains("set by hand") && told.contains("kept as it is"), "{told}{errors}");
    assert_eq!(titles(&world.search(&["wind"])), ["Wind"]);
    assert_eq!(world.search(&[]).len(), 4, "what was set of one track hides no other");
    well(&world, &["edit", "wind", "--set", "comment=y"]);
}

pub(super) fn no_catalogue() {
    let world = World::default();
    let (code, told, errors) = say(&world, &["check"]);
    assert!(code == 2 && errors.contains("no catalogue"), "a name that was typed wrong is told: {told}{errors}");
    assert!(!world.dir.path().join("catalogue").exists());
    for asks in [
        &["search"][..],
        &["stats"],
        &["undo"],
        &["backup", "x.db"],
        &["export"],
        &["cue-sheet", "P"],
        &["edit", "--all", "--set", "bpm=90"],
    ] {
        let (code, told, errors) = say(&world, asks);
        assert!(code == 2 && errors.contains("no catalogue") && told.is_empty(), "{asks:?}: {told}{errors}");
    }
    assert!(!world.dir.path().join("catalogue").exists());
}

pub(super) fn what_is_over_is_put_away() {
    let world = World::default();
    let (old, rain) =
        (world.dir.path().join("old drive"), tagged(&world, "rain.aiff", 1, &[("TIT2", "Rain"), ("TIME-OF-DAY", "late night")]));
    fs::create_dir_all(old.join("deep")).unwrap();
    let snow = old.join("deep/snow.aiff");
    fs::copy(tagged(&world, "snow.aiff", 2, &[("TIT2", "Snow")]), &snow).unwrap();
    fs::remove_file(world.music().join("snow.aiff")).unwrap();
    world.scan();
    well(&world, &["scan", old.to_str().unwrap()]);
    // A part of a root is no root of its own.
    well(&world, &["scan", old.join("deep").to_str().unwrap()]);
    assert_eq!(asked(&world, &["roots", "list"]).as_array().unwrap().len(), 2);
    let id = show(&world, &snow)["content_id"].as_str().unwrap().to_owned();
    well(&world, &["edit", snow.to_str().unwrap(), "--set", "genre=Film"]);
    well(&world, &["bin", "add", "Winter", "snow"]);
    let (code, _, errors) = say(&world, &["roots", "forget", "old drive"]);
    assert!(code == 2 && errors.contains("snow.aiff is there"), "{code} {errors}");
    fs::remove_dir_all(&old).unwrap();
    well(&world, &["roots", "forget", "old drive"]);
    assert!(world.search(&["snow"]).is_empty() && asked(&world, &["roots", "list"]).as_array().unwrap().len() == 1);
    well(&world, &["bin", "delete", "Winter"]);
    assert_eq!(asked(&world, &["bin", "list"]), json!([]));
    assert!(say(&world, &["bin", "delete", "Winter"]).2.contains("there is no bin"));
    // Whoever brings the sound back brings back what a hand set of it.
    fs::copy(tagged(&world, "found.aiff", 2, &[("TIT2", "Snow")]), world.music().join("again.aiff")).unwrap();
    world.scan();
    assert_eq!(show(&world, &world.music().join("again.aiff"))["content_id"], id.as_str());
    assert_eq!(world.search(&["--genre", "film"]).len(), 1);
    // Times of day by their words.
    well(&world, &["edit", rain.to_str().unwrap(), "--set", "time-of-day=late night"]);
    assert_eq!(titles(&world.search(&["--time-of-day", "night"])), ["Rain"]);
    assert!(world.search(&["--time-of-day", "nigh"]).is_empty());
    // A number that is none, and a production that is spelled otherwise.
    assert!(say(&world, &["edit", rain.to_str().unwrap(), "--set", "isrc=xx"]).2.contains("twelve"));
    well(&world, &["usage", "add", rain.to_str().unwrap(), "--project", "The Ford", "--in", "1", "--out", "2"]);
    well(&world, &["usage", "add", rain.to_str().unwrap(), "--project", "the ford", "--in", "3", "--out", "4"]);
    assert_eq!(asked(&world, &["usage", "list"]), json!([{ "project": "The Ford", "uses": 2 }]));
}

/// Two catalogues of one library, in which two people have set values.
pub(super) fn merged_hands() {
    let (here, there) = (World::default(), World::default());
    for world in [&here, &there] {
        tagged(world, "rain.aiff", 1, &[("TIT2", "Rain")]);
        world.scan();
    }
    well(&there, &["edit", "rain", "--set", "region=Bengal"]);
    well(&there, &["edit", "rain", "--set", "genre=Theirs"]);
    let lines = file(&here, "theirs.jsonl", well(&there, &["export"]));
    well(&here, &["edit", "rain", "--set", "genre=Ours"]);
    well(&here, &["import", "--merge", &lines]);
    let set = || here.search(&["rain"])[0]["content_id"].as_str().map(|id| asked(&here, &["show", id])["edits"]["words"].clone()).unwrap();
    assert_eq!(set(), json!({ "genre": "Ours", "region": "Bengal" }));
    // That is a step, which can be taken back; the one before it, too.
    well(&here, &["undo"]);
    assert_eq!(set(), json!({ "genre": "Ours" }));
    well(&here, &["undo"]);
    assert_eq!(asked(&here, &["show", here.search(&["rain"])[0]["content_id"].as_str().unwrap()])["edits"], Value::Null);
}

/// Somebody saves another recording under the name of one that was worked on.
pub(super) fn overwritten_by_another_sound() {
    let world = World::default();
    let path = tagged(&world, "rain.aiff", 1, &[("TIT2", "Rain")]);
    world.scan();
    well(&world, &["edit", "rain", "--set", "genre=Film"]);
    fs::copy(tagged(&world, "other.aiff", 2, &[("TIT2", "Other")]), &path).unwrap();
    fs::remove_file(world.music().join("other.aiff")).unwrap();
    let scanned = say(&world, &["scan", world.music().to_str().unwrap()]).1;
    assert!(scanned.contains("Rain: has values") && scanned.contains("another sound stands where its file was"), "{scanned}");
    assert!(say(&world, &["check"]).1.contains("Rain: has values"));
}
