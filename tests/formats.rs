//! Every format holds the same music in the same place: what ffmpeg wrote, our reader finds, from the first frame on.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use audio::{Reader, content_id};
use end_to_end::tools::{Need, Test, data, ffmpeg, run_indexer};
use end_to_end::world::World;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    end_to_end::tools::main(&[
        Test::new("the_first_frame_is_the_first_frame_of_music_in_every_format", &[Need::Ffmpeg], first_frame),
        Test::new("a_seek_gives_what_reading_on_gives_in_every_format", &[Need::Ffmpeg], seek),
        Test::new("surround_has_its_channels_in_the_same_order_in_every_format", &[Need::Ffmpeg], surround),
        Test::new("times_that_stumble_lose_no_sound", &[Need::Ffmpeg, Need::Data], stumbling),
        Test::new("a_file_that_was_cut_short_is_reported_in_every_format", &[Need::Ffmpeg], cut_short),
        Test::new("files_that_were_joined_by_copying_are_reported", &[Need::Ffmpeg], chained),
        Test::new("files_over_4_gb_of_either_kind_are_read", &[Need::Ffmpeg], rf64),
        Test::new("retagging_and_remuxing_keep_the_identity", &[Need::Ffmpeg], identity),
        Test::new("tags_are_read_in_every_format", &[Need::Ffmpeg], tags),
        Test::new("a_read_sentence_has_a_mood_four_times_a_second", &[Need::Data], read_sentence),
        Test::new("real_music_measures_the_same_in_every_format", &[Need::Ffmpeg, Need::Data], real_music),
    ])
}

const RATE: u32 = 48_000;
const FRAMES: usize = 131_313;

/// Name, arguments for ffmpeg, whether it is lossless.
const FORMATS: [(&str, &[&str], bool); 15] = [
    ("16.wav", &["-c:a", "pcm_s16le"], true),
    ("24.wav", &["-c:a", "pcm_s24le"], true),
    ("32.wav", &["-c:a", "pcm_s32le"], true),
    ("float.wav", &["-c:a", "pcm_f32le"], true),
    ("big.rf64.wav", &["-c:a", "pcm_s24le", "-rf64", "always"], true),
    ("a.aiff", &["-c:a", "pcm_s24be"], true),
    ("a.flac", &["-c:a", "flac"], true),
    ("a.caf", &["-c:a", "pcm_s24be"], true),
    ("alac.m4a", &["-c:a", "alac"], true),
    ("a.mp3", &["-c:a", "libmp3lame", "-b:a", "192k"], false),
    ("vbr.mp3", &["-c:a", "libmp3lame", "-q:a", "2"], false),
    ("a.ogg", &["-c:a", "libvorbis", "-q:a", "6"], false),
    ("a.opus", &["-c:a", "libopus", "-b:a", "160k"], false),
    ("aac.m4a", &["-c:a", "aac", "-b:a", "192k"], false),
    ("a.aac", &["-c:a", "aac", "-b:a", "192k"], false),
];

/// Two different sides, each a filtered noise with a swell, so that every shift and swap shows.
fn original() -> [Vec<f32>; 2] {
    let mut state = 9u32;
    let mut low = [0f32; 2];
    let mut sides = [Vec::with_capacity(FRAMES), Vec::with_capacity(FRAMES)];
    for i in 0..FRAMES {
        for (side, low) in sides.iter_mut().zip(&mut low) {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (state >> 8) as f32 / (1 << 23) as f32 - 1.0;
            *low += 0.1 * (noise - *low);
            side.push(*low * (0.6 + 0.35 * (i as f32 * 0.0007).sin()));
        }
    }
    sides
}

fn write_original(path: &Path) {
    let [left, right] = original();
    let spec = hound::WavSpec { channels: 2, sample_rate: RATE, bits_per_sample: 24, sample_format: hound::SampleFormat::Int };
    let mut wav = hound::WavWriter::create(path, spec).unwrap();
    for (l, r) in left.iter().zip(&right) {
        wav.write_sample((l * 8_388_607.0) as i32).unwrap();
        wav.write_sample((r * 8_388_607.0) as i32).unwrap();
    }
    wav.finalize().unwrap();
}

/// All frames of a file, gaps as silence.
fn read(path: &Path) -> (Vec<Vec<f32>>, Reader) {
    let mut reader = Reader::open(path).unwrap();
    let mut planes = vec![Vec::new(); reader.info().channels];
    while let Some(block) = reader.next_block().unwrap() {
        for (plane, samples) in planes.iter_mut().zip(block.channels()) {
            plane.resize(block.start as usize, 0.0);
            plane.extend_from_slice(samples);
        }
    }
    (planes, reader)
}

