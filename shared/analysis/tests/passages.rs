//! Measures for models of mood, on sounds whose notes are known.

#![allow(clippy::unwrap_used, missing_docs)]

use analysis::{Analyser, passages};
use std::f32::consts::TAU;

const RATE_HZ: u32 = 44_100;
const SECONDS: f32 = 20.0;

/// A melody of so many notes a second, as a bowed string or a voice plays it: tied, each swelling for 50 ms.
fn swelling(notes_per_s: f32) -> Vec<f32> {
    const KEYS: [f32; 8] = [60.0, 64.0, 67.0, 62.0, 69.0, 65.0, 71.0, 67.0];
    let mut sound = vec![0f32; (SECONDS * RATE_HZ as f32) as usize];
    let step = RATE_HZ as f32 / notes_per_s;
    for n in 0..(SECONDS * notes_per_s) as usize {
        let hz = 440.0 * 2f32.powf((KEYS[n * 5 % 8] - 69.0) / 12.0);
        let (from, length) = ((n as f32 * step) as usize, step * 1.05);
        for (i, x) in sound[from..].iter_mut().take(length as usize).enumerate() {
            let t = i as f32 / RATE_HZ as f32;
            let swell = (t / 0.05).min(1.0) * ((length - i as f32) / (0.05 * RATE_HZ as f32)).clamp(0.0, 1.0);
            *x += 0.1 * swell * (1..=8).map(|h| (TAU * hz * h as f32 * t).sin() / h as f32).sum::<f32>();
        }
    }
    sound
}

fn whole(sound: &[f32]) -> impl Fn(&str) -> f32 + use<> {
    let mut analyser = Analyser::new(RATE_HZ, 1).unwrap();
    analyser.push(&[sound]);
    let row = analyser.finish_with_passages().1.whole.row.unwrap();
    let names = passages::names();
    assert_eq!(names.len(), row.len());
    move |name| row[names.iter().position(|n| n == name).unwrap()]
}

#[test]
fn notes_that_nobody_strikes_are_counted() {
    let told: Vec<[f32; 2]> = [1.5, 3.0, 6.0]
        .into_iter()
        .map(|per_s| {
            let measure = whole(&swelling(per_s));
            let (events, length) = (measure("note_event_density_octaves"), measure("note_length_octaves"));
            // The network has heard no such plain tones, and counts a few too many.
            assert!((events - per_s.log2()).abs() < 1.0, "{per_s} a second: 2^{events} were counted");
            [events, length]
        })
        .collect();
    assert!(told.is_sorted_by(|a, b| a[0] < b[0]), "more notes are more events: {told:?}");
    assert!(told.is_sorted_by(|a, b| a[1] > b[1]), "and each is shorter: {told:?}");
}

#[test]
fn what_is_held_has_fewer_events_than_a_slow_melody() {
    let tone = |hz: f32| -> Vec<f32> {
        (0..(SECONDS * RATE_HZ as f32) as usize)
            .map(|i| 0.1 * (1..=6).map(|h| (TAU * hz * h as f32 * i as f32 / RATE_HZ as f32).sin() / h as f32).sum::<f32>())
            .collect()
    };
    let (held, slow) = (whole(&tone(220.0))("note_event_density_octaves"), whole(&swelling(1.5))("note_event_density_octaves"));
    assert!(held + 1.0 < slow, "a held tone: 2^{held} events a second; a slow melody: 2^{slow}");
}
