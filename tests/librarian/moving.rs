//! Files that move, and drives that are away.

use super::*;

/// A lossless file with a history, as it is before it moves.
pub(super) fn with_history() -> (World, PathBuf) {
    let world = World::default();
    let (clicks, path) = (world.dir.path().join("clicks.wav"), world.music().join("before.flac"));
    write(&clicks, 22_050, 6.0, &metronome(100.0, 6.0));
    let from = clicks.to_str().unwrap().to_owned();
    ffmpeg(&["-i", &from, "-c:a", "flac", "-metadata", "title=Before", "-metadata", "artist=Anna", path.to_str().unwrap()]);
    // A folder that is empty all at once looks like a drive that is away.
    world.click_file("other.wav", 90.0);
    world.scan();
    let name = path.to_str().unwrap();
    well(&world, &["edit", name, "--set", "bpm=77", "--set", "raga=Yaman"]);
    let rights = file(&world, "rights.csv", "path,owner,licence id,media,territories\nbefore.flac,Acme,A-1,tv,DE\n");
    well(&world, &["rights", "import", &rights]);
    well(&world, &["usage", "add", name, "--project", "Film", "--in", "1", "--out", "2"]);
    well(&world, &["bin", "add", "Noir", name]);
    (world, path)
}

pub(super) fn has_history(world: &World, path: &Path) {
    let track = show(world, path);
    assert_eq!(track["analysis"]["tempo_bpm"], json!({ "value": 77.0, "origin": "by_hand" }));
    assert_eq!(track["edits"]["words"]["raga"], "Yaman");
    assert_eq!(track["licences"][0]["id"], "A-1");
    assert_eq!(track["usages"][0]["project"], "Film");
    assert_eq!(asked(world, &["bin", "list", "Noir"])[0]["path"], track["paths"][0]);
    assert_eq!(asked(world, &["cue-sheet", "Film"])[0]["licences"], "Acme A-1");
    assert_eq!(world.search(&["--raga", "yaman", "--cleared-for", "broadcast,DE"]).len(), 1);
}

/// The same sound under another name, in another folder, with other tags. The file is as long as it was, as most are that taggers write:
/// they leave room for tags to grow.
pub(super) fn move_and_retag(world: &World, from: &Path) -> PathBuf {
    let to = world.music().join("Sorted/After.flac");
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    let (a, b) = (from.to_str().unwrap(), to.to_str().unwrap());
    ffmpeg(&["-i", a, "-c", "copy", "-metadata", "title=Behind", "-metadata", "artist=Bert", b]);
    fs::remove_file(from).unwrap();
    to
}

pub(super) fn moved_and_retagged() {
    let (world, before) = with_history();
    // Retagged where it is, as most programs do it.
    let retagged = world.music().join("retagged.flac");
    ffmpeg(&["-i", before.to_str().unwrap(), "-c", "copy", "-metadata", "title=Between", retagged.to_str().unwrap()]);
    fs::rename(&retagged, &before).unwrap();
    let (_, report) = world.scan();
    assert_eq!((&report["changed"], &report["unchanged"]), (&json!(1), &json!(1)), "{report}");
    assert_eq!(show(&world, &before)["tags"]["title"], "Between");
    has_history(&world, &before);
    let after = move_and_retag(&world, &before);
    let (_, report) = world.scan();
    assert_eq!((&report["moved"], &report["missing"], &report["new"]), (&json!(1), &json!(0), &json!(0)), "{report}");
    has_history(&world, &after);
}

pub(super) fn moved_with_new_tags() {
    let (world, before) = with_history();
    let after = move_and_retag(&world, &before);
    world.scan();
    let tags = &show(&world, &after)["tags"];
    assert_eq!((&tags["title"], &tags["artist"]), (&json!("Behind"), &json!("Bert")), "no file says the old ones");
    assert_eq!(world.search(&["--artist", "bert"]).len(), 1);
}

