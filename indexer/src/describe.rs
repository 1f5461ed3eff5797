//! A track in words, a line for each thing that is known of it, with where it comes from.

use crate::derived;
use crate::output::{self, duration, printable};
use affect::{Affect, Quadrant};
use std::path::PathBuf;
use track::rights::Licence;
use track::{Field, Origin, Track, Usage, Value};

fn from<T>(value: &Value<T>) -> String {
    let origin = match value.origin {
        Origin::Measured => format!("measured by {}", value.version),
        Origin::Declared => "declared in its tags".into(),
        Origin::ByHand => "set by hand".into(),
    };
    value.confidence.map_or(origin.clone(), |c| format!("{origin}, confidence {c:.2}"))
}

/// Of twenty mood words those are shown that weigh the most; `--json` has all.
const MOST_WORDS: usize = 8;
/// Under this confidence it is said in words, too, that the answer may be wrong.
const SURE: f64 = 0.5;

/// A word of warning where the analyser is not sure.
fn doubt<T>(value: &Value<T>) -> &'static str {
    if value.confidence.is_some_and(|c| c < SURE) { ", a guess" } else { "" }
}

/// A word of warning where the model takes a sound for no music.
fn no_music(track: &Track) -> String {
    let doubt = track.mood.as_ref().and_then(|m| m.value.doubt());
    doubt.map_or_else(String::new, |p| format!(", though it may be no music (probably music: {p:.2})"))
}

/// Mood: the place, what the model says of it, and what follows from the place.
fn mood(track: &Track, row: &dyn Fn(&str, String, String) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let heard = track.mood.as_ref();
    let Some(place) = &track.affect else {
        let doubt = heard.and_then(|m| m.value.is_music);
        let why = doubt.map_or_else(|| "-".to_owned(), |p| format!("-, for it sounds like no music (probably music: {p:.2})"));
        return row("mood", why, String::new());
    };
    let e = place.value;
    let spread = |s: f64| if s > 0.0 { format!(" ±{s:.2}") } else { String::new() };
    let doubt = if place.origin == Origin::Measured { no_music(track) } else { String::new() };
    let text = format!(
        "valence {:+.2}{}, arousal {:+.2}{}, {}{doubt}",
        e.at.valence,
        spread(e.valence_spread),
        e.at.arousal,
        spread(e.arousal_spread),
        e.at.quadrant().label()
    );
    row("mood", text, from(place))?;
    if let Some(m) = heard {
        let quadrants: Vec<String> =
            Quadrant::ALL.into_iter().zip(m.value.quadrants).map(|(q, p)| format!("{} {p:.2}", q.label())).collect();
        row("quadrants", quadrants.join("; "), from(m))?;
        let course = m.value.curve.estimates.iter().flatten();
        let range = |of: fn(&Affect) -> f64| {
            let values = course.clone().map(|e| of(&e.at));
            values.clone().reduce(f64::min).zip(values.reduce(f64::max))
        };
        if let (Some((v0, v1)), Some((a0, a1))) = (range(|a| a.valence), range(|a| a.arousal)) {
            let text = format!("valence {v0:+.2} to {v1:+.2}, arousal {a0:+.2} to {a1:+.2}, by {:.0} s", m.value.curve.step_s);
            row("mood over time", text, from(m))?;
        }
    }
    for (name, weights) in derived::tables(&e) {
        let some = if name == "words" { MOST_WORDS } else { weights.len() };
        let text: Vec<String> = weights.iter().take(some).map(|(label, w)| format!("{label} {w:.2}")).collect();
        row(&format!("  {name}"), text.join(", "), "derived from valence and arousal".into())?;
    }
    Ok(())
}

/// Prints where the files were that are missing; of a track that has others, these have moved or were copies.
pub fn print_missing(track: &Track, files: &[PathBuf]) -> anyhow::Result<()> {
    let how = if track.paths.is_empty() { "missing since" } else { "not there at" };
    for path in files {
        output::line(&printable(&format!("{:<18}{}   ({how} the last scan of its folder)", "was in", path.display())))?;
    }
    Ok(())
}

/// Prints what the tags say where something better is known, or where it cannot be true.
pub fn print_declared(track: &Track) -> anyhow::Result<()> {
    let row =
        |name: &str, text: &str| output::line(&printable(&format!("{:<18}{text}   (declared in its tags)", format!("{name}, declared"))));
    let (tags, best) = (&track.tags, &track.analysis);
    let is_used = |origin: Option<Origin>| origin == Some(Origin::Declared);
    let numbers = [
        ("tempo", &tags.bpm, best.tempo_bpm.as_ref().map(|v| v.origin)),
        ("key", &tags.key, best.key.as_ref().map(|v| v.origin)),
        ("mood", &tags.mood, track.affect.as_ref().map(|v| v.origin)),
    ];
    for (name, text, origin) in numbers {
        if let Some(text) = text.as_deref().filter(|t| !t.trim().is_empty() && !is_used(origin)) {
            row(name, text)?;
        }
    }
    for (field, set) in &track.edits.words {
        if let Some(text) = tags.get(*field).filter(|text| text != set) {
            row(field.name(), text)?;
        }
    }
    Ok(())
}

