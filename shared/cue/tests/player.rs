//! The player against a host's clock: clicks must lie on the grid, whatever the tempo, the block size and the jumps.

#![allow(clippy::unwrap_used, missing_docs)]

use cue::{Cue, ENGINE, Feeder, HostTime, PackedTimes, Place, Player, Position, Source, Timing, WhyUnstretched, link};
use music::TempoOctave;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use track::ContentId;

const SOURCE_HZ: u32 = 44_100;
const HOST_HZ: f64 = 48_000.0;

/// A click: 3 ms of decaying noise-like alternation, loudest at its first sample.
fn add_click(x: &mut [f32], at: usize) {
    for i in 0..(0.003 * f64::from(SOURCE_HZ)) as usize {
        if let Some(s) = x.get_mut(at + i) {
            *s = 0.8 * (-(i as f32) / 30.0).exp() * if i % 2 == 0 { 1.0 } else { -1.0 };
        }
    }
}

struct Metronome {
    path: PathBuf,
    beats: Vec<f64>,
    frames: u64,
    _dir: tempfile::TempDir,
}

fn metronome(bpm: f64, seconds: f64) -> Metronome {
    metronome_from(0.5, bpm, seconds)
}

/// A metronome whose first click is `first_s` seconds in.
fn metronome_from(first_s: f64, bpm: f64, seconds: f64) -> Metronome {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("clicks.wav");
    let frames = (seconds * f64::from(SOURCE_HZ)) as usize;
    let mut x = vec![0f32; frames];
    let beats: Vec<f64> = (0..).map(|k| first_s + f64::from(k) * 60.0 / bpm).take_while(|t| *t < seconds - 0.2).collect();
    for b in &beats {
        add_click(&mut x, (b * f64::from(SOURCE_HZ)).round() as usize);
    }
    let mut w = hound::WavWriter::create(
        &path,
        hound::WavSpec { channels: 1, sample_rate: SOURCE_HZ, bits_per_sample: 16, sample_format: hound::SampleFormat::Int },
    )
    .unwrap();
    x.iter().for_each(|s| w.write_sample((s * 32_000.0) as i16).unwrap());
    w.finalize().unwrap();
    Metronome { path, beats, frames: frames as u64, _dir: dir }
}

fn cue_for(m: &Metronome, bpm: f64, place: Option<Place>) -> Cue {
    Cue {
        engine: ENGINE.into(),
        source: Source {
            content_id: ContentId("x".into()),
            path: m.path.clone(),
            name: "clicks".into(),
            rate_hz: SOURCE_HZ,
            frames: m.frames,
        },
        timing: Timing::Locked {
            octave: TempoOctave::Same,
            bpm,
            beats: PackedTimes::pack(&m.beats),
            downbeat: 0,
            onsets: PackedTimes::pack(&m.beats),
        },
        loudness_gain_db: None,
        place,
    }
}

/// A host: a tempo map of (from frame, bpm), a block size, and loops.
struct Host {
    block: usize,
    offline: bool,
    playing: bool,
    at: Position,
    loop_beats: Option<(f64, f64)>,
    /// Split blocks at the loop's end, as some hosts do.
    splits: bool,
}

impl Host {
    fn offline(block: usize, bpm: f64) -> Self {
        let at = Position { beats: 0.0, seconds: 0.0, bpm };
        Self { block, offline: true, playing: true, at, loop_beats: None, splits: false }
    }

