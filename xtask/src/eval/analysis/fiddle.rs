//! Fiddle tunes from Ryan's Mammoth Collection (1883), read from ABC: jigs in 6/8 and 9/8, reels, hornpipes, strathspeys.
//!
//! One idea: only tunes whose bar lines fall where the metre says are used, so that every beat of them is certain.

use super::Split;
use super::truth::{KeySpan, MODAL, Truth};
use crate::render::score::{DRUMS, Score};
use anyhow::{Context, Result};
use music::{Key, Mode, PitchClass};
use std::path::Path;

/// Programs, in turn: violin, flute, accordion, banjo, guitar, piano, dulcimer, whistle.
const PROGRAMS: [u8; 8] = [40, 73, 21, 105, 25, 0, 15, 78];
const LENGTH_S: f64 = 36.0;
/// How many times the evaluation's tunes of a kind there are with those for training.
const TRAINING_SHARE: usize = 8;

/// A tune as written, in quarter notes.
struct Tune {
    /// Start, length, MIDI key.
    notes: Vec<(f64, f64, i32)>,
    bars: Vec<f64>,
    metre: (u32, u32),
    rhythm: String,
    tonic: i32,
    mode: String,
}

/// Tunes of every kind, at most `per_kind` of each.
pub fn pieces(data: &Path, per_kind: usize, split: Split) -> Result<Vec<(Score, Truth)>> {
    let dir = data.join("melody/ryans-mammoth");
    let mut files: Vec<_> = std::fs::read_dir(&dir).context("Ryan's Mammoth Collection")?.flatten().map(|e| e.path()).collect();
    files.sort();
    let mut counts = std::collections::HashMap::<String, usize>::new();
    let mut bodies = std::collections::HashSet::<String>::new();
    let mut all = Vec::new();
    // Not in the order of the alphabet alone: similar names are similar tunes.
    for i in 0..files.len() {
        let path = &files[i * 389 % files.len()];
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let Some(tune) = read_abc(&text) else { continue };
        // Some tunes are there under several names.
        if !bodies.insert(format!("{:?}", tune.notes)) {
            continue;
        }
        // Modal tunes are scored apart, so there are to be some.
        let modal = !matches!(tune.mode.as_str(), "maj" | "min");
        let kind = if modal { "modal".to_owned() } else { format!("{}/{} {}", tune.metre.0, tune.metre.1, tune.rhythm) };
        let count = counts.entry(kind).or_default();
        // The first are for the evaluation, the next for training.
        let due = if split == Split::Evaluation { 0..per_kind } else { per_kind..TRAINING_SHARE * per_kind };
        if *count >= due.end {
            continue;
        }
        let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some(piece) = piece(&tune, &stem, all.len()) {
            if due.contains(count) {
                all.push(piece);
            }
            *count += 1;
        }
    }
    Ok(all)
}

