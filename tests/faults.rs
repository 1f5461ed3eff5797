//! Whatever ends the program, and whatever fails beneath it: what was committed is there in full, and the next run puts the rest right.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use end_to_end::clicks::{metronome, write};
use end_to_end::faults::{
    Dice, Ended, Fault, Watched, calls, children, ends_of_rows, put_beneath, signal, slow_down, two_at_a_time, wait_until_idle,
};
use end_to_end::tools::{Need, Test, indexer};
use end_to_end::world::World;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    end_to_end::tools::main(&[
        Test::new("what_was_committed_is_there_in_full_after_a_kill_at_any_moment", &[], kills_at_random),
        Test::new("what_was_committed_is_there_in_full_after_a_kill_at_any_call", &[Need::Cc], kills_at_calls),
        Test::new("what_a_long_scan_committed_on_its_way_outlives_a_kill", &[], kills_between_commits),
        Test::new("a_kill_between_the_two_stores_is_put_right_by_whoever_opens_them_next", &[Need::Cc], kills_between_the_stores),
        Test::new("a_worker_that_is_killed_at_any_moment_costs_one_file_until_the_next_scan", &[Need::Cc], kills_of_workers),
        Test::new("an_answer_that_a_killed_worker_broke_off_is_no_answer", &[Need::Cc], kill_within_an_answer),
        Test::new("a_broken_disk_is_told_and_costs_nothing_once_it_is_whole_again", &[Need::Cc], broken_disk),
        Test::new("a_slow_share_costs_time_and_no_file_and_one_look_at_what_is_known", &[Need::Cc], slow_share),
        Test::new("a_full_disk_is_told_and_costs_nothing_once_it_has_room_again", &[Need::Cc], full_disk),
    ])
}

const RANDOM_KILLS: usize = 200;
const KILLS_BETWEEN_COMMITS: usize = 4;
const KILLS_OF_WORKERS: usize = 40;

/// What a catalogue holds.
#[derive(Clone, Default, PartialEq)]
struct State {
    /// By its content id, what a search lists of a track, but how well it fits the search.
    listed: BTreeMap<String, Value>,
    /// All that is told of each of them, but the files that hold it.
    shown: BTreeMap<String, Value>,
}

impl State {
    fn ids(&self) -> BTreeSet<&String> {
        self.listed.keys().collect()
    }
}

fn program(catalogue: &Path, arguments: &[OsString]) -> Command {
    let mut command = Command::new(indexer());
    command.env("UNDERSCORE_CATALOGUE", catalogue).env_remove("RUST_BACKTRACE").args(arguments);
    command
}

fn words(arguments: &[&str]) -> Vec<OsString> {
    arguments.iter().map(Into::into).collect()
}

/// What a command prints as JSON, or its complaint.
fn ask(catalogue: &Path, arguments: &[&str]) -> Result<Value, String> {
    let output = program(catalogue, &words(arguments)).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    match output.status.code() {
        Some(0 | 1) if !errors.contains("panicked at") => {
            serde_json::from_slice(&output.stdout).map_err(|e| format!("{arguments:?}: {e}, {errors}"))
        }
        _ => Err(format!("{arguments:?}: {}, {}", output.status, errors.trim_end())),
    }
}

fn without(value: &Value, names: &[&str]) -> Value {
    let mut value = value.clone();
    names.iter().for_each(|name| drop(value.as_object_mut().unwrap().remove(*name)));
    value
}

fn listing(catalogue: &Path) -> Result<BTreeMap<String, Value>, String> {
    let found = ask(catalogue, &["search", "--json", "--limit", "0"])?;
    let one = |t: &Value| (t["content_id"].as_str().unwrap().to_owned(), without(t, &["score", "why"]));
    Ok(found.as_array().unwrap().iter().map(one).collect())
}

