//! The CLAP and the VST3, each in a host process of its own: clicks on the grid, pitch, repeats, state, memory.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use cue::Place;
use end_to_end::clicks::{find, metronome, pitch_hz, read_left, worst_ms, write, write_tone};
use end_to_end::host::{Script, Seen, Segment, plugin, run, write_state};
use end_to_end::tools::{Need, Test, run_indexer};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const RATE: f64 = 48_000.0;

/// The formats of the plugin, each with a host of its own.
#[derive(Debug, Clone, Copy)]
enum Format {
    Clap,
    Vst3,
}

fn main() -> ExitCode {
    type Row = (&'static str, &'static [Need], fn(Format));
    let rows: &[Row] = &[
        ("ports_and_ids_are_what_projects_rely_on", &[], ports_and_ids_are_what_projects_rely_on),
        ("with_nothing_chosen_the_input_passes_bit_for_bit", &[], with_nothing_chosen_the_input_passes_bit_for_bit),
        ("clicks_lie_within_3_ms_at_every_stretch", &[], clicks_lie_within_3_ms_at_every_stretch),
        ("no_drift_over_five_minutes", &[], no_drift_over_five_minutes),
        ("a_tempo_change_keeps_clicks_on_the_beat", &[], a_tempo_change_keeps_clicks_on_the_beat),
        ("a_project_tempo_out_of_reach_is_played_unstretched", &[], a_project_tempo_out_of_reach_is_played_unstretched),
        ("a_loop_comes_round_on_the_beat", &[], a_loop_comes_round_on_the_beat),
        ("a_locate_lands_on_the_beat_live", &[], a_locate_lands_on_the_beat_live),
        ("transposition_is_within_5_cents", &[], transposition_is_within_5_cents),
        ("a_bounce_repeats_bit_for_bit_at_every_block_size", &[], a_bounce_repeats_bit_for_bit_at_every_block_size),
        ("live_equals_bounce", &[], live_equals_bounce),
        ("state_survives_a_round_trip", &[], state_survives_a_round_trip),
        ("a_missing_or_replaced_file_is_silence", &[], a_missing_or_replaced_file_is_silence),
        ("an_hour_long_file_needs_little_memory", &[], an_hour_long_file_needs_little_memory),
        ("real_recordings_sound_in_their_place", &[Need::Data], real_recordings_sound_in_their_place),
    ];
    let formats = [("clap", Format::Clap), ("vst3", Format::Vst3)];
    let own: &[Row] = &[
        ("the_editor_opens_again_and_again", &[Need::Xvfb], the_editor_opens_again_and_again),
        ("a_click_plays_at_once_and_locks_when_the_transport_rolls", &[Need::Xvfb], a_click_plays_at_once),
        ("what_is_placed_sounds_there_each_time_and_after_reopening", &[Need::Xvfb], what_is_placed_sounds_there),
        ("what_is_placed_in_a_project_with_a_name_is_on_its_cue_sheet", &[Need::Xvfb], what_is_placed_is_on_the_cue_sheet),
        ("beats_that_were_put_right_stay_so", &[Need::Xvfb], beats_that_were_put_right_stay_so),
        ("trying_another_track_leaves_the_placed_one_alone", &[Need::Xvfb], trying_another_track),
        ("a_sleeping_host_costs_no_memory", &[Need::Xvfb], a_sleeping_host_costs_no_memory),
        ("an_audition_is_heard_at_minus_23_lufs", &[Need::Xvfb, Need::Ffmpeg, Need::Data], an_audition_is_heard_at_minus_23_lufs),
    ];
    let tests = formats.map(|(prefix, format)| {
        rows.iter().map(move |(name, needs, test)| Test::new(format!("{prefix}::{name}"), needs, move || test(format)))
    });
    // Windows are opened by the CLAP's host alone.
    let own = own.iter().map(|(name, needs, test)| Test::new(format!("editor::{name}"), needs, move || test(Format::Clap)));
    end_to_end::tools::main(&tests.into_iter().flatten().chain(own).collect::<Vec<_>>())
}

struct World {
    dir: tempfile::TempDir,
    format: Format,
}