fn piece(tune: &Tune, name: &str, index: usize) -> Option<(Score, Truth)> {
    let bar_quarters = 4.0 * f64::from(tune.metre.0) / f64::from(tune.metre.1);
    let first_bar = *tune.bars.iter().find(|b| **b > 1e-9 || tune.bars.len() > 1)?;
    let on_grid = tune.bars.iter().filter(|b| {
        let bars = (**b - first_bar) / bar_quarters;
        (bars - bars.round()).abs() < 1e-6
    });
    if tune.bars.len() < 8 || on_grid.count() * 100 < tune.bars.len() * 97 {
        return None;
    }
    // Beats to a bar, and beats a minute as these dances are played.
    let spread = f64::from((index * 7 % 11) as u32) / 10.0;
    let (beats, bpm, metres) = match (tune.metre, tune.rhythm.as_str()) {
        ((6, 8), _) => (2, 104.0 + 20.0 * spread, vec![6]),
        ((9, 8), _) => (3, 104.0 + 20.0 * spread, vec![9]),
        ((12, 8), _) => (4, 104.0 + 20.0 * spread, vec![12]),
        ((3, 4), _) => (3, 120.0 + 40.0 * spread, vec![3]),
        ((4, 4), "strathspey" | "highland fling") => (4, 112.0 + 30.0 * spread, vec![4, 2]),
        ((2, 4) | (4, 4), "reel") => (2, 96.0 + 16.0 * spread, vec![2, 4]),
        ((2, 4) | (4, 4), _) => (2, 76.0 + 20.0 * spread, vec![2, 4]),
        _ => return None,
    };
    let beat_s = 60.0 / bpm;
    let quarter_s = beat_s * f64::from(beats) / bar_quarters;
    let lead_s = 0.4;
    let seconds = |q: f64| lead_s + q * quarter_s;
    let length_q = tune.notes.iter().map(|n| n.0 + n.1).fold(0.0, f64::max);
    // The tune again and again, in whole bars.
    let round_q = ((length_q - first_bar) / bar_quarters).round() * bar_quarters;
    let mut score = Score::default();
    score.programs[0] = PROGRAMS[index % PROGRAMS.len()];
    for turn in 0..20 {
        for &(at, length, key) in &tune.notes {
            let start_s = seconds(at + round_q * f64::from(turn));
            if start_s < LENGTH_S - 0.3 && (turn == 0 || at >= first_bar - 1e-9) {
                let bar = ((at - first_bar) / bar_quarters).rem_euclid(1.0);
                let accent = if bar < 1e-6 { 16 } else { 0 };
                score.push(0, key, start_s, length * quarter_s * 0.92, 86 + accent);
            }
        }
    }
    let downbeat_s = seconds(first_bar);
    let bar_s = beat_s * f64::from(beats);
    let beats_s: Vec<f64> = (0..).map(|k| downbeat_s + f64::from(k) * beat_s).take_while(|t| *t < LENGTH_S - 0.3).collect();
    let downbeats_s: Vec<f64> = (0..).map(|k| downbeat_s + f64::from(k) * bar_s).take_while(|t| *t < LENGTH_S - 0.3).collect();
    if index % 2 == 1 {
        // A bodhran: low on the bar, high on the other beats.
        for (k, at) in beats_s.iter().enumerate() {
            let low = k % beats as usize == 0;
            score.push(DRUMS, if low { 41 } else { 50 }, *at, 0.1, if low { 90 } else { 64 });
        }
    }
    // A mode counts with the key on its tonic that has its third.
    let mode = if matches!(tune.mode.as_str(), "maj" | "mix" | "lyd") { Mode::Major } else { Mode::Minor };
    let key = Key { tonic: PitchClass::from_semitones(tune.tonic), mode };
    let is_modal = !matches!(tune.mode.as_str(), "maj" | "min");
    let truth = Truth {
        name: format!("fiddle-{name}"),
        family: if is_modal { MODAL.into() } else { "fiddle".into() },
        has_pulse: true,
        bpm: Some(bpm),
        is_steady: true,
        beats_s,
        downbeats_s,
        metres,
        keys: vec![KeySpan { from_s: 0.0, to_s: LENGTH_S, key }],
        tuning_cents: Some(0.0),
        onsets_s: score.onsets_s(),
        ..Truth::default()
    };
    Some((score, truth))
}

/// Instruments that sound one note at a time, with how far they play from where a fiddle does, in semitones: violin, cello, trumpet, flute, oboe,
/// clarinet, saxophone, voice, whistle, bassoon, horn, trombone.
const VOICES: [(u8, i32); 12] =
    [(40, 0), (42, -19), (56, -5), (73, 0), (68, 0), (71, -7), (65, -12), (53, -7), (78, 0), (70, -24), (60, -17), (57, -24)];

