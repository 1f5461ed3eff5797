//! Finding: copies, what is kept, names that are told apart.

use super::*;

pub(super) fn copies() {
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

pub(super) fn kept() {
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

pub(super) fn several_artists() {
    let world = World::default();
    // As ID3v2.4 writes several: with a zero between them.
    let path = tagged(&world, "a.aiff", 1, &[("TIT2", "Duet"), ("TPE1", "Anna\0Bert"), ("TCOM", "Carl\0Dora")]);
    world.scan();
    for (option, name) in [("--artist", "Anna"), ("--artist", "Bert"), ("--composer", "Carl"), ("--composer", "Dora")] {
        let tags = &show(&world, &path)["tags"];
        assert_eq!(world.search(&[option, name]).len(), 1, "{option} {name}: {tags}");
    }
}

pub(super) fn signs_alone() {
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