impl World {
    fn new(format: Format) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("music")).unwrap();
        Self { dir, format }
    }

    fn music(&self, name: &str) -> PathBuf {
        self.dir.path().join("music").join(name)
    }

    fn catalogue(&self) -> PathBuf {
        self.dir.path().join("catalogue")
    }

    fn scan(&self) {
        let output = run_indexer(&self.catalogue(), &["scan".as_ref(), self.dir.path().join("music").as_os_str()]);
        assert!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    }

    fn state(&self, file: &Path, bpm: f64, place: Place) -> PathBuf {
        let state = self.dir.path().join("state");
        write_state(&state, &self.catalogue(), file, bpm, Some(place));
        state
    }

    fn run(&self, script: &Script) -> (Vec<f32>, Seen) {
        let out = self.dir.path().join("out.wav");
        let seen = self.run_to(script, &out);
        (read_left(&out), seen)
    }

    fn run_to(&self, script: &Script, out: &Path) -> Seen {
        let host = match self.format {
            Format::Clap => env!("CARGO_BIN_EXE_clap-host"),
            Format::Vst3 => env!("CARGO_BIN_EXE_vst3-host"),
        };
        run(Path::new(host), &plugin(), &self.catalogue(), script, out)
    }
}

/// A world with a metronome at `bpm`, scanned, and a state that puts it at beat `at_beats`.
fn clicking(format: Format, bpm: f64, length_s: f64, project_bpm: f64, at_beats: f64) -> (World, PathBuf) {
    let world = World::new(format);
    let file = world.music("clicks.wav");
    write(&file, 44_100, length_s, &metronome(bpm, length_s));
    world.scan();
    let state = world.state(&file, project_bpm, Place { at_beats, at_s: at_beats * 60.0 / project_bpm });
    (world, state)
}

fn grid(bpm: f64, beats: std::ops::Range<usize>) -> Vec<f64> {
    beats.map(|b| b as f64 * 60.0 / bpm).collect()
}

fn ports_and_ids_are_what_projects_rely_on(format: Format) {
    let (_, seen) = World::new(format).run(&Script { segments: vec![Segment::default()], ..Script::default() });
    let id = match format {
        Format::Clap => "org.underscore-music.underscore",
        // Windows writes the first three parts of such an id with their bytes the other way round.
        Format::Vst3 if cfg!(windows) => "65646e5573726f6372654d7573696331",
        Format::Vst3 => "556e64657273636f72654d7573696331",
    };
    assert_eq!(seen.id, id);
    assert_eq!(seen.inputs.iter().map(|p| p.1).collect::<Vec<_>>(), [2, 2], "stereo in and a stereo sidechain");
    assert_eq!(seen.outputs.iter().map(|p| p.1).collect::<Vec<_>>(), [2]);
    assert!(seen.notes.1 >= 1, "MIDI out");
    assert_eq!(seen.latency, 0);
}

fn with_nothing_chosen_the_input_passes_bit_for_bit(format: Format) {
    let script = Script { tone: 0.3, sidechain: 0.5, segments: vec![Segment::default()], ..Script::default() };
    let (x, _) = World::new(format).run(&script);
    let dry = |i: usize| 0.3 * (std::f64::consts::TAU * 440.0 * i as f64 / RATE).sin() as f32;
    assert!(x.iter().enumerate().all(|(i, s)| s.to_bits() == dry(i).to_bits()), "the output is the input");
}

fn clicks_lie_within_3_ms_at_every_stretch(format: Format) {
    for (stretch, rate_hz) in [(0.8, 48_000.0), (1.0, 48_000.0), (1.25, 44_100.0), (1.5, 96_000.0)] {
        let bpm = 120.0 / stretch;
        let (world, state) = clicking(format, 120.0, 30.0, bpm, 4.0);
        let segments = vec![Segment { seconds: 16.0, bpm, ..Segment::default() }];
        let (x, _) = world.run(&Script { rate_hz, state: Some(state), segments, ..Script::default() });
        let heard = find(&x, rate_hz);
        let want = grid(bpm, 4..(16.0 * bpm / 60.0) as usize - 1);
        let worst = worst_ms(&heard, &want).max(worst_ms(&want, &heard[..want.len().min(heard.len())]));
        assert!(worst < 3.0, "stretch {stretch} at {rate_hz} Hz: {worst} ms; {heard:?}");
    }
}

fn no_drift_over_five_minutes(format: Format) {
    let (world, state) = clicking(format, 118.3, 300.0, 103.7, 0.0);
    let segments = vec![Segment { seconds: 300.0, bpm: 103.7, ..Segment::default() }];
    let (x, _) = world.run(&Script { state: Some(state), block: 1024, segments, ..Script::default() });
    let heard = find(&x, RATE);
    let want = grid(103.7, 1..(300.0 * 103.7 / 60.0) as usize - 1);
    let early = worst_ms(&heard, &want[..20]);
    let late = worst_ms(&heard, &want[want.len() - 20..]);
    assert!(worst_ms(&heard, &want) < 3.0, "worst {} ms", worst_ms(&heard, &want));
    assert!((late - early).abs() < 0.5, "{early} ms at the start, {late} ms at the end");
}