    fn run(&mut self, player: &mut Player, feeder: &mut Feeder, frames: usize) -> Vec<f32> {
        let mut all = Vec::with_capacity(frames);
        while all.len() < frames {
            let mut n = self.block.min(frames - all.len());
            let to_end =
                self.loop_beats.map(|(_, to)| ((to - self.at.beats) * 60.0 / self.at.bpm * HOST_HZ - 1e-6).ceil().max(1.0) as usize);
            if let (true, Some(left)) = (self.splits, to_end) {
                n = n.min(left);
            }
            let time = HostTime {
                playing: self.playing,
                at: self.at,
                bar_start_beats: (self.at.beats / 4.0).floor() * 4.0,
                loop_beats: self.loop_beats,
                offline: self.offline,
            };
            let mut out = [vec![0f32; n], vec![0f32; n]];
            let [l, r] = &mut out;
            // The worker runs beside, as in the plugin; a live host takes the time that the sound takes.
            let stop = AtomicBool::new(false);
            std::thread::scope(|s| {
                s.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        feeder.tick();
                        std::thread::sleep(Duration::from_micros(100));
                    }
                });
                player.process(&time, [l, r]);
                if !self.offline {
                    std::thread::sleep(Duration::from_secs_f64(n as f64 / HOST_HZ));
                }
                stop.store(true, Ordering::Relaxed);
            });
            assert!(out[0].iter().zip(&out[1]).all(|(a, b)| (a - b).abs() < 1e-4), "mono must come out on both sides");
            all.extend_from_slice(&out[0]);
            if self.playing {
                self.at = self.at.after(n as f64, HOST_HZ);
                if let Some((from, to)) = self.loop_beats
                    && self.at.beats >= to - 1e-9
                {
                    let over = self.at.beats - to;
                    let back = (to - from) * 60.0 / self.at.bpm;
                    self.at = Position { beats: from + over, seconds: self.at.seconds - back, bpm: self.at.bpm };
                }
            }
        }
        all
    }
}

/// Where clicks are heard, in frames: the loudest sample of each burst that stands out.
fn heard(x: &[f32]) -> Vec<f64> {
    let mut found: Vec<(usize, f32)> = Vec::new();
    let top = x.iter().fold(0f32, |a, b| a.max(b.abs()));
    for (i, v) in x.iter().enumerate().filter(|(_, v)| v.abs() > 0.25 * top.max(0.05)) {
        match found.last_mut() {
            Some(last) if i - last.0 < 4800 => {
                if v.abs() > last.1 {
                    *last = (i, v.abs());
                }
            }
            _ => found.push((i, v.abs())),
        }
    }
    found.iter().map(|f| f.0 as f64).collect()
}

fn worst_ms(heard: &[f64], grid: &[f64]) -> f64 {
    grid.iter().map(|g| heard.iter().map(|h| (h - g).abs()).fold(f64::INFINITY, f64::min) / HOST_HZ * 1000.0).fold(0.0, f64::max)
}

fn beat_grid(bpm: f64, from: usize, to: usize) -> Vec<f64> {
    (from..to).map(|k| k as f64 * 60.0 / bpm * HOST_HZ).collect()
}

fn load(cue: &Cue, path: &Path) -> (Player, Feeder) {
    let (player, mut feeder, _) = link(HOST_HZ);
    feeder.play(cue, path, 0.0).unwrap();
    (player, feeder)
}

#[test]
fn clicks_lie_on_the_hosts_grid_at_every_stretch() {
    let m = metronome(120.0, 30.0);
    for stretch in [0.8, 1.0, 1.25, 1.5] {
        let bpm = 120.0 / stretch;
        let (mut player, mut feeder) = load(&cue_for(&m, 120.0, Some(Place { at_beats: 4.0, at_s: 0.0 })), &m.path);
        let x = Host::offline(512, bpm).run(&mut player, &mut feeder, 12 * 48_000);
        let beats = (12.0 * bpm / 60.0) as usize;
        let (h, g) = (heard(&x), beat_grid(bpm, 4, beats - 1));
        assert!(worst_ms(&h, &g) < 1.0, "stretch {stretch}: {} ms", worst_ms(&h, &g));
        assert!(worst_ms(&g, &h[..g.len()]) < 1.0, "nothing but the clicks: {h:?}");
    }
}