/// The lag at which two sounds go together best, and how well.
fn best_lag(a: &[f32], b: &[f32]) -> (i64, f64) {
    let part = 20_000..50_000usize;
    (-2400..=2400i64)
        .map(|lag| {
            let (mut ab, mut aa, mut bb) = (0f64, 0f64, 0f64);
            for i in part.clone().step_by(3) {
                let (x, y) = (f64::from(a[i]), f64::from(b.get((i as i64 + lag) as usize).copied().unwrap_or(0.0)));
                ab += x * y;
                aa += x * x;
                bb += y * y;
            }
            (lag, ab / (aa * bb).sqrt().max(1e-12))
        })
        .max_by(|x, y| x.1.total_cmp(&y.1))
        .unwrap()
}

struct Files {
    dir: tempfile::TempDir,
}

impl Files {
    fn new() -> Self {
        let files = Self { dir: tempfile::tempdir().unwrap() };
        write_original(&files.path("original.wav"));
        files
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join(name)
    }

    fn convert(&self, name: &str, arguments: &[&str]) -> std::path::PathBuf {
        let (from, to) = (self.path("original.wav"), self.path(name));
        let mut all = vec!["-i", from.to_str().unwrap()];
        all.extend(arguments);
        all.push(to.to_str().unwrap());
        ffmpeg(&all);
        to
    }
}

fn first_frame() {
    let files = Files::new();
    let [left, right] = original();
    for (name, arguments, lossless) in FORMATS {
        let (planes, reader) = read(&files.convert(name, arguments));
        assert_eq!((planes.len(), reader.info().rate_hz), (2, RATE), "{name}");
        for (want, got) in [&left, &right].into_iter().zip(&planes) {
            let (lag, fit) = best_lag(want, got);
            assert_eq!(lag, 0, "{name} is shifted");
            // AAC replaces noise by other noise, so it fits less well than the others.
            assert!(fit > if lossless { 0.9999 } else { 0.93 }, "{name}: {fit}");
        }
        // ADTS has no place to tell where music ends.
        let slack = if name == "a.aac" { 2048 } else { 0 };
        let off = planes[0].len() as i64 - FRAMES as i64;
        assert!((0..=slack).contains(&off), "{name}: {off} frames too long");
        if lossless {
            let worst = left.iter().zip(&planes[0]).map(|(a, b)| (a - b).abs()).fold(0f32, f32::max);
            assert!(worst < 1.0 / 32_000.0, "{name}: {worst}");
        }
    }
}

fn seek() {
    let files = Files::new();
    for (name, arguments, _) in FORMATS {
        let path = files.convert(name, arguments);
        let (planes, _) = read(&path);
        let mut reader = Reader::open(&path).unwrap();
        for at in [70_000u64, 1, 110_000, 40_001, 0] {
            reader.seek(at).unwrap();
            let block = reader.next_block().unwrap().expect("music there");
            assert_eq!(block.start, at, "{name}");
            let got = block.channels().next().unwrap();
            let want = &planes[0][at as usize..at as usize + got.len()];
            if name.contains("aac") {
                // AAC's decoder makes new noise where the encoder only said how much of it there was.
                let (mut ab, mut aa, mut bb) = (0f64, 0f64, 0f64);
                for (a, b) in want.iter().zip(got) {
                    ab += f64::from(a * b);
                    aa += f64::from(a * a);
                    bb += f64::from(b * b);
                }
                assert!(ab / (aa * bb).sqrt() > 0.8 || at < 2, "{name} at {at}");
            } else {
                let worst = want.iter().zip(got).map(|(a, b)| (a - b).abs()).fold(0f32, f32::max);
                assert!(worst < 2e-3, "{name} at {at}: {worst}");
            }
        }
        reader.seek(FRAMES as u64 * 3).unwrap();
        assert!(reader.next_block().unwrap().is_none(), "{name} beyond its end");
    }
}

fn rf64() {
    let files = Files::new();
    let path = files.convert("big.wav", &["-c:a", "pcm_s16le", "-rf64", "always"]);
    let mut bytes = std::fs::read(&path).unwrap();
    assert_eq!(&bytes[..4], b"RF64");
    // What follows the data is not music.
    bytes.extend_from_slice(b"LIST\x04\0\0\0junk");
    for kind in [b"RF64", b"BW64"] {
        bytes[..4].copy_from_slice(kind);
        std::fs::write(&path, &bytes).unwrap();
        let (planes, reader) = read(&path);
        assert_eq!(planes[0].len(), FRAMES);
        assert_eq!(reader.info().declared_frames, Some(FRAMES as u64));
    }
}