fn a_tempo_change_keeps_clicks_on_the_beat(format: Format) {
    let (world, state) = clicking(format, 120.0, 60.0, 120.0, 0.0);
    let tempi = [(8.0, 120.0), (6.0, 100.0), (8.0, 150.0)];
    let segments = tempi.map(|(seconds, bpm)| Segment { seconds, bpm, ..Segment::default() });
    let (x, _) = world.run(&Script { state: Some(state), segments: segments.to_vec(), ..Script::default() });
    let (mut want, mut t, mut beat) = (Vec::new(), 0.0, 0.0);
    for (seconds, bpm) in tempi {
        let beats = seconds * bpm / 60.0;
        want.extend((f64::ceil(beat + 1e-9) as usize..=(beat + beats) as usize).map(|b| t + (b as f64 - beat) * 60.0 / bpm));
        (t, beat) = (t + seconds, beat + beats);
    }
    want.retain(|w| *w > 0.3 && *w < t - 0.2);
    let worst = worst_ms(&find(&x, RATE), &want);
    assert!(worst < 3.0, "{worst} ms");
}

/// The project is set to another tempo long after the music was placed: at twice its own it is still locked, beyond that it plays as recorded,
/// from its place in seconds.
fn a_project_tempo_out_of_reach_is_played_unstretched(format: Format) {
    let (world, state) = clicking(format, 120.0, 30.0, 120.0, 4.0);
    for bpm in [239.0, 250.0] {
        let segments = vec![Segment { seconds: 10.0, bpm, ..Segment::default() }];
        let (x, _) = world.run(&Script { state: Some(state.clone()), segments, ..Script::default() });
        let heard = find(&x, RATE);
        let want: Vec<f64> = if bpm < 240.0 { grid(bpm, 4..39) } else { (0..14).map(|k| 2.5 + f64::from(k) * 0.5).collect() };
        let worst = worst_ms(&heard, &want);
        assert!(worst < 3.0, "at {bpm} BPM: {worst} ms, {heard:?}");
        assert!(heard.len() <= want.len() + 3, "at {bpm} BPM: {} clicks", heard.len());
    }
}

fn a_loop_comes_round_on_the_beat(format: Format) {
    for splits in [true, false] {
        let (world, state) = clicking(format, 120.0, 30.0, 100.0, 0.0);
        let segment = Segment { seconds: 14.0, bpm: 100.0, loop_beats: Some((2.0, 6.0)), splits, ..Segment::default() };
        let (x, _) = world.run(&Script { state: Some(state), segments: vec![segment], ..Script::default() });
        let worst = worst_ms(&find(&x, RATE), &grid(100.0, 1..23));
        assert!(worst < 3.0, "splits {splits}: {worst} ms");
    }
}

fn a_locate_lands_on_the_beat_live(format: Format) {
    let (world, state) = clicking(format, 120.0, 40.0, 100.0, 0.0);
    let still = Segment { seconds: 1.0, bpm: 100.0, playing: false, ..Segment::default() };
    let first = Segment { seconds: 2.0, bpm: 100.0, ..Segment::default() };
    let second = Segment { seconds: 4.0, bpm: 100.0, locate: Some((20.5, 12.3)), ..Segment::default() };
    let script = Script { offline: false, block: 256, state: Some(state), segments: vec![still, first, second], ..Script::default() };
    let (x, _) = world.run(&script);
    let heard = find(&x[(3.0 * RATE) as usize..], RATE);
    let want: Vec<f64> = (21..26).map(|b| (f64::from(b) - 20.5) * 0.6).collect();
    assert!(worst_ms(&heard, &want) < 3.0, "{heard:?}");
}

