//! Worker processes: started, fed, watched, and replaced when they die.

use crate::job::{Cause, Job, Outcome};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How to start a worker.
#[derive(Debug, Clone)]
pub struct WorkerCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
}

/// What a worker may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Workers at once.
    pub workers: usize,
    /// Time for one file.
    pub per_file: Duration,
}

/// How often a wait looks whether it should end.
const LOOK: Duration = Duration::from_millis(50);

struct Worker {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<String>,
}

impl Worker {
    fn start(command: &WorkerCommand) -> std::io::Result<Self> {
        let mut child = Command::new(&command.program)
            .args(&command.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (Some(stdin), Some(stdout)) = (stdin, stdout) else {
            return Err(std::io::Error::other("no pipes to the worker"));
        };
        let (tell, lines) = crossbeam_channel::bounded(1);
        std::thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            let mut line = String::new();
            // A line without an end is the last of a worker that was killed while it wrote, and no answer.
            while stdout.read_line(&mut line).is_ok_and(|n| n > 0) && line.ends_with('\n') {
                if tell.send(std::mem::take(&mut line)).is_err() {
                    break;
                }
            }
        });
        Ok(Self { child, stdin, lines })
    }

    fn end(mut self) -> Option<std::process::ExitStatus> {
        let _ = self.child.kill();
        self.child.wait().ok()
    }
}

/// Runs jobs until the queue is closed or `stop` is set. Every job that was taken gets an answer, unless `stop` is set.
pub(crate) fn run(
    command: &WorkerCommand,
    limits: Limits,
    jobs: &Receiver<Job>,
    answers: &Sender<(Job, Outcome)>,
    starting: &(dyn Fn(&Job) + Sync),
    stop: &AtomicBool,
) {
    let mut worker: Option<Worker> = None;
    while !stop.load(Ordering::Relaxed) {
        let job = match jobs.recv_timeout(LOOK) {
            Ok(job) => job,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        starting(&job);
        let (outcome, survivor) = one(command, limits, &job, worker.take(), stop);
        worker = survivor;
        let Some(outcome) = outcome else { break };
        if answers.send((job, outcome)).is_err() {
            break;
        }
    }
    if let Some(worker) = worker {
        // A worker that waits for a job ends when its input does.
        worker.end();
    }
}

/// Measures files on several workers at once. `done` is called with each as it is finished, in no order.
pub fn measure_all(
    command: &WorkerCommand,
    limits: Limits,
    paths: &[PathBuf],
    done: &(dyn Fn(usize, Result<track::Track, String>) + Sync),
) {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..limits.workers.max(1) {
            scope.spawn(|| {
                let mut worker = None;
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    let Some(path) = paths.get(i) else { break };
                    let job = Job { path: path.clone(), known: Vec::new() };
                    let (outcome, survivor) = one(command, limits, &job, worker.take(), &stop);
                    worker = survivor;
                    done(
                        i,
                        match outcome {
                            Some(Outcome::Measured(measured)) => Ok(measured.track),
                            Some(Outcome::Failed { reason, .. }) => Err(reason),
                            Some(Outcome::Known { .. }) | None => Err("its worker gave no answer".into()),
                        },
                    );
                }
                if let Some(worker) = worker {
                    worker.end();
                }
            });
        }
    });
}

/// One job: its outcome (none when stopped), and the worker if it lives.
fn one(command: &WorkerCommand, limits: Limits, job: &Job, worker: Option<Worker>, stop: &AtomicBool) -> (Option<Outcome>, Option<Worker>) {
    let failed = |reason: String, cause: Cause| (Some(Outcome::Failed { reason, cause }), None);
    let mut worker = match worker.map_or_else(|| Worker::start(command), Ok) {
        Ok(worker) => worker,
        Err(e) => return failed(format!("no worker could be started: {e}"), Cause::Circumstances),
    };
    let mut line = match serde_json::to_vec(job) {
        Ok(line) => line,
        Err(e) => return failed(e.to_string(), Cause::File),
    };
    line.push(b'\n');
    let since = Instant::now();
    if worker.stdin.write_all(&line).and_then(|()| worker.stdin.flush()).is_err() {
        return died(worker, stop);
    }
    loop {
        match worker.lines.recv_timeout(LOOK) {
            Ok(answer) => {
                return match serde_json::from_str(&answer) {
                    Ok(outcome) => (Some(outcome), Some(worker)),
                    Err(e) => {
                        worker.end();
                        failed(format!("the worker's answer could not be read: {e}"), Cause::File)
                    }
                };
            }
            Err(RecvTimeoutError::Disconnected) => return died(worker, stop),
            Err(RecvTimeoutError::Timeout) if stop.load(Ordering::Relaxed) => {
                worker.end();
                return (None, None);
            }
            Err(RecvTimeoutError::Timeout) if since.elapsed() > limits.per_file => {
                worker.end();
                return failed(format!("took longer than {} s (see --timeout)", limits.per_file.as_secs_f64()), Cause::Limits);
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// A worker that ended by itself: told to, together with us, or killed by its job.
fn died(worker: Worker, stop: &AtomicBool) -> (Option<Outcome>, Option<Worker>) {
    let status = worker.end();
    // Ctrl-C reaches the workers, too, perhaps before us.
    std::thread::sleep(2 * LOOK);
    if stop.load(Ordering::Relaxed) {
        return (None, None);
    }
    let how = status.map_or_else(|| "no status".to_owned(), |s| s.to_string());
    let outcome = if status.is_some_and(was_killed) {
        let reason = format!("its worker was killed from outside ({how}); it is tried again at the next scan");
        Outcome::Failed { reason, cause: Cause::Circumstances }
    } else {
        let reason = format!("its worker died on it ({how}); it may need more memory (see --memory)");
        Outcome::Failed { reason, cause: Cause::Limits }
    };
    (Some(outcome), None)
}

/// Whether somebody else ended a process: a process that runs into its own memory limit aborts instead.
#[cfg(unix)]
fn was_killed(status: std::process::ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    const SIGKILL: i32 = 9;
    status.signal() == Some(SIGKILL)
}

#[cfg(not(unix))]
fn was_killed(_: std::process::ExitStatus) -> bool {
    false
}
