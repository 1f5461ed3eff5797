//! Measures on sounds with known answers, and on sounds that nobody meant.

#![allow(clippy::unwrap_used, missing_docs)]

use analysis::Analyser;
use proptest::prelude::*;
use track::Analysis;

const RATE: u32 = 44_100;

fn analyse(rate_hz: u32, planes: &[&[f32]]) -> Analysis {
    let mut analyser = Analyser::new(rate_hz, planes.len()).unwrap();
    let frames = planes[0].len();
    // Blocks of odd sizes, as decoders give them.
    for from in (0..frames).step_by(1151) {
        let to = (from + 1151).min(frames);
        analyser.push(&planes.iter().map(|p| &p[from..to]).collect::<Vec<_>>());
    }
    analyser.finish()
}

fn noise(seed: &mut u32) -> f32 {
    *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    (*seed >> 8) as f32 / (1 << 23) as f32 - 1.0
}

/// Bursts of noise, 20 ms each.
fn metronome(bpm: f64, seconds: f64) -> (Vec<f32>, Vec<f64>) {
    let mut x = vec![0f32; (seconds * f64::from(RATE)) as usize];
    let beats: Vec<f64> = (0..).map(|k| 0.3 + f64::from(k) * 60.0 / bpm).take_while(|t| *t < seconds - 0.1).collect();
    let mut seed = 5;
    for b in &beats {
        let at = (b * f64::from(RATE)).round() as usize;
        for i in 0..882 {
            x[at + i] = noise(&mut seed) * 0.6 * (-(i as f32) / 200.0).exp();
        }
    }
    (x, beats)
}

#[test]
fn metronomes_are_measured_to_a_twentieth_of_a_percent_and_their_beats_to_3_ms() {
    for bpm in [55.0, 71.3, 90.0, 108.7, 120.0, 133.0, 150.5] {
        let (x, beats) = metronome(bpm, 40.0);
        let a = analyse(RATE, &[&x]);
        let measured = a.tempo_bpm.unwrap().value;
        let octave = [0.5, 1.0, 2.0].into_iter().find(|f| (measured / bpm / f - 1.0).abs() < 5e-4);
        assert!(octave.is_some(), "{bpm}: measured {measured}");
        let grid = a.beats.unwrap().value;
        for b in beats.iter().filter(|_| octave != Some(0.5)) {
            let off = grid.beats_s().iter().map(|g| (g - b).abs()).fold(f64::INFINITY, f64::min);
            assert!(off < 0.003, "{bpm}: beat at {b} is {off} s off");
        }
    }
}

#[test]
fn onsets_are_found_within_5_ms_also_at_other_rates() {
    for rate in [22_050u32, 44_100, 96_000] {
        let mut x = vec![0f32; rate as usize * 8];
        let (mut seed, mut want, mut t) = (3, Vec::new(), 0.4);
        let mut gap = 0.21;
        while t < 7.5 {
            want.push(t);
            let at = (t * f64::from(rate)) as usize;
            for i in 0..(rate as usize / 10) {
                x[at + i] += noise(&mut seed) * 0.4 * (-(i as f32) / (rate as f32 * 0.02)).exp();
            }
            gap = 0.15 + (gap * 7.31) % 0.3;
            t += gap;
        }
        let found = analyse(rate, &[&x]).onsets_s.value;
        for w in &want {
            let off = found.iter().map(|f| (f - w).abs()).fold(f64::INFINITY, f64::min);
            assert!(off < 0.005, "{rate} Hz: onset at {w} is {off} s off");
        }
        assert!(found.len() <= want.len() + 1, "{rate} Hz: {} found of {}", found.len(), want.len());
    }
}

/// A cadence of triads, each note with five harmonics.
fn cadence(tonic: i32, minor: bool, cents: f64) -> Vec<f32> {
    cadence_at(RATE, tonic, minor, cents)
}

fn cadence_at(rate: u32, tonic: i32, minor: bool, cents: f64) -> Vec<f32> {
    let chords = if minor { [[0, 3, 7], [5, 8, 12], [7, 11, 14], [0, 3, 7]] } else { [[0, 4, 7], [5, 9, 12], [7, 11, 14], [0, 4, 7]] };
    let held = rate as usize * 2;
    let mut x = vec![0f32; held * 4];
    for (c, chord) in chords.iter().enumerate() {
        for degree in chord {
            let hz = 261.63 * ((f64::from(tonic + degree) + cents / 100.0) / 12.0).exp2();
            for i in 0..held {
                let t = i as f64 / f64::from(rate);
                let fade = (-t * 1.2).exp() * 0.1;
                let wave: f64 = (1..=5).map(|k| (std::f64::consts::TAU * hz * f64::from(k) * t).sin() / f64::from(k)).sum();
                x[c * held + i] += (wave * fade) as f32;
            }
        }
    }
    x
}

