//! What the worker knows and does: the catalogue, the search, fitting and verifying, what is stored, tried and auditioned.
//!
//! One idea: the cue that is stored with the project and the track that is only tried are kept apart, and the player gets one of them.

mod corrections;
mod listing;
mod playing;
mod ready;
mod usage;

use super::{Handle, ToWorker, get};
use crate::params::{Persisted, UnderscoreParams};
use crate::view::{Chosen, Filters, Intent, Model, Production};
use catalogue::{FileStamp, Reader};
use crossbeam_channel::{Receiver, RecvTimeoutError};
use cue::{Cue, Feeder, Place, Timing};
use music::TempoOctave;
use nice_plug_egui::RepaintNotifier;
use ready::{Ready, with_grid};
use spotting::{Wish, fit};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use track::{ContentId, Track};

/// Between two looks at the player while something is chosen, and while nothing is.
const BUSY_TICK: Duration = Duration::from_millis(2);
const IDLE_TICK: Duration = Duration::from_millis(20);
/// Between two looks at the catalogue.
const CATALOGUE_LOOK: Duration = Duration::from_secs(1);
/// Results that are listed.
const RESULTS: usize = 200;
/// How long a change of project tempo must last before an audition is fitted anew.
const TEMPO_SETTLES: Duration = Duration::from_millis(250);

/// All that the thread knows.
pub(super) struct State {
    params: Arc<UnderscoreParams>,
    repaint: RepaintNotifier,
    shared: Handle,
    reader: Option<Reader>,
    looked: Option<Instant>,
    feeder: Option<Box<Feeder>>,
    model: Model,
    /// For which words and filters facets were counted last.
    counted: Option<(String, Filters)>,
    /// The state as this thread last saw or made it.
    seen: Persisted,
    /// The cue that is stored with the project, if its file is there.
    stored: Option<Ready>,
    /// What is tried while another track sits on the timeline: it takes that one's place only when it is placed itself.
    trial: Option<Ready>,
    auditioning: bool,
    /// Tempo that the audition was fitted to, and since when the project has had another one.
    fitted_bpm: f64,
    other_tempo_since: Option<Instant>,
    /// Tempo that the editor was told, and when.
    described: Option<(f64, Instant)>,
    /// Whether something was heard at the last look.
    was_heard: bool,
    /// Beats tapped so far, in seconds of the recording, and when the last one was.
    taps: (Vec<f64>, Option<Instant>),
    /// The name of this instance in the catalogue's inbox, and what it told last.
    name: String,
    told: Option<catalogue::Note>,
    /// Tracks whose beats were put right and that another one was chosen after, the latest last.
    corrected: Vec<Ready>,
}

impl State {
    pub(super) fn new(params: Arc<UnderscoreParams>, repaint: RepaintNotifier, shared: Handle) -> Self {
        Self {
            params,
            repaint,
            shared,
            reader: None,
            looked: None,
            feeder: None,
            model: Model::default(),
            counted: None,
            seen: Persisted::default(),
            stored: None,
            trial: None,
            auditioning: false,
            fitted_bpm: crate::DEFAULT_BPM,
            other_tempo_since: None,
            described: None,
            was_heard: false,
            taps: (Vec::new(), None),
            name: usage::new_name(),
            told: None,
            corrected: Vec::new(),
        }
    }

    /// What the editor shows and Play plays.
    fn current(&self) -> Option<&Ready> {
        self.trial.as_ref().or(self.stored.as_ref())
    }