fn state(catalogue: &Path) -> Result<State, String> {
    let listed = listing(catalogue)?;
    let shown = |id: &String| Ok((id.clone(), without(&ask(catalogue, &["show", "--json", id])?, &["paths"])));
    Ok(State { shown: listed.keys().map(shown).collect::<Result<_, String>>()?, listed })
}

/// Every track that is listed is found by its title, which is one word here.
fn words_are_found(catalogue: &Path, listed: &BTreeMap<String, Value>) -> Result<(), String> {
    let titles: Vec<&str> = listed.values().map(|t| t["title"].as_str().unwrap()).collect();
    let found = ask(catalogue, &["search", "--json", "--limit", "0", &titles.join(" OR ")])?;
    let is_found = |id: &String| found.as_array().unwrap().iter().any(|t| t["content_id"] == **id);
    match listed.iter().find(|(id, _)| !is_found(id)) {
        Some((_, track)) if !listed.is_empty() => Err(format!("{} is not found by its title", track["title"])),
        _ => Ok(()),
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A command that changes a catalogue, and what it makes of which.
struct Trial {
    name: &'static str,
    /// Holds the music.
    world: World,
    /// A catalogue as it is before the command; `None` for a first scan.
    start: Option<PathBuf>,
    arguments: Vec<OsString>,
    /// Another command that opens the catalogue for writing, and changes nothing of what it holds.
    other: Vec<OsString>,
    before: State,
    after: State,
    /// How long the command takes when nobody disturbs it.
    takes: Duration,
}

impl Trial {
    fn new(name: &'static str, world: World, start: Option<PathBuf>, arguments: Vec<OsString>, other: Vec<OsString>) -> Self {
        let mut trial =
            Self { name, world, start, arguments, other, before: State::default(), after: State::default(), takes: Duration::ZERO };
        let catalogue = trial.fresh("undisturbed");
        if trial.start.is_some() {
            trial.before = state(&catalogue).unwrap();
        }
        let since = Instant::now();
        let output = program(&catalogue, &trial.arguments).output().unwrap();
        trial.takes = since.elapsed();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        trial.after = state(&catalogue).unwrap();
        assert!(!trial.after.listed.is_empty() && trial.after != trial.before);
        words_are_found(&catalogue, &trial.after.listed).unwrap();
        trial
    }

    fn scan(world: &World) -> Vec<OsString> {
        let mut arguments = words(&["scan", "--json", "--workers", "1"]);
        arguments.push(world.music().into());
        arguments
    }

    fn edit(world: &World, set: &str) -> Vec<OsString> {
        vec!["edit".into(), world.music().join("kept.wav").into(), "--set".into(), set.into()]
    }

    /// The first scan of a few files.
    fn first() -> Self {
        let world = World::default();
        for (i, name) in ["amber.wav", "beryl.wav", "coral.wav"].iter().enumerate() {
            world.click_file(name, 100.0 + 20.0 * i as f64);
        }
        let scan = Self::scan(&world);
        Self::new("a first scan", world, None, scan.clone(), scan)
    }

    /// A folder and its catalogue, in which the tempo of one file was set by hand.
    fn known() -> (World, PathBuf) {
        let (world, start) = (World::default(), "start");
        for (i, name) in ["kept.wav", "named.wav", "bounced.wav", "gone.wav"].iter().enumerate() {
            world.click_file(name, 100.0 + 15.0 * i as f64);
        }
        let start = world.dir.path().join(start);
        for arguments in [Self::scan(&world), Self::edit(&world, "bpm=77")] {
            let output = program(&start, &arguments).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        (world, start)
    }

    /// A scan of a known folder with a file that is new, one that was renamed, one that was overwritten and one that is gone.
    fn second() -> Self {
        let (world, start) = Self::known();
        world.click_file("arrived.wav", 90.0);
        fs::rename(world.music().join("named.wav"), world.music().join("renamed.wav")).unwrap();
        world.click_file("bounced.wav", 95.0);
        fs::remove_file(world.music().join("gone.wav")).unwrap();
        let (scan, edit) = (Self::scan(&world), Self::edit(&world, "bpm=77"));
        Self::new("a second scan", world, Some(start), scan, edit)
    }

    /// Another tempo set by hand.
    fn by_hand() -> Self {
        let (world, start) = Self::known();
        let (edit, scan) = (Self::edit(&world, "bpm=88"), Self::scan(&world));
        Self::new("an edit", world, Some(start), edit, scan)
    }

    /// A folder for a case, with the catalogue as it is before the command.
    fn fresh(&self, case: &str) -> PathBuf {
        // By its full name, as the system knows it.
        let catalogue = fs::canonicalize(self.world.dir.path()).unwrap().join(case).join("catalogue");
        fs::create_dir_all(catalogue.parent().unwrap()).unwrap();
        if let Some(start) = &self.start {
            copy_folder(start, &catalogue);
        }
        catalogue
    }

    /// Nothing that was done is lost, nothing is there by half, and readers find nothing wrong with it.
    fn holds_in_full(&self, catalogue: &Path, seen: &BTreeSet<String>) -> Result<State, String> {
        let now = match state(catalogue) {
            Err(e) if self.start.is_none() && seen.is_empty() && e.contains("there is no catalogue in") => return Ok(State::default()),
            now => now?,
        };
        let after = self.after.ids();
        let stay = self.before.ids().into_iter().chain(seen).filter(|id| after.contains(*id));
        if let Some(lost) = stay.into_iter().find(|id| !now.listed.contains_key(*id)) {
            return Err(format!("{lost} is lost"));
        }
        let is_one_of = |of: [Option<Value>; 2], value: &Value| of.iter().flatten().any(|v| v == value);
        for (id, track) in &now.listed {
            let known = [&self.before, &self.after].map(|s| s.listed.get(id));
            // Between two commits a file may be gone and not be found again yet.
            let path = &track["path"];
            let is_known = is_one_of(known.map(|t| t.map(|t| without(t, &["path"]))), &without(track, &["path"]))
                && (path.is_null() || is_one_of(known.map(|t| t.map(|t| t["path"].clone())), path));
            let shown = [&self.before, &self.after].map(|s| s.shown.get(id).cloned());
            if !is_known || !is_one_of(shown, &now.shown[id]) {
                return Err(format!("{id} is neither what it was nor what it becomes: {track}"));
            }
        }
        // Words may be wanting, but not the answer.
        ask(catalogue, &["search", "--json", "kept"])?;
        Ok(now)
    }

    /// The same command again does what it was to do.
    fn again(&self, catalogue: &Path) -> Result<(), String> {
        self.run_well(catalogue, &self.arguments)?;
        self.is_done(catalogue).map_err(|why| format!("after the command was run again: {why}"))
    }

    /// Whether all is as after the command when nobody disturbs it.
    fn is_done(&self, catalogue: &Path) -> Result<(), String> {
        let now = listing(catalogue)?;
        let differs = |id: &&String| now.get(*id) != self.after.listed.get(*id);
        if let Some(id) = now.keys().chain(self.after.listed.keys()).find(differs) {
            return Err(format!("{id} is {:?}, and without a fault it is {:?}", now.get(id), self.after.listed.get(id)));
        }
        // What was set by hand does not stand in the list as such.
        if let Some((id, _)) = now.iter().find(|(_, track)| track["title"] == "kept")
            && without(&ask(catalogue, &["show", "--json", id])?, &["paths"]) != self.after.shown[id]
        {
            return Err("what was set by hand is not there".into());
        }
        words_are_found(catalogue, &now)
    }

    fn run_well(&self, catalogue: &Path, arguments: &[OsString]) -> Result<(), String> {
        let output = program(catalogue, arguments).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        let is_well = output.status.code() == Some(0) && !errors.contains("panicked at");
        is_well.then_some(()).ok_or_else(|| format!("{:?} afterwards: {}, {}", arguments[0], output.status, errors.trim_end()))
    }

    /// The calls of the command that change the disk.
    fn calls(&self) -> Vec<String> {
        let (_, calls) = self.run_above("counted", None);
        assert!(calls.len() > 20, "only {} calls were counted, and a scan makes more", calls.len());
        calls
    }

    /// Runs the command above a disk that fails at a call.
    fn run_above(&self, case: &str, fault: Option<(Fault, usize)>) -> (Ended, Vec<String>) {
        let catalogue = self.fresh(case);
        let folder = catalogue.parent().unwrap();
        let log = folder.join("log");
        let mut command = program(&catalogue, &self.arguments);
        put_beneath(&mut command, &catalogue, fault, &log);
        (Watched::start(&mut command, folder).end(), calls(&log))
    }

    /// Lets a fault happen at each of some calls, and looks after each whether all is as it should be.
    fn befall(&self, fault: impl Fn(usize) -> Fault + Sync, numbers: &[usize]) -> Vec<String> {
        let found = two_at_a_time(numbers.len(), |i| {
            let (n, case) = (numbers[i], format!("case-{i}"));
            let fault = fault(n);
            let (ended, calls) = self.run_above(&case, Some((fault, n)));
            let catalogue = self.world.dir.path().join(&case).join("catalogue");
            // Threads take turns as they like, so that a run may be over before that call.
            let is_hit = calls.len() >= n;
            let result = self.ended_well(fault, is_hit, &ended, &catalogue).and_then(|()| {
                self.holds_in_full(&catalogue, &BTreeSet::new())?;
                self.again(&catalogue)
            });
            fs::remove_dir_all(catalogue.parent().unwrap()).unwrap();
            let what = calls.get(n - 1).map_or("no call", String::as_str);
            (is_hit, ended.status.success(), result.err().map(|why| format!("{}, {fault:?} at call {n} ({what}): {why}", self.name)))
        });
        let (hits, well) = (found.iter().filter(|f| f.0).count(), found.iter().filter(|f| f.0 && f.1).count());
        tell(&format!("  {}: {hits} faults, {well} of which did it no harm", self.name));
        found.into_iter().filter_map(|f| f.2).collect()
    }

    /// Whether the program ended as a program should to which that happened.
    fn ended_well(&self, fault: Fault, is_hit: bool, ended: &Ended, catalogue: &Path) -> Result<(), String> {
        let Ended { status, output, errors } = ended;
        if errors.contains("panicked at") {
            return Err(format!("it panicked: {errors}"));
        }
        match status.code() {
            None if fault == Fault::Death && is_hit => Ok(()),
            // Whoever says that all is well must have done all of it.
            Some(0) => self.is_done(catalogue).map_err(|why| format!("it said that all is well, but {why}")),
            Some(1) if fault != Fault::Death && is_hit && output.contains("\"reason\"") => Ok(()),
            Some(2) if fault != Fault::Death && is_hit && errors.lines().any(|l| l.len() > 30 && l.starts_with("indexer: ")) => Ok(()),
            _ => Err(format!("it ended with {status} and said: {errors}")),
        }
    }
}

#[allow(clippy::print_stdout)]
fn tell(line: &str) {
    println!("{line}");
}

#[track_caller]
fn nothing_wrong(problems: &[String]) {
    let some = problems.iter().take(12).map(|p| format!("\n- {p}")).collect::<String>();
    assert!(problems.is_empty(), "{} of the cases went wrong:{some}", problems.len());
}

/// Kills a command after a while, and looks after it. Gives whether it was still running, how many tracks a reader saw just before,
/// and what was wrong.
fn kill_after(trial: &Trial, case: &str, wait: impl FnOnce(&mut Watched, &Path)) -> (bool, usize, Option<String>) {
    let catalogue = trial.fresh(case);
    let folder = catalogue.parent().unwrap();
    let mut program = Watched::start(&mut program(&catalogue, &trial.arguments), folder);
    wait(&mut program, &catalogue);
    // What a reader has seen stays.
    let seen: BTreeSet<String> = listing(&catalogue).map(|listed| listed.into_keys().collect()).unwrap_or_default();
    let was_running = program.is_running();
    program.kill();
    program.end();
    let result = trial.holds_in_full(&catalogue, &seen).and_then(|_| trial.again(&catalogue));
    fs::remove_dir_all(folder).unwrap();
    (was_running, seen.len(), result.err().map(|why| format!("{}, {case}: {why}", trial.name)))
}

fn kills_at_random() {
    let trials = [Trial::first(), Trial::second()];
    let mut dice = Dice(1);
    // Two run at a time, and what runs beside them takes its share.
    let moments: Vec<Duration> = (0..RANDOM_KILLS).map(|i| trials[i % 2].takes.mul_f64(1.3 * dice.throw())).collect();
    let found = two_at_a_time(RANDOM_KILLS, |i| {
        kill_after(&trials[i % 2], &format!("killed after {:?} ({i})", moments[i]), |_, _| std::thread::sleep(moments[i]))
    });
    let running = found.iter().filter(|f| f.0).count();
    tell(&format!("  {RANDOM_KILLS} kills, {running} of them while it ran"));
    nothing_wrong(&found.into_iter().filter_map(|f| f.2).collect::<Vec<_>>());
    assert!(running > RANDOM_KILLS / 4);
}

fn kills_at_calls() {
    let mut problems = Vec::new();
    for (trial, step) in [(Trial::first(), 3), (Trial::second(), 2), (Trial::by_hand(), 2)] {
        let numbers: Vec<usize> = ends_of_rows(&trial.calls()).into_iter().step_by(step).collect();
        problems.extend(trial.befall(|_| Fault::Death, &numbers));
    }
    nothing_wrong(&problems);
}

/// A scan commits now and then: two long files keep it busy for longer than that.
fn kills_between_commits() {
    let world = World::default();
    for (i, name) in ["amber.wav", "beryl.wav", "dune.wav", "fern.wav"].iter().enumerate() {
        world.click_file(name, 100.0 + 15.0 * i as f64);
    }
    for (name, bpm) in [("cedar.wav", 100.0), ("ember.wav", 120.0)] {
        write(&world.music().join(name), 16_000, 480.0, &metronome(bpm, 480.0));
    }
    let scan = Trial::scan(&world);
    let trial = Trial::new("a long scan", world, None, scan.clone(), scan);
    let mut dice = Dice(2);
    let waits: Vec<Duration> = (0..KILLS_BETWEEN_COMMITS).map(|_| Duration::from_secs_f64(dice.throw())).collect();
    let found = two_at_a_time(KILLS_BETWEEN_COMMITS, |i| {
        kill_after(&trial, &format!("killed {:?} after its first commit ({i})", waits[i]), |program, catalogue| {
            while program.is_running() && !listing(catalogue).is_ok_and(|listed| !listed.is_empty()) {
                std::thread::sleep(Duration::from_millis(50));
            }
            std::thread::sleep(waits[i]);
        })
    });
    let counts: Vec<String> = found.iter().filter(|f| f.0).map(|f| f.1.to_string()).collect();
    tell(&format!("  tracks that were there when it was killed: {} of {}", counts.join(", "), trial.after.listed.len()));
    nothing_wrong(&found.into_iter().filter_map(|f| f.2).collect::<Vec<_>>());
}

/// Once the store has the tracks, every step of bringing their words into the index. Whoever opens them for writing next, and not only a
/// scan, does that work.
fn kills_between_the_stores() {
    let trial = Trial::second();
    let calls = trial.calls();
    let is_store = |call: &String| call.contains("catalogue.db");
    let committed = (0..calls.len()).rev().find(|i| !is_store(&calls[*i]) && calls[*i].starts_with("write"));
    // Backwards from the last write to the index to the last one to the store before it.
    let from = (0..committed.unwrap()).rev().find(|i| is_store(&calls[*i])).unwrap() + 2;
    let numbers: Vec<usize> = (from..=calls.len()).collect();
    let found = two_at_a_time(numbers.len(), |i| {
        let (n, case) = (numbers[i], format!("case-{i}"));
        let (ended, calls) = trial.run_above(&case, Some((Fault::Death, n)));
        let catalogue = trial.world.dir.path().join(&case).join("catalogue");
        let look = || -> Result<bool, String> {
            trial.ended_well(Fault::Death, calls.len() >= n, &ended, &catalogue)?;
            let now = trial.holds_in_full(&catalogue, &BTreeSet::new())?;
            let were_apart = words_are_found(&catalogue, &now.listed).is_err();
            trial.run_well(&catalogue, &trial.other)?;
            words_are_found(&catalogue, &listing(&catalogue)?)?;
            trial.again(&catalogue).map(|()| were_apart)
        };
        let result = look();
        fs::remove_dir_all(catalogue.parent().unwrap()).unwrap();
        result.map_err(|why| format!("call {n} ({}): {why}", calls.get(n - 1).map_or("no call", String::as_str)))
    });
    let apart = found.iter().filter(|f| **f == Ok(true)).count();
    tell(&format!("  {} kills, after {apart} of which the index lacked what the store had", numbers.len()));
    nothing_wrong(&found.into_iter().filter_map(Result::err).collect::<Vec<_>>());
}

/// After a worker was killed: how many files that cost, one at most, and each until the next scan only.
fn one_file_at_most(trial: &Trial, catalogue: &Path, ended: &Ended) -> Result<u64, String> {
    let report: Value = serde_json::from_str(&ended.output).map_err(|e| format!("{e}, {}", ended.errors))?;
    let n = |name: &str| report[name].as_u64().unwrap();
    let failed = n("failed");
    if failed > 1 || n("new") + failed != n("found") || ended.status.code() != Some(i32::from(failed > 0)) {
        return Err(format!("{} for {report}", ended.status));
    }
    if listing(catalogue)?.len() as u64 != n("new") {
        return Err("what was measured is not listed".into());
    }
    trial.again(catalogue).map_err(|why| format!("{why}; before: {report}"))?;
    match report["failures"].as_array().unwrap().iter().find(|f| !f["reason"].as_str().unwrap().contains("killed from outside")) {
        Some(failure) => Err(format!("its reason is not told: {failure}")),
        None => Ok(failed),
    }
}

fn kills_of_workers() {
    let trial = Trial::first();
    let mut dice = Dice(3);
    let moments: Vec<Duration> = (0..KILLS_OF_WORKERS).map(|_| trial.takes.mul_f64(1.2 * dice.throw())).collect();
    let found = two_at_a_time(KILLS_OF_WORKERS, |i| {
        let case = format!("killed after {:?} ({i})", moments[i]);
        let catalogue = trial.fresh(&case);
        let folder = catalogue.parent().unwrap();
        let scan = Watched::start(&mut program(&catalogue, &trial.arguments), folder);
        std::thread::sleep(moments[i]);
        children(scan.pid()).into_iter().for_each(|worker| signal("KILL", worker));
        let result = one_file_at_most(&trial, &catalogue, &scan.end());
        fs::remove_dir_all(folder).unwrap();
        result.map_err(|why| format!("{case}: {why}"))
    });
    let failed: u64 = found.iter().flatten().sum();
    tell(&format!("  {KILLS_OF_WORKERS} kills, {failed} of which cost a file, until the next scan"));
    nothing_wrong(&found.into_iter().filter_map(Result::err).collect::<Vec<_>>());
    assert!(failed > 0);
}

/// While the scan stands still, the worker writes as much of its answer as the pipe takes: 64 KB of the 100 KB that are told of ten
/// minutes.
fn kill_within_an_answer() {
    let world = World::default();
    write(&world.music().join("amber.wav"), 16_000, 600.0, &metronome(100.0, 600.0));
    let scan = Trial::scan(&world);
    let trial = Trial::new("a scan", world, None, scan.clone(), scan);
    let catalogue = trial.fresh("broken off");
    let mut scan = Watched::start(&mut program(&catalogue, &trial.arguments), catalogue.parent().unwrap());
    while children(scan.pid()).is_empty() && scan.is_running() {
        std::thread::sleep(Duration::from_millis(5));
    }
    // Time enough to hand the worker its job.
    std::thread::sleep(Duration::from_millis(200));
    let workers = children(scan.pid());
    signal("STOP", scan.pid());
    workers.iter().for_each(|worker| wait_until_idle(*worker));
    workers.iter().for_each(|worker| signal("KILL", *worker));
    signal("CONT", scan.pid());
    assert_eq!(one_file_at_most(&trial, &catalogue, &scan.end()), Ok(1));
}

fn broken_disk() {
    let second = Trial::second();
    // Each call fails for once or for good, turn and turn about.
    let fault = |n: usize| if n.is_multiple_of(2) { Fault::Broken } else { Fault::Stumble };
    let numbers: Vec<usize> = (1..=second.calls().len()).collect();
    let mut problems = second.befall(fault, &numbers);
    let by_hand = Trial::by_hand();
    let rows = ends_of_rows(&by_hand.calls());
    problems.extend(by_hand.befall(fault, &rows.into_iter().step_by(3).collect::<Vec<_>>()));
    nothing_wrong(&problems);
}

/// Fifty milliseconds for every look at the disk, as over a bad line.
fn slow_share() {
    const FILES: usize = 12;
    let world = World::default();
    for i in 0..FILES {
        world.click_file(format!("{}/{i}.wav", i % 3), 80.0 + 5.0 * i as f64);
    }
    let catalogue = world.dir.path().join("catalogue");
    let music = fs::canonicalize(world.music()).unwrap();
    let scan = |log: &Path| -> (Value, Vec<String>) {
        let mut command = program(&catalogue, &["scan".into(), "--json".into(), music.clone().into()]);
        slow_down(&mut command, &music, Duration::from_millis(50), log);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        (serde_json::from_slice(&output.stdout).unwrap(), calls(log))
    };
    let (report, looked) = scan(&world.dir.path().join("first"));
    assert_eq!((&report["new"], &report["failed"]), (&FILES.into(), &0.into()), "{report}");
    assert!(looked.iter().filter(|l| l.starts_with("read ")).count() >= FILES, "nothing was slow");
    let (report, looked) = scan(&world.dir.path().join("second"));
    assert_eq!(report["unchanged"], FILES, "{report}");
    let at = |call: &str| looked.iter().filter(|l| l.starts_with(call)).count();
    assert_eq!((at("read "), at("open ")), (0, 0), "what is known is not opened: {looked:?}");
    assert_eq!(looked.iter().filter(|l| l.ends_with(".wav")).count(), FILES, "each file is looked at once: {looked:?}");
    tell(&format!("  {FILES} known files in 3 folders: {} looks at the disk", looked.len()));
}

fn full_disk() {
    let second = Trial::second();
    let numbers: Vec<usize> = (1..=second.calls().len()).collect();
    let mut problems = second.befall(|_| Fault::Full, &numbers);
    let first = Trial::first();
    let rows = ends_of_rows(&first.calls());
    problems.extend(first.befall(|_| Fault::Full, &rows.into_iter().step_by(4).collect::<Vec<_>>()));
    nothing_wrong(&problems);
}
