//! The worker's side: measures files, one line at a time.

use crate::job::{Cause, Job, Measured, Outcome};
use analysis::Analyser;
use audio::{AudioError, End, Reader};
use mood::MusicModel;
use std::io::{BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use track::Track;

/// A file that tells its length must have at least this share of it.
const MIN_SHARE: f64 = 0.98;
/// A file may lose this share of its packets and still be taken.
const MAX_LOST_PACKETS: u64 = 20;
/// A line longer than this is no job of ours.
const MAX_LINE: u64 = 1 << 20;

/// Reads jobs from `input`, a JSON object a line, and writes an outcome for each to `output`, until the input ends.
///
/// # Errors
/// Only when reading or writing the lines fails.
pub fn serve(mood: &MusicModel, input: impl BufRead, mut output: impl Write) -> std::io::Result<()> {
    let mut input = input.take(MAX_LINE);
    let mut line = String::new();
    loop {
        line.clear();
        input.set_limit(MAX_LINE);
        if input.read_line(&mut line)? == 0 {
            return Ok(());
        }
        if line.trim().is_empty() {
            continue;
        }
        let outcome = match serde_json::from_str::<Job>(&line) {
            Ok(job) => run(mood, &job),
            Err(e) => Outcome::Failed { reason: format!("not a job: {e}"), cause: Cause::File },
        };
        serde_json::to_writer(&mut output, &outcome)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
}

fn run(mood: &MusicModel, job: &Job) -> Outcome {
    if !job.known.is_empty()
        && let Ok(Ok(Some((content_id, tags)))) = catch_unwind(|| audio::identity(&job.path, &|| false))
        && job.known.contains(&content_id)
    {
        return Outcome::Known { content_id, tags: Box::new(tags) };
    }
    match catch_unwind(AssertUnwindSafe(|| measure(mood, &job.path))) {
        Ok(Ok(track)) => Outcome::Measured(Box::new(Measured { track })),
        Ok(Err((reason, cause))) => Outcome::Failed { reason, cause },
        Err(panic) => {
            let what = panic.downcast_ref::<&str>().map(ToString::to_string).or_else(|| panic.downcast_ref::<String>().cloned());
            let reason = format!("the decoder broke on it ({})", what.unwrap_or_else(|| "no reason given".into()));
            Outcome::Failed { reason, cause: Cause::File }
        }
    }
}

/// Measures one file, in this process and unprotected.
///
/// # Errors
/// Why it cannot be measured, in words for the user, without the path; and whether that is the file's own fault.
pub fn measure(mood: &MusicModel, path: &Path) -> Result<Track, (String, Cause)> {
    let cannot = |e: AudioError| {
        let cause = if matches!(e, AudioError::Io { .. }) { Cause::Circumstances } else { Cause::File };
        (e.reason(), cause)
    };
    let broken = |reason: String| (reason, Cause::File);
    let mut reader = Reader::open(path).map_err(cannot)?;
    let info = reader.info().clone();
    let mut analyser = Analyser::new(info.rate_hz, info.channels).map_err(|e| broken(e.to_string()))?;
    let take = |planes: &[&[f32]]| -> Result<(), AudioError> {
        analyser.push(planes);
        Ok(())
    };
    let end = audio::read_unbroken(&mut reader, take).map_err(cannot)?;
    let seconds = |frames: u64| frames as f64 / f64::from(info.rate_hz);
    if end == 0 {
        return Err(broken("it holds no sound at all".into()));
    }
    match reader.file_end() {
        End::Whole => {}
        End::Missing => return Err(broken(format!("cut short: it stops after {:.1} s, in the middle of its stream", seconds(end)))),
        End::AnotherStream => {
            let first = format!("the first is {:.1} s long", seconds(end));
            return Err(broken(format!("several pieces one after the other in one file (chained Ogg; {first}): split it")));
        }
    }
    if let Some(declared) = info.declared_frames
        && (end as f64) < declared as f64 * MIN_SHARE
        && declared - end > u64::from(info.rate_hz / 10)
    {
        return Err(broken(format!("cut short or damaged: {:.1} s of {:.1} s could be decoded", seconds(end), seconds(declared))));
    }
    if reader.lost_packets() > MAX_LOST_PACKETS {
        return Err(broken(format!("damaged: {} packets could not be decoded", reader.lost_packets())));
    }
    let content_id = reader.content_id().ok_or_else(|| broken("it could not be read to its end".into()))?;
    let (analysis, passages) = analyser.finish_with_passages();
    let heard = mood.read(&passages).map_err(|e| broken(e.to_string()))?;
    let (affect, mood) = heard.map_or((None, None), |h| (h.affect, Some(h.mood)));
    Ok(Track {
        content_id,
        paths: vec![path.to_owned()],
        codec: info.codec,
        sample_rate_hz: info.rate_hz,
        channels: info.channels as u16,
        frames: end,
        tags: info.tags,
        analysis,
        affect,
        mood,
        edits: track::Edits::default(),
    })
}
