//! Rights and uses: sheets from offices, what is cleared, cue sheets.

use super::*;

/// Tracks that a sheet can name in every way, well and badly.
pub(super) fn named_tracks() -> World {
    let world = World::default();
    let rain: [(&str, &str); 2] = [("TIT2", "Rain"), ("TPE1", "Anna")];
    tagged(&world, "one/rain.aiff", 1, &[rain[0], rain[1], ("TSRC", "DEA120000001")]);
    tagged_for(&world, "two/rain.aiff", 2, 5, &rain);
    tagged(&world, "snow.aiff", 3, &[("TIT2", "Snow"), ("TPE1", "Bert")]);
    tagged(&world, "wind.aiff", 4, &[("TIT2", "Wind"), ("TSRC", "DEA120000004")]);
    world.scan();
    world
}

pub(super) fn rights_of_a_path_with_another_title() {
    let world = named_tracks();
    let sheet = file(
        &world,
        "rights.csv",
        "path;title;owner;media;territories\nsnow.aiff;Wind;Acme;tv;DE\nsnow.aiff;Schnee;Acme;tv;DE\nwind.aiff;Wind (Instrumental);Acme;tv;DE\n",
    );
    let report = asked(&world, &["rights", "import", &sheet]);
    let outcomes: Vec<&str> = report["rows"].as_array().unwrap().iter().map(|r| r["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["ambiguous", "matched", "matched"], "{report:#}");
    // Every row is told, and of the brief what is odd, though it matched.
    assert!(say(&world, &["rights", "import", &sheet]).1.contains("'Wind' by its path"));
    let (_, told, _) = say(&world, &["rights", "import", &sheet, "--brief"]);
    assert!(told.contains("though the sheet calls it 'Schnee'") && !told.contains("Instrumental"), "{told}");
    // What is taken away is told before it is gone.
    let would = well(&world, &["rights", "clear", world.music().join("snow.aiff").to_str().unwrap(), "--dry-run"]);
    assert!(would.contains("Acme") && would.contains("1 licence would be taken away"), "{would}");
    well(&world, &["rights", "clear", world.music().join("snow.aiff").to_str().unwrap()]);
    assert_eq!(licences_of(&world, &world.search(&["snow"])[0]), Vec::<Value>::new());
}

pub(super) fn rights_of_rows() {
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
    assert_eq!(report["licensed"], json!({ "added": 6, "changed": 0, "known": 0, "removed": 0 }));
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
    // One contract may grant several things, each in a row of its own.
    let rows = "path;owner;licence id;media;territories\nsnow.aiff;Acme;C-1;tv;DE\nsnow.aiff;Acme;C-1;online;world\n";
    let contract = file(&world, "contract.csv", rows);
    assert!(well(&world, &["rights", "import", &contract]).contains("2 new, 0 changed, 0 as they were"));
    assert!(well(&world, &["rights", "import", &contract]).contains("0 new, 0 changed, 2 as they were"), "again it is no news");
    let granted = || {
        let snow = &world.search(&["snow"])[0];
        let of_it = licences_of(&world, snow).into_iter().filter(|l| l["id"] == "C-1");
        of_it.map(|l| l["media"][0].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    let media = |names: [&str; 2]| names.map(str::to_owned).into_iter().collect::<BTreeSet<_>>();
    assert_eq!(granted(), media(["broadcast", "online"]));
    let later = file(&world, "later.csv", rows.replace("tv", "film"));
    assert!(well(&world, &["rights", "import", &later]).contains("0 new, 1 changed, 1 as they were"));
    assert_eq!(granted(), media(["film", "online"]));
    let expiring = well(&world, &["rights", "expiring", "--on", "2029-12-01", "--within", "60d"]);
    assert!(expiring.contains("2030-01-01  Rain") && expiring.contains("1 licence ends"), "{expiring}");
}

pub(super) fn licences_of(world: &World, track: &Value) -> Vec<Value> {
    let told = asked(world, &["rights", "show", track["content_id"].as_str().unwrap()]);
    told[0]["licences"].as_array().unwrap().clone()
}

pub(super) fn rights_as_written() {
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
    // A cell that was cut in two makes all cells another column's.
    let (code, told, _) = import(b"path,owner,media,territories\nsnow.aiff,Smith, Jones,tv,DE\n");
    assert!(code == 1 && told.contains("1 refused") && told.contains("more cells than"), "{told}");
    assert_eq!(licences_of(&world, snow).len(), 3);
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

pub(super) fn cleared() {
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

pub(super) fn cue_sheet() {
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
    let text = fs::read_to_string(&out).unwrap();
    // By this mark Excel knows that it is UTF-8.
    let rows = cells(text.strip_prefix('\u{feff}').unwrap());
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

pub(super) fn timecode() {
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
    // On the cue sheet a time stands as it was typed, whether or not numbers of frames are dropped.
    let used = |project: &str, from: &str, to: &str, fps: &str| {
        let add = ["usage", "add", path.to_str().unwrap(), "--project", project, "--in", from, "--out", to, "--fps", fps];
        say(&world, &add)
    };
    for (project, from, to, fps) in [
        ("Drop", "01:00:00;00", "01:02:03;12", "29.97"),
        ("Non-drop", "01:00:00:00", "01:02:03:12", "29.97"),
        ("Twice", "01:00:00;01", "01:02:03;59", "59.94"),
        ("Film", "01:00:00:01", "01:02:03:23", "23.976"),
    ] {
        let (code, told, errors) = used(project, from, to, fps);
        assert_eq!(code, 0, "{told}{errors}");
        let cue = &asked(&world, &["cue-sheet", project])[0];
        assert_eq!((cue["timecode_in"].as_str(), cue["timecode_out"].as_str()), (Some(from), Some(to)), "{project}: {cue}");
    }
    // A number that is dropped is no time, and one sheet has one count.
    for (from, to) in [("01:01:00;00", "01:02:00;02"), ("01:00:00;00", "01:02:03:12")] {
        let (code, _, errors) = used("Wrong", from, to, "29.97");
        assert!(code == 2 && errors.contains("dropped"), "{code}: {errors}");
    }
}

/// Text that some program somewhere takes for something else than text.
pub(super) const HOSTILE: [&str; 40] = [
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
pub(super) fn hostile(count: usize) -> Vec<String> {
    let long = "long ".repeat(2000);
    let joined = |i: usize| match i / HOSTILE.len() {
        0 => HOSTILE[i].to_owned(),
        1 => format!("{}{long}", HOSTILE[i % HOSTILE.len()]),
        n => format!("{}{} {i}", HOSTILE[i % HOSTILE.len()], HOSTILE[(i + n) % HOSTILE.len()]),
    };
    (0..count).map(joined).collect()
}

/// What is kept of a tag: a thousand characters, without blanks at the ends.
pub(super) fn kept_of(text: &str) -> String {
    text.trim().chars().take(1000).collect()
}

pub(super) fn hostile_cue_sheet() {
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