#[test]
fn cadences_tell_their_key_and_tuning() {
    let mut right = 0;
    for tonic in 0..12 {
        for minor in [false, true] {
            let cents = f64::from((tonic * 37 + i32::from(minor) * 11) % 60 - 30);
            let a = analyse(RATE, &[&cadence(tonic, minor, cents)]);
            let key = a.key.unwrap().value;
            let want_mode = if minor { music::Mode::Minor } else { music::Mode::Major };
            right += i32::from(i32::from(key.tonic.semitones()) == tonic && key.mode == want_mode);
            let tuning = a.descriptors.unwrap().value.tuning_cents.unwrap();
            assert!((tuning - cents).abs() < 6.0, "{tonic}: {tuning} cents, not {cents}");
        }
    }
    assert!(right >= 23, "{right} of 24");
}

#[test]
fn what_has_no_pulse_or_no_key_says_so() {
    let mut seed = 1;
    let hiss: Vec<f32> = (0..RATE * 12).map(|_| noise(&mut seed) * 0.3).collect();
    let a = analyse(RATE, &[&hiss]);
    assert!(a.tempo_bpm.is_none(), "{:?}", a.tempo_bpm);
    assert!(a.key.is_none(), "{:?}", a.key);
    let drone: Vec<f32> = (0..RATE * 12).map(|i| (i as f32 * 0.02).sin() * 0.3 + (i as f32 * 0.03).sin() * 0.2).collect();
    let a = analyse(RATE, &[&drone]);
    assert!(a.tempo_bpm.is_none() && a.beats.is_none());
    assert!(a.loudness.is_some());
}

#[test]
fn silence_and_one_click_and_nothing_are_answered() {
    let silence = vec![0f32; RATE as usize * 3];
    let a = analyse(RATE, &[&silence, &silence]);
    assert!(a.loudness.is_none() && a.tempo_bpm.is_none() && a.key.is_none() && a.descriptors.is_none());
    assert!(a.onsets_s.value.is_empty());
    let mut click = silence.clone();
    click[50_000] = 0.9;
    let a = analyse(RATE, &[&click]);
    assert!(a.tempo_bpm.is_none());
    assert_eq!(a.onsets_s.value.len(), 1);
    let a = Analyser::new(RATE, 2).unwrap().finish();
    assert!(a.loudness.is_none() && a.peaks.value.low.is_empty());
    assert!(Analyser::new(0, 2).is_err() && Analyser::new(RATE, 0).is_err() && Analyser::new(RATE, 65).is_err());
}

/// A tone with six harmonics that slides from one pitch to another.
fn glide(rate: u32, from_hz: f64, to_hz: f64, seconds: f64) -> (Vec<f32>, impl Fn(f64) -> f64) {
    let hz = move |t: f64| from_hz * (to_hz / from_hz).powf(t / seconds);
    let mut phase = 0.0;
    let sound = (0..(seconds * f64::from(rate)) as usize)
        .map(|i| {
            phase += hz(i as f64 / f64::from(rate)) / f64::from(rate);
            (1..=6).map(|k| (std::f64::consts::TAU * phase * f64::from(k)).sin() / f64::from(k)).sum::<f64>() as f32 * 0.2
        })
        .collect();
    (sound, hz)
}

#[test]
fn a_single_voice_is_known_and_its_pitch_followed_to_ten_cents() {
    for (rate, from, to) in [(8_000, 90.0, 250.0), (44_100, 180.0, 700.0), (96_000, 600.0, 1400.0)] {
        let (x, hz) = glide(rate, from, to, 4.0);
        let voice = analyse(rate, &[&x]).voice.unwrap_or_else(|| panic!("{rate} Hz: not taken for a voice")).value;
        for i in 10..380 {
            let t = f64::from(i) * 0.01;
            let cents = 1200.0 * (voice.hz_at(t).unwrap_or(1.0) / hz(t)).log2();
            assert!(cents.abs() < 10.0, "{rate} Hz: {cents} cents off at {t} s");
        }
    }
    // Chords are not one voice.
    assert!(analyse(RATE, &[&cadence(0, false, 0.0)]).voice.is_none());
}