fn identity() {
    let files = Files::new();
    let id = |path: &Path| content_id(path, &|| false).unwrap().unwrap();
    for (from, to) in [("a.flac", "b.flac"), ("a.mp3", "b.mp3"), ("a.ogg", "b.ogg"), ("alac.m4a", "b.m4a"), ("24.wav", "b.wav")] {
        let (_, arguments, _) = FORMATS.into_iter().find(|f| f.0 == from).unwrap();
        let (one, other) = (files.convert(from, arguments), files.path(to));
        ffmpeg(&["-i", one.to_str().unwrap(), "-c", "copy", "-metadata", "title=Another name", other.to_str().unwrap()]);
        assert_eq!(id(&one), id(&other), "{from}");
        let (_, reader) = read(&other);
        assert_eq!(reader.content_id().unwrap(), id(&other), "{from}: decoding and demuxing agree");
    }
    assert_ne!(id(&files.path("a.flac")), id(&files.path("a.mp3")));
}

fn tags() {
    let files = Files::new();
    for (name, arguments, _) in FORMATS.into_iter().filter(|f| !["a.caf", "a.aac", "big.rf64.wav"].contains(&f.0)) {
        let tags = ["-metadata", "title=वर्षा", "-metadata", "artist=A. Player", "-metadata", "genre=Film"];
        let path = files.convert(
            &format!("tagged-{name}"),
            &[arguments, &tags, &["-write_id3v2", "1"][..if name == "a.aiff" { 2 } else { 0 }]].concat(),
        );
        let reader = Reader::open(&path).unwrap();
        let tags = &reader.info().tags;
        assert_eq!(tags.title.as_deref(), Some("वर्षा"), "{name}");
        assert_eq!(tags.artist.as_deref(), Some("A. Player"), "{name}");
        assert_eq!(tags.genre.as_deref(), Some("Film"), "{name}");
    }
}

/// Half a file is no file: a copy that was broken off must not look like a short piece of music.
fn cut_short() {
    let dir = tempfile::tempdir().unwrap();
    let (from, music) = (dir.path().join("original.wav"), dir.path().join("music"));
    std::fs::create_dir(&music).unwrap();
    write_original(&from);
    for (name, arguments, _) in FORMATS {
        let to = music.join(name);
        let mut all = vec!["-i", from.to_str().unwrap()];
        all.extend(arguments);
        all.push(to.to_str().unwrap());
        ffmpeg(&all);
    }
    let scan = |catalogue: &str| {
        let arguments: [&std::ffi::OsStr; 3] = ["scan".as_ref(), "--json".as_ref(), music.as_os_str()];
        let output = run_indexer(&dir.path().join(catalogue), &arguments);
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    assert_eq!(scan("whole")["failed"], 0);
    for (name, ..) in FORMATS {
        let path = music.join(name);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() * 6 / 10]).unwrap();
    }
    let report = scan("cut");
    let failed: Vec<&str> = report["failures"].as_array().unwrap().iter().map(|f| f["path"].as_str().unwrap()).collect();
    // Raw AAC tells neither its length nor its end, and many a good one stops within a frame.
    for (name, ..) in FORMATS.iter().filter(|f| f.0 != "a.aac") {
        assert!(failed.iter().any(|f| f.ends_with(name)), "{name} was taken for a short piece: {report}");
    }
}

/// Ogg files may be joined by copying one behind the other. Only the first is read, so the whole may not pass for it.
fn chained() {
    let dir = tempfile::tempdir().unwrap();
    let music = dir.path().join("music");
    std::fs::create_dir(&music).unwrap();
    for (name, codec) in [("vorbis.ogg", "libvorbis"), ("opus.opus", "libopus")] {
        let part = |hz: u32, seconds: u32| {
            let (to, sine) = (dir.path().join(format!("{hz}-{name}")), format!("sine={hz}:d={seconds}"));
            ffmpeg(&["-f", "lavfi", "-i", &sine, "-c:a", codec, to.to_str().unwrap()]);
            std::fs::read(to).unwrap()
        };
        std::fs::write(music.join(name), [part(440, 5), part(660, 7)].concat()).unwrap();
    }
    // Both parts with the same number, as some programs write them.
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("library");
    let parts = ["kites.opus", "cradle.opus"].map(|name| std::fs::read(library.join(name)).unwrap());
    std::fs::write(music.join("same number.opus"), parts.concat()).unwrap();
    std::fs::write(music.join("same number, other way round.opus"), [parts[1].clone(), parts[0].clone()].concat()).unwrap();
    let arguments: [&std::ffi::OsStr; 3] = ["scan".as_ref(), "--json".as_ref(), music.as_os_str()];
    let output = run_indexer(&dir.path().join("catalogue"), &arguments);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["failed"], 4, "{report}");
    for failure in report["failures"].as_array().unwrap() {
        let reason = failure["reason"].as_str().unwrap();
        assert!(reason.contains("split it"), "{failure}");
        assert!(failure["path"].as_str().unwrap().contains("same number") || reason.contains("the first is 5.0 s long"), "{failure}");
    }
}