/// Prints what was measured where something better is known.
pub fn print_measured(track: &Track, measured: &Track) -> anyhow::Result<()> {
    let row = |name: &str, text: String, origin: String| {
        output::line(&printable(&format!("{:<18}{text}   ({origin})", format!("{name}, heard"))))
    };
    let (best, own) = (&track.analysis, &measured.analysis);
    if let (Some(b), Some(m)) = (&best.tempo_bpm, &own.tempo_bpm)
        && b.origin != Origin::Measured
    {
        row("tempo", format!("{:.2} BPM{}", m.value, doubt(m)), from(m))?;
    }
    if let (Some(b), Some(m)) = (&best.key, &own.key)
        && b.origin != Origin::Measured
    {
        row("key", format!("{}{}", m.value, doubt(m)), from(m))?;
    }
    if let (Some(b), Some(m)) = (&track.affect, &measured.affect)
        && b.origin != Origin::Measured
    {
        let text = format!("valence {:+.2}, arousal {:+.2}{}", m.value.at.valence, m.value.at.arousal, no_music(track));
        row("mood", text, from(m))?;
    }
    Ok(())
}

/// Prints the licences of a track.
pub fn print_rights(licences: &[Licence]) -> anyhow::Result<()> {
    for licence in licences {
        let t = &licence.terms;
        let media: Vec<String> = t.media.iter().map(ToString::to_string).collect();
        let known = |text: String| if text.is_empty() { "unknown".to_owned() } else { text };
        let from = t.from.map_or_else(String::new, |d| format!(" from {d}"));
        let until = t.until.map_or_else(|| " for ever".into(), |d| format!(" until {d}"));
        let others = [&licence.name, &licence.id, &licence.cost_class, &licence.attribution, &licence.notes];
        let others: Vec<&str> = others.into_iter().map(String::as_str).filter(|o| !o.is_empty()).collect();
        let exclusive = if licence.exclusive { ", exclusive" } else { "" };
        let places = known(t.territories.as_ref().map_or_else(String::new, ToString::to_string));
        let text = format!("media: {}; territories: {places};{from}{until}{exclusive}", known(media.join(", ")));
        let owner = if licence.owner.is_empty() { "owner unknown" } else { &licence.owner };
        let others = if others.is_empty() { String::new() } else { format!("   ({})", others.join("; ")) };
        output::line(&printable(&format!("{:<18}{owner}: {text}{others}", "licence")))?;
    }
    Ok(())
}

/// Prints where a track was used.
pub fn print_usages(usages: &[Usage]) -> anyhow::Result<()> {
    for usage in usages {
        let scene = if usage.scene.is_empty() { String::new() } else { format!(", {}", usage.scene) };
        let text = format!("{}{scene}, {} to {}, {}", usage.project, duration(usage.in_s), duration(usage.out_s), usage.date);
        output::line(&printable(&format!("{:<18}{text}   ({})", "used in", usage.id)))?;
    }
    Ok(())
}