    pub(super) fn run(mut self, messages: &Receiver<ToWorker>) {
        loop {
            let wait = if self.current().is_some() { BUSY_TICK } else { IDLE_TICK };
            let message = messages.recv_timeout(wait);
            match message {
                Ok(ToWorker::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                // Whatever else was asked for before the end.
                _ if self.shared.board.is_ending.load(Ordering::Relaxed) => return,
                Ok(message) => {
                    // A damaged file may make a decoder panic: that costs the choice, not the host.
                    if catch_unwind(AssertUnwindSafe(|| self.handle(message))).is_err() {
                        self.give_up("this file broke its decoder; scan the library again");
                    }
                    self.shared.board.handled.fetch_add(1, Ordering::Release);
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            if catch_unwind(AssertUnwindSafe(|| self.tick())).is_err() {
                self.give_up("this file broke its decoder; scan the library again");
            }
        }
    }

    fn handle(&mut self, message: ToWorker) {
        match message {
            ToWorker::Stop => {}
            ToWorker::Activated { feeder, status } => {
                self.feeder = Some(feeder);
                self.shared.status.store(Arc::new(Some(status)));
                self.auditioning = false;
                self.take_up_state();
                self.send_to_player();
            }
            ToWorker::Intent(intent) => self.follow(intent),
        }
        self.publish();
    }

    fn tick(&mut self) {
        let news = self.look_at_catalogue();
        if self.params.state.is_news() || (news && self.current().is_none() && self.seen.cue.is_some()) {
            // Loaded by the host; or the catalogue has changed and may know where the missing file is now.
            self.take_up_state();
            self.send_to_player();
            self.publish();
        }
        let semitones = self.params.transpose.value();
        if semitones != self.shared.board.transpose.load(Ordering::Relaxed) {
            let result = self.feeder.as_mut().map(|f| f.set_transposition(f64::from(semitones)));
            self.shared.board.transpose.store(semitones, Ordering::Relaxed);
            if let Some(Err(e)) = result {
                self.give_up(&e.to_string());
            }
        }
        self.finish_taps();
        self.refit_audition();
        if let Some(feeder) = &mut self.feeder {
            while feeder.tick() && !self.shared.board.is_ending.load(Ordering::Relaxed) {}
            let (problem, has_ended) = (feeder.take_problem(), feeder.has_ended());
            if let Some(problem) = problem {
                self.say(&problem.to_string());
            }
            if self.auditioning && has_ended {
                self.auditioning = false;
                self.send_to_player();
                self.publish();
            }
        }
        self.keep_editor_current();
    }

    /// What changes without anybody's doing: the tempo in the text, and the playhead that starts to move.
    fn keep_editor_current(&mut self) {
        let is_heard = self.shared.status.load().as_ref().as_ref().is_some_and(|s| s.heard_frame().is_some());
        if is_heard && !self.was_heard {
            self.repaint.request_repaint();
        }
        self.was_heard = is_heard;
        let bpm = get(&self.shared.board.bpm);
        if self.model.chosen.is_some() && self.described.is_some_and(|(d, at)| (d - bpm).abs() > 0.05 && at.elapsed() > TEMPO_SETTLES) {
            self.describe_chosen();
            self.publish();
        }
    }

    // --- What the user wants --------------------------------------------------------------------------------------------------

    fn follow(&mut self, intent: Intent) {
        match intent {
            Intent::Target(target) => {
                self.remember(|s| s.target = target);
                self.search();
            }
            Intent::Words(words) => {
                self.remember(|s| s.words.clone_from(&words));
                self.search();
            }
            Intent::Filter(filters) => {
                self.remember(|s| s.filters.clone_from(&filters));
                self.search();
            }
            Intent::Project(project) => {
                self.remember(|s| {
                    s.project.clone_from(&project.name);
                    s.scene.clone_from(&project.scene);
                    s.usage_code = project.code;
                });
                self.tell_usage();
            }
            Intent::Choose(id) => self.choose(&id),
            Intent::Play => {
                self.auditioning = self.current().is_some();
                self.send_to_player();
            }
            Intent::Stop => {
                self.auditioning = false;
                self.send_to_player();
            }
            Intent::Place => {
                self.place();
                self.tell_usage();
            }
            Intent::Unplace => {
                self.remember(|s| {
                    if let Some(cue) = &mut s.cue {
                        cue.place = None;
                    }
                });
                if let Some(ready) = &mut self.stored {
                    ready.cue.place = None;
                }
                self.tell_usage();
                self.send_to_player();
            }
            Intent::ShowPlaced => {
                self.remember_corrections();
                self.taps = (Vec::new(), None);
                self.trial = None;
                self.auditioning = false;
                self.send_to_player();
            }
            Intent::Octave(octave) => self.set_octave(octave),
            // What was meant for another track, which was chosen when the button was pressed, is not for this one.
            Intent::Correct(id, correction) if self.shown_cue().is_some_and(|c| c.source.content_id == id) => self.put_right(correction),
            Intent::Correct(..) => {}
            // Parameters are set by the editor itself, through the host.
            Intent::Gain(_) | Intent::Transpose(_) | Intent::MatchLoudness(_) => {}
        }
        self.describe_chosen();
    }

    fn remember(&mut self, change: impl Fn(&mut Persisted)) {
        change(&mut self.seen);
        self.params.state.change(change);
    }

    fn choose(&mut self, id: &ContentId) {
        self.model.message = None;
        self.taps = (Vec::new(), None);
        self.remember_corrections();
        let is_on_timeline = self.seen.cue.as_ref().is_some_and(|c| c.place.is_some());
        if is_on_timeline && self.stored.as_ref().is_some_and(|s| s.cue.source.content_id == *id) {
            // The very track that sits there: it is heard as it was placed.
            self.trial = None;
            self.auditioning = true;
            self.send_to_player();
            return;
        }
        if self.current().is_some_and(|r| r.by_hand && r.cue.source.content_id == *id) {
            // Its beats were put right: it is heard as it is.
            self.auditioning = true;
            self.send_to_player();
            return;
        }
        let track = match self.reader.as_ref().map(|r| r.track(id)) {
            Some(Ok(Some(track))) => track,
            Some(Err(e)) => return self.say(&e.to_string()),
            _ => return self.say("this track is no longer in the catalogue"),
        };
        let Some((path, stamp)) = self.verified_file(id, &track.paths) else { return };
        let bpm = get(&self.shared.board.bpm);
        self.fitted_bpm = bpm;
        let wish = Wish { project_bpm: bpm, octave: None, own_pace: false, place: None };
        // What was put right of it before, with another track tried in between, still holds.
        let corrected = self.corrected.iter().find(|c| c.cue.source.content_id == *id);
        let by_hand = corrected.is_some();
        let cue = match corrected.and_then(Ready::grid) {
            Some(grid) => fit(&with_grid(&track, grid), path.clone(), &wish).cue,
            None => fit(&track, path.clone(), &wish).cue,
        };
        let ready = Ready { cue, path, stamp, octave: None, by_hand };
        if is_on_timeline {
            self.trial = Some(ready);
        } else {
            self.trial = None;
            self.store(ready);
        }
        self.auditioning = true;
        self.send_to_player();
    }

    /// Makes a cue the one that is stored with the project.
    fn store(&mut self, ready: Ready) {
        let (cue, octave, by_hand) = (ready.cue.clone(), ready.octave, ready.by_hand);
        self.remember(|s| {
            s.octave = octave;
            s.beats_by_hand = by_hand;
            s.cue = Some(cue.clone());
        });
        self.stored = Some(ready);
    }

    /// A file that is there and holds that very sound; else a message.
    fn verified_file(&mut self, id: &ContentId, paths: &[PathBuf]) -> Option<(PathBuf, FileStamp)> {
        let mut problem = None;
        for path in paths {
            match self.check(path, id) {
                Ok(stamp) => return Some((path.clone(), stamp)),
                Err(e) => problem = Some(e),
            }
        }
        let message = problem.unwrap_or_else(|| "its file is missing; bring it back and scan its folder again".into());
        self.say(&message);
        None
    }

    /// Whether a file holds a sound; else why not, in words. What the catalogue saw and nobody has touched since is believed; anything
    /// else is read from start to end.
    fn check(&self, path: &Path, id: &ContentId) -> Result<FileStamp, String> {
        let Ok(meta) = std::fs::metadata(path) else {
            return Err(format!("{} is missing; bring it back and scan its folder again", path.display()));
        };
        let stamp = FileStamp::of(&meta);
        if self.reader.as_ref().is_some_and(|r| r.vouches_for(path, stamp, id).unwrap_or(false)) {
            return Ok(stamp);
        }
        let board = self.shared.board.clone();
        match audio::content_id(path, &|| board.is_ending.load(Ordering::Relaxed)) {
            Ok(Some(found)) if found == *id => Ok(stamp),
            Ok(None) => Err("given up".to_owned()),
            Ok(_) => Err(format!("{} holds another sound than when it was scanned; scan its folder again", path.display())),
            Err(e) => Err(e.to_string()),
        }
    }

    fn place(&mut self) {
        let board = &self.shared.board;
        let (beats, seconds, bpm) = (get(&board.beats), get(&board.seconds), get(&board.bpm));
        let (bar, length) = (get(&board.bar_start), get(&board.beats_per_bar));
        let at_beats = if (beats - bar).abs() < 1e-4 { bar } else { bar + length };
        let mut place = Place { at_beats, at_s: seconds + (at_beats - beats) * 60.0 / bpm };
        let track = self.chosen_track();
        let Some(mut ready) = self.trial.take().or_else(|| self.stored.take()) else { return };
        if let (Some(track), None) = (&track, ready.cue.place) {
            // The tempo may have changed since it was first heard. What was placed before keeps its recipe.
            let wish = Wish { project_bpm: bpm, octave: ready.octave, own_pace: false, place: None };
            ready.cue = ready.refit(track, &wish);
        }
        // Even at its own pace it has a downbeat, which goes on the bar line.
        let downbeat_s = match &ready.cue.timing {
            Timing::Locked { beats, downbeat, .. } => beats.unpack().and_then(|b| b.get(*downbeat).copied()),
            Timing::Unstretched(_) => track.as_ref().and_then(|t| t.analysis.beats.as_ref()).and_then(|b| {
                let grid = &b.value;
                grid.beats_s().get(grid.first_downbeat().unwrap_or(0)).copied()
            }),
        };
        place.at_s -= downbeat_s.unwrap_or(0.0);
        ready.cue.place = Some(place);
        self.store(ready);
        self.auditioning = false;
        self.send_to_player();
    }

    fn set_octave(&mut self, octave: TempoOctave) {
        let track = self.chosen_track();
        let project_bpm = get(&self.shared.board.bpm);
        let is_trial = self.trial.is_some();
        let Some(ready) = self.trial.as_mut().or(self.stored.as_mut()) else { return };
        ready.octave = Some(octave);
        match (&mut ready.cue.timing, track) {
            (Timing::Locked { octave: current, .. }, _) => *current = octave,
            (Timing::Unstretched(_), Some(track)) => {
                let wish = Wish { project_bpm, octave: Some(octave), own_pace: false, place: ready.cue.place };
                ready.cue = ready.refit(&track, &wish);
            }
            (Timing::Unstretched(_), None) => {}
        }
        let cue = ready.cue.clone();
        if !is_trial {
            self.remember(|s| {
                s.octave = Some(octave);
                s.cue = Some(cue.clone());
            });
        }
        self.send_to_player();
    }

    /// An audition follows the project's tempo into another octave; a placed cue keeps what was decided.
    fn refit_audition(&mut self) {
        let bpm = get(&self.shared.board.bpm);
        let is_placed = self.current().is_none_or(|r| r.cue.place.is_some());
        if (bpm - self.fitted_bpm).abs() < 1e-6 || !self.auditioning || is_placed {
            self.other_tempo_since = None;
            return;
        }
        if self.other_tempo_since.get_or_insert_with(Instant::now).elapsed() < TEMPO_SETTLES {
            return;
        }
        self.fitted_bpm = bpm;
        self.other_tempo_since = None;
        let track = self.chosen_track();
        let is_trial = self.trial.is_some();
        let (Some(track), Some(ready)) = (track, self.trial.as_mut().or(self.stored.as_mut())) else { return };
        let wish = Wish { project_bpm: bpm, octave: ready.octave, own_pace: false, place: None };
        let refitted = ready.refit(&track, &wish);
        if refitted.timing != ready.cue.timing {
            ready.cue = refitted.clone();
            if !is_trial {
                self.remember(|s| s.cue = Some(refitted.clone()));
            }
            self.send_to_player();
        }
        self.describe_chosen();
        self.publish();
    }

    /// The cue that is shown, whether or not its file is there.
    fn shown_cue(&self) -> Option<&Cue> {
        self.trial.as_ref().map(|t| &t.cue).or(self.seen.cue.as_ref())
    }

    fn chosen_track(&self) -> Option<Track> {
        let id = &self.shown_cue()?.source.content_id;
        self.reader.as_ref()?.track(id).ok()?
    }

    // --- What was stored ------------------------------------------------------------------------------------------------------

    /// Takes up what the host loaded.
    fn take_up_state(&mut self) {
        // Until it has reached the player, what is stored is not what plays.
        self.shared.board.is_loaded.store(false, Ordering::Release);
        let state = self.params.state.read_news();
        if state == self.seen && self.stored.is_some() == state.cue.is_some() {
            return;
        }
        self.seen = state;
        self.model.message = None;
        (self.stored, self.trial) = (None, None);
        self.taps = (Vec::new(), None);
        self.auditioning = false;
        if let Some(cue) = self.seen.cue.clone() {
            let mut paths = vec![cue.source.path.clone()];
            // The file may have moved since the project was saved; the catalogue knows where to.
            self.look_at_catalogue();
            paths.extend(self.reader.as_ref().and_then(|r| r.track(&cue.source.content_id).ok()?).map(|t| t.paths).unwrap_or_default());
            if let Some((path, stamp)) = self.verified_file(&cue.source.content_id, &paths) {
                self.stored = Some(Ready { cue, path, stamp, octave: self.seen.octave, by_hand: self.seen.beats_by_hand });
            }
        }
        self.search();
        self.describe_chosen();
    }

    fn say(&mut self, message: &str) {
        self.model.message = Some(message.to_owned());
        self.publish();
    }

    // --- What is shown --------------------------------------------------------------------------------------------------------

    fn describe_chosen(&mut self) {
        let bpm = get(&self.shared.board.bpm);
        self.described = Some((bpm, Instant::now()));
        let track = self.chosen_track();
        let mut chosen = self.shown_cue().map(|cue| Chosen::new(cue, track.as_ref(), bpm, self.current().is_some()));
        if let Some(chosen) = &mut chosen {
            chosen.by_hand = self.current().map_or(self.seen.beats_by_hand, |r| r.by_hand);
        }
        if let (Some(chosen), Some(_), Some(cue)) = (&mut chosen, &self.trial, &self.seen.cue) {
            chosen.stays = Some(format!("{} stays on the timeline", cue.source.name));
        }
        self.model.chosen = chosen;
    }

    fn publish(&mut self) {
        self.model.target = self.seen.target;
        self.model.words.clone_from(&self.seen.words);
        self.model.filters.clone_from(&self.seen.filters);
        self.model.project = Production { name: self.seen.project.clone(), scene: self.seen.scene.clone(), code: self.seen.usage_code };
        self.model.auditioning = self.auditioning;
        self.shared.model.store(Arc::new(self.model.clone()));
        self.repaint.request_repaint();
    }
}
