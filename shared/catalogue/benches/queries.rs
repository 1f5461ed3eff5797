//! `cargo bench -p catalogue`: what searches cost at 10,000, 100,000 and a million tracks; `cargo bench -p catalogue -- 10000` at others. Writes docs/catalogue.md.
//!
//! One idea: rows are as full as real ones. The pieces of the library are measured once by the program itself; their measures are stretched to the lengths of real music and drawn from, with
//! words, places and licences drawn anew for every track. So the sounds are few and the rows are many; nothing here is a measurement of music.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use affect::Affect;
use catalogue::{Catalogue, Change, FacetFilter, FileStamp, Query, Reader};
use fastrand::Rng;
use rusqlite::{Connection, params};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;
use track::rights::{Ask, Licence, Medium, Terms};
use track::{ContentId, Field, Tags, Track};

/// Kinds of rows that are drawn from.
const VARIANTS: usize = 240;
/// Rows in a transaction.
const AT_ONCE: usize = 20_000;

const GENRES: [&str; 24] = [
    "Film",
    "Classical",
    "Folk",
    "Rock",
    "Pop",
    "Jazz",
    "Ambient",
    "Electronic",
    "Hindustani",
    "Carnatic",
    "Ghazal",
    "Bhajan",
    "Qawwali",
    "Hip Hop",
    "Reggae",
    "Metal",
    "Country",
    "Blues",
    "Soul",
    "Funk",
    "World",
    "Children",
    "Trailer",
    "Documentary",
];
const INSTRUMENTS: [&str; 20] = [
    "sitar", "sarod", "bansuri", "tabla", "santoor", "sarangi", "veena", "violin", "cello", "piano", "guitar", "drums", "bass", "flute",
    "oboe", "trumpet", "horn", "harp", "synth", "voice",
];
const REGIONS: [&str; 12] =
    ["North India", "South India", "Bengal", "Rajasthan", "Punjab", "Germany", "France", "Ireland", "Spain", "Brazil", "Japan", "Mali"];
const RAGAS: [&str; 12] =
    ["Yaman", "Bhairav", "Malkauns", "Desh", "Todi", "Kafi", "Marwa", "Durga", "Bhupali", "Bhairavi", "Bilawal", "Hamsadhwani"];