/// Vorbis has two sizes of packets, and ffmpeg hands the stumbling of its times on to what it converts.
fn stumbling() {
    let dir = tempfile::tempdir().unwrap();
    let from = data().unwrap().join("audio/recordings/Kevin_MacLeod_-_Vibe_Ace.hq.ogg");
    let convert = |name: &str, codec: &str| {
        let to = dir.path().join(name);
        ffmpeg(&["-t", "20", "-i", from.to_str().unwrap(), "-vn", "-ar", "48000", "-c:a", codec, to.to_str().unwrap()]);
        to
    };
    let (wav, alac, aac) = (convert("a.wav", "pcm_s24le"), convert("alac.m4a", "alac"), convert("aac.m4a", "aac"));
    let (want, _) = read(&wav);
    let (got, _) = read(&alac);
    assert!(want == got, "ALAC is not what was encoded");
    let (heard, _) = read(&aac);
    assert_eq!(heard[0].len(), want[0].len());
    let product = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(a, b)| f64::from(a * b)).sum::<f64>();
    for (x, y) in want[0].chunks(48_000).zip(heard[0].chunks(48_000)) {
        let fit = product(x, y) / (product(x, x) * product(y, y)).sqrt();
        assert!(fit > 0.98, "AAC goes with what was encoded only by {fit}");
    }
    let mut reader = Reader::open(&alac).unwrap();
    for i in 1..60 {
        let frame = i * 15_877;
        reader.seek(frame as u64).unwrap();
        let block = reader.next_block().unwrap().unwrap();
        let (start, samples) = (block.start as usize, block.channels().next().unwrap());
        assert_eq!(start, frame);
        assert!(*samples == want[0][start..start + samples.len()], "after a seek to {frame}");
    }
}

/// Six channels with a tone each: left, right, centre, LFE, left and right behind.
fn surround() {
    const TONES_HZ: [u32; 6] = [200, 400, 800, 60, 1600, 3200];
    const SECONDS: usize = 3;
    let dir = tempfile::tempdir().unwrap();
    let tones = TONES_HZ.map(|hz| format!("0.2*sin(2*PI*{hz}*t)")).join("|");
    let source = format!("aevalsrc={tones}:c=5.1:d={SECONDS}:s=48000");
    for (name, arguments) in [
        ("a.wav", &["-c:a", "pcm_s24le"][..]),
        ("a.flac", &["-c:a", "flac"]),
        ("a.ogg", &["-c:a", "libvorbis", "-q:a", "6"]),
        ("a.opus", &["-c:a", "libopus", "-b:a", "384k", "-mapping_family", "1"]),
        ("alac.m4a", &["-c:a", "alac"]),
    ] {
        let to = dir.path().join(name);
        let mut all = vec!["-f", "lavfi", "-i", &source];
        all.extend(arguments);
        all.push(to.to_str().unwrap());
        ffmpeg(&all);
        let (planes, _) = read(&to);
        let heard: Vec<usize> = planes.iter().map(|p| p.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count() / SECONDS).collect();
        let is = heard.iter().zip(TONES_HZ).all(|(a, b)| a.abs_diff(b as usize) <= 2);
        assert!(heard.len() == 6 && is, "{name}: {heard:?} Hz for {TONES_HZ:?}");
    }
}

