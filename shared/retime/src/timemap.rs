//! Which moment of the source sounds at which moment of the host.
//!
//! One idea: the map goes exactly through every onset, runs at the recording's own pace around each (so that attacks keep
//! their shape), and lets the gaps between them absorb the stretch. The pace of the host is known only as it plays, so the map
//! lives in the host's beats and takes the current tempo as an argument: at onsets its answer does not depend on it.

use music::{BeatGrid, TempoOctave};

/// Seconds before an onset that run at the recording's own pace. Measured on clicks stretched by 0.8 to 1.5: with 10 ms they sound up to
/// 3 ms off, with 30 ms under 0.5 ms, because half of the engine's 60 ms window then sees an undisturbed approach.
const BEFORE_ONSET_S: f64 = 0.030;
/// Seconds after an onset that run at the recording's own pace; the attack of most instruments is over by then.
const AFTER_ONSET_S: f64 = 0.055;
/// The gaps may run this much slower or faster than the recording; the protected spans shrink until that holds.
const MAX_GAP_RATIO: f64 = 2.8;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Anchor {
    /// Host beats after the grid's beat 0.
    beat: f64,
    source_s: f64,
    is_onset: bool,
}

/// A map from the host's beats to the source's seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeMap {
    anchors: Vec<Anchor>,
    /// Source seconds per host beat outside of the anchors.
    s_per_beat_before: f64,
    s_per_beat_after: f64,
    has_onsets: bool,
}

impl TimeMap {
    /// A map for a recording with the given beats (read in `octave`) and onsets, `duration_s` long.
    ///
    /// Host beat 0 is the grid's beat 0. Onsets outside of the recording are ignored.
    #[must_use]
    pub fn new(grid: &BeatGrid, octave: TempoOctave, onsets_s: &[f64], duration_s: f64) -> Self {
        let factor = octave.factor();
        let host_beat = |s: f64| grid.beat(s) * factor;
        let mut anchors = vec![Anchor { beat: host_beat(0.0), source_s: 0.0, is_onset: false }];
        let mut push = |source_s: f64, is_onset: bool| {
            // Closer than this the two are one event.
            match anchors.last_mut() {
                Some(last) if source_s - last.source_s < 0.012 => {
                    if is_onset && !last.is_onset && source_s >= last.source_s {
                        *last = Anchor { beat: host_beat(source_s), source_s, is_onset };
                    }
                }
                _ => anchors.push(Anchor { beat: host_beat(source_s), source_s, is_onset }),
            }
        };
        let mut previous = 0.0;
        for &onset in onsets_s.iter().filter(|o| **o >= 0.0 && **o < duration_s) {
            // Where nothing begins for more than a beat, beats keep the map from cutting a corner in music that drifts.
            let from = grid.beat(previous).floor() as i64 + 1;
            let to = grid.beat(onset).ceil() as i64 - 1;
            if to > from {
                (from..=to).map(|b| grid.time_s(b as f64)).filter(|t| *t > previous).for_each(|t| push(t, false));
            }
            push(onset, true);
            previous = onset;
        }
        if duration_s > previous {
            push(duration_s, false);
        }
        let slope = |at: f64| (grid.time_s(at + 1.0) - grid.time_s(at)) / factor;
        Self {
            has_onsets: anchors.iter().any(|a| a.is_onset),
            s_per_beat_before: slope(-1.0),
            s_per_beat_after: slope(grid.beats_s().len() as f64),
            anchors,
        }
    }