fn transposition_is_within_5_cents(format: Format) {
    let world = World::new(format);
    let file = world.music("tone.wav");
    write_tone(&file, 330.0, 12);
    world.scan();
    let state = world.state(&file, 120.0, Place { at_beats: 0.0, at_s: 0.0 });
    for semitones in [-12, -5, 1, 7, 12] {
        let segments = vec![Segment { seconds: 6.0, ..Segment::default() }];
        // The host's values count steps from the lowest.
        let params = vec![("Transpose".to_owned(), f64::from(semitones + 12))];
        let (x, _) = world.run(&Script { state: Some(state.clone()), params, segments, ..Script::default() });
        let middle = &x[(2.0 * RATE) as usize..(5.0 * RATE) as usize];
        assert!(middle.iter().any(|s| s.abs() > 0.1), "{semitones}: silence");
        let cents = 1200.0 * (pitch_hz(middle, RATE) / 330.0).log2() - 100.0 * f64::from(semitones);
        assert!(cents.abs() < 5.0, "{semitones} semitones: {cents} cents off");
    }
}

fn a_bounce_repeats_bit_for_bit_at_every_block_size(format: Format) {
    let (world, state) = clicking(format, 120.0, 20.0, 104.0, 3.0);
    // It starts in the middle of the cue, and jumps.
    let part = |beats: f64| Segment { seconds: 4.0, bpm: 104.0, locate: Some((beats, beats * 60.0 / 104.0)), ..Segment::default() };
    let render = |block| {
        let segments = vec![part(4.5), part(11.25)];
        let (x, _) = world.run(&Script { block, state: Some(state.clone()), segments, ..Script::default() });
        assert!(x.iter().any(|s| s.abs() > 0.1), "silence");
        x.into_iter().map(f32::to_bits).collect::<Vec<_>>()
    };
    let reference = render(512);
    for block in [512, 64, 4096, 1021] {
        assert!(render(block) == reference, "block {block} differs");
    }
}

fn live_equals_bounce(format: Format) {
    let (world, state) = clicking(format, 120.0, 20.0, 104.0, 0.0);
    let at = Some((1.5, 1.5 * 60.0 / 104.0));
    let rolling = Segment { seconds: 5.0, bpm: 104.0, locate: at, ..Segment::default() };
    let (bounce, _) = world.run(&Script { block: 256, state: Some(state.clone()), segments: vec![rolling.clone()], ..Script::default() });
    let still = Segment { seconds: 1.5, bpm: 104.0, playing: false, locate: at, ..Segment::default() };
    let script = Script { offline: false, block: 256, state: Some(state), segments: vec![still, rolling], ..Script::default() };
    let (live, _) = world.run(&script);
    let live = &live[(1.5 * RATE) as usize..];
    let first = live.iter().zip(&bounce).position(|(a, b)| a.to_bits() != b.to_bits());
    assert_eq!(first, None, "they differ from frame {first:?} on");
    assert!(bounce.iter().any(|s| s.abs() > 0.1));
}

fn state_survives_a_round_trip(format: Format) {
    let (world, state) = clicking(format, 120.0, 20.0, 100.0, 2.0);
    let saved = world.dir.path().join("saved");
    let play = |state: &Path, save: Option<PathBuf>| {
        let segments = vec![Segment { seconds: 5.0, bpm: 100.0, ..Segment::default() }];
        world.run(&Script { state: Some(state.to_owned()), save_state: save, segments, ..Script::default() }).0
    };
    let first = play(&state, Some(saved.clone()));
    let second = play(&saved, None);
    assert!(first.iter().any(|s| s.abs() > 0.1));
    assert!(first.iter().map(|s| s.to_bits()).eq(second.iter().map(|s| s.to_bits())));
}

fn a_missing_or_replaced_file_is_silence(format: Format) {
    let (world, state) = clicking(format, 120.0, 20.0, 100.0, 0.0);
    let play = || {
        let segments = vec![Segment { seconds: 3.0, bpm: 100.0, ..Segment::default() }];
        world.run(&Script { state: Some(state.clone()), segments, ..Script::default() }).0
    };
    assert!(play().iter().any(|s| *s != 0.0));
    let file = world.music("clicks.wav");
    write(&file, 44_100, 20.0, &metronome(97.0, 20.0));
    assert!(play().iter().all(|s| *s == 0.0), "another sound under the same name must not play");
    std::fs::remove_file(&file).unwrap();
    assert!(play().iter().all(|s| *s == 0.0));
}

fn an_hour_long_file_needs_little_memory(format: Format) {
    let (world, state) = clicking(format, 120.0, 3600.0, 120.0, 0.0);
    let segments = [0.0, 6000.0, 3000.0].map(|beats| Segment { seconds: 20.0, locate: Some((beats, beats / 2.0)), ..Segment::default() });
    let (_, idle) = world.run(&Script { segments: segments.to_vec(), ..Script::default() });
    let (x, seen) = world.run(&Script { state: Some(state), segments: segments.to_vec(), ..Script::default() });
    assert!(x[(45.0 * RATE) as usize..].iter().any(|s| s.abs() > 0.1), "silence after the jumps");
    let more = seen.peak_mb - idle.peak_mb;
    assert!(more < 64.0, "{more} MB more than an instance that plays nothing");
}