/// Tunes played by one voice alone, half as fast as they are danced to.
pub fn voices(data: &Path, split: Split) -> Result<Vec<(Score, Truth)>> {
    // Of the evaluation's tunes the first two of a kind; for training, tunes that are not among them.
    let (per_kind, count) = if split == Split::Evaluation { (2, 2) } else { (9, 10) };
    let tunes = pieces(data, per_kind, split)?;
    let solos = tunes.into_iter().take(count * VOICES.len()).enumerate().map(|(i, (score, truth))| {
        let (program, up) = VOICES[i % VOICES.len()];
        let mut solo = Score { cents: score.cents, ..Score::default() };
        solo.programs[0] = program;
        for n in score.notes.iter().filter(|n| n.channel == 0) {
            solo.push(0, i32::from(n.key) + up, 2.0 * n.start_s, 2.0 * n.length_s, n.velocity);
        }
        solo.notes.retain(|n| n.start_s < LENGTH_S);
        let mut notes: Vec<_> = solo.notes.iter().map(|n| (n.start_s, (n.start_s + n.length_s).min(LENGTH_S), hz(n.key))).collect();
        notes.sort_by(|a, b| a.0.total_cmp(&b.0));
        let name = format!("voice-{program}-{}", truth.name);
        let family = "single voice".into();
        let slowed = |times: &[f64]| times.iter().map(|t| 2.0 * t).filter(|t| *t < LENGTH_S).collect::<Vec<f64>>();
        let mut beats_s = slowed(&truth.beats_s);
        // Of a reel that is as slow as this the quarters are counted.
        if truth.metres.contains(&2) && !truth.metres.starts_with(&[4]) {
            beats_s = beats_s.windows(2).flat_map(|w| [w[0], 0.5 * (w[0] + w[1])]).collect();
        }
        // Beats to learn from; but how fast so slow a tune goes is anybody's guess, so nobody is asked for the tempo.
        let downbeats_s = slowed(&truth.downbeats_s);
        let truth = Truth {
            name,
            family,
            has_pulse: true,
            beats_s,
            downbeats_s,
            metres: truth.metres,
            voice: Some(notes),
            tuning_cents: Some(0.0),
            ..Truth::default()
        };
        (solo, truth)
    });
    Ok(solos.collect())
}

fn hz(key: u8) -> f64 {
    440.0 * 2f64.powf((f64::from(key) - 69.0) / 12.0)
}

/// Letters of a key signature: semitones above or below the natural, for C D E F G A B.
fn signature(key: &str) -> Option<([i32; 7], i32, String)> {
    let key = key.trim();
    let mut letters = key.chars();
    let letter = letters.next()?;
    let natural = [0, 2, 4, 5, 7, 9, 11];
    let index = "CDEFGAB".find(letter)?;
    let rest: String = letters.collect();
    let (accidental, rest) = match rest.chars().next() {
        Some('#') => (1, &rest[1..]),
        Some('b') => (-1, &rest[1..]),
        _ => (0, rest.as_str()),
    };
    let word: String = rest.trim().to_lowercase().chars().take(3).collect();
    // Fifths that the mode lies from major.
    let (mode, shift) = match word.as_str() {
        "" | "maj" | "ion" => ("maj", 0),
        "m" | "min" | "aeo" => ("min", -3),
        "dor" => ("dor", -2),
        "mix" => ("mix", -1),
        "lyd" => ("lyd", 1),
        "phr" => ("phr", -4),
        _ => return None,
    };
    let fifths_of_letter = [0, 2, 4, -1, 1, 3, 5][index];
    let fifths: i32 = fifths_of_letter + 7 * accidental + shift;
    let mut altered = [0; 7];
    // F C G D A E B
    let order = [3, 0, 4, 1, 5, 2, 6];
    for k in 0..fifths.unsigned_abs() as usize {
        if fifths > 0 { altered[order[k % 7]] += 1 } else { altered[order[6 - k % 7]] -= 1 }
    }
    Some((altered, (natural[index] + accidental).rem_euclid(12), mode.to_owned()))
}

fn fraction(text: &str) -> Option<(u32, u32)> {
    let (a, b) = text.trim().split_once('/')?;
    Some((a.trim().parse().ok()?, b.trim().parse().ok()?))
}

/// What the body of a tune is made of.
#[derive(Debug, Clone, PartialEq)]
enum Token {
    /// Letter index (0 to 6), octave, accidental as written, length in units; `None` is a rest.
    Note(Option<(usize, i32, Option<i32>)>, f64),
    Tie,
    Broken(f64),
    Tuplet(u32),
    Bar,
    Open,
    Close,
    Ending(u32),
}