    /// The source second that sounds at a host beat while the host runs at `s_per_beat` seconds per beat.
    #[must_use]
    pub fn source_s(&self, beat: f64, s_per_beat: f64) -> f64 {
        let i = self.anchors.partition_point(|a| a.beat <= beat);
        let (Some(a), Some(b)) = (i.checked_sub(1).and_then(|i| self.anchors.get(i)), self.anchors.get(i)) else {
            return match (self.anchors.first(), self.anchors.last()) {
                (Some(first), _) if i == 0 => first.source_s + (beat - first.beat) * self.s_per_beat_before,
                (_, Some(last)) => last.source_s + (beat - last.beat) * self.s_per_beat_after,
                _ => beat * self.s_per_beat_before,
            };
        };
        let (host, source) = ((b.beat - a.beat) * s_per_beat, b.source_s - a.source_s);
        let at = (beat - a.beat) * s_per_beat;
        let after = if a.is_onset { AFTER_ONSET_S } else { 0.0 };
        let before = if b.is_onset { BEFORE_ONSET_S } else { 0.0 };
        let wanted = after + before;
        // The gap keeps within MAX_GAP_RATIO both ways.
        let c = 1.0 / MAX_GAP_RATIO;
        let most = ((host - c * source) / (1.0 - c)).min((source - c * host) / (1.0 - c)).max(0.0);
        let keep = if wanted > 0.0 { (most / wanted).min(1.0) } else { 0.0 };
        let (after, before) = (after * keep, before * keep);
        let gap = (host - after - before).max(1e-12);
        a.source_s
            + if at < after {
                at
            } else if at > host - before {
                source - (host - at)
            } else {
                after + (at - after) * (source - after - before) / gap
            }
    }

    /// The host beat at which the source's first sample sounds.
    #[must_use]
    pub fn first_beat(&self) -> f64 {
        // An onset right at the start may stand for it.
        self.anchors.first().map_or(0.0, |a| a.beat - a.source_s / self.s_per_beat_before.max(1e-6))
    }

    /// The host beat at which the source ends.
    #[must_use]
    pub fn last_beat(&self) -> f64 {
        self.anchors.last().map_or(0.0, |a| a.beat)
    }

    /// Whether the map leans on any onset.
    #[must_use]
    pub fn has_onsets(&self) -> bool {
        self.has_onsets
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn steady(bpm: f64) -> BeatGrid {
        BeatGrid::new((0..64).map(|k| 0.25 + f64::from(k) * 60.0 / bpm).collect(), Some(0)).unwrap()
    }

    #[test]
    fn onsets_sound_where_their_beat_is_at_any_host_tempo() {
        let grid = steady(100.0);
        let onsets = [0.25, 0.55, 1.0, 1.45, 4.0, 4.06];
        let map = TimeMap::new(&grid, TempoOctave::Same, &onsets, 30.0);
        for bpm in [70.0, 100.0, 150.0] {
            for onset in onsets {
                assert!((map.source_s(grid.beat(onset), 60.0 / bpm) - onset).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn around_an_onset_the_source_runs_at_its_own_pace() {
        let grid = steady(120.0);
        let map = TimeMap::new(&grid, TempoOctave::Same, &[2.25, 3.25], 30.0);
        // Host at 90 bpm: 20 ms after and before an onset, 20 ms of the source have sounded.
        let (spb, beat) = (60.0 / 90.0, grid.beat(3.25));
        assert!((map.source_s(beat + 0.020 / spb, spb) - 3.270).abs() < 1e-9);
        assert!((map.source_s(beat - 0.020 / spb, spb) - 3.230).abs() < 1e-9);
    }

    #[test]
    fn octaves_change_what_a_beat_is() {
        let grid = steady(70.0);
        let map = TimeMap::new(&grid, TempoOctave::Double, &[], 30.0);
        // At 140 bpm nothing is stretched: a host second is a source second.
        let (a, b) = (map.source_s(4.0, 60.0 / 140.0), map.source_s(4.0 + 140.0 / 60.0, 60.0 / 140.0));
        assert!((b - a - 1.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn the_map_never_runs_backwards_nor_jumps(
            gaps in prop::collection::vec(0.013f64..1.5, 1..60), source_bpm in 60.0f64..180.0, stretch in 0.5f64..2.0,
        ) {
            let grid = steady(source_bpm);
            let onsets: Vec<f64> = gaps.iter().scan(0.1, |t, g| { *t += g; Some(*t) }).collect();
            let map = TimeMap::new(&grid, TempoOctave::Same, &onsets, onsets[onsets.len() - 1] + 1.0);
            let spb = 60.0 / source_bpm * stretch;
            let step = 0.002 / spb;
            let mut last = map.source_s(-2.0, spb);
            for i in 1..20_000 {
                let now = map.source_s(-2.0 + f64::from(i) * step, spb);
                prop_assert!(now >= last - 1e-9, "backwards at {i}");
                prop_assert!(now - last < 0.002 * 3.2, "a jump of {} at {i}", now - last);
                last = now;
            }
        }
    }
}