fn real_recordings_sound_in_their_place(format: Format) {
    let data = end_to_end::tools::data().unwrap();
    let world = World::new(format);
    for name in ["loops/loop_amen_full.flac", "loops/loop_garzul.flac", "recordings/Kevin_MacLeod_-_Vibe_Ace.hq.ogg"] {
        let from = data.join("audio").join(name);
        std::fs::copy(&from, world.music(from.file_name().unwrap().to_str().unwrap())).unwrap();
    }
    world.scan();
    for name in ["loop_amen_full.flac", "loop_garzul.flac", "Kevin_MacLeod_-_Vibe_Ace.hq.ogg"] {
        let file = world.music(name);
        let reader = catalogue::Reader::open(&world.catalogue()).unwrap();
        let id = reader.content_of(&dunce::canonicalize(&file).unwrap()).unwrap().unwrap();
        let track = reader.track(&id).unwrap().unwrap();
        let source_bpm = track.analysis.tempo_bpm.as_ref().expect("these have a pulse").value;
        // At its own tempo the music is heard as it is: the envelopes of file and output go together, at no lag.
        let state = world.state(&file, source_bpm, Place { at_beats: 4.0, at_s: 0.0 });
        let render = |bpm: f64, seconds: f64| {
            let segments = vec![Segment { seconds, bpm, ..Segment::default() }];
            world.run(&Script { state: Some(state.clone()), segments, ..Script::default() }).0
        };
        let plain = render(source_bpm, 8.0);
        for stretch in [0.8, 1.25, 1.5] {
            let bpm = source_bpm / stretch;
            let stretched = render(bpm, 8.0 * stretch);
            // The stretched envelope, read at the stretched pace, must be the plain one.
            let (a, b) = (envelope(&plain, 0.02), envelope(&stretched, 0.02 * stretch));
            let (best, lag) = correlation(&a, &b);
            assert!(best > 0.8 && lag.abs() <= 1, "{name} x{stretch}: correlation {best} at lag {lag} of 20 ms");
        }
    }
}

/// Where the first row of the list is, in an editor of the size that it first has.
const FIRST_ROW: (i16, i16) = (600, 83);
/// Where the button that places it is.
const PLACE: (i16, i16) = (119, 561);
/// Where the button that stops the audition is.
const STOP: (i16, i16) = (31, 561);
/// Where the button is that moves all beats 10 ms later.
const LATER: (i16, i16) = (323, 584);

fn the_editor_opens_again_and_again(format: Format) {
    let (world, _) = clicking(format, 120.0, 20.0, 120.0, 0.0);
    let segments = vec![Segment { seconds: 9.0, playing: false, ..Segment::default() }];
    let script = Script { offline: false, editor: Some((2.0, 4)), segments, ..Script::default() };
    let (_, seen) = world.run(&script);
    assert_eq!(seen.editor_colours.len(), 4);
    assert!(seen.editor_colours.iter().all(|c| *c > 30), "a blank window: {:?} colours", seen.editor_colours);
    // A host may take the window away, and the library too, as soon as it has been told that the editor is closed.
    let before = seen.threads[0].len();
    assert!(seen.threads.iter().all(|t| t.len() <= before), "the editor's threads outlive it: {:?}", seen.threads);
    assert_eq!(seen.threads_left.len(), 1, "threads outlive the instance: {:?}", seen.threads_left);
}

fn a_click_plays_at_once(format: Format) {
    let (world, _) = clicking(format, 120.0, 60.0, 100.0, 0.0);
    let still = Segment { seconds: 6.0, bpm: 100.0, playing: false, ..Segment::default() };
    let rolling = Segment { seconds: 6.0, bpm: 100.0, locate: Some((8.3, 8.3 * 0.6)), ..Segment::default() };
    let clicks = vec![(2.5, FIRST_ROW.0, FIRST_ROW.1)];
    let segments = vec![still, rolling];
    let script = Script { offline: false, block: 256, editor: Some((11.0, 1)), clicks, segments, ..Script::default() };
    let (x, _) = world.run(&script);
    assert!(x[..(2.5 * RATE) as usize].iter().all(|s| *s == 0.0), "something is heard before the click");
    let free = find(&x[(2.5 * RATE) as usize..(6.0 * RATE) as usize], RATE);
    assert!(free.len() >= 4 && free[0] < 1.2, "the transport stands and this is heard: {free:?}");
    assert!(free.windows(2).all(|w| ((w[1] - w[0]) - 0.6).abs() < 0.004), "not at the project's 100 BPM: {free:?}");
    let locked = find(&x[(6.0 * RATE) as usize..], RATE);
    let want: Vec<f64> = (10..18).map(|b| (f64::from(b) - 8.3) * 0.6).collect();
    assert!(worst_ms(&locked, &want) < 3.0, "not on the project's beats: {locked:?}");
}