/// Reads a tune; `None` where it has what we do not read (changes of key or metre, several voices).
fn read_abc(text: &str) -> Option<Tune> {
    let (mut metre, mut unit, mut rhythm, mut key) = ((4, 4), None, String::new(), None);
    let mut body = String::new();
    for line in text.lines() {
        let line = line.split('%').next().unwrap_or("");
        let field = line.get(..2).filter(|f| f.ends_with(':') && f.as_bytes()[0].is_ascii_alphabetic());
        match (field, key.is_some()) {
            (Some("M:"), false) => {
                metre = match line[2..].trim() {
                    "C" | "C|" => (4, 4),
                    other => fraction(other)?,
                }
            }
            (Some("L:"), false) => unit = Some(fraction(&line[2..])?),
            (Some("R:"), false) => rhythm = line[2..].trim().to_lowercase(),
            (Some("K:"), false) => key = Some(signature(&line[2..])?),
            (Some("M:" | "K:" | "L:" | "V:"), true) => return None,
            (Some(_), _) => {}
            (None, true) => body.push_str(line.trim_end_matches('\\')),
            (None, false) => {}
        }
    }
    let (altered, tonic, mode) = key?;
    let (a, b) = unit.unwrap_or(if f64::from(metre.0) / f64::from(metre.1) < 0.75 { (1, 16) } else { (1, 8) });
    let unit_q = 4.0 * f64::from(a) / f64::from(b);
    let tokens = expand(&tokens(&body)?)?;
    let mut notes: Vec<(f64, f64, i32)> = Vec::new();
    let (mut bars, mut at) = (Vec::new(), 0.0);
    let mut accidentals = std::collections::HashMap::new();
    let (mut tied, mut tuplet, mut factor_next) = (false, (0u32, 1.0), 1.0);
    let mut i = 0;
    while i < tokens.len() {
        match &tokens[i] {
            Token::Note(what, units) => {
                let mut length = units * unit_q * factor_next;
                factor_next = 1.0;
                if let Some(Token::Broken(first)) = tokens.get(i + 1) {
                    length *= first;
                    factor_next = 2.0 - first;
                }
                if tuplet.0 > 0 {
                    length *= tuplet.1;
                    tuplet.0 -= 1;
                }
                if let Some((letter, octave, written)) = what {
                    if let Some(written) = written {
                        accidentals.insert((*letter, *octave), *written);
                    }
                    let shift = accidentals.get(&(*letter, *octave)).copied().unwrap_or(altered[*letter]);
                    let pitch = 60 + [0, 2, 4, 5, 7, 9, 11][*letter] + 12 * octave + shift;
                    match notes.last_mut() {
                        Some(last) if tied && last.2 == pitch => last.1 += length,
                        _ => notes.push((at, length, pitch)),
                    }
                }
                tied = false;
                at += length;
            }
            Token::Tie => tied = true,
            Token::Tuplet(n) => {
                tuplet = (
                    *n,
                    if *n == 3 {
                        2.0 / 3.0
                    } else if *n == 2 {
                        1.5
                    } else {
                        return None;
                    },
                )
            }
            Token::Bar => {
                accidentals.clear();
                if bars.last().is_none_or(|b: &f64| at - b > 1e-6) {
                    bars.push(at);
                }
            }
            _ => {}
        }
        i += 1;
    }
    Some(Tune { notes, bars, metre, rhythm, tonic, mode })
}

/// Plays repeats and endings out.
fn expand(tokens: &[Token]) -> Option<Vec<Token>> {
    let mut out = Vec::new();
    let (mut start, mut i, mut pass) = (0, 0, 1);
    while i < tokens.len() {
        match &tokens[i] {
            Token::Open => {
                (start, pass) = (i + 1, 1);
                out.push(Token::Bar);
            }
            Token::Close => {
                out.push(Token::Bar);
                if pass == 1 {
                    pass = 2;
                    i = start;
                    continue;
                }
                (start, pass) = (i + 1, 1);
            }
            Token::Ending(n) if *n != pass => {
                // On to the ending that is due: behind the next repeat sign.
                let skip = tokens[i..].iter().position(|t| *t == Token::Close)?;
                i += skip + 1;
                continue;
            }
            other => out.push(other.clone()),
        }
        i += 1;
        if out.len() > 20_000 {
            return None;
        }
    }
    Some(out)
}