pub(super) fn unmounted_drive() {
    let world = World::default();
    let drive = world.dir.path().join("drive");
    world.click_file("here.wav", 90.0);
    let there = world.click_file("there.wav", 110.0);
    fs::create_dir(&drive).unwrap();
    let away = drive.join("there.wav");
    fs::rename(there, &away).unwrap();
    let scan = |folders: &[&Path]| {
        let arguments: Vec<&OsStr> =
            [OsStr::new("scan"), "--json".as_ref()].into_iter().chain(folders.iter().map(|f| f.as_os_str())).collect();
        world.run(&arguments)
    };
    let music = world.music();
    assert_eq!(scan(&[&music, &drive]).1["new"], 2);
    well(&world, &["edit", away.to_str().unwrap(), "--set", "bpm=77", "--set", "title=Away"]);
    // The drive is taken off, mount point and all; the other folder is scanned meanwhile.
    let off = world.dir.path().join("off");
    fs::rename(&drive, &off).unwrap();
    let (code, report, _) = scan(&[&music, &drive]);
    assert_eq!((code, &report["missing"], &report["unchanged"]), (1, &json!(0), &json!(1)), "{report}");
    assert_eq!(world.scan().1["missing"], 0);
    assert!(world.search(&["away"])[0]["path"].as_str().unwrap().ends_with("there.wav"), "it is where it was");
    let (code, roots, _) = say(&world, &["roots", "list"]);
    assert!(code == 1 && roots.lines().any(|l| l.starts_with("drive: ") && l.contains("not there")), "{roots}");
    let (code, told, _) = say(&world, &["check", "--repair"]);
    assert!(code == 1 && told.contains("is a drive not mounted?") && told.contains("1 problem"), "{told}");
    // And mounted again, with nothing lost and nothing measured again.
    fs::rename(&off, &drive).unwrap();
    let (code, report, _) = scan(&[&music, &drive]);
    assert_eq!((code, &report["unchanged"], &report["measured_s"]), (0, &json!(2), &json!(0.0)), "{report}");
    assert_eq!(show(&world, &away)["analysis"]["tempo_bpm"]["value"], 77.0);
    assert_eq!(say(&world, &["check"]).0, 0);
}

pub(super) fn another_place() {
    let world = World::default();
    world.click_file("a/one.wav", 100.0);
    world.click_file("two.wav", 120.0);
    world.scan();
    well(&world, &["edit", "one", "--set", "bpm=77"]);
    let moved = world.dir.path().join("another machine");
    fs::rename(world.music(), &moved).unwrap();
    well(&world, &["roots", "move", "music", moved.to_str().unwrap()]);
    well(&world, &["roots", "rename", "music", "Sammlung"]);
    assert!(well(&world, &["roots"]).starts_with("Sammlung: "));
    let one = moved.join("a/one.wav");
    assert_eq!(show(&world, &one)["analysis"]["tempo_bpm"]["value"], 77.0);
    let (code, report, _) = world.run(&["scan".as_ref(), "--json".as_ref(), moved.as_os_str()]);
    assert_eq!((code, &report["unchanged"], &report["missing"]), (0, &json!(2), &json!(0)), "{report}");
    assert_eq!(say(&world, &["check"]).0, 0);
    for (arguments, said) in [
        (&["roots", "move", "music", "/"][..], "no root"),
        (&["roots", "rename", "Sammlung", " "], "needs a name"),
        (&["roots", "move", "Sammlung", "/nowhere/at/all"], "/nowhere/at/all"),
    ] {
        let (code, _, errors) = say(&world, arguments);
        assert!(code == 2 && errors.contains(said), "{arguments:?}: {errors}");
    }
}

pub(super) fn missing_is_told() {
    let world = World::default();
    let path = tagged(&world, "a/rain.aiff", 1, &[("TIT2", "Rain"), ("TBPM", "90"), ("TCON", "Film")]);
    tagged(&world, "a/snow.aiff", 2, &[]);
    world.scan();
    well(&world, &["edit", path.to_str().unwrap(), "--set", "bpm=120", "--set", "genre=Raga"]);
    fs::remove_file(&path).unwrap();
    let (_, report) = world.scan();
    assert_eq!(report["missing"], 1, "{report}");
    // By its path it is found still, and it tells what a hand set, what the tags said, and where it was.
    let told = well(&world, &["show", path.to_str().unwrap()]);
    for part in ["missing since", "rain.aiff", "120.00 BPM", "tempo, declared   90", "genre, declared   Film"] {
        assert!(told.contains(part), "'{part}' is not in {told}");
    }
    assert_eq!(asked(&world, &["show", path.to_str().unwrap()])["missing_files"].as_array().unwrap().len(), 1);
}