fn what_is_placed_sounds_there(format: Format) {
    let (world, _) = clicking(format, 120.0, 60.0, 100.0, 0.0);
    let segment = |seconds, beats: f64| Segment { seconds, bpm: 100.0, locate: Some((beats, beats * 0.6)), ..Segment::default() };
    let saved = world.dir.path().join("saved");
    let script = Script {
        offline: false,
        block: 256,
        editor: Some((6.0, 1)),
        clicks: vec![(2.0, FIRST_ROW.0, FIRST_ROW.1), (4.0, PLACE.0, PLACE.1)],
        save_state: Some(saved.clone()),
        segments: vec![segment(7.0, 0.0), segment(10.0, 2.0), segment(5.0, 14.5)],
        ..Script::default()
    };
    let (x, _) = world.run(&script);
    let text: serde_json::Value = serde_json::from_slice(&std::fs::read(&saved).unwrap()[8..]).unwrap();
    let state: plugin::Persisted = serde_json::from_str(text["fields"]["state"].as_str().unwrap()).unwrap();
    let at = state.cue.expect("the button places a cue").place.expect("it has a place").at_beats;
    assert!(at >= 8.0 && (at / 4.0).fract() == 0.0, "its downbeat is at beat {at}");

    let is_on_beats = |x: &[f32], from: f64, seconds: f64| {
        let heard = find(&x[..(seconds * RATE) as usize], RATE);
        let want: Vec<f64> =
            (at.max(from).ceil() as i32..(from + seconds / 0.6 - 1.0) as i32).map(|b| (f64::from(b) - from) * 0.6).collect();
        let worst = worst_ms(&heard, &want);
        assert!(want.len() > 4 && worst < 3.0, "from beat {from}: {worst} ms: {heard:?}, not {want:?}");
    };
    is_on_beats(&x[(7.0 * RATE) as usize..], 2.0, 10.0);
    is_on_beats(&x[(17.0 * RATE) as usize..], 14.5, 5.0);
    let (again, _) = world.run(&Script { state: Some(saved), segments: vec![segment(10.0, 2.0)], ..Script::default() });
    is_on_beats(&again, 2.0, 10.0);
    assert!(again[..(0.5 * RATE) as usize].iter().all(|s| *s == 0.0), "it sounds before its place");
}

fn what_is_placed_is_on_the_cue_sheet(format: Format) {
    let (world, _) = clicking(format, 120.0, 60.0, 100.0, 0.0);
    let state = world.dir.path().join("named");
    let persisted = plugin::Persisted { project: "The Ford".into(), scene: "12".into(), ..plugin::Persisted::default() };
    end_to_end::host::write_persisted(&state, &persisted);
    let segments = vec![Segment { seconds: 6.0, bpm: 100.0, locate: Some((0.0, 0.0)), ..Segment::default() }];
    let clicks = vec![(2.0, FIRST_ROW.0, FIRST_ROW.1), (3.5, PLACE.0, PLACE.1)];
    let script = Script { offline: false, block: 256, state: Some(state), editor: Some((5.0, 1)), clicks, segments, ..Script::default() };
    world.run(&script);
    let output = run_indexer(&world.catalogue(), &["cue-sheet".as_ref(), "The Ford".as_ref(), "--json".as_ref()]);
    let lines: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(lines.len(), 1, "{lines:?}");
    // A minute at 120 BPM, stretched to 100.
    assert_eq!((lines[0]["scene"].as_str(), lines[0]["duration"].as_str()), (Some("12"), Some("00:01:12")), "{lines:?}");
}

