//! Fitting one tempo to another: which octave of the recording's tempo is meant, and how far it must be stretched.

use serde::{Deserialize, Serialize};

/// Which multiple of the measured tempo is taken as the beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TempoOctave {
    /// Every second measured beat.
    Half,
    /// The measured beats.
    #[default]
    Same,
    /// Two beats for each measured one.
    Double,
}

impl TempoOctave {
    /// Beats of this reading per measured beat.
    #[must_use]
    pub fn factor(self) -> f64 {
        match self {
            Self::Half => 0.5,
            Self::Same => 1.0,
            Self::Double => 2.0,
        }
    }

    /// The reading that is twice as fast, where there is one.
    #[must_use]
    pub fn doubled(self) -> Option<Self> {
        match self {
            Self::Half => Some(Self::Same),
            Self::Same => Some(Self::Double),
            Self::Double => None,
        }
    }

    /// The reading that is half as fast, where there is one.
    #[must_use]
    pub fn halved(self) -> Option<Self> {
        match self {
            Self::Half => None,
            Self::Same => Some(Self::Half),
            Self::Double => Some(Self::Same),
        }
    }
}

/// How a recording's tempo is brought to a project's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TempoFit {
    /// The reading of the recording's tempo.
    pub octave: TempoOctave,
    /// Length after over length before: above 1 the music gets slower.
    pub stretch: f64,
}

impl TempoFit {
    /// Stretch factors outside this range are refused: the music would no longer sound like itself.
    pub const STRETCH_RANGE: std::ops::RangeInclusive<f64> = 0.5..=2.0;

    /// Whether the stretch is one that we would let anybody hear.
    #[must_use]
    pub fn is_usable(self) -> bool {
        Self::STRETCH_RANGE.contains(&self.stretch)
    }
}

/// Reads `source_bpm` in the octave whose stretch to `project_bpm` is nearest to 1, or in the one that was asked for.
#[must_use]
pub fn fit_tempo(source_bpm: f64, project_bpm: f64, wanted: Option<TempoOctave>) -> TempoFit {
    let fit = |octave: TempoOctave| TempoFit { octave, stretch: source_bpm * octave.factor() / project_bpm };
    match wanted {
        Some(octave) => fit(octave),
        None => [TempoOctave::Same, TempoOctave::Half, TempoOctave::Double]
            .map(fit)
            .into_iter()
            .min_by(|a, b| a.stretch.ln().abs().total_cmp(&b.stretch.ln().abs()))
            .unwrap_or_else(|| fit(TempoOctave::Same)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_octave_nearest_to_ratio_one_is_taken() {
        assert_eq!(fit_tempo(70.0, 140.0, None), TempoFit { octave: TempoOctave::Double, stretch: 1.0 });
        assert_eq!(fit_tempo(180.0, 95.0, None).octave, TempoOctave::Half);
        assert_eq!(fit_tempo(100.0, 120.0, None).octave, TempoOctave::Same);
        assert!((fit_tempo(100.0, 120.0, None).stretch - 100.0 / 120.0).abs() < 1e-12);
    }

    #[test]
    fn a_wish_wins_even_when_it_is_not_usable() {
        let fit = fit_tempo(60.0, 200.0, Some(TempoOctave::Half));
        assert_eq!(fit.octave, TempoOctave::Half);
        assert!(!fit.is_usable());
    }
}
