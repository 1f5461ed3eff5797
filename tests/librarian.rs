//! What a librarian relies on: what hands set outlasts every scan, move and update, sheets are read for what they surely say, and no text of
//! a tag is ever taken for anything but text.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use end_to_end::clicks::{metronome, write};
use end_to_end::tools::{Need, Test, ffmpeg, indexer, run_indexer};
use end_to_end::world::World;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output, Stdio};
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    end_to_end::tools::main(&[
        // What hands set.
        Test::new("a_value_set_by_hand_is_never_overwritten_by_a_rescan", &[], set_by_hand),
        Test::new("a_title_set_by_hand_is_the_title_everywhere", &[], title_everywhere),
        Test::new("a_dry_run_changes_nothing", &[], dry_run),
        Test::new("an_undo_brings_back_what_was_there_before", &[], undo),
        Test::new("what_an_undo_left_alone_can_still_be_undone", &[], undo_of_what_was_left_alone),
        Test::new("words_that_say_nothing_do_not_mean_every_track", &[], empty_words),
        Test::new("what_only_ranks_does_not_choose_what_is_edited", &[], ranking_is_no_choice),
        Test::new("a_filter_holds_beside_the_name_of_a_file", &[], filter_beside_a_file),
        Test::new("a_word_is_not_taken_for_a_content_id_by_chance", &[], word_or_content_id),
        Test::new("tags_are_written_only_when_asked_and_the_sound_stays_what_it_was", &[Need::Ffmpeg], written_tags),
        Test::new("a_folder_that_is_watched_is_scanned_when_it_changes", &[], watched),
        // Files that move, and drives that are away.
        Test::new("a_file_that_was_moved_and_retagged_keeps_its_history", &[Need::Ffmpeg], moved_and_retagged),
        Test::new("a_file_that_was_moved_and_retagged_says_what_its_new_tags_say", &[Need::Ffmpeg], moved_with_new_tags),
        Test::new("an_unmounted_drive_is_not_read_as_deleted", &[], unmounted_drive),
        Test::new("a_library_that_lies_elsewhere_now_is_told_once_and_not_measured_again", &[], another_place),
        // Counting.
        Test::new("success_is_not_said_when_all_failed", &[], all_failed),
        Test::new("success_is_not_said_when_all_was_skipped", &[], all_skipped),
        Test::new("an_update_does_not_measure_everything_again", &[], update),
        // Rights and uses.
        Test::new("every_row_of_a_sheet_of_rights_is_matched_or_told", &[], rights_of_rows),
        Test::new("a_sheet_of_rights_is_read_as_offices_write_it", &[], rights_as_written),
        Test::new("what_is_cleared_is_what_one_licence_covers_on_the_day", &[], cleared),
        Test::new("a_cue_sheet_tells_when_and_whose", &[], cue_sheet),
        Test::new("a_timecode_is_not_read_as_hours", &[], timecode),
        Test::new("nothing_in_a_cue_sheet_is_taken_for_a_formula_or_for_markup", &[], hostile_cue_sheet),
        // Sheets of tags.
        Test::new("a_sheet_of_tags_that_comes_back_untouched_changes_nothing", &[], untouched_sheet),
        Test::new("a_sheet_of_tags_with_odd_signs_changes_nothing_either", &[], untouched_sheet_of_odd_signs),
        Test::new("a_sheet_of_tags_sets_what_was_filled_in_and_nothing_else", &[], filled_sheet),
        // Finding.
        Test::new("copies_are_found_across_encodings_levels_and_starts", &[Need::Ffmpeg], copies),
        Test::new("bins_and_searches_are_kept_and_counted", &[], kept),
        Test::new("every_artist_that_a_file_names_is_known", &[], several_artists),
        Test::new("names_of_signs_alone_are_told_apart", &[], signs_alone),
        // Keeping.
        Test::new("what_is_exported_and_imported_is_exported_the_same_again", &[], round_trip),
        Test::new("what_is_there_already_is_not_imported_twice", &[], import_twice),
        Test::new("half_an_export_is_not_imported", &[], half_an_export),
        Test::new("a_backup_made_while_a_scan_runs_opens", &[], backup_during_a_scan),
        Test::new("a_catalogue_that_cannot_be_written_is_searched_all_the_same", &[], read_only),
        Test::new("a_copy_that_lacks_nothing_but_shared_memory_is_read_to_its_last_change", &[], last_change),
        Test::new("reading_changes_nothing_of_the_store", &[], reading_writes_nothing),
        Test::new("what_is_derived_is_mended_and_what_was_measured_is_measured_again", &[], mended),
        Test::new("what_cannot_be_read_of_one_track_costs_that_track_alone", &[], one_bad_row),
        Test::new("a_catalogue_that_is_not_there_is_not_said_to_be_well", &[], no_catalogue),
        // Whatever is written.
        Test::new("hostile_tags_are_text_and_nothing_else", &[], hostile_tags),
        Test::new("hostile_words_are_looked_for_or_refused", &[], hostile_words),
        Test::new("no_tag_turns_round_the_text_about_it", &[], turned_text),
        Test::new("who_asks_for_json_gets_json", &[], json_is_json),
    ])
}

// What the tests share.

/// Runs the program on the catalogue of a world.
fn say(world: &World, arguments: &[&str]) -> (i32, String, String) {
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    spoken(&run_indexer(&world.dir.path().join("catalogue"), &arguments))
}

fn spoken(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let errors = text(&output.stderr);
    assert!(!errors.contains("panicked at"), "{errors}");
    (output.status.code().unwrap_or(-1), text(&output.stdout), errors)
}

/// The same, where all must go well.
fn well(world: &World, arguments: &[&str]) -> String {
    let (code, text, errors) = say(world, arguments);
    assert_eq!(code, 0, "{arguments:?}: {text}{errors}");
    text
}

