//! Telling the catalogue where its tracks are used.
//!
//! One idea: what sits on the timeline of a named project is told once it sits there, under an id that stays with the DAW project; placed elsewhere it is told again under the same id, and taken
//! away it is taken back. The catalogue itself is never written: notes go into its inbox.

use super::State;
use catalogue::Note;
use cue::{Cue, Timing};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use track::Usage;

/// What tells one process and its moment from all others.
static PROCESS: LazyLock<String> = LazyLock::new(|| {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{:x}-{:x}", std::process::id(), since.as_nanos())
});

/// A name that no other instance has, in this process or another.
pub(super) fn new_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{}-{}", *PROCESS, COUNT.fetch_add(1, Ordering::Relaxed))
}

impl State {
    /// Tells what sits on the timeline now, or that nothing does any more.
    pub(super) fn tell_usage(&mut self) {
        let placed = self.stored.as_ref().map(|s| s.cue.clone()).filter(|c| c.place.is_some());
        let project = self.seen.project.trim().to_owned();
        let note = match (placed, self.seen.usage_id.clone()) {
            (Some(cue), known) if !project.is_empty() => {
                let id = known.unwrap_or_else(new_name);
                self.remember(|s| s.usage_id = Some(id.clone()));
                let bpm = super::get(&self.shared.board.bpm);
                let Some((in_s, out_s)) = span(&cue, bpm) else { return };
                Note::Used(Usage {
                    id,
                    content_id: cue.source.content_id.clone(),
                    project,
                    scene: self.seen.scene.trim().to_owned(),
                    in_s,
                    out_s,
                    frames_per_s: None,
                    drops_none: false,
                    date: jiff::Zoned::now().date(),
                    code: self.seen.usage_code,
                })
            }
            (_, Some(id)) => {
                self.remember(|s| s.usage_id = None);
                Note::NotUsed { id }
            }
            (_, None) => return,
        };
        if self.told.as_ref() == Some(&note) {
            return;
        }
        let result = catalogue::default_dir().and_then(|dir| catalogue::tell(&dir, &self.name, &note));
        match result {
            Ok(()) => self.told = Some(note),
            Err(e) => self.say(&format!("that it is used could not be noted: {e}")),
        }
    }
}

/// From where to where a placed cue sounds on the timeline, in seconds, at the project's tempo.
fn span(cue: &Cue, project_bpm: f64) -> Option<(f64, f64)> {
    let place = cue.place?;
    let duration_s = cue.source.frames as f64 / f64::from(cue.source.rate_hz.max(1));
    let (from_s, stretch) = match &cue.timing {
        Timing::Locked { octave, bpm, beats, downbeat, .. } if cue.why_unstretched(project_bpm).is_none() => {
            let stretch = bpm * octave.factor() / project_bpm;
            // The place in seconds is that of the recording's start at its own pace; its downbeat is what stays.
            let downbeat_s = beats.unpack()?.get(*downbeat).copied()?;
            (place.at_s + downbeat_s * (1.0 - stretch), stretch)
        }
        _ => (place.at_s, 1.0),
    };
    let from_s = from_s.max(0.0);
    Some((from_s, from_s + duration_s * stretch))
}