#[test]
fn the_same_bits_at_every_block_size() {
    let m = metronome(96.0, 20.0);
    let cue = cue_for(&m, 96.0, Some(Place { at_beats: 3.0, at_s: 0.0 }));
    let render = |block| {
        let (mut player, mut feeder) = load(&cue, &m.path);
        let x = Host::offline(block, 110.0).run(&mut player, &mut feeder, 6 * 48_000);
        assert!(x.iter().any(|s| s.abs() > 0.1));
        x.iter().map(|s| s.to_bits()).collect::<Vec<_>>()
    };
    let reference = render(512);
    for block in [64, 333, 4096] {
        assert!(render(block) == reference, "block {block}");
    }
}

#[test]
fn live_from_a_standing_start_equals_the_bounce() {
    let m = metronome(96.0, 20.0);
    let cue = cue_for(&m, 96.0, Some(Place { at_beats: 0.0, at_s: 0.0 }));
    let (mut player, mut feeder) = load(&cue, &m.path);
    let start = Position { beats: 2.25, seconds: 1.2, bpm: 110.0 };
    let mut host = Host { offline: true, at: start, ..Host::offline(256, 110.0) };
    let bounce = host.run(&mut player, &mut feeder, 4 * 48_000);

    let (mut player, mut feeder) = load(&cue, &m.path);
    let mut host = Host { offline: false, playing: false, at: start, ..Host::offline(256, 110.0) };
    let silence = host.run(&mut player, &mut feeder, 48_000);
    assert!(silence.iter().all(|s| *s == 0.0));
    host.playing = true;
    let live = host.run(&mut player, &mut feeder, 4 * 48_000);
    let first = live.iter().zip(&bounce).position(|(a, b)| a.to_bits() != b.to_bits());
    assert_eq!(first, None, "they differ from frame {first:?} on");
}

#[test]
fn a_loop_comes_round_on_the_beat_with_blocks_split_and_not() {
    let m = metronome(120.0, 30.0);
    for splits in [true, false] {
        let (mut player, mut feeder) = load(&cue_for(&m, 120.0, Some(Place { at_beats: 0.0, at_s: 0.0 })), &m.path);
        let mut host = Host { loop_beats: Some((2.0, 6.0)), splits, ..Host::offline(512, 100.0) };
        let x = host.run(&mut player, &mut feeder, 12 * 48_000);
        // Every beat of the loop has its click, so all beats of the performance do.
        let g = beat_grid(100.0, 1, 19);
        assert!(worst_ms(&heard(&x), &g) < 1.0, "splits {splits}: {} ms; {:?}", worst_ms(&heard(&x), &g), heard(&x));
    }
}

#[test]
fn a_tempo_change_keeps_the_clicks_on_the_beat() {
    let m = metronome(120.0, 40.0);
    let (mut player, mut feeder) = load(&cue_for(&m, 120.0, Some(Place { at_beats: 0.0, at_s: 0.0 })), &m.path);
    let mut host = Host::offline(512, 120.0);
    // 8 beats at 120, then 100, then 150, changed between blocks.
    let mut x = host.run(&mut player, &mut feeder, 4 * 48_000);
    let mut grid = beat_grid(120.0, 1, 8);
    for bpm in [100.0, 150.0] {
        host.at.bpm = bpm;
        let (start, first) = (x.len() as f64, host.at.beats);
        x.extend(host.run(&mut player, &mut feeder, 5 * 48_000));
        let last = host.at.beats;
        grid.extend((first.ceil() as usize..last as usize).map(|b| start + (b as f64 - first) * 60.0 / bpm * HOST_HZ));
    }
    grid.retain(|g| *g < x.len() as f64 - 4800.0);
    assert!(worst_ms(&heard(&x), &grid) < 3.0, "{} ms", worst_ms(&heard(&x), &grid));
}

#[test]
fn a_locate_while_rolling_is_back_on_the_beat_in_time() {
    let m = metronome(120.0, 40.0);
    let (mut player, mut feeder) = load(&cue_for(&m, 120.0, Some(Place { at_beats: 0.0, at_s: 0.0 })), &m.path);
    let mut host = Host { offline: false, ..Host::offline(256, 100.0) };
    let _ = host.run(&mut player, &mut feeder, 48_000);
    host.at = Position { beats: 20.5, seconds: 12.3, bpm: 100.0 };
    let x = host.run(&mut player, &mut feeder, 5 * 48_000);
    let grid: Vec<f64> = (21..28).map(|b| (f64::from(b) - 20.5) * 0.6 * HOST_HZ).collect();
    assert!(worst_ms(&heard(&x), &grid) < 1.0, "{:?}", heard(&x));
}

