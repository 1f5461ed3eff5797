//! What the program does with one file at a time: measures and draws it, takes what is set by hand, cuts it, makes numbers of it.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use end_to_end::world::World;
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;

#[test]
fn one_file_is_measured_and_drawn_without_a_catalogue() {
    let world = World::default();
    let file = world.click_file("clicks.wav", 120.0);
    let svg = world.dir.path().join("plot.svg");
    let (code, track, errors) = world.run(&["analyse".as_ref(), file.as_os_str(), "--json".as_ref(), "--plot".as_ref(), svg.as_os_str()]);
    assert_eq!(code, 0, "{errors}");
    let bpm = track["analysis"]["tempo_bpm"]["value"].as_f64().unwrap();
    assert!([60.0, 120.0, 240.0].iter().any(|b| (bpm / b - 1.0).abs() < 0.005), "{bpm}");
    assert!(track["analysis"]["loudness_curve"]["value"]["tenths_lufs"].as_array().unwrap().len() > 50);
    let drawn = fs::read_to_string(svg).unwrap();
    assert!(drawn.starts_with("<svg") && drawn.contains("BPM") && drawn.matches("<polyline").count() > 20);
    assert!(!world.dir.path().join("catalogue").exists());
    let (code, _, errors) = world.run(&["analyse".as_ref(), "nowhere.wav".as_ref()]);
    assert!(code == 2 && errors.contains("nowhere.wav"), "{errors}");
}

#[test]
fn what_is_set_by_hand_is_found_and_outlives_scans() {
    let world = World::default();
    let file = world.click_file("clicks.wav", 120.0);
    world.scan();
    let show = || world.run(&["show".as_ref(), file.as_os_str(), "--json".as_ref()]).1;
    let measured = show()["analysis"]["tempo_bpm"]["value"].as_f64().unwrap();
    let (code, track, errors) = world.run(&[
        "edit".as_ref(),
        file.as_os_str(),
        "--set".as_ref(),
        "bpm=x2".as_ref(),
        "--set".as_ref(),
        "downbeat=1.3".as_ref(),
        "--set".as_ref(),
        "metre=3/4".as_ref(),
        "--json".as_ref(),
    ]);
    assert_eq!(code, 0, "{errors}");
    assert!((track["analysis"]["tempo_bpm"]["value"].as_f64().unwrap() - 2.0 * measured).abs() < 1e-6);
    // Measured again, because the file has changed its name and its time.
    let moved = world.music().join("moved.wav");
    fs::rename(&file, &moved).unwrap();
    world.scan();
    let track = world.run(&["show".as_ref(), moved.as_os_str(), "--json".as_ref()]).1;
    let tempo = &track["analysis"]["tempo_bpm"];
    assert!((tempo["value"].as_f64().unwrap() - 2.0 * measured).abs() < 1e-6 && tempo["origin"] == "by_hand", "{tempo}");
    let beats = &track["analysis"]["beats"]["value"];
    let at = |i: &Value| beats["beats_s"][i.as_u64().unwrap() as usize].as_f64().unwrap();
    let downbeats: Vec<f64> = beats["downbeats"].as_array().unwrap().iter().map(at).collect();
    assert!(downbeats.iter().any(|t| (t - 1.3).abs() < 1e-6), "{downbeats:?}");
    assert!(downbeats.windows(2).all(|w| (w[1] - w[0] - 3.0 * 30.0 / measured).abs() < 0.01), "{downbeats:?}");
    let (code, _, errors) = world.run(&["edit".as_ref(), moved.as_os_str(), "--set".as_ref(), "bpm=fast".as_ref()]);
    assert!(code == 2 && errors.contains("fast"), "{errors}");
}