/// Real music: loops of several kinds whole, and the start of every recording.
fn real_music() {
    let dir = tempfile::tempdir().unwrap();
    let music = dir.path().join("music");
    let audio = data().unwrap().join("audio");
    let list = |folder: &str, ending: &str| -> Vec<std::path::PathBuf> {
        let entries = std::fs::read_dir(audio.join(folder)).unwrap().map(|e| e.unwrap().path());
        entries.filter(|p| p.to_string_lossy().ends_with(ending)).collect()
    };
    let loops = ["amen_full", "compus", "drone_g_97", "garzul", "industrial", "mika", "tabla", "weirdo"];
    let loops = loops.map(|l| audio.join(format!("loops/loop_{l}.flac")));
    let sources: Vec<_> = loops.into_iter().chain(list("recordings", ".ogg")).collect();
    assert!(sources.len() >= 13);
    for (i, from) in sources.iter().enumerate() {
        let folder = music.join(i.to_string());
        std::fs::create_dir_all(&folder).unwrap();
        for (name, arguments, _) in FORMATS {
            let mut all = vec!["-t", "20", "-i", from.to_str().unwrap(), "-vn", "-map_metadata", "-1", "-ar", "48000"];
            all.extend(arguments);
            let to = folder.join(name);
            all.push(to.to_str().unwrap());
            ffmpeg(&all);
        }
    }
    let catalogue = dir.path().join("catalogue");
    let output = run_indexer(&catalogue, &["scan".as_ref(), music.as_os_str()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let reader = catalogue::Reader::open(&catalogue).unwrap();
    let music = dunce::canonicalize(&music).unwrap();
    let (mut tempi, mut others) = ((0, 0), Vec::new());
    for (i, from) in sources.iter().enumerate() {
        let track =
            |name: &str| reader.track(&reader.content_of(&music.join(i.to_string()).join(name)).unwrap().unwrap()).unwrap().unwrap();
        let reference = track("24.wav");
        for (name, _, lossless) in FORMATS {
            let (a, b) = (&reference, &track(name));
            let what = format!("{} as {name}", from.file_name().unwrap().to_string_lossy());
            assert!((a.duration_s() - b.duration_s()).abs() < 0.001, "{what}: {} s, not {} s", b.duration_s(), a.duration_s());
            let (a, b) = (&a.analysis, &b.analysis);
            let loudness = |x: &track::Analysis| x.loudness.as_ref().unwrap().value.integrated_lufs;
            // Encoders change loud, noisy music: ffmpeg's AAC takes 0.4 LU from a clipped break, as its own decoder hears it too.
            assert!(
                (loudness(a) - loudness(b)).abs() < if lossless { 0.05 } else { 0.5 },
                "{what}: {} LUFS, not {}",
                loudness(b),
                loudness(a)
            );
            let onsets = |x: &track::Analysis| x.onsets_s.value.clone();
            let found = onsets(a).iter().filter(|t| onsets(b).iter().any(|u| (*t - u).abs() < 0.006)).count();
            // A drone has few, and soft ones.
            assert!(found * 3 >= onsets(a).len() * 2, "{what}: {found} of {} onsets", onsets(a).len());
            let tempo = |x: &track::Analysis| x.tempo_bpm.as_ref().map(|t| t.value);
            let same = match (tempo(a), tempo(b)) {
                (Some(a), Some(b)) => (a / b - 1.0).abs() < 0.005,
                (a, b) => a == b,
            };
            tempi = (tempi.0 + usize::from(same), tempi.1 + 1);
            if !same {
                others.push(format!("{what}: {:?}, not {:?}", tempo(b), tempo(a)));
            }
        }
    }
    // Where two tempi are nearly as likely, a codec may tip the balance.
    assert!(tempi.0 * 100 >= tempi.1 * 97, "the same tempo in {} of {} files: {others:#?}", tempi.0, tempi.1);
}

fn read_sentence() {
    let world = World::default();
    let folder = data().unwrap().join("audio/speech");
    let mut heard = 0;
    for file in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "ogg")) {
        let (code, told, errors) = world.run(&["mood".as_ref(), "speech".as_ref(), "--json".as_ref(), file.as_os_str()]);
        assert_eq!(code, 0, "{errors}");
        let moments = told["moments"].as_array().unwrap();
        for (i, moment) in moments.iter().enumerate() {
            assert_eq!(moment["at_s"].as_f64().unwrap(), 0.25 * (i + 1) as f64);
            if let Some(emotions) = moment["emotions"].as_object() {
                let sum: f64 = emotions.values().map(|p| p.as_f64().unwrap()).sum();
                assert!(emotions.len() == 7 && (sum - 1.0).abs() < 1e-6, "{moment}");
            }
        }
        let with_mood = moments.iter().filter(|m| !m["affect"].is_null()).count();
        assert!(with_mood * 10 > moments.len() * 8, "{with_mood} of {} moments of a sentence", moments.len());
        // What is spoken is no music.
        let (code, track, errors) = world.run(&["analyse".as_ref(), "--json".as_ref(), file.as_os_str()]);
        assert_eq!(code, 0, "{errors}");
        assert!(track["mood"]["value"]["is_music"].as_f64().unwrap() < 0.5, "{}", file.display());
        heard += 1;
    }
    assert_eq!(heard, 3);
}