#[test]
fn a_locate_is_heard_at_every_transposition() {
    let m = metronome(120.0, 40.0);
    for (semitones, block) in [(-12.0, 64), (-12.0, 1024), (-5.0, 256), (7.0, 512), (12.0, 2048)] {
        let (mut player, mut feeder, _) = link(HOST_HZ);
        feeder.play(&cue_for(&m, 120.0, Some(Place { at_beats: 0.0, at_s: 0.0 })), &m.path, semitones).unwrap();
        let mut host = Host { offline: false, ..Host::offline(block, 100.0) };
        let _ = host.run(&mut player, &mut feeder, 48_000);
        host.at = Position { beats: 20.5, seconds: 12.3, bpm: 100.0 };
        let x = host.run(&mut player, &mut feeder, 3 * 48_000);
        let grid: Vec<f64> = (21..25).map(|b| (f64::from(b) - 20.5) * 0.6 * HOST_HZ).collect();
        let worst = worst_ms(&heard(&x), &grid);
        // An octave down a click is twice as long, and its middle 3 ms further on.
        assert!(worst < 4.0, "{semitones} semitones in blocks of {block}: {worst} ms");
    }
}

#[test]
fn decks_are_built_for_jumps_only() {
    let m = metronome(120.0, 40.0);
    let (mut player, mut feeder) = load(&cue_for(&m, 120.0, Some(Place { at_beats: 0.0, at_s: 0.0 })), &m.path);
    let mut host = Host { offline: false, ..Host::offline(256, 100.0) };
    let _ = host.run(&mut player, &mut feeder, 48_000);
    let before = feeder.decks_built();
    let _ = host.run(&mut player, &mut feeder, 5 * 48_000);
    assert_eq!(feeder.decks_built(), before, "decks are thrown away while nothing happens");
    host.at = Position { beats: 30.5, seconds: 18.3, bpm: 100.0 };
    let _ = host.run(&mut player, &mut feeder, 48_000);
    assert_eq!(feeder.decks_built(), before + 1);
}

#[test]
fn a_recipe_that_somebody_tampered_with_is_refused() {
    let m = metronome(120.0, 5.0);
    let good = cue_for(&m, 120.0, Some(Place { at_beats: 0.0, at_s: 0.0 }));
    let mut bad = vec![good.clone(), good.clone(), good];
    bad[0].source.frames = 1 << 60;
    bad[1].loudness_gain_db = Some(1e9);
    bad[2].place = Some(Place { at_beats: f64::NAN, at_s: 0.0 });
    for cue in bad {
        let (_player, mut feeder, _) = link(HOST_HZ);
        assert!(feeder.play(&cue, &m.path, 0.0).is_err());
    }
}

#[test]
fn without_a_pulse_it_plays_at_its_own_pace_from_its_place_in_seconds() {
    let m = metronome(120.0, 10.0);
    let mut cue = cue_for(&m, 120.0, Some(Place { at_beats: 0.0, at_s: 2.0 }));
    cue.timing = Timing::Unstretched(WhyUnstretched::NoPulse);
    let (mut player, mut feeder) = load(&cue, &m.path);
    let x = Host::offline(512, 77.0).run(&mut player, &mut feeder, 8 * 48_000);
    let grid: Vec<f64> = m.beats.iter().map(|b| (b + 2.0) * HOST_HZ).filter(|g| *g < 7.5 * HOST_HZ).collect();
    assert!(worst_ms(&heard(&x), &grid) < 0.2, "{}", worst_ms(&heard(&x), &grid));
}