/// Beats moved 80 ms later by hand: the recording sounds 80 ms earlier on them, then and after the project is opened again.
fn beats_that_were_put_right_stay_so(format: Format) {
    let (world, _) = clicking(format, 120.0, 60.0, 120.0, 0.0);
    let segment = |seconds, beats: f64| Segment { seconds, bpm: 120.0, locate: Some((beats, beats * 0.5)), ..Segment::default() };
    let saved = world.dir.path().join("saved");
    let mut clicks = vec![(2.0, FIRST_ROW.0, FIRST_ROW.1)];
    clicks.extend((0..8).map(|i| (3.0 + 0.25 * f64::from(i), LATER.0, LATER.1)));
    clicks.push((5.5, PLACE.0, PLACE.1));
    let script = Script {
        offline: false,
        block: 256,
        editor: Some((7.0, 1)),
        clicks,
        save_state: Some(saved.clone()),
        segments: vec![segment(8.0, 0.0), segment(10.0, 2.0)],
        ..Script::default()
    };
    let (x, _) = world.run(&script);
    let text: serde_json::Value = serde_json::from_slice(&std::fs::read(&saved).unwrap()[8..]).unwrap();
    let state: plugin::Persisted = serde_json::from_str(text["fields"]["state"].as_str().unwrap()).unwrap();
    assert!(state.beats_by_hand, "the project does not know that the beats were put right");
    let at = state.cue.expect("the button places a cue").place.expect("it has a place").at_beats;
    let is_early = |x: &[f32]| {
        let heard = find(&x[..(10.0 * RATE) as usize], RATE);
        let want: Vec<f64> = ((at.max(2.0) as i32 + 1)..20).map(|b| f64::from(b - 2) * 0.5 - 0.08).collect();
        let worst = worst_ms(&heard, &want);
        assert!(want.len() > 4 && worst < 3.0, "{worst} ms: {heard:?}, not {want:?}");
    };
    is_early(&x[(8.0 * RATE) as usize..]);
    let (again, _) = world.run(&Script { state: Some(saved), segments: vec![segment(10.0, 2.0)], ..Script::default() });
    is_early(&again);
}

fn trying_another_track(format: Format) {
    let world = World::new(format);
    for (name, bpm) in [("one.wav", 120.0), ("other.wav", 96.0), ("gone.wav", 110.0)] {
        write(&world.music(name), 44_100, 60.0, &metronome(bpm, 60.0));
    }
    world.scan();
    // One of the three cannot be tried at all.
    std::fs::remove_file(world.music("gone.wav")).unwrap();
    let segment = |seconds, beats: f64| Segment { seconds, bpm: 100.0, locate: Some((beats, beats * 0.6)), ..Segment::default() };
    let saved = world.dir.path().join("saved");
    let row = |index: i16| (FIRST_ROW.0, FIRST_ROW.1 + 41 * index);
    let reader = catalogue::Reader::open(&world.catalogue()).unwrap();
    let order = {
        let [valence, arousal] = plugin::Persisted::default().target;
        let query = catalogue::Query { at: Some(affect::Affect::clamped(valence, arousal)), ..catalogue::Query::default() };
        reader.search(&query).unwrap().into_iter().map(|m| m.track.title).collect::<Vec<_>>()
    };
    let index = |name: &str| order.iter().position(|t| t == name).unwrap() as i16;
    let click = |at_s, (x, y): (i16, i16)| (at_s, x, y);
    let script = Script {
        offline: false,
        block: 256,
        editor: Some((9.0, 1)),
        clicks: vec![
            click(2.0, row(index("one"))),
            click(4.0, PLACE),
            click(5.0, row(index("other"))),
            click(6.5, row(index("gone"))),
            click(7.5, STOP),
        ],
        save_state: Some(saved.clone()),
        segments: vec![segment(10.0, 0.0), segment(10.0, 2.0)],
        ..Script::default()
    };
    let (x, _) = world.run(&script);
    let text: serde_json::Value = serde_json::from_slice(&std::fs::read(&saved).unwrap()[8..]).unwrap();
    let state: plugin::Persisted = serde_json::from_str(text["fields"]["state"].as_str().unwrap()).unwrap();
    let cue = state.cue.expect("what was placed is stored");
    assert_eq!(cue.source.name, "one");
    let at = cue.place.expect("it is still placed").at_beats;
    let heard = find(&x[(10.0 * RATE) as usize..], RATE);
    let want: Vec<f64> = (at.ceil() as i32..17).map(|b| (f64::from(b) - 2.0) * 0.6).collect();
    let worst = worst_ms(&heard, &want);
    assert!(want.len() > 4 && worst < 3.0, "{worst} ms: {heard:?}");
}

