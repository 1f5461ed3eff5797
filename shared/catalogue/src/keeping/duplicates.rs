//! Copies of one recording.
//!
//! One idea: fingerprints of copies share many of their values exactly, so tracks that share a few of them, of which a fixed part is looked at, are compared closely, and no others.

use crate::fingerprint::{STEP_S, same_recording};
use crate::read::{Summary, files_of};
use crate::store::pack;
use crate::{CatalogueError, Reader};
use std::collections::HashMap;
use std::path::PathBuf;
use track::ContentId;

/// One value in so many is looked at, chosen by itself, so that a copy that starts later chooses the same.
const ONE_IN: u32 = 8;
/// Encoders add less than this.
const SAME_LENGTH_S: f64 = 0.5;
/// Values that so many tracks share (silence, a single tone) tell nothing.
const TOO_COMMON: usize = 64;
/// Shared values that make a comparison worth it.
const SHARED: usize = 2;

/// How copies are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The same encoded sound in several files.
    Exact,
    /// The same recording in other encodings, levels, or with another start.
    Near,
}

/// One copy.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Copy {
    /// The sound.
    pub content_id: ContentId,
    /// What it is called.
    pub title: String,
    /// Its files.
    #[serde(with = "track::path_text::many")]
    pub paths: Vec<PathBuf>,
    /// Codec.
    pub codec: String,
    /// Frames per second.
    pub sample_rate_hz: u32,
    /// Channels.
    pub channels: u16,
    /// Length in seconds.
    pub duration_s: f64,
    /// Integrated loudness.
    pub lufs: Option<f64>,
    /// By how much it starts later in the music than the first of the group, in seconds, to an eighth.
    pub shift_s: f64,
    /// Share of the fingerprint's bits in which it differs from the first of the group.
    pub different: f64,
}

/// Copies of one recording.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Copies {
    /// How they are alike.
    pub kind: Kind,
    /// The longest first.
    pub copies: Vec<Copy>,
}

impl Copies {
    /// What differs between them, in words.
    #[must_use]
    pub fn differences(&self) -> Vec<String> {
        let Some(first) = self.copies.first() else { return Vec::new() };
        let others = &self.copies[1..];
        let mut told = Vec::new();
        let mut differ = |name: &str, of: &dyn Fn(&Copy) -> String| {
            if others.iter().any(|c| of(c) != of(first)) {
                told.push(format!("{name}: {}", self.copies.iter().map(of).collect::<Vec<_>>().join(" / ")));
            }
        };
        differ("title", &|c| c.title.clone());
        differ("codec", &|c| c.codec.clone());
        differ("rate", &|c| format!("{} Hz", c.sample_rate_hz));
        differ("channels", &|c| c.channels.to_string());
        differ("length", &|c| format!("{:.1} s", c.duration_s));
        differ("loudness", &|c| c.lufs.map_or_else(|| "-".into(), |l| format!("{l:.1} LUFS")));
        if others.iter().any(|c| c.shift_s.abs() >= STEP_S) {
            told.push(format!("start: {}", self.copies.iter().map(|c| format!("{:+.1} s", c.shift_s)).collect::<Vec<_>>().join(" / ")));
        }
        told
    }
}

