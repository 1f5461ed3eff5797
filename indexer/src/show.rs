//! `indexer show`.

use crate::OK;
use crate::arguments::{Arguments, Show};
use crate::output::{self, duration, printable};
use anyhow::{Context, bail};
use catalogue::Reader;
use track::{ContentId, Origin, Track, Value};

pub fn run(arguments: &Arguments, command: &Show) -> anyhow::Result<u8> {
    let reader = Reader::open(&arguments.catalogue_dir()?)?;
    let id = find(&reader, command)?;
    let track = reader.track(&id)?.context("the track has just gone from the catalogue")?;
    if arguments.json {
        output::json(&track)?;
    } else {
        print(&track)?;
    }
    Ok(OK)
}

fn find(reader: &Reader, command: &Show) -> anyhow::Result<ContentId> {
    let given = &command.track;
    let absolute = dunce::canonicalize(given).unwrap_or_else(|_| given.clone());
    for path in [&absolute, given] {
        if let Some(id) = reader.content_of(path)? {
            return Ok(id);
        }
    }
    if let Some(reason) = reader.failures()?.into_iter().find(|f| f.0 == absolute).map(|f| f.1) {
        bail!("{} could not be measured: {reason}", given.display());
    }
    let ids = match given.to_str() {
        Some(text) if text.len() >= 4 => reader.content_starting_with(text, 2)?,
        _ => Vec::new(),
    };
    match ids.as_slice() {
        [id] => Ok(id.clone()),
        [] => bail!("{} is neither a file of the catalogue nor the start (four digits or more) of a content id", given.display()),
        _ => bail!("several tracks have a content id that starts with {}; give more of its digits", given.display()),
    }
}

fn from<T>(value: &Value<T>) -> String {
    let origin = match value.origin {
        Origin::Measured => format!("measured by {}", value.version),
        Origin::Declared => "declared in its tags".into(),
        Origin::ByHand => "set by hand".into(),
    };
    value.confidence.map_or(origin.clone(), |c| format!("{origin}, confidence {c:.2}"))
}

fn print(track: &Track) -> anyhow::Result<()> {
    let row = |name: &str, text: String, origin: String| {
        let origin = if origin.is_empty() { origin } else { format!("   ({origin})") };
        output::line(&printable(&format!("{name:<18}{text}{origin}")))
    };
    let plain = |name: &str, text: String| row(name, text, String::new());
    let absent = "-".to_owned();
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
    for (name, value) in track.tags.named().filter(|(name, _)| *name != "title") {
        row(name, value.to_owned(), "declared in its tags".into())?;
    }
    let a = &track.analysis;
    match &track.affect {
        Some(v) => {
            let e = v.value;
            let text = format!(
                "valence {:+.2} ±{:.2}, arousal {:+.2} ±{:.2}, {}",
                e.at.valence,
                e.valence_spread,
                e.at.arousal,
                e.arousal_spread,
                e.at.quadrant().label()
            );
            row("mood", text, from(v))?;
        }
        None => plain("mood", absent.clone())?,
    }
    match &a.tempo_bpm {
        Some(v) => row("tempo", format!("{:.2} BPM", v.value), from(v))?,
        None => plain("tempo", "no pulse".into())?,
    }
    if let Some(v) = &a.beats {
        let grid = &v.value;
        let downbeat = grid.first_downbeat().map_or("downbeat unknown".into(), |d| format!("first downbeat at {:.3} s", grid.beats_s()[d]));
        row("beats", format!("{}, from {:.3} s, {downbeat}", grid.beats_s().len(), grid.beats_s()[0]), from(v))?;
    }
    match &a.key {
        Some(v) => row("key", v.value.to_string(), from(v))?,
        None => plain("key", "nothing tonal".into())?,
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
        row("pulse clarity", format!("{:.2}", d.pulse_clarity), from(v))?;
        if let Some(balance) = d.major_minor_balance {
            row("major-minor", format!("{balance:+.2}"), from(v))?;
        }
        if let Some(cents) = d.tuning_cents {
            row("tuning", format!("{cents:+.0} cents from A 440 Hz"), from(v))?;
        }
    }
    Ok(())
}