/// What a command prints as JSON, whatever its exit code.
fn asked(world: &World, arguments: &[&str]) -> Value {
    let (_, text, errors) = say(world, &[arguments, &["--json"]].concat());
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{arguments:?}: {e}: {text}{errors}"))
}

fn show(world: &World, file: &Path) -> Value {
    asked(world, &["show", file.to_str().unwrap()])
}

fn titles(found: &[Value]) -> Vec<&str> {
    found.iter().map(|t| t["title"].as_str().unwrap()).collect()
}

/// Where a file of a test's own lies.
fn at(world: &World, name: &str) -> String {
    world.dir.path().join(name).to_str().unwrap().to_owned()
}

/// Writes a file of a test's own and gives its path.
fn file(world: &World, name: &str, text: impl AsRef<[u8]>) -> String {
    let path = at(world, name);
    fs::write(&path, text).unwrap();
    path
}

/// A path in JSON or in a sheet, from the folder of music on.
fn in_music(path: &str) -> String {
    path.replace('\\', "/").rsplit("/music/").next().unwrap_or_default().to_owned()
}

fn store(world: &World) -> rusqlite::Connection {
    rusqlite::Connection::open(world.dir.path().join("catalogue/catalogue.db")).unwrap()
}

/// A second of noise as an AIFF file with tags of ID3. Each seed is another sound.
fn tagged(world: &World, name: &str, seed: u32, tags: &[(&str, &str)]) -> PathBuf {
    tagged_for(world, name, seed, 1, tags)
}

fn tagged_for(world: &World, name: &str, seed: u32, seconds: u32, tags: &[(&str, &str)]) -> PathBuf {
    const RATE: u32 = 16_384;
    let path = world.music().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    // ID3 writes sizes with seven bits a byte.
    let size = |n: usize| [(n >> 21) as u8 & 127, (n >> 14) as u8 & 127, (n >> 7) as u8 & 127, n as u8 & 127];
    let mut frames = Vec::new();
    for (id, text) in tags {
        let text = [b"\x03", text.as_bytes()].concat();
        frames.extend([id.as_bytes(), &size(text.len()), b"\0\0", &text].concat());
    }
    let mut id3 = [&b"ID3\x04\0\0"[..], &size(frames.len()), &frames].concat();
    id3.resize(id3.len().next_multiple_of(2), 0);
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut sound = vec![0u8; 8];
    for i in 0..RATE * seconds {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // Bursts, so that there is something to measure.
        let loud = if i % 4096 < 600 { 8 } else { 64 };
        sound.extend(((state >> 16) as i16 / loud).to_be_bytes());
    }
    // The rate as an extended float: 2^14.
    let rate = [0x40, 0x0d, 0x80, 0, 0, 0, 0, 0, 0, 0];
    let common = [&1u16.to_be_bytes()[..], &(RATE * seconds).to_be_bytes(), &16u16.to_be_bytes(), &rate].concat();
    let chunk = |id: &[u8; 4], body: &[u8]| [&id[..], &(body.len() as u32).to_be_bytes(), body].concat();
    let body = [&b"AIFF"[..], &chunk(b"COMM", &common), &chunk(b"ID3 ", &id3), &chunk(b"SSND", &sound)].concat();
    fs::write(&path, chunk(b"FORM", &body)).unwrap();
    path
}

/// Lines and cells of a sheet as any spreadsheet reads them.
fn cells(sheet: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut is_quoted = false;
    let mut signs = sheet.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '"' if is_quoted && signs.peek() == Some(&'"') => cell.extend(signs.next()),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !is_quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !is_quoted => {}
            sign => cell.push(sign),
        }
    }
    assert!(!is_quoted && row.is_empty() && cell.is_empty(), "the sheet ends within a line");
    rows
}

/// Writes cells as a sheet, all of them in quotes.
fn sheet(rows: &[Vec<String>]) -> String {
    let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n").collect()
}

/// Whether a terminal does nothing but show the text.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| !c.is_control() || c == '\n')
}

// What hands set.

fn set_by_hand() {
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

fn title_everywhere() {
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
        assert!(text.contains("Right") && !text.contains("Wrong"), "{asks:?}: {text}");
    }
}

