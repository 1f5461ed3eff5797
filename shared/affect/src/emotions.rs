//! Emotions by name, and where each lies on the plane.
//!
//! One idea: a name is a region of the plane, not another measurement. What is read off the plane is marked as derived, and its weights say how
//! much of an estimate's spread lies near each name.
//!
//! Places are mean pleasure and arousal as people rated the words (Russell & Mehrabian 1977, "Evidence for a three-factor theory of emotions",
//! J. Res. Pers. 11, table 4).

use crate::plane::{Affect, AffectEstimate};
use serde::{Deserialize, Serialize};

/// An emotion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Emotion {
    Anger,
    Boredom,
    Calm,
    Disgust,
    Fear,
    Joy,
    Neutral,
    Sadness,
    Shame,
    Surprise,
}

impl Emotion {
    /// The five that emotions in music are often sorted into.
    pub const OF_MUSIC: [Self; 5] = [Self::Anger, Self::Calm, Self::Fear, Self::Joy, Self::Sadness];
    /// The seven of EMO-DB (Burkhardt et al., Interspeech 2005).
    pub const OF_SPEECH: [Self; 7] = [Self::Neutral, Self::Joy, Self::Sadness, Self::Anger, Self::Fear, Self::Disgust, Self::Boredom];
    /// The eight that are read from words.
    pub const OF_WORDS: [Self; 8] =
        [Self::Joy, Self::Sadness, Self::Fear, Self::Surprise, Self::Anger, Self::Disgust, Self::Shame, Self::Neutral];

    /// What people call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Anger => "angry",
            Self::Boredom => "bored",
            Self::Calm => "calm",
            Self::Disgust => "disgusted",
            Self::Fear => "fearful",
            Self::Joy => "happy",
            Self::Neutral => "neutral",
            Self::Sadness => "sad",
            Self::Shame => "ashamed",
            Self::Surprise => "surprised",
        }
    }

    /// Where it lies on the plane; the middle for neutral.
    #[must_use]
    pub fn at(self) -> Affect {
        let (valence, arousal) = match self {
            Self::Anger => (-0.51, 0.59),
            Self::Boredom => (-0.65, -0.62),
            Self::Calm => (0.68, -0.46),
            Self::Disgust => (-0.60, 0.35),
            Self::Fear => (-0.64, 0.60),
            Self::Joy => (0.81, 0.51),
            Self::Neutral => (0.0, 0.0),
            Self::Sadness => (-0.63, -0.27),
            Self::Shame => (-0.57, 0.01),
            Self::Surprise => (0.40, 0.67),
        };
        Affect { valence, arousal }
    }
}

/// One of the nine rasas of Indian aesthetics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Rasa {
    Shringara,
    Hasya,
    Karuna,
    Raudra,
    Vira,
    Bhayanaka,
    Bibhatsa,
    Adbhuta,
    Shanta,
}

impl Rasa {
    /// All nine: the eight of the Natyashastra in its order, and shanta, which Abhinavagupta counts as the ninth.
    pub const ALL: [Self; 9] = [
        Self::Shringara,
        Self::Hasya,
        Self::Karuna,
        Self::Raudra,
        Self::Vira,
        Self::Bhayanaka,
        Self::Bibhatsa,
        Self::Adbhuta,
        Self::Shanta,
    ];

    /// Its name.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.row().0
    }

    /// The lasting emotion (sthayibhava) that it grows from, in English.
    #[must_use]
    pub fn emotion(self) -> &'static str {
        self.row().1
    }

    /// Where it lies on the plane: the place of a word for its lasting emotion (Natyashastra, chapters 6 and 7, in M. Ghosh's translation of 1951).
    #[must_use]
    pub fn at(self) -> Affect {
        let (_, _, valence, arousal) = self.row();
        Affect { valence, arousal }
    }

    fn row(self) -> (&'static str, &'static str, f64, f64) {
        match self {
            Self::Shringara => ("shringara", "love", 0.64, 0.35),
            Self::Hasya => ("hasya", "mirth", 0.76, 0.48),
            Self::Karuna => ("karuna", "sorrow", -0.63, -0.27),
            Self::Raudra => ("raudra", "anger", -0.44, 0.72),
            Self::Vira => ("vira", "energy", 0.58, 0.61),
            Self::Bhayanaka => ("bhayanaka", "terror", -0.62, 0.82),
            Self::Bibhatsa => ("bibhatsa", "disgust", -0.60, 0.35),
            Self::Adbhuta => ("adbhuta", "astonishment", 0.16, 0.88),
            Self::Shanta => ("shanta", "tranquillity", 0.68, -0.46),
        }
    }
}

/// How wide a name is on the plane, as a standard deviation: about that between people's ratings of one word (Russell & Mehrabian report 0.2 to 0.4).
const WIDTH: f64 = 0.3;

/// How much of an estimate belongs to each of some places, by how near each lies within the estimate's spread; sums to 1.
#[must_use]
pub fn weights(estimate: &AffectEstimate, places: &[Affect]) -> Vec<f64> {
    let exponent = |at: &Affect| {
        let part = |off: f64, spread: f64| off * off / (spread * spread + WIDTH * WIDTH);
        -0.5 * (part(at.valence - estimate.at.valence, estimate.valence_spread)
            + part(at.arousal - estimate.at.arousal, estimate.arousal_spread))
    };
    let exponents: Vec<f64> = places.iter().map(exponent).collect();
    let best = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = exponents.iter().map(|e| (e - best).exp()).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|w| w / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(valence: f64, arousal: f64, spread: f64) -> AffectEstimate {
        AffectEstimate { at: Affect::clamped(valence, arousal), valence_spread: spread, arousal_spread: spread }
    }

    #[test]
    fn an_emotion_is_the_likeliest_at_its_own_place() {
        for set in [&Emotion::OF_MUSIC[..], &Emotion::OF_SPEECH, &Emotion::OF_WORDS] {
            let places: Vec<Affect> = set.iter().map(|e| e.at()).collect();
            for (i, at) in places.iter().enumerate() {
                let w = weights(&estimate(at.valence, at.arousal, 0.1), &places);
                assert!((w.iter().sum::<f64>() - 1.0).abs() < 1e-9);
                assert!(w.iter().all(|x| *x <= w[i]), "{:?}", set[i]);
            }
        }
    }

    #[test]
    fn a_wide_estimate_claims_less() {
        let places: Vec<Affect> = Rasa::ALL.iter().map(|r| r.at()).collect();
        let most = |spread| weights(&estimate(0.7, -0.5, spread), &places).into_iter().fold(0.0, f64::max);
        assert!(most(0.1) > most(0.5) && most(0.5) > most(2.0));
    }

    #[test]
    fn rasas_lie_where_their_emotions_do() {
        assert_eq!(Rasa::Karuna.at(), Emotion::Sadness.at());
        assert_eq!(Rasa::Shanta.at(), Emotion::Calm.at());
        assert_eq!(Rasa::Raudra.at().quadrant(), crate::Quadrant::Q2);
        assert_eq!(Rasa::Vira.at().quadrant(), crate::Quadrant::Q1);
    }
}