#[test]
fn silence_at_the_ends_is_measured() {
    let mut x = vec![0f32; RATE as usize * 2];
    x.extend(cadence(2, false, 0.0));
    x.extend(vec![0f32; RATE as usize * 3]);
    let sections = analyse(RATE, &[&x]).sections.unwrap().value;
    assert!((sections.silence_before_s - 2.0).abs() < 0.02, "{}", sections.silence_before_s);
    // The last chord dies away before it is cut off.
    assert!((2.9..3.9).contains(&sections.silence_after_s), "{}", sections.silence_after_s);
}

#[test]
fn the_same_music_has_the_same_fingerprint_and_other_music_another() {
    let different = |a: &[u32], b: &[u32]| {
        let bits: u32 = a.iter().zip(b).map(|(x, y)| (x ^ y).count_ones()).sum();
        f64::from(bits) / (32.0 * a.len().min(b.len()) as f64)
    };
    let print = |x: &[f32]| analyse(RATE, &[x]).fingerprint.unwrap().value;
    let music = cadence(0, false, 0.0);
    let mut seed = 9;
    let worn: Vec<f32> = music.iter().map(|x| 0.5 * x + 0.003 * noise(&mut seed)).collect();
    let (original, copy, other) = (print(&music), print(&worn), print(&cadence(5, true, 0.0)));
    assert!(original.len() > 20 && different(&original, &copy) < 0.1, "{}", different(&original, &copy));
    assert!(different(&original, &other) > 0.2, "{}", different(&original, &other));
}

/// What AcoustID and its like were given by others is found by what we give.
#[test]
fn a_fingerprint_is_that_which_chromaprint_takes_itself() {
    use rusty_chromaprint::{Configuration, Fingerprinter};
    for rate in [22_050, 44_100, 48_000, 96_000] {
        let music = cadence_at(rate, 3, false, 0.0);
        let other: Vec<f32> = music.iter().map(|x| 0.7 * x).collect();
        let ours = analyse(rate, &[&music, &other]).fingerprint.unwrap().value;
        let mut theirs = Fingerprinter::new(&Configuration::preset_test2());
        theirs.start(rate, 2).unwrap();
        let words: Vec<i16> = music.iter().zip(&other).flat_map(|(l, r)| [(l * 32_767.0) as i16, (r * 32_767.0) as i16]).collect();
        theirs.consume(&words);
        theirs.finish();
        let theirs = theirs.fingerprint();
        assert!(ours.len().abs_diff(theirs.len()) <= 1, "{} words, not {}, at {rate} Hz", ours.len(), theirs.len());
        let bits: u32 = ours.iter().zip(theirs).map(|(a, b)| (a ^ b).count_ones()).sum();
        assert!(f64::from(bits) < 0.03 * 32.0 * theirs.len() as f64, "{bits} bits of {} words at {rate} Hz", theirs.len());
    }
}

#[test]
fn bad_sound_is_answered() {
    let tone = |amplitude: f32| (0..RATE * 4).map(move |i| (amplitude * (i as f32 * 0.05).sin()).clamp(-1.0, 1.0)).collect::<Vec<f32>>();
    let direct: Vec<f32> = vec![0.7; RATE as usize * 4];
    let mut broken = tone(0.5);
    broken[1000..1100].fill(f32::NAN);
    broken[5000] = f32::INFINITY;
    let short = vec![0.5f32; 44];
    assert!(analyse(RATE, &[&short]).key.is_none(), "a millisecond has no key");
    for x in [&tone(50.0), &direct, &broken, &short] {
        let a = analyse(RATE, &[x]);
        assert!(a.loudness.is_none_or(|l| l.value.integrated_lufs.is_finite() && l.value.true_peak_dbtp < 30.0));
        assert!(a.tempo_bpm.is_none(), "{:?}", a.tempo_bpm);
    }
    let tone = tone(0.5);
    assert!(analyse(RATE, &[&tone[..]; 6]).loudness.is_some());
}

/// Left and right that cancel each other are a fault of the recording, not silence.
#[test]
fn sides_that_cancel_are_heard() {
    let left = cadence(0, false, 0.0);
    let right: Vec<f32> = left.iter().map(|x| -x).collect();
    let (alone, both) = (analyse(RATE, &[&left]), analyse(RATE, &[&left, &right]));
    assert_eq!(alone.key.unwrap().value, both.key.unwrap().value);
    assert_eq!(alone.onsets_s.value.len(), both.onsets_s.value.len());
}