#[test]
fn an_attack_at_the_very_start_of_a_recording_is_heard_in_full() {
    // The transport starts 10 ms before the recording, or right with it.
    for (first_s, from_s) in [(0.0, 0.010), (0.002, 0.010), (0.005, 0.010), (0.015, 0.010), (0.0, 0.0), (0.002, 0.0)] {
        let m = metronome_from(first_s, 120.0, 10.0);
        for timing in [Timing::Unstretched(WhyUnstretched::NoPulse), cue_for(&m, 120.0, None).timing] {
            let place = Place { at_beats: (from_s + first_s) * 2.0, at_s: from_s };
            let cue = Cue { timing: timing.clone(), ..cue_for(&m, 120.0, Some(place)) };
            for (offline, block) in [(true, 512), (false, 256), (false, 1024)] {
                let (mut player, mut feeder) = load(&cue, &m.path);
                let mut host = Host { offline, playing: false, ..Host::offline(block, 120.0) };
                let _ = host.run(&mut player, &mut feeder, 12_288);
                host.playing = true;
                let x = host.run(&mut player, &mut feeder, 30_000);
                let grid: Vec<f64> = (0..2).map(|k| (from_s + first_s + f64::from(k) * 0.5) * HOST_HZ).collect();
                let what = format!("{first_s} s in, from {from_s} s, offline {offline}, blocks of {block}, {timing:?}: {:?}", heard(&x));
                assert!(worst_ms(&heard(&x), &grid) < 1.0, "{what}");
                let peak = |at: f64| x.iter().skip(at as usize).take(600).fold(0f32, |a, b| a.max(b.abs()));
                let (first, second) = (peak((grid[0] - 300.0).max(0.0)), peak(grid[1] - 300.0));
                assert!(first > 0.7 * second, "{first} against {second}: {what}");
            }
        }
    }
}

#[test]
fn a_tempo_that_glides_over_the_start_loses_nothing() {
    let m = metronome_from(0.002, 120.0, 10.0);
    for offline in [true, false] {
        let (mut player, mut feeder) = load(&cue_for(&m, 120.0, Some(Place { at_beats: 1.0, at_s: 0.5 })), &m.path);
        let mut host = Host { offline, ..Host::offline(512, 120.0) };
        let (mut x, mut grid) = (Vec::new(), Vec::new());
        while x.len() < 96_000 {
            let before = host.at;
            x.extend(host.run(&mut player, &mut feeder, 512));
            let beat = host.at.beats.floor();
            if beat > before.beats && beat >= 1.0 {
                grid.push(x.len() as f64 - 512.0 + (beat - before.beats) * 60.0 / before.bpm * HOST_HZ);
            }
            host.at.bpm = (host.at.bpm + 0.25).min(160.0);
        }
        grid.retain(|g| *g < 90_000.0);
        // Live, the first click may come too soon after a change of tempo.
        let grid = if offline { &grid[..] } else { &grid[1..] };
        assert!(grid.len() >= 2 && worst_ms(&heard(&x), grid) < 3.0, "offline {offline}: {:?}, not {grid:?}", heard(&x));
    }
}

#[test]
fn a_tempo_that_leaves_reach_for_a_moment_does_no_harm() {
    let m = metronome(120.0, 60.0);
    let (mut player, mut feeder) = load(&cue_for(&m, 120.0, Some(Place { at_beats: 0.0, at_s: -0.5 })), &m.path);
    let mut host = Host { offline: false, ..Host::offline(256, 80.0) };
    let mut x = host.run(&mut player, &mut feeder, 4 * 48_000);
    host.at.bpm = 59.0;
    x.extend(host.run(&mut player, &mut feeder, 512));
    host.at.bpm = 80.0;
    let (start, first) = (x.len() as f64, host.at.beats);
    x.extend(host.run(&mut player, &mut feeder, 3 * 48_000));
    let grid: Vec<f64> = (1..4).map(|k| start + (first.floor() + f64::from(k) - first) * 0.75 * HOST_HZ).collect();
    let late: Vec<f64> = heard(&x).into_iter().filter(|h| *h > start + 4800.0).collect();
    assert!(worst_ms(&late, &grid[1..]) < 3.0, "{late:?}, not {grid:?}");
    assert!(late.len() <= grid.len() + 2, "{late:?}");
}