impl Reader {
    /// Numbers for some tracks: those of one number are copies of one recording.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn recordings(&self, ids: &[ContentId]) -> Result<Vec<usize>, CatalogueError> {
        let mut row = self.db().prepare("SELECT id FROM tracks WHERE content_id = ?1")?;
        let mut print = |id: &ContentId| -> Result<Vec<u32>, CatalogueError> {
            let id: i64 = row.query_row([&id.0], |row| row.get(0))?;
            Ok(pack::analysis_without_outline(self.db(), id)?.fingerprint.map(|f| f.value).unwrap_or_default())
        };
        let prints: Vec<Vec<u32>> = ids.iter().map(&mut print).collect::<Result<_, _>>()?;
        let mut numbers: Vec<usize> = (0..ids.len()).collect();
        for members in near(&prints) {
            let first = members.iter().copied().min().unwrap_or_default();
            members.iter().for_each(|m| numbers[*m] = first);
        }
        Ok(numbers)
    }

    /// Groups of files and tracks that are copies of one recording.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn duplicates(&self) -> Result<Vec<Copies>, CatalogueError> {
        let mut groups = Vec::new();
        let summaries = self.summaries()?;
        let mut prints: Vec<Vec<u32>> = Vec::with_capacity(summaries.len());
        for summary in &summaries {
            let copy = self.copy(summary)?;
            if copy.paths.len() > 1 {
                groups.push(Copies { kind: Kind::Exact, copies: vec![copy] });
            }
            let print = pack::analysis_without_outline(self.db(), summary.id)?.fingerprint;
            prints.push(print.map(|f| f.value).unwrap_or_default());
        }
        for members in near(&prints) {
            // The longest holds all that the others hold.
            let all: Vec<Copy> = members.iter().map(|m| self.copy(&summaries[*m])).collect::<Result<_, _>>()?;
            let best = |a: &usize, b: &usize| {
                let (x, y) = (&all[*a], &all[*b]);
                // Of those of one length the one that lost least.
                let fuller = |c: &Copy| (c.channels, c.sample_rate_hz);
                let longer = x.duration_s.total_cmp(&y.duration_s);
                if (x.duration_s - y.duration_s).abs() < SAME_LENGTH_S { fuller(x).cmp(&fuller(y)).then(longer) } else { longer }
            };
            let Some(at) = (0..all.len()).max_by(best) else { continue };
            let first = members[at];
            let mut copies = vec![all[at].clone()];
            for other in members.into_iter().filter(|m| *m != first) {
                let mut copy = self.copy(&summaries[other])?;
                if let Some(same) = same_recording(&prints[first], &prints[other]) {
                    (copy.shift_s, copy.different) = (same.shift_s, same.different);
                }
                copies.push(copy);
            }
            groups.push(Copies { kind: Kind::Near, copies });
        }
        Ok(groups)
    }

    fn copy(&self, summary: &Summary) -> Result<Copy, CatalogueError> {
        let mut row = self.db().prepare_cached("SELECT codec, sample_rate_hz, channels FROM tracks WHERE id = ?1")?;
        let (codec, sample_rate_hz, channels) = row.query_row([summary.id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(Copy {
            content_id: summary.content_id.clone(),
            title: summary.title.clone(),
            paths: files_of(self.db(), self.all_roots(), &summary.content_id)?,
            codec,
            sample_rate_hz,
            channels,
            duration_s: summary.duration_s,
            lufs: summary.lufs,
            shift_s: 0.0,
            different: 0.0,
        })
    }
}

/// Groups of fingerprints that are of one recording.
fn near(prints: &[Vec<u32>]) -> Vec<Vec<usize>> {
    let mut by_value: HashMap<u32, Vec<u32>> = HashMap::new();
    for (n, print) in prints.iter().enumerate() {
        let mut chosen: Vec<u32> = print.iter().copied().filter(|v| v.wrapping_mul(0x9E37_79B1) >> 16 < 65_536 / ONE_IN).collect();
        chosen.sort_unstable();
        chosen.dedup();
        for value in chosen {
            by_value.entry(value).or_default().push(n as u32);
        }
    }
    let mut shared: HashMap<(u32, u32), usize> = HashMap::new();
    for tracks in by_value.values().filter(|t| t.len() > 1 && t.len() <= TOO_COMMON) {
        for (i, a) in tracks.iter().enumerate() {
            for b in &tracks[i + 1..] {
                *shared.entry((*a, *b)).or_default() += 1;
            }
        }
    }
    let mut parent: Vec<usize> = (0..prints.len()).collect();
    fn root(parent: &mut [usize], mut n: usize) -> usize {
        while parent[n] != n {
            parent[n] = parent[parent[n]];
            n = parent[n];
        }
        n
    }
    for ((a, b), _) in shared.into_iter().filter(|s| s.1 >= SHARED) {
        let (a, b) = (a as usize, b as usize);
        let (x, y) = (root(&mut parent, a), root(&mut parent, b));
        if x != y && same_recording(&prints[a], &prints[b]).is_some() {
            parent[x.max(y)] = x.min(y);
        }
    }
    let mut groups: HashMap<usize, Vec<usize>> = HashMap::new();
    for n in 0..prints.len() {
        groups.entry(root(&mut parent, n)).or_default().push(n);
    }
    let mut groups: Vec<Vec<usize>> = groups.into_values().filter(|g| g.len() > 1).collect();
    groups.sort();
    groups
}
