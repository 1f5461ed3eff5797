//! The program as users run it: scans that add up, files that would break others, searches with reasons.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use end_to_end::clicks::{metronome, write};
use end_to_end::tools::indexer;
use end_to_end::world::World;
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn library() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("library")
}

#[test]
fn the_librarys_own_tags_agree_with_what_is_measured() {
    let world = World::default();
    let library = library();
    let (code, report, errors) = world.run(&["scan".as_ref(), "--json".as_ref(), library.as_os_str()]);
    assert_eq!(code, 0, "{errors}");
    assert!(report["new"].as_u64().unwrap() >= 24, "{report}");
    let (mut tempi, mut keys, mut durations) = (0, 0, 0);
    let mut pieces = 0;
    for entry in fs::read_dir(&library).unwrap().map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "opus")) {
        let (_, track, errors) = world.run(&["show".as_ref(), "--json".as_ref(), entry.as_os_str()]);
        assert!(track.is_object(), "{errors}");
        pieces += 1;
        let declared: f64 = track["tags"]["bpm"].as_str().unwrap().parse().unwrap();
        if let Some(measured) = track["measured"]["tempo_bpm"]["value"].as_f64() {
            // In whatever octave: which one is tapped is a matter of taste.
            tempi += u32::from([0.5, 1.0, 2.0].iter().any(|f| (measured / declared / f - 1.0).abs() < 0.01));
        }
        keys += u32::from(track["measured"]["key"]["value"] == track["tags"]["key"]);
        let seconds = track["frames"].as_f64().unwrap() / track["sample_rate_hz"].as_f64().unwrap();
        durations += u32::from((20.0..=40.0).contains(&seconds));
        // What the file says wins over what was measured.
        assert_eq!(track["analysis"]["key"]["origin"], "declared");
        assert_eq!(track["affect"]["origin"], "declared");
    }
    assert_eq!(durations, pieces);
    assert!(tempi * 10 >= pieces * 8, "{tempi} tempi of {pieces}");
    assert!(keys * 10 >= pieces * 5, "{keys} keys of {pieces}");
}

#[test]
fn an_unchanged_folder_is_not_opened_again() {
    let world = World::default();
    let file = world.click_file("a/b/c/one.wav", 100.0);
    assert_eq!(world.scan().1["new"], 1);
    // The same size and time with other bytes: whoever opened it would see.
    let meta = fs::metadata(&file).unwrap();
    fs::write(&file, vec![7u8; meta.len() as usize]).unwrap();
    fs::File::options().write(true).open(&file).unwrap().set_modified(meta.modified().unwrap()).unwrap();
    let (code, report) = world.scan();
    assert_eq!((code, &report["unchanged"]), (0, &Value::from(1)));
}

#[test]
fn what_was_named_and_is_no_music_is_told() {
    let world = World::default();
    let (music, cover) = (world.click_file("a.wav", 100.0), world.music().join("cover.jpg"));
    fs::write(&cover, b"a picture").unwrap();
    let (code, report, errors) = world.run(&["scan".as_ref(), "--json".as_ref(), music.as_os_str(), cover.as_os_str()]);
    assert_eq!((code, &report["new"], &report["skipped"]), (0, &1.into(), &1.into()), "{errors}");
    assert!(report["skips"][0]["reason"].as_str().unwrap().contains("music"), "{report}");
}

#[test]
fn moved_changed_missing_and_copied_files_are_told_apart() {
    let world = World::default();
    let (a, b, c) = (world.click_file("a.wav", 90.0), world.click_file("b.wav", 110.0), world.click_file("c.wav", 130.0));
    assert_eq!(world.scan().1["new"], 3);
    fs::rename(&a, world.music().join("moved here.wav")).unwrap();
    write(&b, 22_050, 7.0, &metronome(95.0, 7.0));
    fs::remove_file(&c).unwrap();
    let (_, report) = world.scan();
    assert_eq!((&report["moved"], &report["changed"], &report["missing"], &report["new"]), (&1.into(), &1.into(), &1.into(), &0.into()));
    fs::copy(world.music().join("moved here.wav"), world.music().join("copy.wav")).unwrap();
    let (_, report) = world.scan();
    assert_eq!((&report["new"], &report["unchanged"], &report["missing"]), (&1.into(), &2.into(), &0.into()));
    // A retagged or renamed file is the same track: one sound, two files.
    let (_, track, _) = world.run(&["show".as_ref(), "--json".as_ref(), world.music().join("copy.wav").as_os_str()]);
    assert_eq!(track["paths"].as_array().unwrap().len(), 2);
}

