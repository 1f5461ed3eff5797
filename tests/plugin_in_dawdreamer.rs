//! The VST3 inside of dawdreamer: sidechain, click track, tempo, transposition, offline render.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use cue::Place;
use end_to_end::clicks::{find, metronome, pitch_hz, read_left, worst_ms, write, write_tone};
use end_to_end::host::write_state;
use end_to_end::tools::{Need, Test, run_indexer, vst3};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const NEEDS: &[Need] = &[Need::Dawdreamer, Need::Bundle];
const RATE: f64 = 48_000.0;

fn main() -> ExitCode {
    end_to_end::tools::main(&[
        Test::new("the_input_passes_and_the_sidechain_is_not_heard", NEEDS, passes),
        Test::new("clicks_lie_within_3_ms_through_a_tempo_change", NEEDS, tempo_change),
        Test::new("clicks_lie_within_3_ms_at_every_stretch", NEEDS, stretches),
        Test::new("transposition_is_within_5_cents", NEEDS, transposition),
        Test::new("recordings_are_heard_at_other_tempi", &[Need::Dawdreamer, Need::Bundle, Need::Data], recordings),
    ])
}

/// Runs the script beside this file: plugin, state, output, then `key=value` for what it should do.
fn dawdreamer(catalogue: &Path, state: Option<&Path>, out: &Path, options: &[String]) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("hosts/dawdreamer_host.py");
    let output = Command::new(std::env::var_os("UNDERSCORE_PYTHON").unwrap())
        .arg(script)
        .arg(vst3().unwrap())
        .arg(state.unwrap_or(Path::new("-")))
        .arg(out)
        .args(options)
        .env("UNDERSCORE_CATALOGUE", catalogue)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
}

struct World {
    dir: tempfile::TempDir,
}

impl World {
    fn new(file: &str, make: impl Fn(&Path)) -> (Self, PathBuf) {
        let world = Self { dir: tempfile::tempdir().unwrap() };
        let music = world.dir.path().join("music");
        std::fs::create_dir(&music).unwrap();
        let path = music.join(file);
        make(&path);
        let output = run_indexer(&world.catalogue(), &["scan".as_ref(), music.as_os_str()]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        (world, path)
    }

    fn catalogue(&self) -> PathBuf {
        self.dir.path().join("catalogue")
    }

    fn render(&self, file: &Path, bpm: f64, at_beats: f64, options: &[String]) -> Vec<f32> {
        let (state, out) = (self.dir.path().join("state"), self.dir.path().join("out.wav"));
        write_state(&state, &self.catalogue(), file, bpm, Some(Place { at_beats, at_s: at_beats * 60.0 / bpm }));
        dawdreamer(&self.catalogue(), Some(&state), &out, options);
        read_left(&out)
    }
}

fn options(pairs: &[(&str, String)]) -> Vec<String> {
    pairs.iter().map(|(k, v)| format!("{k}={v}")).collect()
}

fn passes() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out.wav");
    let say = options(&[("tone", "0.3".into()), ("sidechain", "0.5".into()), ("seconds", "1".into()), ("bpm", "120".into())]);
    dawdreamer(dir.path(), None, &out, &say);
    let x = read_left(&out);
    let dry = |i: usize| (0.3 * (std::f64::consts::TAU * 440.0 * i as f64 / RATE).sin()) as f32;
    let worst = x.iter().enumerate().map(|(i, s)| (s - dry(i)).abs()).fold(0f32, f32::max);
    assert!(worst < 1e-6, "the output differs from the input by {worst}");
}

fn tempo_change() {
    let (world, file) = World::new("clicks.wav", |p| write(p, 44_100, 60.0, &metronome(120.0, 60.0)));
    let tempi = [(8.0, 120.0), (6.0, 100.0), (8.0, 150.0)];
    let list = tempi.map(|(s, b)| format!("{s}:{b}")).join(",");
    let x = world.render(&file, 120.0, 2.0, &options(&[("seconds", "22".into()), ("tempi", list)]));
    let (mut want, mut t, mut beat) = (Vec::new(), 0.0, 0.0);
    for (seconds, bpm) in tempi {
        let beats = seconds * bpm / 60.0;
        want.extend((f64::ceil(beat + 1e-9) as usize..=(beat + beats) as usize).map(|b| t + (b as f64 - beat) * 60.0 / bpm));
        (t, beat) = (t + seconds, beat + beats);
    }
    want.retain(|w| *w > 1.2 && *w < t - 0.2);
    let worst = worst_ms(&find(&x, RATE), &want);
    assert!(want.len() > 35 && worst < 3.0, "{worst} ms over {} clicks", want.len());
}

fn stretches() {
    let (world, file) = World::new("clicks.wav", |p| write(p, 44_100, 30.0, &metronome(120.0, 30.0)));
    for stretch in [0.8, 1.0, 1.25, 1.5] {
        let bpm = 120.0 / stretch;
        let x = world.render(&file, bpm, 4.0, &options(&[("seconds", "12".into()), ("bpm", bpm.to_string())]));
        let want: Vec<f64> = (4..(12.0 * bpm / 60.0) as usize - 1).map(|b| b as f64 * 60.0 / bpm).collect();
        let worst = worst_ms(&find(&x, RATE), &want);
        assert!(worst < 3.0, "stretch {stretch}: {worst} ms");
    }
}

fn transposition() {
    let (world, file) = World::new("tone.wav", |path| {
        write_tone(path, 330.0, 10);
    });
    for semitones in [-5, 7] {
        let say = options(&[("seconds", "6".into()), ("bpm", "120".into()), ("transpose", semitones.to_string())]);
        let x = world.render(&file, 120.0, 0.0, &say);
        let middle = &x[(2.0 * RATE) as usize..(5.0 * RATE) as usize];
        let cents = 1200.0 * (pitch_hz(middle, RATE) / 330.0).log2() - 100.0 * f64::from(semitones);
        assert!(cents.abs() < 5.0, "{semitones} semitones: {cents} cents off");
    }
}

fn recordings() {
    let data = end_to_end::tools::data().unwrap();
    let name = "audio/recordings/Kevin_MacLeod_-_Vibe_Ace.hq.ogg";
    let (world, file) = World::new("vibe.ogg", |p| assert!(std::fs::copy(data.join(name), p).unwrap() > 0));
    // 130 bpm as it is; at 104 each second of it lasts 1.25.
    let plain = world.render(&file, 130.0, 0.0, &options(&[("seconds", "16".into()), ("bpm", "130".into())]));
    let slow = world.render(&file, 104.0, 0.0, &options(&[("seconds", "20".into()), ("bpm", "104".into())]));
    let level = |x: &[f32], step_s: f64| -> Vec<f64> {
        let step = step_s * RATE;
        (2..(x.len() as f64 / step) as usize)
            .map(|i| {
                let part = &x[(i as f64 * step) as usize..((i + 1) as f64 * step) as usize];
                part.iter().map(|s| f64::from(s * s)).sum::<f64>().sqrt()
            })
            .collect()
    };
    let (a, b) = (level(&plain, 0.08), level(&slow, 0.1));
    let n = a.len().min(b.len()) as f64;
    let (ma, mb) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(&b) {
        ab += (x - ma) * (y - mb);
        aa += (x - ma).powi(2);
        bb += (y - mb).powi(2);
    }
    let fit = ab / (aa * bb).sqrt();
    assert!(fit > 0.8, "levels go together only by {fit}");
}