/// Prints everything that is known of a track.
pub fn print(track: &Track) -> anyhow::Result<()> {
    let row = |name: &str, text: String, origin: String| {
        let origin = if origin.is_empty() { origin } else { format!("   ({origin})") };
        output::line(&printable(&format!("{name:<18}{text}{origin}")))
    };
    let plain = |name: &str, text: String| row(name, text, String::new());
    plain("title", track.name())?;
    for path in &track.paths {
        plain("file", path.display().to_string())?;
    }
    if track.paths.is_empty() {
        plain("file", "missing".into())?;
    }
    plain("content id", track.content_id.to_string())?;
    plain("format", format!("{}, {} Hz, {} channels", track.codec, track.sample_rate_hz, track.channels))?;
    plain("length", format!("{} ({} frames)", duration(track.duration_s()), track.frames))?;
    for field in Field::ALL.into_iter().filter(|f| *f != Field::Title) {
        if let Some(said) = track.said(field) {
            row(field.name(), said.value.to_owned(), from(&said))?;
        }
    }
    if let Some(date) = &track.tags.date {
        row("date", date.clone(), "declared in its tags".into())?;
    }
    let a = &track.analysis;
    mood(track, &row)?;
    match &a.tempo_bpm {
        Some(v) => row("tempo", format!("{:.2} BPM{}", v.value, doubt(v)), from(v))?,
        None => plain("tempo", "no pulse".into())?,
    }
    if let Some(v) = &a.pace {
        let others: Vec<String> = v.value.alternatives.iter().take(3).map(|(bpm, p)| format!("{bpm:.1} ({p:.2})")).collect();
        if !others.is_empty() {
            plain("  or else", format!("{} BPM, with its probability", others.join(", ")))?;
        }
        let curve = v.value.curve.iter().map(|c| c.1);
        let drift = match (curve.clone().reduce(f64::min), curve.reduce(f64::max)) {
            (Some(low), Some(high)) => format!(", drifts between {low:.1} and {high:.1} BPM"),
            _ => String::new(),
        };
        row("steadiness", format!("{:.2}{drift}", v.value.steadiness), from(v))?;
    }
    if let Some(v) = &a.metre {
        row("metre", format!("{}{}", v.value, doubt(v)), from(v))?;
    }
    if let Some(v) = &a.beats {
        let grid = &v.value;
        let downbeat = grid.first_downbeat().map_or("downbeat unknown".into(), |d| format!("first downbeat at {:.3} s", grid.beats_s()[d]));
        row("beats", format!("{}, from {:.3} s, {downbeat}", grid.beats_s().len(), grid.beats_s()[0]), from(v))?;
    }
    match &a.key {
        Some(v) => row("key", format!("{}{}", v.value, doubt(v)), from(v))?,
        None => plain("key", "nothing tonal".into())?,
    }
    if let Some(v) = &a.harmony {
        let others: Vec<String> = v.value.alternatives.iter().filter(|k| k.1 >= 0.01).map(|(key, p)| format!("{key} ({p:.2})")).collect();
        if !others.is_empty() {
            plain("  or else", format!("{}, with its probability", others.join(", ")))?;
        }
        if v.value.spans.len() > 1 {
            let spans: Vec<String> = v.value.spans.iter().map(|s| format!("{} from {}", s.key, duration(s.from_s))).collect();
            row("keys over time", spans.join(", "), from(v))?;
        }
    }
    if let Some(v) = &a.tonic {
        let semitone = (v.value.cents_above_c / 100.0).round();
        let name = music::PitchClass::from_semitones(semitone as i32);
        row("tonic (sa)", format!("{name} {:+.0} cents", v.value.cents_above_c - 100.0 * semitone), from(v))?;
    }
    if let Some(v) = &a.voice {
        let mut pitches: Vec<u16> = v.value.cents.iter().copied().filter(|c| *c > 0).collect();
        pitches.sort_unstable();
        let hz = |share: f64| 10.0 * 2f64.powf(f64::from(pitches[((pitches.len() - 1) as f64 * share) as usize]) / 1200.0);
        if !pitches.is_empty() {
            let share = pitches.len() as f64 / v.value.cents.len() as f64;
            let text = format!("one voice, {:.0} to {:.0} Hz, median {:.0} Hz, {:.0} % voiced", hz(0.05), hz(0.95), hz(0.5), 100.0 * share);
            row("pitch", text, from(v))?;
        }
    }
    if let Some(v) = &a.sections {
        let s = &v.value;
        if !s.boundaries_s.is_empty() {
            let times: Vec<String> = s.boundaries_s.iter().map(|t| duration(*t)).collect();
            row("sections", format!("{}, new ones at {}", s.boundaries_s.len() + 1, times.join(", ")), from(v))?;
        }
        if s.silence_before_s > 0.0 || s.silence_after_s > 0.0 {
            row("silence", format!("{:.1} s before, {:.1} s after", s.silence_before_s, s.silence_after_s), from(v))?;
        }
    }
    match &a.loudness {
        Some(v) => {
            let l = v.value;
            let range = l.range_lu.map_or(String::new(), |r| format!("range {r:.1} LU, "));
            let text = format!("{:.1} LUFS, {range}true peak {:.1} dBTP", l.integrated_lufs, l.true_peak_dbtp);
            row("loudness", text, from(v))?;
        }
        None => plain("loudness", "below the gate".into())?,
    }
    row("onsets", a.onsets_s.value.len().to_string(), from(&a.onsets_s))?;
    if let Some(v) = &a.descriptors {
        let d = v.value;
        row("event density", format!("{:.2} per second", d.event_density_hz), from(v))?;
        row("brightness", format!("{:.0} Hz", d.brightness_hz), from(v))?;
        row("flatness", format!("{:.3}", d.flatness), from(v))?;
        if let Some(clarity) = d.pulse_clarity {
            row("pulse clarity", format!("{clarity:.2}"), from(v))?;
        }
        if let Some(t) = &d.timbre {
            row("register", format!("MIDI note {:.1}", t.register_midi), from(v))?;
            if let Some(articulation) = t.articulation {
                row("articulation", format!("{articulation:.2} of the time between notes is held"), from(v))?;
            }
            row("roughness", format!("{:.3}", t.roughness), from(v))?;
            row("flux", format!("{:.2} dB", t.flux_db), from(v))?;
        }
        if let Some(balance) = d.major_minor_balance {
            row("major-minor", format!("{balance:+.2}"), from(v))?;
        }
        if let Some(cents) = d.tuning_cents {
            row("tuning", format!("{cents:+.0} cents from A 440 Hz"), from(v))?;
        }
    }
    Ok(())
}