/// The form of a raga: notes at leisure over a drone, then a composition in time.
#[test]
fn a_pulse_that_comes_late_is_found_and_what_comes_before_has_no_beats() {
    let mut seed = 11;
    let free_s = 90.0;
    let mut x = vec![0f32; (free_s * f64::from(RATE)) as usize];
    let add = |x: &mut Vec<f32>, at_s: f64, hz: f64, seconds: f64, level: f64| {
        let from = (at_s * f64::from(RATE)) as usize;
        for i in 0..(seconds * f64::from(RATE)) as usize {
            let (t, Some(out)) = (i as f64 / f64::from(RATE), x.get_mut(from + i)) else { return };
            let swell = (t / 0.08).min(1.0) * ((seconds - t) / 0.4).clamp(0.0, 1.0);
            *out +=
                (level * swell * (1..5).map(|k| (std::f64::consts::TAU * hz * f64::from(k) * t).sin() / f64::from(k)).sum::<f64>()) as f32;
        }
    };
    add(&mut x, 0.0, 130.8, free_s, 0.05);
    let mut at = 1.0;
    while at < free_s - 4.0 {
        let chance = f64::from(noise(&mut seed)).abs();
        add(&mut x, at, 261.6 * (f64::from((chance * 12.0) as u8) / 12.0).exp2(), 0.8 + 2.2 * chance, 0.12);
        at += 0.7 + 3.0 * f64::from(noise(&mut seed)).abs();
    }
    let (beats, _) = metronome(100.0, 60.0);
    x.extend(beats);
    let grid = analyse(RATE, &[&x]).beats.expect("a minute in time").value;
    let octave = [0.5, 1.0, 2.0].into_iter().any(|f| (grid.tempo_bpm() / 100.0 / f - 1.0).abs() < 5e-3);
    assert!(octave, "{}", grid.tempo_bpm());
    assert!((free_s - 15.0..free_s + 5.0).contains(&grid.beats_s()[0]), "the first beat at {}", grid.beats_s()[0]);
}

#[test]
fn loudness_agrees_with_the_standards_calibration() {
    // EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23 dBFS measures -23 LUFS.
    let level = 10f32.powf(-23.0 / 20.0);
    let x: Vec<f32> = (0..48_000 * 20).map(|i| level * (std::f32::consts::TAU * (i % 48) as f32 / 48.0).sin()).collect();
    let l = analyse(48_000, &[&x, &x]).loudness.unwrap().value;
    assert!((l.integrated_lufs + 23.0).abs() < 0.1, "{}", l.integrated_lufs);
    assert!((l.true_peak_dbtp + 23.0).abs() < 0.2, "{}", l.true_peak_dbtp);
    assert!(l.range_lu.is_none_or(|r| r < 0.1));
}