#[test]
fn a_compilation_is_cut_at_its_silences() {
    let world = World::default();
    // Two pieces with a rest inside the first one, and silence around.
    let rate = 22_050usize;
    let tone = |seconds: f64, hz: f32| {
        (0..(seconds * rate as f64) as usize).map(move |i| 0.4 * (i as f32 * hz * std::f32::consts::TAU / rate as f32).sin())
    };
    let hush = |seconds: f64| std::iter::repeat_n(0f32, (seconds * rate as f64) as usize);
    let sound: Vec<f32> = hush(1.5)
        .chain(tone(2.0, 300.0))
        .chain(hush(0.5))
        .chain(tone(1.0, 400.0))
        .chain(hush(2.0))
        .chain(tone(3.0, 500.0))
        .chain(hush(1.2))
        .collect();
    let file = world.dir.path().join("side a.wav");
    audio::write_wav(&file, rate as u32, &[&sound]).unwrap();
    let out = world.dir.path().join("pieces");
    let arguments: [&OsStr; 5] = ["split".as_ref(), file.as_os_str(), "--out".as_ref(), out.as_os_str(), "--json".as_ref()];
    let (code, list, errors) = world.run(&arguments);
    assert_eq!(code, 0, "{errors}");
    let spans: Vec<(f64, f64)> =
        list.as_array().unwrap().iter().map(|p| (p["from_s"].as_f64().unwrap(), p["to_s"].as_f64().unwrap())).collect();
    assert_eq!(spans.len(), 2, "{list}");
    for ((from, to), (a, b)) in spans.iter().zip([(1.5, 5.0), (7.0, 10.0)]) {
        assert!((from - a).abs() <= 0.15 && *from <= a && (to - b).abs() <= 0.15 && *to >= b, "{from} to {to}");
    }
    // What was written is the sound itself, sample by sample.
    let mut reader = audio::Reader::open(&out.join("side a-02.wav")).unwrap();
    let mut second = Vec::new();
    while let Some(block) = reader.next_block().unwrap() {
        second.extend_from_slice(block.channels().next().unwrap());
    }
    let from = (spans[1].0 * rate as f64).round() as usize;
    assert_eq!(second, sound[from..from + second.len()]);
    // A second time nothing is overwritten.
    let (code, _, errors) = world.run(&arguments);
    assert!(code == 2 && errors.contains("is there already"), "{errors}");
    let (_, list, _) = world.run(&[
        "split".as_ref(),
        file.as_os_str(),
        "--out".as_ref(),
        world.dir.path().join("more").as_os_str(),
        "--hold".as_ref(),
        "0.3".as_ref(),
        "--json".as_ref(),
    ]);
    assert_eq!(list.as_array().unwrap().len(), 3);
}

#[test]
fn the_measures_of_a_folder_become_a_table() {
    let world = World::default();
    for (name, bpm) in [("a.wav", 100.0), ("b.wav", 140.0)] {
        world.click_file(name, bpm);
    }
    fs::write(world.music().join("broken.wav"), b"RIFF nothing").unwrap();
    let out = world.dir.path().join("table.npy");
    let music = world.music();
    let (code, report, errors) = world.run(&["features".as_ref(), music.as_os_str(), "--out".as_ref(), out.as_os_str(), "--json".as_ref()]);
    assert_eq!((code, report["rows"].as_u64()), (1, Some(2)), "{errors}");
    let lines = |extension: &str| fs::read_to_string(out.with_extension(extension)).unwrap().lines().map(str::to_owned).collect::<Vec<_>>();
    let (columns, rows) = (lines("columns.txt"), lines("rows.txt"));
    assert!(rows[0].ends_with("a.wav") && rows[1].ends_with("b.wav"));
    // The header of the format is text: the shape stands in it.
    let bytes = fs::read(&out).unwrap();
    let header = String::from_utf8_lossy(&bytes[..128]);
    assert!(bytes.starts_with(b"\x93NUMPY") && header.contains(&format!("(2, {}", columns.len())), "{header}");
    let data = &bytes[bytes.len() - 2 * 4 * columns.len()..];
    let at = |row: usize, name: &str| {
        let i = 4 * (row * columns.len() + columns.iter().position(|c| c == name).unwrap());
        f32::from_le_bytes(data[i..i + 4].try_into().unwrap())
    };
    for (row, bpm) in [(0, 100.0), (1, 140.0)] {
        let measured = at(row, "tempo_bpm");
        assert!([0.5f32, 1.0, 2.0].iter().any(|f| (measured / (bpm * f) - 1.0).abs() < 0.01), "{measured}");
    }
}