const TIMES: [&str; 6] = ["dawn", "morning", "noon", "dusk", "evening", "night"];
const RASAS: [&str; 9] = ["shringara", "hasya", "karuna", "raudra", "vira", "bhayanaka", "bibhatsa", "adbhuta", "shanta"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if let [what, dir] = arguments.as_slice()
        && what == "open"
    {
        return open_alone(Path::new(dir));
    }
    let sizes: Vec<usize> = arguments.iter().filter_map(|a| a.parse().ok()).collect();
    let is_all = sizes.is_empty();
    let sizes = if is_all { vec![10_000, 100_000, 1_000_000] } else { sizes };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned();
    let dir = root.join("target/bench-catalogue");
    std::fs::create_dir_all(&dir).unwrap();
    let source = measured(&root, &dir);
    let mut table: Vec<(String, Vec<String>)> = Vec::new();
    for size in &sizes {
        let at = dir.join(format!("{size}"));
        let _ = std::fs::remove_dir_all(&at);
        eprintln!("{size} tracks");
        let rows = run(&source, &at, *size);
        let _ = std::fs::remove_dir_all(&at);
        for (name, value) in rows {
            eprintln!("  {name}: {value}");
            match table.iter_mut().find(|t| t.0 == name) {
                Some(row) => row.1.push(value),
                None => table.push((name, vec![value])),
            }
        }
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut text = format!(
        "# The catalogue's speed and size\n\nMeasured by `cargo bench -p catalogue`, in one run: rows as full as those of measured music, drawn from the library's (synthetic words, places and \
         licences). Times are the median / the 99th percentile of many different queries, in milliseconds, on one core; a catalogue is opened on as many as there are ({cores} here).\n\n| |",
    );
    sizes.iter().for_each(|s| write!(text, " {s} tracks |").unwrap());
    text.push_str(" target at 1,000,000 |\n|---|");
    text.push_str(&"---|".repeat(sizes.len() + 1));
    for (name, values) in &table {
        let (name, target) = name.split_once('|').unwrap_or((name, ""));
        write!(text, "\n| {name} | {} | {target} |", values.join(" | ")).unwrap();
    }
    text.push('\n');
    println!("{text}");
    if is_all {
        std::fs::write(root.join("docs/catalogue.md"), &text).unwrap();
    }
}

/// The catalogue of the library, measured by the program.
fn measured(root: &Path, dir: &Path) -> PathBuf {
    let at = dir.join("library");
    if Reader::open(&at).is_ok_and(|r| r.len() >= 20) {
        return at;
    }
    let status = std::process::Command::new("cargo")
        .args(["run", "--release", "--quiet", "-p", "indexer", "--", "--catalogue"])
        .arg(&at)
        .arg("scan")
        .arg(root.join("library"))
        .status()
        .unwrap();
    assert!(status.success(), "the library could not be measured");
    at
}

/// A track of the library at the length of real music: its measures over and over.
fn stretched(track: &Track, duration_s: f64, random: &mut Rng) -> Track {
    let mut t = track.clone();
    let own_s = track.duration_s();
    let times = (duration_s / own_s).ceil() as usize;
    let over = |values: &[f64]| -> Vec<f64> {
        (0..times).flat_map(|k| values.iter().map(move |v| v + k as f64 * own_s)).filter(|v| *v < duration_s).collect()
    };
    let a = &mut t.analysis;
    a.onsets_s.value = over(&a.onsets_s.value);
    if let Some(beats) = &mut a.beats {
        let all = over(beats.value.beats_s());
        let bar = beats.value.beats_per_bar().unwrap_or(4);
        if let Some(grid) = music::BeatGrid::with_downbeats(all.clone(), (0..all.len()).step_by(bar).collect()) {
            beats.value = grid;
        }
    }
    let part = duration_s / own_s;
    fn tiled<T: Clone>(values: &mut Vec<T>, part: f64) {
        let wanted = (values.len() as f64 * part) as usize;
        *values = values.iter().cycle().take(wanted).cloned().collect();
    }
    if let Some(curve) = &mut a.loudness_curve {
        tiled(&mut curve.value.tenths_lufs, part);
        curve.value.tenths_lufs.iter_mut().for_each(|v| *v += random.i16(-4..=4));
    }
    if let Some(fingerprint) = &mut a.fingerprint {
        // Two minutes at most, as it is taken.
        let n = fingerprint.value.len();
        tiled(&mut fingerprint.value, part.min(120.0 / own_s));
        for (i, word) in fingerprint.value.iter_mut().enumerate() {
            *word = word.rotate_left((i / n.max(1)) as u32);
        }
    }
    tiled(&mut a.peaks.value.low, part);
    tiled(&mut a.peaks.value.high, part);
    if let Some(mood) = &mut t.mood {
        tiled(&mut mood.value.curve.estimates, part);
    }
    t.frames = (duration_s * f64::from(t.sample_rate_hz)) as u64;
    t
}

struct Variant {
    track: Track,
    analysis: Vec<u8>,
    mood: Option<Vec<u8>>,
    outline: Vec<u8>,
}

/// Rows to draw from, packed by the catalogue itself.
fn variants(source: &Path, dir: &Path) -> Vec<Variant> {
    let mut random = Rng::with_seed(1);
    let reader = Reader::open(source).unwrap();
    let tracks: Vec<Track> = reader.summaries().unwrap().iter().map(|s| reader.track(&s.content_id).unwrap().unwrap()).collect();
    let at = dir.join("variants");
    let mut catalogue = Catalogue::open(&at).unwrap();
    let mut all = Vec::new();
    for n in 0..VARIANTS {
        // Production music is one to five minutes long, most of it two to three.
        let duration_s = 60.0 + 240.0 * random.f64() * random.f64().sqrt();
        let mut track = stretched(&tracks[n % tracks.len()], duration_s, &mut random);
        track.content_id = ContentId(format!("{n:064x}"));
        all.push(track);
    }
    let change = |track: &Track| Change::Measured {
        path: PathBuf::from(format!("/music/{}.flac", track.content_id)),
        stamp: FileStamp { size: 1, modified_ns: 1 },
        track: Box::new(track.clone()),
        by: "bench".into(),
        learned: None,
    };
    catalogue.commit(&all.iter().map(change).collect::<Vec<_>>()).unwrap();
    drop(catalogue);
    let db = Connection::open(at.join("catalogue.db")).unwrap();
    let body = |table: &str, id: i64| db.query_row(&format!("SELECT body FROM {table} WHERE id = ?1"), [id], |row| row.get(0)).ok();
    all.into_iter()
        .map(|track| {
            let id = db.query_row("SELECT id FROM tracks WHERE content_id = ?1", [&track.content_id.0], |row| row.get(0)).unwrap();
            Variant { analysis: body("analyses", id).unwrap(), mood: body("moods", id), outline: body("outlines", id).unwrap(), track }
        })
        .collect()
}

/// Words as languages have them: a few everywhere, most hardly ever.
fn word(random: &mut Rng) -> String {
    let rank = (random.f64().powi(3) * 20_000.0) as usize;
    if rank == 0 { "theme".into() } else { format!("word{rank}") }
}

fn fill(dir: &Path, variants: &[Variant], size: usize) {
    drop(Catalogue::open(dir).unwrap());
    let mut db = Connection::open(dir.join("catalogue.db")).unwrap();
    db.execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -200000").unwrap();
    let mut random = Rng::with_seed(2);
    let day = |random: &mut Rng| format!("20{}-{:02}-15", random.u32(25..32), random.u32(1..13)).parse().ok();
    let terms: Vec<Terms> = (0..60)
        .map(|n| Terms {
            territories: ["world", "DE", "EU", "world except US"][n % 4].parse().ok(),
            media: Medium::list(["all", "broadcast, online", "film", "online"][n / 4 % 4]).unwrap(),
            from: None,
            until: day(&mut random),
        })
        .collect();
    db.execute("INSERT INTO roots (name, path) VALUES ('music', '/music')", []).unwrap();
    for (n, terms) in terms.iter().enumerate() {
        // Two of the sixty may be the same.
        let text = serde_json::to_string(terms).unwrap();
        db.execute(
            "INSERT OR IGNORE INTO terms (id, terms, until) VALUES (?1, ?2, ?3)",
            params![n as i64 + 1, text, terms.until.map(|d| d.to_string())],
        )
        .unwrap();
    }
    let known: Vec<i64> = {
        let mut rows = db.prepare("SELECT id FROM terms").unwrap();
        rows.query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect()
    };
    for start in (0..size).step_by(AT_ONCE) {
        let tx = db.transaction().unwrap();
        for n in start..size.min(start + AT_ONCE) {
            let v = &variants[random.usize(..variants.len())];
            let pick = |random: &mut Rng, of: &[&str]| of[(random.f64().powi(2) * of.len() as f64) as usize].to_owned();
            let album = n / 12;
            let title: Vec<String> = (0..random.usize(1..5)).map(|_| word(&mut random)).collect();
            let tags = Tags {
                title: Some(title.join(" ")),
                artist: Some(format!("Artist {}", album / 3)),
                album: Some(format!("Album {album}")),
                composer: Some(format!("Composer {}", random.usize(..size / 40 + 1))),
                publisher: Some(format!("Publisher {}", random.usize(..200))),
                genre: Some(pick(&mut random, &GENRES)),
                instrument: Some(format!("{}; {}", pick(&mut random, &INSTRUMENTS), pick(&mut random, &INSTRUMENTS))),
                region: Some(pick(&mut random, &REGIONS)),
                raga: (random.u8(..10) == 0).then(|| pick(&mut random, &RAGAS)),
                rasa: Some(pick(&mut random, &RASAS)),
                time_of_day: Some(pick(&mut random, &TIMES)),
                comment: Some((0..12).map(|_| word(&mut random)).collect::<Vec<_>>().join(" ")),
                ..Tags::default()
            };
            // As measured libraries lie: dense in the middle, thin at the rim.
            let at = Affect::clamped(random.f64() + random.f64() - 1.0, random.f64() + random.f64() - 1.0);
            let id = format!("{:016x}{:048x}", random.u64(..), n);
            let a = &v.track.analysis;
            let tempo = a.tempo_bpm.as_ref().map(|_| 60.0 + 120.0 * random.f64());
            let key = a.key.as_ref().map(|_| music::Key::all().nth(random.usize(..24)).unwrap().to_string());
            tx.prepare_cached(
                "INSERT INTO tracks (id, content_id, codec, sample_rate_hz, channels, frames, tags, affect, measured_by, title, artist, valence, arousal, tempo_bpm, key, lufs)
                 VALUES (?1, ?2, 'flac', ?3, 2, ?4, ?5, ?6, 'bench', ?7, ?8, ?9, ?10, ?11, ?12, -16.0)",
            )
            .unwrap()
            .execute(params![
                n as i64 + 1,
                id,
                v.track.sample_rate_hz,
                v.track.frames as i64,
                serde_json::to_string(&tags).unwrap(),
                serde_json::to_string(&v.track.affect).unwrap(),
                tags.title,
                tags.artist,
                at.valence,
                at.arousal,
                tempo,
                key
            ])
            .unwrap();
            for (table, body) in [("analyses", Some(&v.analysis)), ("moods", v.mood.as_ref()), ("outlines", Some(&v.outline))] {
                if let Some(body) = body {
                    tx.prepare_cached(&format!("INSERT INTO {table} (id, body) VALUES (?1, ?2)"))
                        .unwrap()
                        .execute(params![n as i64 + 1, body])
                        .unwrap();
                }
            }
            tx.prepare_cached("INSERT INTO files (root, path, size, modified_ns, content_id) VALUES (1, ?1, ?2, ?3, ?4)")
                .unwrap()
                .execute(params![
                    format!("Artist {}/Album {album}/{:02} {}.flac", album / 3, n % 12, title.join(" ")),
                    random.i64(1 << 20..1 << 26),
                    random.i64(..),
                    id
                ])
                .unwrap();
            if random.u8(..10) < 7 {
                let which = known[random.usize(..known.len())];
                let licence = Licence {
                    owner: format!("Label {}", which % 7),
                    name: "Blanket".into(),
                    id: format!("L-{n}"),
                    terms: terms[which as usize - 1].clone(),
                    ..Licence::default()
                };
                tx.prepare_cached("INSERT INTO licences (content_id, terms, licence) VALUES (?1, ?2, ?3)")
                    .unwrap()
                    .execute(params![id, which, serde_json::to_string(&licence).unwrap()])
                    .unwrap();
            }
        }
        tx.commit().unwrap();
    }
    db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
}

fn size_of(path: &Path) -> u64 {
    let Ok(meta) = std::fs::metadata(path) else { return 0 };
    if meta.is_dir() { std::fs::read_dir(path).unwrap().flatten().map(|e| size_of(&e.path())).sum() } else { meta.len() }
}

/// Median and 99th percentile in milliseconds of something done many times.
fn timed(times: usize, mut work: impl FnMut(&mut Rng)) -> String {
    let mut random = Rng::with_seed(3);
    (0..times.div_ceil(20)).for_each(|_| work(&mut random));
    let mut all: Vec<f64> = (0..times)
        .map(|_| {
            let began = Instant::now();
            work(&mut random);
            began.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    all.sort_by(f64::total_cmp);
    format!("{:.3} / {:.3}", all[times / 2], all[(times * 99 / 100).min(times - 1)])
}

fn run(source: &Path, dir: &Path, size: usize) -> Vec<(String, String)> {
    let mut rows: Vec<(String, String)> = Vec::new();
    let variants = variants(source, dir);
    let at = dir.join("catalogue");
    let began = Instant::now();
    fill(&at, &variants, size);
    eprintln!("  filled in {:.0} s", began.elapsed().as_secs_f64());
    let began = Instant::now();
    drop(Catalogue::open(&at).unwrap());
    rows.push(("the index made anew, seconds|".into(), format!("{:.1}", began.elapsed().as_secs_f64())));

    let db = Connection::open(at.join("catalogue.db")).unwrap();
    let of = |table: &str| -> i64 {
        db.query_row("SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name = ?1", [table], |row| row.get(0)).unwrap()
    };
    let (outlines, analyses) = (of("outlines") as u64, of("analyses") as u64);
    drop(db);
    let (store, index) = (size_of(&at.join("catalogue.db")), size_of(&at) - size_of(&at.join("catalogue.db")));
    let kb = |bytes: u64| format!("{:.1}", bytes as f64 / size as f64 / 1024.0);
    rows.push(("KB a track on the disk, but for outlines|20".into(), kb(store + index - outlines)));
    rows.push(("  of which measures, index|".into(), format!("{}, {}", kb(analyses), kb(index))));
    rows.push(("  outlines|".into(), kb(outlines)));

    let opened = std::process::Command::new(std::env::current_exe().unwrap()).args(["open"]).arg(&at).output().unwrap();
    let told = String::from_utf8(opened.stdout).unwrap();
    let told: Vec<&str> = told.split_whitespace().collect();
    rows.push(("opened for reading, ms|300".into(), told[0].into()));
    rows.push((
        "  memory of that, MB (private; with what is shared with the disk's cache)|120".into(),
        format!("{} ({})", told[1], told[2]),
    ));

    let reader = Reader::open(&at).unwrap();
    let place = |random: &mut Rng| Affect::clamped(random.f64() * 2.0 - 1.0, random.f64() * 2.0 - 1.0);
    let facet = |field, value: &str| FacetFilter { field, any_of: vec![value.into()], is_not: false };
    let licensed = "2026-06-01".parse().unwrap();
    let near = |random: &mut Rng| Query { at: Some(place(random)), limit: 10, ..Query::default() };
    rows.push(("nearest ten to a point|0.1".into(), timed(2000, |r| drop(reader.rank(&near(r)).unwrap()))));
    let filtered = |random: &mut Rng, n: usize| {
        let q = near(random);
        match n % 4 {
            0 => Query { facets: vec![facet(Field::Genre, GENRES[random.usize(..24)])], ..q },
            1 => Query { facets: vec![facet(Field::Raga, RAGAS[random.usize(..12)])], duration_s: Some(60.0..=90.0), ..q },
            2 => Query { cleared_for: Ask::parse("broadcast,DE", licensed).ok(), ..q },
            _ => Query { facets: vec![facet(Field::Artist, &format!("Artist {}", random.usize(..size / 36 + 1)))], ..q },
        }
    };
    let mut n = 0;
    let with_filter = timed(400, |r| {
        n += 1;
        drop(reader.rank(&filtered(r, n)).unwrap());
    });
    rows.push(("the same with a filter (genre; raga and length; cleared; artist)|5".into(), with_filter));
    let page = |random: &mut Rng| Query { limit: 20, is_diverse: true, ..near(random) };
    rows.push(("a page of twenty with titles and reasons, albums spread|".into(), timed(300, |r| drop(reader.search(&page(r)).unwrap()))));
    let every = timed(60, |r| {
        drop(reader.rank(&Query { tempo_bpm: Some(60.0 + 100.0 * r.f64()), key: "D minor".parse().ok(), ..near(r) }).unwrap())
    });
    rows.push(("mood, tempo and key over all|".into(), every));
    let few = |random: &mut Rng| Query { text: Some(format!("word{}", 1 + random.usize(..2000))), ..near(random) };
    rows.push(("words that few have|20".into(), timed(300, |r| drop(reader.rank(&few(r)).unwrap()))));
    let tenth = |r: &mut Rng| Query { text: Some(GENRES[8 + r.usize(..8)].to_lowercase()), ..near(r) };
    let share = reader.rank(&Query { text: Some("hindustani".into()), ..Query::default() }).unwrap().len() as f64 / size as f64;
    rows.push(("words that under a tenth have|20".into(), timed(60, |r| drop(reader.rank(&tenth(r)).unwrap()))));
    assert!(share < 0.1, "{share}");
    let all = |r: &mut Rng| Query { text: Some("album".into()), ..near(r) };
    rows.push(("words that all have|80".into(), timed(20, |r| drop(reader.rank(&all(r)).unwrap()))));
    rows.push(("all facets of those under a tenth|20".into(), timed(60, |r| drop(reader.facets(&tenth(r), 12).unwrap()))));
    rows.push(("all facets of all|80".into(), timed(20, |_| drop(reader.facets(&Query::default(), 12).unwrap()))));
    let curve = |random: &mut Rng| Query { at: None, curve: (0..24).map(|_| place(random)).collect(), ..near(random) };
    rows.push(("a course of moods over the nearest thousand|30".into(), timed(60, |r| drop(reader.rank(&curve(r)).unwrap()))));
    rows
}

/// In a process of its own: how long opening takes, and the memory after it.
fn open_alone(dir: &Path) {
    let memory = |name: &str| -> f64 {
        let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = text.lines().find(|l| l.starts_with(name)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1024.0
    };
    let began = Instant::now();
    let reader = Reader::open(dir).unwrap();
    let took = began.elapsed().as_secs_f64() * 1000.0;
    assert!(!reader.is_empty());
    println!("{took:.0} {:.0} {:.0}", memory("RssAnon:"), memory("VmRSS:"));
}