#[test]
fn a_tempo_out_of_reach_is_played_unstretched_from_its_place_in_seconds_and_back() {
    let m = metronome(120.0, 40.0);
    let place = Place { at_beats: 4.0, at_s: 1.5 };
    for offline in [true, false] {
        let (mut player, mut feeder) = load(&cue_for(&m, 120.0, Some(place)), &m.path);
        // Five seconds within reach, then more than twice as fast, then back.
        let mut host = Host { offline, ..Host::offline(512, 120.0) };
        let mut x = host.run(&mut player, &mut feeder, 5 * 48_000);
        host.at.bpm = 250.0;
        x.extend(host.run(&mut player, &mut feeder, 5 * 48_000));
        let beats_then = host.at.beats;
        host.at.bpm = 150.0;
        x.extend(host.run(&mut player, &mut feeder, 4 * 48_000));
        let heard = heard(&x);
        let unstretched: Vec<f64> =
            m.beats.iter().map(|b| (b + place.at_s) * HOST_HZ).filter(|f| (5.2..9.9).contains(&(f / HOST_HZ))).collect();
        assert!(worst_ms(&heard, &unstretched) < 1.0, "offline {offline}: {} ms out of reach", worst_ms(&heard, &unstretched));
        let clicks = heard.iter().filter(|h| (5.2..9.9).contains(&(**h / HOST_HZ))).count();
        assert_eq!(clicks, unstretched.len(), "offline {offline}: clicks that do not belong");
        let back: Vec<f64> = (1..9).map(|k| (10.0 + (beats_then.floor() + f64::from(k) - beats_then) * 0.4) * HOST_HZ).collect();
        assert!(worst_ms(&heard, &back) < 3.0, "offline {offline}: {} ms after it", worst_ms(&heard, &back));
    }
}

#[test]
fn an_audition_plays_with_the_transport_stopped_and_ends() {
    let m = metronome(120.0, 3.0);
    let (mut player, mut feeder) = load(&cue_for(&m, 120.0, None), &m.path);
    let mut host = Host { playing: false, offline: false, ..Host::offline(256, 120.0) };
    let x = host.run(&mut player, &mut feeder, 5 * 48_000);
    assert_eq!(heard(&x).len(), m.beats.len());
    assert!(feeder.has_ended());
}

#[test]
fn transposed_clicks_stay_on_the_beat() {
    let m = metronome(120.0, 20.0);
    for semitones in [-7.0, 5.0, 12.0] {
        let (mut player, mut feeder, _) = link(HOST_HZ);
        feeder.play(&cue_for(&m, 120.0, Some(Place { at_beats: 1.0, at_s: 0.0 })), &m.path, semitones).unwrap();
        let x = Host::offline(512, 105.0).run(&mut player, &mut feeder, 8 * 48_000);
        let grid = beat_grid(105.0, 1, 13);
        assert!(worst_ms(&heard(&x), &grid) < 3.0, "{semitones}: {}", worst_ms(&heard(&x), &grid));
    }
}

#[test]
fn transposing_while_it_plays_loses_no_beat() {
    let m = metronome(120.0, 30.0);
    for offline in [true, false] {
        let (mut player, mut feeder) = load(&cue_for(&m, 120.0, Some(Place { at_beats: 0.0, at_s: 0.0 })), &m.path);
        let mut host = Host { offline, ..Host::offline(256, 100.0) };
        let mut x = host.run(&mut player, &mut feeder, 2 * 48_000);
        feeder.set_transposition(3.0).unwrap();
        x.extend(host.run(&mut player, &mut feeder, 4 * 48_000));
        let grid = beat_grid(100.0, 1, 9);
        assert!(worst_ms(&heard(&x), &grid) < 3.0, "offline {offline}: {:?}", heard(&x));
    }
}
