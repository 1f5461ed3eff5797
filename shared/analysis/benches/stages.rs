//! `cargo bench -p analysis`: what each stage of an analysis costs, in milliseconds per second of sound.
//!
//! One idea: the whole analysis runs as it does in a scan, with a clock at every border between stages, so that the stages add up to it.
//! The sound is a band of plucked strings, noise bursts and a bass, made here; `cargo xtask eval speed` does the same on real files.

use analysis::Analyser;
use std::f32::consts::TAU;
use std::time::Instant;

const RATE_HZ: u32 = 44_100;
const LENGTH_S: usize = 60;
const ROUNDS: usize = 5;
/// Frames in a block, as an mp3 has them.
const BLOCK: usize = 1152;

/// Chords, a bass and a drum at 120 beats per minute.
fn band() -> Vec<f32> {
    let rate = RATE_HZ as f32;
    let mut noise = 0x2545_f491_u32;
    (0..LENGTH_S * RATE_HZ as usize)
        .map(|i| {
            let t = i as f32 / rate;
            let since_beat = t % 0.5;
            let root = 110.0 * [1.0, 1.335, 1.498, 1.189][(t / 2.0) as usize % 4];
            let chord: f32 = [2.0, 2.52, 2.997]
                .iter()
                .map(|k| (1..6).map(|h| (TAU * root * k * h as f32 * t).sin() / (h * h) as f32).sum::<f32>())
                .sum();
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let drum = (noise >> 8) as f32 / (1 << 23) as f32 - 1.0;
            0.08 * chord * (-3.0 * since_beat).exp() + 0.2 * (TAU * root * 0.5 * t).sin() + 0.3 * drum * (-40.0 * since_beat).exp()
        })
        .collect()
}

fn main() {
    let left = band();
    let right: Vec<f32> = left.iter().map(|x| 0.8 * x).collect();
    let mut best: Option<(f64, Vec<(analysis::stages::Stage, f64)>)> = None;
    for _ in 0..ROUNDS {
        let Ok(mut analyser) = Analyser::new(RATE_HZ, 2).map(Analyser::timed) else { return };
        let began = Instant::now();
        for (l, r) in left.chunks(BLOCK).zip(right.chunks(BLOCK)) {
            analyser.push(&[l, r]);
        }
        let (analysis, times) = analyser.finish_with_times();
        let total = began.elapsed().as_secs_f64();
        std::hint::black_box(analysis);
        if best.as_ref().is_none_or(|b| total < b.0) {
            best = Some((total, times.into_iter().map(|(s, t)| (s, t.as_secs_f64())).collect()));
        }
    }
    let Some((total, stages)) = best else { return };
    let per_second = |s: f64| 1000.0 * s / LENGTH_S as f64;
    for (stage, seconds) in stages {
        eprintln!("{:<12} {:>7.3} ms per second of stereo sound", format!("{stage:?}"), per_second(seconds));
    }
    eprintln!("{:<12} {:>7.3} ms, {:.0} times real time (best of {ROUNDS})", "all", per_second(total), LENGTH_S as f64 / total);
}