#[test]
fn an_unmounted_share_is_not_the_end_of_a_collection() {
    let world = World::default();
    world.click_file("one.wav", 100.0);
    world.click_file("two.wav", 120.0);
    world.scan();
    // The mount point without its share: an empty folder.
    fs::rename(world.music(), world.dir.path().join("away")).unwrap();
    fs::create_dir(world.music()).unwrap();
    let (code, report) = world.scan();
    assert_eq!((code, &report["missing"]), (1, &0.into()), "{report}");
    // Not even a mount point.
    fs::remove_dir(world.music()).unwrap();
    let (code, _, errors) = world.run(&["scan".as_ref(), world.music().as_os_str()]);
    assert_eq!(code, 2);
    assert!(errors.contains("nothing in it was marked as missing"), "{errors}");
    fs::rename(world.dir.path().join("away"), world.music()).unwrap();
    let (code, report) = world.scan();
    assert_eq!((code, &report["unchanged"]), (0, &2.into()));
    assert_eq!(world.search(&[]).iter().filter(|t| !t["path"].is_null()).count(), 2);
}

#[test]
fn damaged_files_are_reported_and_cost_nothing_else() {
    let world = World::default();
    let good = world.click_file("good.wav", 100.0);
    let bytes = fs::read(&good).unwrap();
    let dir = world.music();
    let noise: Vec<u8> = (0..40_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let header = |claims: u32| {
        let mut b = bytes.clone();
        b[40..44].copy_from_slice(&claims.to_le_bytes());
        b
    };
    let mut channels = bytes.clone();
    channels[22..24].copy_from_slice(&u16::MAX.to_le_bytes());
    let mut rate = bytes.clone();
    rate[24..28].copy_from_slice(&0u32.to_le_bytes());
    let nested = [&bytes[..44], &bytes[..]].concat();
    let wrapped: Vec<u8> = [&bytes[..44], b"fLaC\0\0\0\x22", &bytes[52..]].concat();
    let broken: [(&str, Vec<u8>); 15] = [
        ("claims too much.wav", header(u32::MAX - 1)),
        ("wav in a wav.wav", nested),
        ("flac in a wav.wav", wrapped),
        ("zero length.wav", vec![]),
        ("one byte.mp3", vec![0xff]),
        ("truncated.wav", bytes[..bytes.len() / 3].to_vec()),
        ("only a header.wav", bytes[..44].to_vec()),
        ("random.flac", noise.clone()),
        ("random.mp3", noise.clone()),
        ("random.m4a", [b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42isom\xff\xff\xff\xffmoov", &noise[..]].concat()),
        ("random.ogg", [b"OggS\0\x02", &noise[..]].concat()),
        ("no channels fit.wav", channels),
        ("no rate.wav", rate),
        ("text.aiff", b"this is not music".to_vec()),
        ("fLaC only.flac", b"fLaC\0\0\0\x22".to_vec()),
    ];
    for (name, content) in &broken {
        fs::write(dir.join(name), content).unwrap();
    }
    // This holds music under a wrong name, which a kind reader still finds.
    fs::write(dir.join("really a wav.mp3"), &bytes).unwrap();
    let (code, report) = world.scan();
    assert_eq!(code, 1);
    let failed: Vec<&str> = report["failures"].as_array().unwrap().iter().map(|f| f["path"].as_str().unwrap()).collect();
    for (name, _) in &broken {
        assert!(failed.iter().any(|f| f.ends_with(name)), "{name} was not reported: {report}");
    }
    for failure in report["failures"].as_array().unwrap() {
        assert!(failure["reason"].as_str().unwrap().len() > 8, "{failure}");
        assert!(!failure["reason"].as_str().unwrap().contains("worker died"), "{failure}");
    }
    assert_eq!(report["new"], 2, "the good one and the one that is only mislabelled: {report}");
    // What failed is remembered, and told again without being opened.
    let (code, again) = world.scan();
    assert_eq!((code, &again["failed"]), (1, &report["failed"]));
    assert_eq!(again["new"], 0);
}

#[cfg(unix)]
#[test]
fn names_links_and_depths_of_every_kind_survive() {
    use std::os::unix::ffi::OsStrExt;
    let world = World::default();
    world.click_file("राग/यमन.wav", 100.0);
    world.click_file(".hidden/.also hidden.wav", 101.0);
    world.click_file(OsStr::from_bytes(b"not \xff unicode.wav"), 102.0);
    world.click_file(format!("{}deep.wav", "d/".repeat(60)), 103.0);
    world.click_file("UPPER.WAV", 104.0);
    world.click_file("colon: \"quotes\" & <angles>\n newline.wav", 105.0);
    fs::write(world.music().join("._ghost.wav"), b"resource fork").unwrap();
    fs::write(world.music().join("cover.jpg"), b"not music").unwrap();
    std::os::unix::fs::symlink(world.music(), world.music().join("loop")).unwrap();
    std::os::unix::fs::symlink("/no/such/file", world.music().join("dangling.wav")).unwrap();
    let (code, report) = world.scan();
    assert_eq!((code, &report["new"], &report["skipped"]), (0, &6.into(), &2.into()), "{report}");
    let (_, again) = world.scan();
    assert_eq!((&again["unchanged"], &again["missing"]), (&6.into(), &0.into()));
    assert_eq!(world.search(&["यमन"]).len(), 1);
    let odd = world.music().join(OsStr::from_bytes(b"not \xff unicode.wav"));
    let (code, _, errors) = world.run(&["show".as_ref(), odd.as_os_str()]);
    assert_eq!(code, 0, "{errors}");
}

/// A file that keeps a worker busy for a while.
fn long_file(world: &World, name: &str, hours: f64) -> PathBuf {
    let path = world.music().join(name);
    write(&path, 16_000, hours * 3600.0, &metronome(100.0, hours * 3600.0));
    path
}

#[test]
fn a_file_that_takes_too_long_is_given_up_and_the_rest_goes_on() {
    let world = World::default();
    long_file(&world, "a long one.wav", 2.0);
    world.click_file("b short.wav", 100.0);
    let (code, report) = world.scan_with(&["--timeout", "1", "--workers", "1"]);
    assert_eq!((code, &report["failed"], &report["new"]), (1, &1.into(), &1.into()), "{report}");
    assert!(report["failures"][0]["reason"].as_str().unwrap().contains("--timeout"));
    // Under the same limits it is not tried in vain, under others it is.
    let (code, report) = world.scan_with(&["--timeout", "1", "--workers", "1"]);
    assert_eq!((code, &report["failed"], &report["unchanged"]), (1, &1.into(), &1.into()), "{report}");
    let (code, report) = world.scan_with(&["--timeout", "500", "--workers", "1"]);
    assert_eq!((code, &report["failed"], &report["new"]), (0, &0.into(), &1.into()), "{report}");
}

/// An MP4 file with nothing in it but a table of so many sample sizes: a decoder reads all of it into memory.
fn file_that_eats_memory(path: &Path, samples: u32) {
    let table = 4 * samples;
    let mut head = b"\0\0\0\x14ftypM4A \0\0\0\0M4A ".to_vec();
    let nesting = [b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsz"];
    for (depth, name) in nesting.iter().enumerate() {
        head.extend((table + 12 + 8 * (nesting.len() - depth) as u32).to_be_bytes());
        head.extend(*name);
    }
    head.extend([0; 8]);
    head.extend(samples.to_be_bytes());
    fs::write(path, &head).unwrap();
    fs::File::options().write(true).open(path).unwrap().set_len(head.len() as u64 + u64::from(table)).unwrap();
}

#[test]
fn a_file_that_eats_memory_costs_itself() {
    let world = World::default();
    file_that_eats_memory(&world.music().join("a bomb.m4a"), 50_000_000);
    world.click_file("b short.wav", 100.0);
    let (code, report) = world.scan_with(&["--memory", "100", "--workers", "1"]);
    assert_eq!((code, &report["failed"], &report["new"]), (1, &1.into(), &1.into()), "{report}");
    assert!(report["failures"][0]["reason"].as_str().unwrap().contains("--memory"), "{report}");
    // With more memory it is what it is: no music.
    let (code, report) = world.scan_with(&["--memory", "1000", "--workers", "1"]);
    assert_eq!((code, &report["failed"]), (1, &1.into()), "{report}");
    assert!(!report["failures"][0]["reason"].as_str().unwrap().contains("--memory"), "{report}");
}

#[test]
fn three_hours_are_measured_in_the_memory_of_a_song() {
    let world = World::default();
    let path = long_file(&world, "three hours.wav", 3.0);
    let (code, report) = world.scan_with(&["--memory", "300"]);
    assert_eq!(code, 0, "{report}");
    let (_, track, _) = world.run(&["show".as_ref(), "--json".as_ref(), path.as_os_str()]);
    assert!((track["analysis"]["tempo_bpm"]["value"].as_f64().unwrap() - 100.0).abs() < 0.01);
}

#[cfg(target_os = "linux")]
mod signals {
    use super::*;

    fn children(pid: u32) -> Vec<String> {
        let text = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        // Workers are started by other threads than the first.
        let tasks = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
        let more = tasks.flatten().map(|t| fs::read_to_string(t.path().join("children")).unwrap_or_default());
        std::iter::once(text).chain(more).flat_map(|t| t.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    fn start(world: &World) -> std::process::Child {
        Command::new(indexer())
            .env("UNDERSCORE_CATALOGUE", world.dir.path().join("catalogue"))
            .args(["scan", "--json", "--workers", "1"])
            .arg(world.music())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn wait_for_worker(pid: u32) -> String {
        let since = Instant::now();
        loop {
            if let Some(worker) = children(pid).first() {
                std::thread::sleep(Duration::from_millis(300));
                return worker.clone();
            }
            assert!(since.elapsed() < Duration::from_secs(20), "no worker came up");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn a_killed_worker_costs_one_file() {
        let world = World::default();
        long_file(&world, "a long one.wav", 3.0);
        world.click_file("b short.wav", 100.0);
        let scan = start(&world);
        let worker = wait_for_worker(scan.id());
        assert!(Command::new("kill").args(["-9", &worker]).status().unwrap().success());
        let output = scan.wait_with_output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&report["failed"], &report["new"]), (&1.into(), &1.into()), "{report}");
        let failure = &report["failures"][0];
        assert!(failure["path"].as_str().unwrap().ends_with("a long one.wav"));
        assert!(failure["reason"].as_str().unwrap().contains("signal: 9"), "{failure}");
        let (code, report) = world.scan();
        assert_eq!((code, &report["new"], &report["unchanged"]), (0, &1.into(), &1.into()), "it is tried again: {report}");
    }

    #[test]
    fn ctrl_c_stops_within_a_second_and_loses_nothing() {
        let world = World::default();
        for i in 0..4 {
            world.click_file(format!("{i}.wav"), 90.0 + f64::from(i));
        }
        long_file(&world, "z long one.wav", 3.0);
        let scan = start(&world);
        wait_for_worker(scan.id());
        std::thread::sleep(Duration::from_millis(1500));
        let since = Instant::now();
        assert!(Command::new("kill").args(["-INT", &scan.id().to_string()]).status().unwrap().success());
        let output = scan.wait_with_output().unwrap();
        assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["stopped"], true);
        assert_eq!(report["failed"], 0, "{report}");
        let done = report["new"].as_u64().unwrap();
        fs::remove_file(world.music().join("z long one.wav")).unwrap();
        let (code, report) = world.scan();
        assert_eq!((code, report["unchanged"].as_u64().unwrap(), report["new"].as_u64().unwrap()), (0, done, 4 - done));
    }
}

#[test]
fn a_damaged_index_of_words_is_made_again() {
    let world = World::default();
    fs::write(world.music().join("not music.txt"), "x").unwrap();
    world.click_file("Don't Look Back.wav", 100.0);
    world.click_file("Mission: Impossible.wav", 110.0);
    world.scan();
    assert_eq!(world.search(&["don't"]).len(), 1);
    assert_eq!(world.search(&["Mission:", "Impossible"]).len(), 1);
    assert_eq!(world.search(&["look", "-mission", "--bpm=50..250"]).len(), 1, "options may follow the words");
    let folder = world.music().parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
    assert!(world.search(&[&format!("\"{folder}\"")]).len() <= 2);
    let index =
        fs::read_dir(world.dir.path().join("catalogue")).unwrap().flatten().find(|e| e.file_name().to_str().unwrap().starts_with("index"));
    let index = index.unwrap().path();
    for entry in fs::read_dir(&index).unwrap().flatten().filter(|e| e.path().extension().is_some_and(|e| e == "term" || e == "idx")) {
        fs::write(entry.path(), b"damaged").unwrap();
    }
    assert_eq!(world.search(&["look"]).len(), 1, "who only reads makes one in memory");
    world.scan();
    assert_eq!(world.search(&["look"]).len(), 1);
}

#[test]
fn what_was_overwritten_is_not_found_any_more_and_what_is_gone_comes_last() {
    let world = World::default();
    world.click_file("bounce.wav", 100.0);
    world.click_file("other.wav", 120.0);
    world.scan();
    world.click_file("bounce.wav", 90.0);
    world.scan();
    assert_eq!(world.search(&[]).len(), 2, "the overwritten bounce is no track");
    fs::remove_file(world.music().join("other.wav")).unwrap();
    world.scan();
    let found = world.search(&["--bpm", "50..250"]);
    assert_eq!(found.len(), 2);
    assert!(found[1]["path"].is_null() && found[1]["title"] == "other", "{found:?}");
    fs::rename(world.music().join("bounce.wav"), world.music().join("renamed.wav")).unwrap();
    world.scan();
    assert!(world.search(&["renamed"]).iter().any(|t| t["title"] == "renamed"));
}

#[cfg(unix)]
#[test]
fn folders_that_links_lead_to_are_seen_once() {
    let world = World::default();
    let outside = world.dir.path().join("outside");
    fs::create_dir(&outside).unwrap();
    for name in ["a", "b", "c"] {
        let folder = world.music().join(name);
        fs::create_dir(&folder).unwrap();
        world.click_file(format!("{name}/{name}.wav"), 100.0 + f64::from(name.as_bytes()[0]));
    }
    fs::rename(world.music().join("c/c.wav"), outside.join("c.wav")).unwrap();
    for (from, to) in [("a", "b"), ("b", "a"), ("c", "a"), ("a", "c")] {
        std::os::unix::fs::symlink(world.music().join(to), world.music().join(from).join(format!("to {to}"))).unwrap();
    }
    for link in ["one", "two"] {
        std::os::unix::fs::symlink(&outside, world.music().join(link)).unwrap();
    }
    std::os::unix::fs::symlink(world.dir.path(), world.music().join("up")).unwrap();
    let (code, report) = world.scan();
    assert_eq!((code, &report["found"]), (0, &3.into()), "{report}");
}

#[test]
fn one_bad_folder_does_not_keep_the_others_from_being_scanned() {
    let world = World::default();
    world.click_file("a.wav", 100.0);
    fs::create_dir(world.music().join("share")).unwrap();
    world.click_file("share/b.wav", 110.0);
    let nowhere = world.dir.path().join("nowhere");
    let (code, report) = world.scan_with(&[nowhere.to_str().unwrap()]);
    assert_eq!((code, &report["new"]), (1, &2.into()), "{report}");
    assert!(report["unreadable"][0]["path"].as_str().unwrap().ends_with("nowhere"));
    // A share inside that is not mounted any more.
    fs::remove_file(world.music().join("share/b.wav")).unwrap();
    let (code, report) = world.scan();
    assert_eq!((code, &report["missing"]), (1, &0.into()), "{report}");
    fs::remove_dir(world.music().join("share")).unwrap();
    let (code, report) = world.scan();
    assert_eq!((code, &report["missing"]), (0, &1.into()), "{report}");
}

#[test]
fn a_second_scan_at_once_says_who_holds_the_catalogue() {
    let world = World::default();
    long_file(&world, "long.wav", 1.0);
    let catalogue = world.dir.path().join("catalogue");
    let first = Command::new(indexer())
        .env("UNDERSCORE_CATALOGUE", &catalogue)
        .arg("scan")
        .arg(world.music())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let since = Instant::now();
    // The first is under way once its catalogue can be read.
    while catalogue::Reader::open(&catalogue).is_err() && since.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let (code, _, errors) = world.run(&["scan".as_ref(), world.music().as_os_str()]);
    assert_eq!(code, 2);
    assert!(errors.contains("indexer scan (process ") && errors.contains("is writing the catalogue"), "{errors}");
    // Searching goes on meanwhile.
    assert!(world.search(&[]).is_empty());
    let mut first = first;
    assert!(first.wait().unwrap().success());
}

#[test]
fn searches_rank_filter_and_say_why() {
    let world = World::default();
    let library = library();
    world.run(&["scan".as_ref(), "--json".as_ref(), library.as_os_str()]);
    let titles = |found: &[Value]| found.iter().map(|t| t["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>();

    let tense = world.search(&["--mood", "tense"]);
    let score = |t: &Value| t["score"].as_f64().unwrap();
    assert!(tense.windows(2).all(|w| score(&w[0]) >= score(&w[1])));
    assert!(tense[0]["why"].as_str().unwrap().contains("mood"), "{}", tense[0]);
    let place = |t: &Value, axis: &str| t[axis].as_f64().unwrap();
    // Tense lies straight up on the plane, miserable to the left.
    assert!(place(&tense[0], "arousal") > place(tense.last().unwrap(), "arousal"), "the tense end is more excited than the other");
    let miserable = world.search(&["--mood", "miserable"]);
    assert!(place(&miserable[0], "valence") < place(miserable.last().unwrap(), "valence"), "the miserable end is less pleasant");

    for t in world.search(&["--bpm", "90..120"]) {
        let bpm = t["tempo_bpm"].as_f64().unwrap();
        assert!([1.0, 2.0, 0.5].iter().any(|f| (90.0..=120.0).contains(&(bpm * f))), "{bpm}");
    }
    let keyed = world.search(&["--key", "D minor"]);
    assert!(keyed[0]["why"].as_str().unwrap().contains("minor") || keyed[0]["key"] == "F major", "{}", keyed[0]);

    assert_eq!(titles(&world.search(&["\"first rain\""])), ["First Rain"]);
    assert_eq!(titles(&world.search(&["malkauns"])), ["Stone Temple"]);
    let (all, ragas) = (world.search(&[]).len(), world.search(&["raga"]).len());
    assert_eq!(world.search(&["-raga"]).len(), all - ragas);
    assert_eq!(world.search(&["hindustani", "AND", "NOT", "yaman"]).len(), 11);
    assert_eq!(world.search(&["kites OR cradle"]).len(), 2);
    let (code, _, errors) = world.run(&["search".as_ref(), "\"unclosed".as_ref()]);
    assert_eq!(code, 2);
    assert!(errors.contains("cannot read"), "{errors}");
}

#[test]
fn sentences_have_a_mood_and_other_languages_are_not_measured() {
    let world = World::default();
    let words = |sentences: &[&str]| {
        let all: Vec<&OsStr> = ["mood", "words", "--json"].iter().chain(sentences).map(OsStr::new).collect();
        world.run(&all)
    };
    let (code, told, errors) = words(&["I love you so much!", "He died alone and nobody cared."]);
    assert_eq!(code, 0, "{errors}");
    let valence = |i: usize| told["sentences"][i]["affect"]["at"]["valence"].as_f64().unwrap();
    assert!(valence(0) > valence(1), "{told}");
    assert!(told["sentences"][0]["emotions"]["happy"].as_f64().unwrap() > 0.5, "{told}");
    assert!(told["model"].as_str().unwrap().starts_with("text-affect "));
    let (code, told, _) = words(&["Ich habe solche Angst vor dir."]);
    assert_eq!((code, &told["sentences"][0]["affect"]), (1, &Value::Null));
    assert_eq!(words(&["  "]).0, 2);
}

#[test]
fn where_nobody_speaks_a_voice_has_no_mood() {
    let world = World::default();
    let clicks = world.click_file("clicks.wav", 60.0);
    let (code, told, errors) = world.run(&["mood".as_ref(), "speech".as_ref(), "--json".as_ref(), clicks.as_os_str()]);
    assert_eq!(code, 1, "{errors}");
    assert!(told["moments"].as_array().unwrap().iter().all(|m| m["affect"].is_null()), "{told}");
    let (code, _, errors) = world.run(&["mood".as_ref(), "speech".as_ref(), world.music().join("none.wav").as_os_str()]);
    assert!(code == 2 && errors.contains("none.wav"), "{errors}");
}