fn dry_run() {
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

fn undo() {
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

fn undo_of_what_was_left_alone() {
    let world = World::default();
    let path = tagged(&world, "a.aiff", 1, &[("TIT2", "Tune")]);
    world.scan();
    let first = show(&world, &path);
    well(&world, &["edit", "tune", "--set", "comment=one"]);
    well(&world, &["edit", "tune", "--set", "comment=two"]);
    let (code, told, _) = say(&world, &["undo", "1"]);
    assert!(code == 1 && told.contains("left alone"), "{told}");
    assert_eq!(show(&world, &path)["edits"]["words"]["comment"], "two");
    // The step that was not undone is not said to be: once what came after it is undone, it can be, too.
    well(&world, &["undo", "2"]);
    well(&world, &["undo", "1"]);
    assert_eq!(show(&world, &path), first);
}

fn empty_words() {
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

fn ranking_is_no_choice() {
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

fn filter_beside_a_file() {
    let world = World::default();
    let path = tagged(&world, "a.aiff", 1, &[("TCON", "Jazz")]);
    world.scan();
    let (code, told, _) = say(&world, &["edit", path.to_str().unwrap(), "--genre", "Rock", "--set", "comment=x"]);
    assert_ne!(code, 0, "the file is no rock: {told}");
}

fn word_or_content_id() {
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

// Files that move, and drives that are away.

/// A lossless file with a history, as it is before it moves.
fn with_history() -> (World, PathBuf) {
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

fn has_history(world: &World, path: &Path) {
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
fn move_and_retag(world: &World, from: &Path) -> PathBuf {
    let to = world.music().join("Sorted/After.flac");
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    let (a, b) = (from.to_str().unwrap(), to.to_str().unwrap());
    ffmpeg(&["-i", a, "-c", "copy", "-metadata", "title=Behind", "-metadata", "artist=Bert", b]);
    fs::remove_file(from).unwrap();
    to
}

fn moved_and_retagged() {
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
    assert_eq!((&report["moved"], &report["missing"], &report["new"]), (&json!(1), &json!(1), &json!(0)), "{report}");
    has_history(&world, &after);
}

fn moved_with_new_tags() {
    let (world, before) = with_history();
    let after = move_and_retag(&world, &before);
    world.scan();
    let tags = &show(&world, &after)["tags"];
    assert_eq!((&tags["title"], &tags["artist"]), (&json!("Behind"), &json!("Bert")), "no file says the old ones");
    assert_eq!(world.search(&["--artist", "bert"]).len(), 1);
}

fn unmounted_drive() {
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

fn another_place() {
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

// Counting.

fn all_failed() {
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

fn all_skipped() {
    let world = World::default();
    let names = ["cover.jpg", "notes.txt"].map(|name| world.music().join(name));
    names.iter().for_each(|name| fs::write(name, b"no music").unwrap());
    let (code, report, errors) = world.run(&["scan".as_ref(), "--json".as_ref(), names[0].as_os_str(), names[1].as_os_str()]);
    assert_eq!((&report["found"], &report["skipped"]), (&json!(2), &json!(2)), "{report}{errors}");
    assert_eq!(report["skips"].as_array().unwrap().len(), 2);
    assert_ne!(code, 0, "all that was named was left out");
}

fn update() {
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
    let (_, report) = world.scan_with(&["--upgrade"]);
    assert_eq!((&report["renewed"], &report["unchanged"], &report["stale"]), (&json!(3), &json!(1), &json!(0)), "{report}");
    let (_, report) = world.scan_with(&["--upgrade"]);
    assert_eq!((&report["renewed"], &report["unchanged"], &report["measured_s"]), (&json!(0), &json!(4), &json!(0.0)), "{report}");
    assert!(world.search(&[]).iter().all(|t| t["tempo_bpm"] == 77.0), "what was set by hand stays");
}

// Rights and uses.

/// Tracks that a sheet can name in every way, well and badly.
fn named_tracks() -> World {
    let world = World::default();
    let rain: [(&str, &str); 2] = [("TIT2", "Rain"), ("TPE1", "Anna")];
    tagged(&world, "one/rain.aiff", 1, &[rain[0], rain[1], ("TSRC", "DEA120000001")]);
    tagged_for(&world, "two/rain.aiff", 2, 5, &rain);
    tagged(&world, "snow.aiff", 3, &[("TIT2", "Snow"), ("TPE1", "Bert")]);
    tagged(&world, "wind.aiff", 4, &[("TIT2", "Wind"), ("TSRC", "DEA120000004")]);
    world.scan();
    world
}

fn rights_of_rows() {
    let world = named_tracks();
    let id = world.search(&["wind"])[0]["content_id"].as_str().unwrap().to_owned();
    let text = format!(
        "path,title,artist,duration,isrc,content id,owner,licence id,exclusive,media,territories,from,until,colour\n\
         one/rain.aiff,,,,,,Acme,A-1,no,\"broadcast, online\",DE,2027-01-01,2027-12-31,red\n\
         ,Snow,Bert,,,,Acme,A-2,yes,all,world except US,,perpetual,\n\
         ,Rain,,0:05,,,Acme,A-3,,tv,EU,01.02.2027,31.01.2028,\n\
         ,,,,de-a12-00-00004,,Acme,A-4,,tv,EU,,,\n\
         ,,,,,{},Acme,A-5,,film,FR,,,\n\
         rain.aiff,,,,,,Acme,A-6,,tv,DE,,,\n\
         ,Rain,Anna,,,,Acme,A-7,,tv,DE,,,\n\
         snow.aiff,,,,DEA120000001,,Acme,A-8,,tv,DE,,,\n\
         ,Rain,,,,,Acme,A-9,,tv,DE,,,\n\
         ,Hail,Anna,,,,Acme,A-10,,tv,DE,,,\n\
         nowhere.aiff,,,,,,Acme,A-11,,tv,DE,,,\n\
         snow.aiff,,,,,,Acme,A-12,maybe,tv,DE,,,\n\
         snow.aiff,,,,,,Acme,A-13,,tv,DE,03/04/2027,,\n\
         snow.aiff,,,,,,Acme,A-14,,telepathy,DE,,,\n\
         snow.aiff,,,,,,Acme,A-15,,tv,Narnia,,,\n\
         snow.aiff,,,,,,Acme,A-16,,tv,DE,2027-05-01,2027-04-01,\n\
         wind.aiff,,,,,,Acme,A-17,,,,,,\n",
        &id[..10]
    );
    let sheet = file(&world, "rights.csv", text);
    let report = asked(&world, &["rights", "import", &sheet]);
    let outcomes: Vec<(u64, &str)> =
        report["rows"].as_array().unwrap().iter().map(|r| (r["line"].as_u64().unwrap(), r["outcome"].as_str().unwrap())).collect();
    let expected = |lines: std::ops::RangeInclusive<u64>, outcome: &'static str| lines.map(move |line| (line, outcome));
    let wanted: Vec<(u64, &str)> = expected(2..=6, "matched")
        .chain(expected(7..=9, "ambiguous"))
        .chain(expected(10..=12, "unmatched"))
        .chain(expected(13..=17, "refused"))
        .chain(expected(18..=18, "matched"))
        .collect();
    assert_eq!(outcomes, wanted, "{report:#}");
    assert_eq!(report["licensed"], json!({ "added": 6, "changed": 0, "known": 0 }));
    assert_eq!(report["unknown_columns"], json!(["colour"]));
    // Rows that could mean two tracks, or cannot be understood, changed nothing.
    let licences: usize = world.search(&[]).iter().map(|t| licences_of(&world, t).len()).sum();
    assert_eq!(licences, 6);
    // The reason is told of each, and all is not said to be well.
    let (code, told, _) = say(&world, &["rights", "import", &sheet]);
    assert_eq!(code, 1);
    for line in (7..=17).map(|line| format!("line {line}: ")) {
        assert!(told.lines().any(|l| l.starts_with(&line) && l.len() > line.len() + 12), "{line}{told}");
    }
    assert!(told.contains("17 rows: 6 matched, 3 ambiguous, 3 unmatched, 5 refused"), "{told}");
    assert!(told.contains("0 new, 0 changed, 6 as they were"), "the same sheet twice is no news: {told}");
    // A licence with the number of one that is there takes its place.
    let again = file(&world, "again.csv", "path;owner;licence id;media;territories;until\none/rain.aiff;Acme;A-1;film;AT;2030-01-01\n");
    assert!(well(&world, &["rights", "import", &again]).contains("0 new, 1 changed, 0 as they were"));
    assert_eq!(asked(&world, &["rights", "show", "isrc", "OR", "DEA120000001"]).as_array().map_or(0, Vec::len), 1);
    let expiring = well(&world, &["rights", "expiring", "--on", "2029-12-01", "--within", "60d"]);
    assert!(expiring.contains("2030-01-01  Rain") && expiring.contains("1 licence ends"), "{expiring}");
}

fn licences_of(world: &World, track: &Value) -> Vec<Value> {
    let told = asked(world, &["rights", "show", track["content_id"].as_str().unwrap()]);
    told[0]["licences"].as_array().unwrap().clone()
}

fn rights_as_written() {
    let world = named_tracks();
    let import = |bytes: &[u8]| {
        let sheet = file(&world, "sheet.csv", bytes);
        say(&world, &["rights", "import", &sheet])
    };
    // With a mark of Unicode and semicolons; with tabs; in the letters of Windows, with ends of lines of Windows.
    for (i, bytes) in [
        "\u{feff}File;Label;License;License No;Media;Territory;Expires\nsnow.aiff;Bär;L;1;TV & Web;\"DE, AT\";31.12.2028\n".as_bytes(),
        b"file\towner\tlicense no\tmedia\tterritory\texpires\nsnow.aiff\tX\t2\tall media\tEU\t2028/12/31\n",
        b"Filename,Licensor,Licence-ID,Medium,Countries,Valid until\r\nsnow.aiff,B\xe4r,3,Radio,DACH,2028-12-31\r\n",
    ]
    .into_iter()
    .enumerate()
    {
        let (code, told, errors) = import(bytes);
        assert!(code == 0 && told.contains("licences: 1 new"), "sheet {i}: {told}{errors}");
    }
    let snow = &world.search(&["snow"])[0];
    let licences = licences_of(&world, snow);
    assert!(licences.len() == 3 && licences.iter().all(|l| l["until"] == "2028-12-31"), "{licences:?}");
    assert_eq!(licences.iter().filter(|l| l["owner"] == "Bär").count(), 2, "{licences:?}");
    // What is no sheet of rights is refused as a whole, with what it lacks.
    for bytes in [&b""[..], b"hello world\n", b"owner,media\nAcme,tv\n", b"path,colour\nsnow.aiff,red\n", &[0, 159, 146, 150, 10, 1, 2, 3]]
    {
        let (code, told, errors) = import(bytes);
        assert!(code == 2 && errors.contains("column"), "{told}{errors}");
    }
    let id = snow["content_id"].as_str().unwrap();
    assert!(well(&world, &["rights", "clear", id]).contains("3 licences"));
    assert!(licences_of(&world, snow).is_empty());
}

fn cleared() {
    let world = named_tracks();
    let sheet = file(
        &world,
        "rights.csv",
        "path,media,territories,from,until\n\
         one/rain.aiff,tv,world except US,2027-01-01,2027-12-31\n\
         two/rain.aiff,all,world,,2027-02-28\n\
         snow.aiff,tv,DE,,\nsnow.aiff,film,AT,,\n\
         wind.aiff,,,,\n",
    );
    well(&world, &["rights", "import", &sheet]);
    let cleared = |what: &str, on: &str| {
        let found = world.search(&["--cleared-for", what, "--on", on]);
        found.iter().map(|t| in_music(t["path"].as_str().unwrap())).collect::<BTreeSet<_>>()
    };
    let set = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(cleared("broadcast,DE", "2027-03-01"), set(&["one/rain.aiff", "snow.aiff"]));
    assert_eq!(cleared("broadcast,DE", "2027-02-28"), set(&["one/rain.aiff", "two/rain.aiff", "snow.aiff"]), "the last day counts");
    assert_eq!(cleared("broadcast,DE", "2026-12-31"), set(&["two/rain.aiff", "snow.aiff"]), "the first day is to come");
    assert_eq!(cleared("broadcast,US", "2027-02-01"), set(&["two/rain.aiff"]));
    assert_eq!(cleared("broadcast,film,DE,AT", "2027-02-01"), set(&["two/rain.aiff"]), "two licences together are none");
    assert_eq!(cleared("broadcast,US", "2027-03-01"), set(&[]));
    // What is cleared comes before what is not, which is said of it.
    let all = world.search(&["--on", "2027-03-01"]);
    let standings: Vec<&str> = all.iter().map(|t| t["rights"].as_str().unwrap()).collect();
    assert_eq!(standings, ["licensed", "licensed", "expired", "unknown"]);
    for wrong in ["telepathy", "", "broadcast,Narnia"] {
        assert_eq!(say(&world, &["search", "--cleared-for", wrong]).0, 2, "'{wrong}'");
    }
}

fn cue_sheet() {
    let world = named_tracks();
    let rights = file(
        &world,
        "rights.csv",
        "path,owner,licence,licence id,media,territories,attribution\nsnow.aiff,Acme,Std,7,tv,DE,Music by Bert\n",
    );
    well(&world, &["rights", "import", &rights]);
    well(&world, &["edit", "snow", "--set", "composer=Carl; Dora", "--set", "publisher=Pub"]);
    let path = |name: &str| world.music().join(name).to_str().unwrap().to_owned();
    let add = |name: &str, more: &[&str]| well(&world, &[&["usage", "add", &path(name), "--project", "Film"], more].concat());
    add("wind.aiff", &["--in", "1:00:00", "--out", "1:01:30", "--code", "et"]);
    add("snow.aiff", &["--in", "60", "--out", "90.5", "--fps", "25", "--scene", "2 INT", "--code", "VV"]);
    // At 29.97 frames a second the timecode drops numbers, so that it goes with the clock: here at the tenth minute, where it drops none.
    add("one/rain.aiff", &["--in", "600", "--out", "601", "--fps", "29.97"]);
    // The same use said twice is one.
    add("snow.aiff", &["--in", "60", "--out", "90.5", "--fps", "25", "--scene", "2 INT", "--code", "VV"]);
    let out = world.dir.path().join("cues.csv");
    let (code, told, errors) = say(&world, &["cue-sheet", "Film", "--out", out.to_str().unwrap()]);
    assert!(code == 0 && told.contains("3 cues"), "{told}");
    assert!(errors.contains("2 of 3 cues have no composer") && errors.contains("2 of 3 cues have no publisher"), "{errors}");
    let rows = cells(&fs::read_to_string(&out).unwrap());
    let heading = "cue,title,composer,publisher,performer,ISRC,usage,duration,in,out,scene,licences,attribution";
    assert_eq!(rows[0].join(","), heading);
    let row = |i: usize| rows[i].iter().map(String::as_str).collect::<Vec<_>>();
    let snow = ["1", "Snow", "Carl; Dora", "Pub", "Bert", "", "VV (visual vocal)", "00:00:31", "00:01:00:00", "00:01:30:12", "2 INT"];
    assert_eq!(row(1), [&snow[..], &["Acme Std 7", "Music by Bert"]].concat());
    assert_eq!(row(2)[..2], ["2", "Rain"]);
    assert_eq!(row(2)[5], "DEA120000001");
    assert_eq!(row(2)[8..10], ["00:10:00;00", "00:10:00;29"]);
    assert_eq!(row(3)[6..10], ["ET (ending title)", "00:01:30", "01:00:00.000", "01:01:30.000"]);
    assert_eq!(rows.len(), 4);
    // A use that is none any more is in no sheet; where a project has none, that is said with the projects that there are.
    let id = asked(&world, &["usage", "list", "Film"])[0]["id"].as_str().unwrap().to_owned();
    well(&world, &["usage", "remove", &id]);
    assert_eq!(asked(&world, &["cue-sheet", "Film"]).as_array().unwrap().len(), 2);
    let (code, _, errors) = say(&world, &["cue-sheet", "film"]);
    assert!(code == 2 && errors.contains("there are: Film"), "{errors}");
    for wrong in [&["--in", "2", "--out", "1"][..], &["--in", "x", "--out", "1"], &["--in", "1", "--out", "2", "--fps", "0"]] {
        let (code, told, _) = say(&world, &[&["usage", "add", &path("snow.aiff"), "--project", "P"], wrong].concat());
        assert_eq!(code, 2, "{wrong:?}: {told}");
    }
    // What was used comes last where that is asked for.
    let found = world.search(&["--avoid-used"]);
    assert_eq!(found.last().unwrap()["parts"][0]["name"], "unused");
    assert!(found[0]["score"].as_f64().unwrap() > found.last().unwrap()["score"].as_f64().unwrap());
}

fn timecode() {
    let world = World::default();
    let path = world.click_file("a.wav", 100.0);
    world.scan();
    // As an editor reads it off a timeline: a minute and twelve frames. It is that, or it is refused, but never an hour.
    for (from, to) in [("00:01:00:12", "00:02:00:00"), ("1:75", "2:90"), ("0:00:01:02:03", "1:0:0:0:0")] {
        let add = ["usage", "add", path.to_str().unwrap(), "--project", "P", "--in", from, "--out", to, "--fps", "25"];
        let (code, told, errors) = say(&world, &add);
        let begins = asked(&world, &["usage", "list", "P"])[0]["in_s"].as_f64();
        assert!(code == 2 || from == "00:01:00:12" && begins == Some(60.48), "{from}: {begins:?} {told}{errors}");
    }
}

/// Text that some program somewhere takes for something else than text.
const HOSTILE: [&str; 40] = [
    "'; DROP TABLE tracks; --",
    "\" OR 1=1 --",
    "x'); DELETE FROM files; --",
    "%_%",
    "=1+1",
    "=HYPERLINK(\"http://x.example\",\"Click\")",
    "+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "-2+3",
    "'=x",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</td></tr></table><h1>Free</h1>",
    "&amp;&#60;b&#62;",
    "\u{1b}[31mred\u{1b}[0m",
    "\u{1b}]0;title\u{7}",
    "\u{1b}[2J\u{1b}[1;1H",
    "\u{9b}31mC1",
    "back\u{8}\u{8}space",
    "title:rain AND (",
    "\"unclosed",
    "a AND OR NOT b",
    "[1 TO *]",
    "foo^100~3",
    "*",
    "?",
    "-",
    "\\",
    "../../etc/passwd",
    "C:\\Windows\\system32",
    "%s%n%x{0}{}",
    "${HOME} `id` $(id)",
    "NULL",
    "{\"a\":[1,{}]}",
    "\u{1f600}\u{1f469}\u{200d}\u{1f467}\u{fe0f}",
    "\u{feff}mark",
    "zero\u{200b}width",
    "e\u{301}\u{301}\u{301}\u{301}\u{301} combined",
    "\u{fb03} \u{212b} \u{1d4d0}",
    "\u{10ffff}\u{e000}",
];

/// Such texts and joints of them, each another one.
fn hostile(count: usize) -> Vec<String> {
    let long = "long ".repeat(2000);
    let joined = |i: usize| match i / HOSTILE.len() {
        0 => HOSTILE[i].to_owned(),
        1 => format!("{}{long}", HOSTILE[i % HOSTILE.len()]),
        n => format!("{}{} {i}", HOSTILE[i % HOSTILE.len()], HOSTILE[(i + n) % HOSTILE.len()]),
    };
    (0..count).map(joined).collect()
}

/// What is kept of a tag: a thousand characters, without blanks at the ends.
fn kept_of(text: &str) -> String {
    text.trim().chars().take(1000).collect()
}

fn hostile_cue_sheet() {
    let world = World::default();
    let project = "P\u{1b}[31m<b>=1+1";
    let texts = hostile(HOSTILE.len());
    let paths: Vec<PathBuf> = (0..texts.len())
        .map(|i| {
            let t = texts[i].as_str();
            let names = [("TIT2", t), ("TPE1", t), ("TCOM", t), ("TPUB", t), ("TSRC", t)];
            tagged(&world, &format!("{i}.aiff"), i as u32, &names)
        })
        .collect();
    world.scan();
    let mut rights = vec![["path", "owner", "licence", "attribution"].map(str::to_owned).to_vec()];
    for (i, (path, text)) in paths.iter().zip(&texts).enumerate() {
        let at = [10 * i, 10 * i + 5].map(|n| n.to_string());
        let add = ["usage", "add", path.to_str().unwrap(), "--project", project, "--scene", text, "--in", &at[0], "--out", &at[1]];
        // A text that begins with a minus sign must not be taken for an option.
        let scene = format!("--scene={text}");
        let add: Vec<&str> = add.into_iter().filter(|a| *a != "--scene" && *a != text).chain([scene.as_str()]).collect();
        well(&world, &add);
        rights.push(vec![path.to_str().unwrap().to_owned(), text.clone(), text.clone(), text.clone()]);
    }
    let rights = file(&world, "rights.csv", sheet(&rights));
    well(&world, &["rights", "import", &rights]);

    let out = at(&world, "cues.csv");
    well(&world, &["cue-sheet", project, "--out", &out]);
    let rows = cells(&fs::read_to_string(&out).unwrap());
    assert_eq!(rows.len(), texts.len() + 1);
    for cell in rows.iter().flatten() {
        let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell != "-" && cell.parse::<f64>().is_err();
        assert!(!is_formula && !cell.chars().any(char::is_control), "{cell:?}");
    }
    assert_eq!(rows[5][1], "'=1+1", "text is marked as text, as a spreadsheet does it");

    let out = at(&world, "cues.html");
    well(&world, &["cue-sheet", project, "--out", &out]);
    let page = fs::read_to_string(&out).unwrap();
    let known = "!doctype html head meta title style body h1 p table thead tbody tr th td";
    for tag in page.split('<').skip(1) {
        let name = tag.trim_start_matches('/').split([' ', '>']).next().unwrap();
        assert!(known.split(' ').any(|k| k == name), "a tag of a title: <{tag}");
    }
    assert_eq!(page.matches("<tr>").count(), texts.len() + 1);
    assert!(page.contains("&lt;script&gt;") && page.contains("&amp;amp;") && page.contains("<h1>Cue sheet: P"), "what is escaped is shown");
    assert!(is_plain(&page));

    for asks in [&["cue-sheet", project][..], &["usage", "list"], &["usage", "list", project], &["rights", "show"]] {
        let text = well(&world, asks);
        assert!(is_plain(&text), "{asks:?}: {text:?}");
    }
    assert!(is_plain(&say(&world, &["cue-sheet", "\u{1b}[31mnone"]).2), "nor do complaints steer a terminal");
}

// Sheets of tags.

fn untouched_sheet() {
    let world = named_tracks();
    for text in ["=1+1", "-2", "+x", "@y", "-", "a; b", "\"q\", r", "वर्षा", "5", "1e3"] {
        let seed = 100 + text.len() as u32 + u32::from(text.as_bytes()[0]);
        tagged(&world, &format!("{seed}.aiff"), seed, &[("TIT2", text), ("TCOM", text), ("TCON", text)]);
    }
    world.click_file("clicks.wav", 123.456);
    world.scan();
    well(&world, &["edit", "clicks", "--set", "downbeat=1.2345", "--set", "bpm=123.456", "--set", "mood=-0.123,0.456", "--set", "genre=-"]);
    let out = world.dir.path().join("tags.csv");
    let name = out.to_str().unwrap();
    well(&world, &["tag-template", "--out", name]);
    let before = well(&world, &["export"]);
    let told = well(&world, &["tag-apply", name]);
    assert!(told.starts_with("0 tracks changed"), "{told}");
    assert_eq!(well(&world, &["export"]), before);
    // A spreadsheet that writes semicolons, quotes everything and ends lines its own way.
    let rows = cells(&fs::read_to_string(&out).unwrap());
    let other = sheet(&rows).replace("\",\"", "\";\"").replace("\"\n", "\"\r\n");
    let other = file(&world, "other.csv", format!("\u{feff}{other}"));
    assert!(well(&world, &["tag-apply", &other]).starts_with("0 tracks changed"));
    // A sheet that somebody fills in is never overwritten.
    let (code, _, errors) = say(&world, &["tag-template", "--out", name]);
    assert!(code == 2 && errors.contains("tags.csv"), "{errors}");
}

fn untouched_sheet_of_odd_signs() {
    let world = World::default();
    for (seed, text) in ["two\nlines", "a\tb", "\u{1b}[31mred", "end\u{7}", "'=x"].into_iter().enumerate() {
        tagged(&world, &format!("{seed}.aiff"), seed as u32, &[("TIT2", text), ("TCOM", text)]);
    }
    world.scan();
    let out = world.dir.path().join("tags.csv");
    well(&world, &["tag-template", "--out", out.to_str().unwrap()]);
    let told = well(&world, &["tag-apply", out.to_str().unwrap()]);
    assert!(told.starts_with("0 tracks changed"), "{told}");
}

fn filled_sheet() {
    let world = named_tracks();
    let out = world.dir.path().join("tags.csv");
    well(&world, &["tag-template", "--out", out.to_str().unwrap()]);
    let mut rows = cells(&fs::read_to_string(&out).unwrap());
    let column = |name: &str| rows[0].iter().position(|c| c == name).unwrap();
    let (file_at, title, artist, raga, mood, bpm, key) =
        (column("file"), column("title"), column("artist"), column("raga"), column("mood"), column("bpm"), column("key"));
    for row in rows.iter_mut().skip(1) {
        match in_music(&row[file_at]).as_str() {
            "snow.aiff" => {
                row[raga] = "Yaman".into();
                row[mood] = "serene".into();
                row[artist] = "-".into();
                row[bpm] = "90".into();
            }
            // Emptied, which says nothing.
            "wind.aiff" => row[title].clear(),
            "one/rain.aiff" => {
                row[key] = "H flat".into();
                row[title] = "Not to be set".into();
            }
            _ => row[title] = "Rain, the other".into(),
        }
    }
    let filled = file(&world, "filled.csv", sheet(&rows));
    let (code, told, _) = say(&world, &["tag-apply", &filled]);
    assert!(code == 1 && told.contains("2 tracks changed as step 1"), "{told}");
    assert_eq!(told.lines().filter(|l| l.starts_with("line ") && l.contains("H flat")).count(), 1, "{told}");
    let snow = show(&world, &world.music().join("snow.aiff"));
    assert_eq!(snow["edits"]["words"], json!({ "raga": "Yaman", "artist": "" }));
    assert_eq!((&snow["edits"]["bpm"], &snow["affect"]["origin"]), (&json!(90.0), &json!("by_hand")));
    assert_eq!(world.search(&["--raga", "yaman"]).len(), 1);
    assert_eq!(world.search(&["\"rain, the other\""]).len(), 1);
    let is_unset = |path: &Path| show(&world, path)["edits"].as_object().is_none_or(serde_json::Map::is_empty);
    assert!(is_unset(&world.music().join("one/rain.aiff")), "a row is taken whole or not");
    assert!(is_unset(&world.music().join("wind.aiff")));
    // One step, which is undone as one.
    well(&world, &["undo"]);
    assert!(world.search(&[]).iter().all(|t| is_unset(Path::new(t["path"].as_str().unwrap()))));
}

// Finding.

fn copies() {
    let world = World::default();
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("library");
    let original = library.join("kites.opus");
    let to = |name: &str| world.music().join(name).to_str().unwrap().to_owned();
    let from = original.to_str().unwrap();
    for name in ["kites.opus", "the same.opus"] {
        fs::copy(&original, to(name)).unwrap();
    }
    for other in ["cradle.opus", "pursuit.opus", "market-morning.opus"] {
        fs::copy(library.join(other), to(other)).unwrap();
    }
    ffmpeg(&["-i", from, "-b:a", "192k", &to("encoded.mp3")]);
    ffmpeg(&["-i", from, "-c:a", "flac", &to("lossless.flac")]);
    ffmpeg(&["-ss", "2", "-i", from, "-c:a", "flac", &to("starts later.flac")]);
    ffmpeg(&["-i", from, "-af", "volume=-3dB", "-c:a", "flac", &to("quieter.flac")]);
    ffmpeg(&["-i", from, "-ac", "1", "-ar", "32000", &to("mono.wav")]);
    // Silence and tones are alike and yet no copies.
    for (name, source) in
        [("tone.wav", "sine=440:d=10"), ("tone 2.wav", "sine=440:d=12"), ("quiet.wav", "anullsrc=d=10"), ("quiet 2.wav", "anullsrc=d=12")]
    {
        ffmpeg(&["-f", "lavfi", "-i", source, &to(name)]);
    }
    world.scan();
    let groups = asked(&world, &["duplicates"]);
    let names = |group: &Value| {
        let copies = group["copies"].as_array().unwrap().iter();
        let paths = copies.flat_map(|c| c["paths"].as_array().unwrap().clone());
        paths.map(|p| in_music(p.as_str().unwrap())).collect::<BTreeSet<_>>()
    };
    let of = |kind: &str| groups.as_array().unwrap().iter().filter(|g| g["kind"] == kind).map(names).collect::<Vec<_>>();
    let set = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(of("exact"), [set(&["kites.opus", "the same.opus"])]);
    let all = ["kites.opus", "the same.opus", "encoded.mp3", "lossless.flac", "starts later.flac", "quieter.flac", "mono.wav"];
    assert_eq!(of("near"), [set(&all)], "and nothing else");
    let near = groups.as_array().unwrap().iter().find(|g| g["kind"] == "near").unwrap();
    let copy =
        |ending: &str| near["copies"].as_array().unwrap().iter().find(|c| c["paths"][0].as_str().unwrap().ends_with(ending)).unwrap();
    let start = |ending: &str| copy(ending)["shift_s"].as_f64().unwrap();
    assert!((start("starts later.flac") - start("lossless.flac") - 2.0).abs() < 0.2, "{near}");
    let lufs = |ending: &str| copy(ending)["lufs"].as_f64().unwrap();
    assert!((lufs("lossless.flac") - lufs("quieter.flac") - 3.0).abs() < 0.1, "{near}");
}

fn kept() {
    let world = named_tracks();
    assert!(well(&world, &["bin", "add", "Noir", "rain"]).contains("2 tracks"));
    assert!(well(&world, &["bin", "add", "Noir", "rain", "OR", "snow"]).contains("1 track put into"));
    assert_eq!(asked(&world, &["bin"]), json!([{ "bin": "Noir", "tracks": 3 }]));
    assert_eq!(world.search(&["--in-bin", "Noir", "snow"]).len(), 1);
    well(&world, &["bin", "remove", "Noir", "snow"]);
    assert!(world.search(&["--in-bin", "Noir", "snow"]).is_empty());
    let (code, _, errors) = say(&world, &["search", "--in-bin", "Rouge"]);
    assert!(code == 2 && errors.contains("there are: Noir"), "{errors}");

    assert_eq!(world.search(&["-rain", "--length", "..3", "--keep", "short"]).len(), 2);
    assert_eq!(titles(&world.search(&["--kept", "short", "--artist", "bert"])), ["Snow"], "what else is given is added");
    assert_eq!(world.search(&["--kept", "short"]).len(), 2, "and not kept");
    assert!(well(&world, &["searches"]).contains("short: length \"..3\", words [\"-rain\"]"));
    well(&world, &["searches", "forget", "short"]);
    let (code, _, errors) = say(&world, &["search", "--kept", "short"]);
    assert!(code == 2 && errors.contains("no search is kept"), "{errors}");

    let counted = asked(&world, &["search", "--facets", "--not", "artist=Bert"]);
    let facet = |name: &str| counted.as_array().unwrap().iter().find(|c| c["facet"] == name).unwrap()["values"].clone();
    assert_eq!(facet("artist"), json!([["Anna", 2]]));
    assert_eq!(facet("rights"), json!([["rights unknown", 3]]));
}

fn several_artists() {
    let world = World::default();
    // As ID3v2.4 writes several: with a zero between them.
    let path = tagged(&world, "a.aiff", 1, &[("TIT2", "Duet"), ("TPE1", "Anna\0Bert"), ("TCOM", "Carl\0Dora")]);
    world.scan();
    for (option, name) in [("--artist", "Anna"), ("--artist", "Bert"), ("--composer", "Carl"), ("--composer", "Dora")] {
        let tags = &show(&world, &path)["tags"];
        assert_eq!(world.search(&[option, name]).len(), 1, "{option} {name}: {tags}");
    }
}

fn signs_alone() {
    let world = World::default();
    // These are bands.
    for (seed, name) in ["!!!", "+/-", "\u{2020}\u{2020}\u{2020}"].into_iter().enumerate() {
        tagged(&world, &format!("{seed}.aiff"), seed as u32, &[("TIT2", name), ("TPE1", name)]);
    }
    world.scan();
    for name in ["!!!", "+/-", "\u{2020}\u{2020}\u{2020}"] {
        assert_eq!(titles(&world.search(&[&format!("--artist={name}")])), [name]);
    }
    let counted = asked(&world, &["search", "--facets"]);
    let artists = counted.as_array().unwrap().iter().find(|c| c["facet"] == "artist").unwrap()["values"].as_array().unwrap().len();
    assert_eq!(artists, 3);
}

// Keeping.

/// A catalogue with something of everything in it.
fn full() -> World {
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
fn elsewhere(world: &World, catalogue: &str, arguments: &[&str]) -> (i32, String, String) {
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    spoken(&run_indexer(&world.dir.path().join(catalogue), &arguments))
}

fn round_trip() {
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

fn import_twice() {
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

fn half_an_export() {
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

fn backup_during_a_scan() {
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
const READS: [&[&str]; 17] = [
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

fn read_only() {
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

fn last_change() {
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
struct Locked<'a> {
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

fn copy_folder(from: &Path, to: &Path) {
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
fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut all = vec![folder.to_owned()];
    for entry in fs::read_dir(folder).unwrap().flatten() {
        all.extend(if entry.path().is_dir() { walk(&entry.path()) } else { vec![entry.path()] });
    }
    all
}

fn reading_writes_nothing() {
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

fn mended() {
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

fn one_bad_row() {
    let world = named_tracks();
    well(&world, &["edit", "snow", "--set", "comment=x"]);
    store(&world).execute("UPDATE edits SET edits = '{damaged'", []).unwrap();
    let (code, told, errors) = say(&world, &["check"]);
    assert!(code == 1 && told.contains("set by hand") && told.contains("kept as it is"), "{told}{errors}");
    assert_eq!(titles(&world.search(&["wind"])), ["Wind"]);
    assert_eq!(world.search(&[]).len(), 4, "what was set of one track hides no other");
    well(&world, &["edit", "wind", "--set", "comment=y"]);
}

fn no_catalogue() {
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

// Whatever is written.

/// So many tracks with such tags.
const TRACKS: usize = 300;

fn hostile_tags() {
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

fn hostile_words() {
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

fn turned_text() {
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

fn json_is_json() {
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

fn written_tags() {
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
        "bpm=100",
        "--set",
        "key=D minor",
        "--set",
        "instrument=sitar; tabla",
        "--all",
    ];
    well(&world, &[&["edit"], &set[..]].concat());
    assert_eq!(bytes(&files), before, "nobody asked for it");
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
            (&json!("100"), Some("D minor")),
            "{}: {tags}",
            file.display()
        );
        // What makes the files of this test writes no artist into these kinds.
        let has_none = file.extension().is_some_and(|e| e == "aiff" || e == "wav");
        assert!(has_none || tags["artist"] == "Somebody", "what was not set stays: {}: {tags}", file.display());
    }
}

fn watched() {
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
