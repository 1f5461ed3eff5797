//! Ends a worker whose file takes too long, also when whoever started it is gone.
//!
//! One idea: a worker is at work from the moment it has read a line until it has written one.

use std::io::{BufRead, Read, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Since when the worker is at work.
#[derive(Clone)]
pub struct Watch {
    since: Arc<Mutex<Option<Instant>>>,
}

impl Watch {
    /// Whoever started it ends it first, and knows why.
    pub const GRACE: Duration = Duration::from_secs(5);
    const LOOK: Duration = Duration::from_secs(1);

    /// Watches, where there is a limit.
    pub fn new(limit: Option<Duration>) -> Self {
        let watch = Self { since: Arc::default() };
        if let Some(limit) = limit {
            let since = watch.since.clone();
            std::thread::spawn(move || {
                loop {
                    std::thread::sleep(Self::LOOK);
                    if since.lock().is_ok_and(|s| s.is_some_and(|s| s.elapsed() > limit)) {
                        std::process::exit(1);
                    }
                }
            });
        }
        watch
    }

    fn set(&self, since: Option<Instant>) {
        if let Ok(mut slot) = self.since.lock() {
            *slot = since;
        }
    }

    /// What is read begins work.
    pub fn reading<R: BufRead>(&self, inner: R) -> Reading<R> {
        Reading { inner, watch: self.clone() }
    }

    /// What is flushed ends it.
    pub fn writing<W: Write>(&self, inner: W) -> Writing<W> {
        Writing { inner, watch: self.clone() }
    }
}

pub struct Reading<R> {
    inner: R,
    watch: Watch,
}

impl<R: BufRead> Read for Reading<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.inner.read(buffer)
    }
}

impl<R: BufRead> BufRead for Reading<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.inner.consume(amount);
        self.watch.set(Some(Instant::now()));
    }
}

pub struct Writing<W> {
    inner: W,
    watch: Watch,
}

impl<W: Write> Write for Writing<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()?;
        self.watch.set(None);
        Ok(())
    }
}
