//! Faults beneath the program: a disk that breaks or fills up at a chosen call, and processes that are ended from outside.
//!
//! One idea: a call that changes the disk is the smallest step that a program takes, so a fault at each of them in turn is every fault
//! there is. `tests/faults/shim.c` stands beneath the program and counts them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::missing_panics_doc)]

use crate::tools::target_dir;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What happens at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// That call fails with an error of the disk, and the next ones do not.
    Stumble,
    /// The disk breaks: that call fails, and all that follow.
    Broken,
    /// The disk is full from then on.
    Full,
    /// The process is killed, in the middle of the call if that writes.
    Death,
}

/// The library that fails beneath a program, built when it is first asked for.
fn shim() -> &'static Path {
    static SHIM: OnceLock<PathBuf> = OnceLock::new();
    SHIM.get_or_init(|| built("shim"))
}

/// The library that is slow beneath a program.
fn slow() -> &'static Path {
    static SLOW: OnceLock<PathBuf> = OnceLock::new();
    SLOW.get_or_init(|| built("slow"))
}

fn built(name: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("faults/{name}.c"));
    let path = target_dir().join(format!("faults-{name}.so"));
    // Other test processes may be building or using it.
    let made = target_dir().join(format!("faults-{name}-{}.so", std::process::id()));
    let flags = ["-shared", "-fPIC", "-O1", "-std=gnu11", "-U_FORTIFY_SOURCE", "-Wall", "-Wextra", "-Werror", "-o"];
    let output = Command::new("cc").args(flags).arg(&made).arg(source).output().expect("cc starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::rename(&made, &path).unwrap();
    path
}

/// Has a command, and the processes that it starts, wait at every look at what lies in a folder. `log` gets a line for each.
pub fn slow_down(command: &mut Command, folder: &Path, wait: Duration, log: &Path) {
    command.env("LD_PRELOAD", slow()).env("UNDERSCORE_SLOW_UNDER", folder).env("UNDERSCORE_SLOW_LOG", log);
    command.env("UNDERSCORE_SLOW_MS", wait.as_millis().to_string());
}

/// Has a command, once started, counted in what it does to a folder, and lets a fault happen at the call of that number (from 1). The
/// processes that it starts are left alone. `log` gets a line for each call.
pub fn put_beneath(command: &mut Command, folder: &Path, fault: Option<(Fault, usize)>, log: &Path) {
    command.env("LD_PRELOAD", shim()).env("UNDERSCORE_FAULT_UNDER", folder).env("UNDERSCORE_FAULT_LOG", log);
    let Some((fault, at)) = fault else { return };
    command.env("UNDERSCORE_FAULT_AT", at.to_string());
    match fault {
        Fault::Stumble => command.env("UNDERSCORE_FAULT_ERRNO", "EIO"),
        Fault::Broken => command.env("UNDERSCORE_FAULT_ERRNO", "EIO").env("UNDERSCORE_FAULT_STICKY", "1"),
        Fault::Full => command.env("UNDERSCORE_FAULT_ERRNO", "ENOSPC").env("UNDERSCORE_FAULT_STICKY", "1"),
        Fault::Death => command.env("UNDERSCORE_FAULT_KILL", "1"),
    };
}

/// The calls that a log tells of.
#[must_use]
pub fn calls(log: &Path) -> Vec<String> {
    fs::read_to_string(log).unwrap_or_default().lines().map(str::to_owned).collect()
}

/// Numbers of calls, from 1: all of them, but of a row of the same ones (a database writes page after page) only the first, one in the
/// middle and the last.
#[must_use]
pub fn ends_of_rows(calls: &[String]) -> Vec<usize> {
    let mut numbers = Vec::new();
    let mut from = 1;
    for row in calls.chunk_by(|a, b| a == b) {
        numbers.extend([from, from + row.len() / 2, from + row.len() - 1]);
        from += row.len();
    }
    numbers.dedup();
    numbers
}

/// How a program ended that was watched.
pub struct Ended {
    /// Its status.
    pub status: ExitStatus,
    /// What it printed.
    pub output: String,
    /// What it complained of.
    pub errors: String,
}

/// A program that writes to files, so that nobody has to listen while it is watched.
pub struct Watched {
    child: Child,
    folder: PathBuf,
}

impl Watched {
    /// Starts a program; what it prints goes to files in a folder.
    pub fn start(command: &mut Command, folder: &Path) -> Self {
        let file = |name: &str| Stdio::from(fs::File::create(folder.join(name)).unwrap());
        let child = command.stdin(Stdio::null()).stdout(file("output")).stderr(file("errors")).spawn().expect("the program starts");
        Self { child, folder: folder.to_owned() }
    }

    /// Its number.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, with no chance to put anything right. Nothing happens if it has ended.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
    }

    /// Whether it has not ended yet.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for its end. A program that a fault keeps from ending is killed after a minute, which shows in its status.
    pub fn end(mut self) -> Ended {
        let since = Instant::now();
        while self.is_running() {
            if since.elapsed() > Duration::from_secs(60) {
                self.kill();
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        let text = |name: &str| String::from_utf8_lossy(&fs::read(self.folder.join(name)).unwrap()).into_owned();
        Ended { status: self.child.wait().unwrap(), output: text("output"), errors: text("errors") }
    }
}

/// Processes that a process has started and that run.
#[must_use]
pub fn children(pid: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    // Each thread has those that it started itself.
    let lists = tasks.map(|task| fs::read_to_string(task.path().join("children")).unwrap_or_default());
    lists.flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>()).collect()
}

/// Sends a signal, like `KILL`, to a process that need not be a child of ours.
pub fn signal(name: &str, pid: u32) {
    // It may have ended meanwhile.
    let _ = Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).stderr(Stdio::null()).status();
}

/// Waits until a process does nothing any more, because it waits for something or has ended.
pub fn wait_until_idle(pid: u32) {
    let is_idle = || {
        let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // The state comes after the name, which stands in brackets.
        state.rsplit(')').next().is_none_or(|rest| !rest.trim_start().starts_with('R'))
    };
    let mut idle = 0;
    while idle < 20 {
        std::thread::sleep(Duration::from_millis(20));
        idle = if is_idle() { idle + 1 } else { 0 };
    }
}

/// Numbers that look random, the same ones each time.
pub struct Dice(pub u64);

impl Dice {
    /// From 0 to under 1.
    pub fn throw(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Does something with each of so many numbers, on two threads: the programs that are tried wait for the disk as much as they work. Gives
/// the answers in order.
pub fn two_at_a_time<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let one = || {
        let taken = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(|i| *i < count));
        taken.map(|i| (i, work(i))).collect::<Vec<_>>()
    };
    let mut all = std::thread::scope(|scope| {
        let other = scope.spawn(one);
        let mut all = one();
        all.extend(other.join().unwrap());
        all
    });
    all.sort_by_key(|(i, _)| *i);
    all.into_iter().map(|(_, answer)| answer).collect()
}