/// Every measure is a number in its range, whatever was heard.
fn in_their_range(a: Analysis, duration: f64) -> Result<(), TestCaseError> {
    prop_assert!(a.onsets_s.value.iter().all(|t| (0.0..duration.max(1e-9)).contains(t)));
    prop_assert!(a.onsets_s.value.is_sorted());
    prop_assert_eq!(analysis::features::of(&a).len(), analysis::features::names().len());
    if let Some(l) = &a.loudness {
        prop_assert!(
            l.value.integrated_lufs.is_finite() && l.value.range_lu.is_none_or(|r| r >= 0.0) && l.value.true_peak_dbtp.is_finite()
        );
    }
    if let Some(t) = a.tempo_bpm {
        prop_assert!(t.value > 20.0 && t.value < 500.0);
        prop_assert!((0.0..=1.0).contains(&t.confidence.unwrap()));
    }
    if let Some(k) = &a.key {
        prop_assert!((0.0..=1.0).contains(&k.confidence.unwrap()));
    }
    let sure = [a.onsets_s.confidence, a.loudness.as_ref().and_then(|l| l.confidence)];
    prop_assert!(sure.into_iter().flatten().all(|c| (0.0..=1.0).contains(&c)));
    if let Some(d) = a.descriptors {
        let d = d.value;
        prop_assert!(d.tuning_cents.is_none_or(|c| c.abs() <= 50.0) && d.pulse_clarity.is_none_or(|c| (0.0..=1.0).contains(&c)));
        prop_assert!(d.major_minor_balance.is_none_or(|b| b.abs() <= 2.0));
        prop_assert!(d.brightness_hz.is_finite() && d.flatness.is_finite() && (0.0..=1.0).contains(&d.sounding_share));
        if let Some(t) = d.timbre {
            prop_assert!((0.0..=1.0).contains(&t.roughness) && t.articulation.is_none_or(|x| (0.0..=1.0).contains(&x)));
            let all = t.mfcc_mean.iter().chain(&t.mfcc_deviation).chain(&t.contrast_db).chain(&t.chroma_deviation);
            prop_assert!(all.clone().all(|x| x.is_finite()) && t.flux_db >= 0.0 && t.register_midi.is_finite());
        }
    }
    if let Some(grid) = a.beats {
        prop_assert!(grid.value.beats_s().iter().all(|t| (0.0..=duration).contains(t)));
        prop_assert!((0.0..=1.0).contains(&grid.confidence.unwrap()));
    }
    if let Some(m) = a.metre {
        prop_assert!((2..=12).contains(&m.value.numerator()) && (0.0..=1.0).contains(&m.confidence.unwrap()));
    }
    if let Some(p) = a.pace {
        let share: f64 = p.value.alternatives.iter().map(|x| x.1).sum();
        prop_assert!((0.0..=1.0).contains(&p.value.steadiness) && (0.0..=1.0).contains(&share));
        prop_assert!(p.value.curve.iter().all(|(t, bpm)| (0.0..=duration).contains(t) && *bpm > 0.0));
    }
    if let Some(h) = a.harmony {
        let sure = a.key.as_ref().and_then(|k| k.confidence).unwrap_or(0.0);
        prop_assert!(h.value.alternatives.iter().all(|(_, p)| (0.0..=sure + 1e-9).contains(p)));
        prop_assert!(h.value.spans.windows(2).all(|w| w[0].to_s == w[1].from_s));
        prop_assert!(h.value.spans.iter().all(|s| 0.0 <= s.from_s && s.from_s < s.to_s && s.to_s <= duration));
    }
    if let Some(t) = a.tonic {
        prop_assert!((0.0..1200.0).contains(&t.value.cents_above_c) && (0.0..=1.0).contains(&t.confidence.unwrap()));
    }
    if let Some(v) = a.voice {
        prop_assert!((0.0..=1.0).contains(&v.confidence.unwrap()) && v.value.cents.len() as f64 * v.value.hop_s <= duration + 0.2);
    }
    if let Some(s) = &a.sections {
        let s = &s.value;
        prop_assert!(s.boundaries_s.is_sorted() && s.boundaries_s.iter().all(|t| (0.0..duration).contains(t)));
        prop_assert!(s.silence_before_s >= 0.0 && s.silence_after_s >= 0.0 && s.silence_before_s + s.silence_after_s <= duration + 1e-9);
    }
    prop_assert!(a.loudness_curve.unwrap().value.tenths_lufs.iter().all(|t| (-700..=400).contains(t)));
    prop_assert_eq!(a.peaks.value.low.len(), a.peaks.value.high.len());
    prop_assert!(a.peaks.value.low.len() <= 2048);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_signal_gives_measures_in_their_range(
        rate in prop::sample::select(vec![4_000u32, 8_000, 44_100, 192_000]),
        channels in 1usize..4,
        pieces in prop::collection::vec((0usize..6000, prop::sample::select(vec![0.0f32, 1.0, -1.0, 1e30, -1e30, f32::NAN, f32::INFINITY, 1e-40, 0.3])), 0..12),
    ) {
        let mut x = Vec::new();
        for (i, (n, value)) in pieces.into_iter().enumerate() {
            x.extend((0..n).map(|k| if i % 2 == 0 { value } else { value * (k as f32 * 0.1).sin() }));
        }
        let a = if x.is_empty() { Analyser::new(rate, channels).unwrap().finish() } else { analyse(rate, &vec![x.as_slice(); channels]) };
        in_their_range(a, x.len() as f64 / f64::from(rate))?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    /// Long enough for beats, bars, keys, sections and fingerprints; each channel another part of the same bars.
    #[test]
    fn any_bars_give_measures_in_their_range(
        channels in prop::sample::select(vec![1usize, 2, 6, 64]),
        seconds in 8.0f64..40.0,
        bar in prop::collection::vec((0usize..3, 40.0f64..1500.0, 0.0f32..2.0), 1..9),
        step_s in 0.08f64..0.7,
        seed in 1u32..1000,
    ) {
        const LOW: u32 = 8_000;
        let mut seed = seed;
        let planes: Vec<Vec<f32>> = (0..channels)
            .map(|channel| {
                (0..(seconds * f64::from(LOW)) as usize)
                    .map(|i| {
                        let t = i as f64 / f64::from(LOW);
                        let (kind, hz, level) = bar[((t / step_s) as usize + channel) % bar.len()];
                        let fade = (-(t % step_s) * 8.0).exp() as f32;
                        match kind {
                            0 => 0.0,
                            1 => level * fade * (std::f64::consts::TAU * hz * t).sin() as f32,
                            _ => level * fade * noise(&mut seed),
                        }
                    })
                    .collect()
            })
            .collect();
        let slices: Vec<&[f32]> = planes.iter().map(Vec::as_slice).collect();
        in_their_range(analyse(LOW, &slices), planes[0].len() as f64 / f64::from(LOW))?;
    }
}
