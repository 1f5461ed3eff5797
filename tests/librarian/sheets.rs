//! Sheets of tags: what comes back from a spreadsheet.

use super::*;

pub(super) fn untouched_sheet() {
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

pub(super) fn untouched_sheet_of_odd_signs() {
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

pub(super) fn filled_sheet() {
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
    // A decimal comma that nobody quoted moves all cells behind it; two rows of one track may contradict each other.
    let wind = world.music().join("wind.aiff");
    let torn = file(&world, "torn.csv", "path,bpm,comment\nwind.aiff,96,5,windy\n");
    let (code, told, _) = say(&world, &["tag-apply", &torn]);
    assert!(code == 1 && told.contains("line 2: ") && told.contains("more cells than") && is_unset(&wind), "{told}");
    let twice = file(&world, "twice.csv", "path,bpm\nwind.aiff,100\nwind.aiff,101\nwind.aiff,100\n");
    let (code, told, _) = say(&world, &["tag-apply", &twice]);
    assert!(code == 1 && told.contains("1 track changed as step 2") && told.contains("line 3: line 2 is of the same track"), "{told}");
    assert_eq!(show(&world, &wind)["edits"]["bpm"], 100.0);
    well(&world, &["undo"]);
    // One step, which is undone as one.
    well(&world, &["undo"]);
    assert!(world.search(&[]).iter().all(|t| is_unset(Path::new(t["path"].as_str().unwrap()))));
}

/// A sheet comes back from a spreadsheet program, which writes numbers its own way.
pub(super) fn sheet_from_excel() {
    let world = World::default();
    let path = tagged(&world, "a.aiff", 1, &[("TIT2", "Tune"), ("TBPM", "140"), ("TKEY", "Em"), ("TMOO", "tense")]);
    world.scan();
    let sheet = well(&world, &["tag-template", "tune"]);
    let known = show(&world, &path);
    let (bpm, mood) = (known["analysis"]["tempo_bpm"]["value"].as_f64().unwrap(), &known["affect"]["value"]["at"]);
    let written = format!("{:.2},{:.2}", mood["valence"].as_f64().unwrap(), mood["arousal"].as_f64().unwrap());
    assert!(sheet.contains(&format!("{bpm:.2}")) && sheet.contains(&written) && sheet.contains("E minor"), "{sheet}");
    for bpm_cell in [format!("{bpm:.2}").trim_end_matches('0').trim_end_matches('.').to_owned(), format!("\"{bpm:.2}\"").replace('.', ",")]
    {
        let saved = sheet.replace(&format!("{bpm:.2}"), &bpm_cell).replace("E minor", "Em").replace(&written, &written.replace(',', ", "));
        assert_ne!(saved, sheet);
        let report = asked(&world, &["tag-apply", &file(&world, "excel.csv", &saved)]);
        assert_eq!((&report["changed"], &report["refused"]), (&json!(0), &json!([])), "{saved}: {report}");
    }
    // A dry run tells what counted before, and in whose words.
    let other = file(&world, "other.csv", format!("path,genre,key,metre\n{},Film,D minor,3/4\n", path.display()));
    let would = well(&world, &["tag-apply", &other, "--dry-run"]);
    assert!(
        would.contains("key D minor (was E minor, declared)") && would.contains("genre Film (was not set)") && would.contains("metre 3/4"),
        "{would}"
    );
    // A quote that is never closed is no cell that swallows the rest.
    let (code, told, errors) = say(&world, &["tag-apply", &file(&world, "open.csv", "path,comment\na.aiff,\"open\na.aiff,other\n")]);
    assert!(code == 2 && errors.contains("never closed"), "{code}: {told}{errors}");
    assert_eq!(show(&world, &path), known);
}