fn tokens(body: &str) -> Option<Vec<Token>> {
    let c: Vec<char> = body.chars().collect();
    let mut out = Vec::new();
    let mut i = 0;
    let number = |i: &mut usize| {
        let from = *i;
        while c.get(*i).is_some_and(char::is_ascii_digit) {
            *i += 1;
        }
        c[from..*i].iter().collect::<String>().parse::<u32>().ok()
    };
    let length = |i: &mut usize| {
        let mut units = f64::from(number(i).unwrap_or(1));
        while c.get(*i) == Some(&'/') {
            *i += 1;
            units /= f64::from(number(i).unwrap_or(2));
        }
        units
    };
    while i < c.len() {
        let skip_to = |end: char| c[i + 1..].iter().position(|x| *x == end).map(|n| i + n + 2);
        match c[i] {
            '"' => i = skip_to('"')?,
            '{' => i = skip_to('}')?,
            '!' => i = skip_to('!').unwrap_or(i + 1),
            '[' if c.get(i + 1).is_some_and(char::is_ascii_digit) => {
                i += 1;
                out.push(Token::Ending(number(&mut i)?));
            }
            '[' if c.get(i + 2) == Some(&':') => return None,
            '[' if c.get(i + 1) == Some(&'|') => i += 1,
            '[' => {
                // A chord: its last note is the highest as a rule, and is the tune.
                let end = skip_to(']')?;
                let inner: String = c[i + 1..end - 1].iter().collect();
                let notes: Vec<Token> = tokens(&inner)?.into_iter().filter(|t| matches!(t, Token::Note(Some(_), _))).collect();
                i = end;
                let units = length(&mut i);
                if let Some(Token::Note(what, own)) = notes.last() {
                    out.push(Token::Note(*what, own * units));
                }
            }
            '|' | ':' => {
                let from = i;
                while matches!(c.get(i), Some('|' | ':' | ']')) {
                    i += 1;
                }
                let sign: String = c[from..i].iter().collect();
                let (closes, opens) = (sign.starts_with(':'), sign.ends_with(':'));
                if closes {
                    out.push(Token::Close);
                }
                if opens {
                    out.push(Token::Open);
                }
                if !closes && !opens {
                    out.push(Token::Bar);
                }
                if c.get(i).is_some_and(char::is_ascii_digit) {
                    out.push(Token::Ending(number(&mut i)?));
                }
            }
            '(' if c.get(i + 1).is_some_and(char::is_ascii_digit) => {
                i += 1;
                out.push(Token::Tuplet(number(&mut i)?));
            }
            '-' => {
                out.push(Token::Tie);
                i += 1;
            }
            '>' => {
                out.push(Token::Broken(1.5));
                i += 1;
            }
            '<' => {
                out.push(Token::Broken(0.5));
                i += 1;
            }
            'z' | 'x' => {
                i += 1;
                out.push(Token::Note(None, length(&mut i)));
            }
            'Z' => return None,
            '^' | '_' | '=' | 'A'..='G' | 'a'..='g' => {
                let mut written = None;
                while let Some(sign @ ('^' | '_' | '=')) = c.get(i) {
                    let step = match sign {
                        '^' => 1,
                        '_' => -1,
                        _ => 0,
                    };
                    written = Some(written.unwrap_or(0) + step);
                    i += 1;
                }
                let letter = *c.get(i)?;
                let index = "CDEFGAB".find(letter.to_ascii_uppercase())?;
                let mut octave = i32::from(letter.is_ascii_lowercase());
                i += 1;
                while let Some(mark @ ('\'' | ',')) = c.get(i) {
                    octave += if *mark == ',' { -1 } else { 1 };
                    i += 1;
                }
                out.push(Token::Note(Some((index, octave, written)), length(&mut i)));
            }
            // Slurs, decorations, spaces.
            _ => i += 1,
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_tune_is_read_with_its_repeats_and_its_sharps() {
        let tune = read_abc("X:1\nM:6/8\nL:1/8\nR:jig\nK:D\nA|:d2e f3|1 A3 B3:|2 d6|]").unwrap();
        let keys: Vec<i32> = tune.notes.iter().map(|n| n.2).collect();
        assert_eq!(keys, [69, 74, 76, 78, 69, 71, 74, 76, 78, 74]);
        assert_eq!(tune.bars, [0.5, 3.5, 6.5, 9.5, 12.5]);
    }

    #[test]
    fn broken_rhythm_triplets_and_keys_are_read() {
        let tune = read_abc("X:1\nM:4/4\nL:1/8\nK:Ador\nA>B (3cde f4|").unwrap();
        let lengths: Vec<f64> = tune.notes.iter().map(|n| (n.1 * 6.0).round() / 6.0).collect();
        assert_eq!(lengths, [4.5 / 6.0, 1.5 / 6.0 + 0.0, 2.0 / 6.0, 2.0 / 6.0, 2.0 / 6.0, 2.0].map(|x: f64| (x * 6.0).round() / 6.0));
        assert_eq!((tune.tonic, tune.mode.as_str()), (9, "dor"));
        assert_eq!(tune.notes.last().unwrap().2, 78, "F is sharp in A dorian");
    }
}
