//! Work on many things at once.

use anyhow::Result;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Of what takes long, every so many are told.
const TOLD: usize = 200;

/// The same as [`in_parallel`], and says how far it is.
pub fn in_parallel_told<T: Sync, R: Send>(all: &[T], each: impl Fn(&T) -> Result<R> + Sync) -> Result<Vec<R>> {
    let done = AtomicUsize::new(0);
    in_parallel(all, |item| {
        let result = each(item)?;
        let n = done.fetch_add(1, Ordering::Relaxed) + 1;
        if n.is_multiple_of(TOLD) {
            eprintln!("{n} of {}", all.len());
        }
        Ok(result)
    })
}

/// Does something with each, on all cores, keeping the order.
pub fn in_parallel<T: Sync, R: Send>(all: &[T], each: impl Fn(&T) -> Result<R> + Sync) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, R)>> {
        let mut done = Vec::new();
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = all.get(i) else { return Ok(done) };
            done.push((i, each(item)?));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut results: Vec<(usize, R)> = std::thread::scope(|s| {
        let handles: Vec<_> = (0..threads).map(|_| s.spawn(work)).collect();
        handles.into_iter().map(|h| h.join().map_err(|_| anyhow::anyhow!("a thread panicked"))?).collect::<Result<Vec<_>>>()
    })?
    .into_iter()
    .flatten()
    .collect();
    results.sort_by_key(|r| r.0);
    Ok(results.into_iter().map(|r| r.1).collect())
}