/// Whoever tries one track after the other while the host does not ask for sound must not pile them up in memory.
fn a_sleeping_host_costs_no_memory(format: Format) {
    let world = World::new(format);
    for (name, bpm) in [("one.wav", 120.0), ("other.wav", 96.0)] {
        write(&world.music(name), 44_100, 60.0, &metronome(bpm, 60.0));
    }
    world.scan();
    let segment = |seconds, asleep| Segment { seconds, bpm: 100.0, playing: false, asleep, ..Segment::default() };
    let script = |clicks: Vec<_>| Script {
        offline: false,
        block: 256,
        editor: Some((11.0, 1)),
        clicks,
        segments: vec![segment(1.0, false), segment(11.0, true), segment(4.0, false)],
        ..Script::default()
    };
    let (_, idle) = world.run(&script(Vec::new()));
    let clicks = (0..40).map(|i| (1.5 + f64::from(i) * 0.2, FIRST_ROW.0, FIRST_ROW.1 + 41 * (i % 2) as i16)).collect();
    let (x, seen) = world.run(&script(clicks));
    assert!(find(&x[(12.0 * RATE) as usize..], RATE).len() > 4, "the last one is not heard when the host wakes up");
    let more = seen.peak_mb - idle.peak_mb;
    assert!(more < 64.0, "{more} MB more than when nothing was tried");
}

fn an_audition_is_heard_at_minus_23_lufs(format: Format) {
    let data = end_to_end::tools::data().unwrap();
    for name in ["loop_garzul", "loop_mika"] {
        let world = World::new(format);
        let file = world.music("loop.flac");
        std::fs::copy(data.join(format!("audio/loops/{name}.flac")), &file).unwrap();
        world.scan();
        let reader = catalogue::Reader::open(&world.catalogue()).unwrap();
        let id = reader.content_of(&dunce::canonicalize(&file).unwrap()).unwrap().unwrap();
        let track = reader.track(&id).unwrap().unwrap();
        let bpm = track.analysis.tempo_bpm.as_ref().unwrap().value;
        // Heard whole, at its own tempo: what was measured for the file is what should be measured of the sound.
        let segments = vec![Segment { seconds: track.duration_s() + 4.0, bpm, playing: false, ..Segment::default() }];
        let clicks = vec![(2.0, FIRST_ROW.0, FIRST_ROW.1)];
        let out = world.dir.path().join("heard.wav");
        let editor = Some((track.duration_s() + 4.0, 1));
        world.run_to(&Script { offline: false, editor, clicks, segments, ..Script::default() }, &out);
        let said = std::process::Command::new("ffmpeg")
            .args(["-hide_banner", "-nostats", "-i", out.to_str().unwrap(), "-af", "ebur128", "-f", "null", "-"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&said.stderr).into_owned();
        let integrated = said.lines().rev().find_map(|l| l.trim().strip_prefix("I:")?.trim().strip_suffix("LUFS")).unwrap();
        let lufs: f64 = integrated.trim().parse().unwrap();
        assert!((lufs + 23.0).abs() < 0.6, "{name} is heard at {lufs} LUFS");
    }
}

/// Root mean squares of steps of so many seconds.
fn envelope(x: &[f32], step_s: f64) -> Vec<f64> {
    let n = (x.len() as f64 / (step_s * RATE)) as usize;
    (0..n)
        .map(|i| {
            let from = (i as f64 * step_s * RATE) as usize;
            let to = ((i + 1) as f64 * step_s * RATE) as usize;
            let part = &x[from..to.min(x.len())];
            (part.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / part.len().max(1) as f64).sqrt()
        })
        .collect()
}

/// The best correlation of two curves within ten steps, and its lag.
fn correlation(a: &[f64], b: &[f64]) -> (f64, i32) {
    let at = |lag: i32| {
        let pairs: Vec<(f64, f64)> =
            a.iter().enumerate().filter_map(|(i, x)| Some((*x, *b.get(usize::try_from(i as i32 + lag).ok()?)?))).collect();
        let n = pairs.len() as f64;
        let (ma, mb) = (pairs.iter().map(|p| p.0).sum::<f64>() / n, pairs.iter().map(|p| p.1).sum::<f64>() / n);
        let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
        for (x, y) in pairs {
            ab += (x - ma) * (y - mb);
            aa += (x - ma).powi(2);
            bb += (y - mb).powi(2);
        }
        ab / (aa * bb).sqrt()
    };
    (-10..=10).map(|lag| (at(lag), lag)).max_by(|x, y| x.0.total_cmp(&y.0)).unwrap()
}
