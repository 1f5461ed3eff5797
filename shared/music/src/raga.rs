//! Ragas as facts: ascent, descent, resting notes, characteristic phrase, hour.
//!
//! Notes are written as in Bhatkhande's notation put into letters: S r R g G m M P d D n N, lower case for the flat (komal)
//! form and `M` for the sharp fourth; a trailing `'` is the upper octave, a leading `.` the lower. The facts are those on which
//! V. N. Bhatkhande's Kramik Pustak Malika and common teaching agree.

/// A raga of the Hindustani tradition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raga {
    /// Its usual name in Latin letters.
    pub name: &'static str,
    /// Its name in Devanagari.
    pub devanagari: &'static str,
    /// The parent scale.
    pub thaat: &'static str,
    /// Ascent.
    pub aroha: &'static str,
    /// Descent.
    pub avaroha: &'static str,
    /// The characteristic phrase.
    pub pakad: &'static str,
    /// The most important note.
    pub vadi: &'static str,
    /// The second most important note.
    pub samvadi: &'static str,
    /// When it is sung.
    pub time: &'static str,
}

macro_rules! ragas {
    ($($name:literal $dev:literal $thaat:literal [$up:literal] [$down:literal] [$pakad:literal] $vadi:literal $samvadi:literal $time:literal;)*) => {
        /// The ragas that the library's pieces are written in.
        pub const RAGAS: &[Raga] = &[$(Raga { name: $name, devanagari: $dev, thaat: $thaat, aroha: $up, avaroha: $down,
            pakad: $pakad, vadi: $vadi, samvadi: $samvadi, time: $time }),*];
    };
}

ragas! {
    "Bhupali" "भूपाली" "Kalyan" ["S R G P D S'"] ["S' D P G R S"] ["G R S .D S R G P G D P G R S"] "G" "D" "first watch of the night";
    "Yaman" "यमन" "Kalyan" [".N R G M D N S'"] ["S' N D P M G R S"] [".N R G R S P M G R S"] "G" "N" "first watch of the night";
    "Bhairav" "भैरव" "Bhairav" ["S r G m P d N S'"] ["S' N d P m G r S"] ["G m d d P G m r r S"] "d" "r" "daybreak";
    "Malkauns" "मालकौंस" "Bhairavi" ["S g m d n S'"] ["S' n d m g S"] ["m g m d n d m g S"] "m" "S" "third watch of the night";
    "Durga" "दुर्गा" "Bilawal" ["S R m P D S'"] ["S' D P m R S"] ["m P D m R P m R S"] "m" "S" "second watch of the night";
    "Bhairavi" "भैरवी" "Bhairavi" ["S r g m P d n S'"] ["S' n d P m g r S"] ["m g r g S r S .d .n S"] "m" "S" "morning";
    "Todi" "तोड़ी" "Todi" ["S r g M d N S'"] ["S' N d P M g r S"] [".d .N S r g r S M g r g r S"] "d" "g" "second watch of the day";
    "Kafi" "काफी" "Kafi" ["S R g m P D n S'"] ["S' n D P m g R S"] ["S S R R g g m m P"] "P" "S" "second watch of the night";
    "Desh" "देश" "Khamaj" ["S R m P N S'"] ["S' n D P m G R S"] ["R m P n D P m G R G S"] "R" "P" "second watch of the night";
    "Hamsadhwani" "हंसध्वनि" "Bilawal" ["S R G P N S'"] ["S' N P G R S"] ["G P N S' N P G R S"] "S" "P" "first watch of the night";
    "Bilawal" "बिलावल" "Bilawal" ["S R G m P D N S'"] ["S' N D P m G R S"] ["G R G P D N S' N D P m G R S"] "D" "G" "morning";
    "Marwa" "मारवा" "Marwa" [".N r G M D N S'"] ["S' N D M G r S"] ["D M G r .N .D r S"] "r" "D" "sunset";
}

/// Finds a raga by its Latin name, whatever the case.
#[must_use]
pub fn raga(name: &str) -> Option<&'static Raga> {
    RAGAS.iter().find(|r| r.name.eq_ignore_ascii_case(name))
}

/// Semitones of a swara above the middle sa (`S` is 0, `S'` 12, `.N` -1). `None` for text that is no swara.
#[must_use]
pub fn swara_semitone(swara: &str) -> Option<i32> {
    let (low, rest) = match swara.strip_prefix('.') {
        Some(rest) => (-12, rest),
        None => (0, swara),
    };
    let (high, letter) = match rest.strip_suffix('\'') {
        Some(letter) => (12, letter),
        None => (0, rest),
    };
    let degree = ["S", "r", "R", "g", "G", "m", "M", "P", "d", "D", "n", "N"].iter().position(|s| *s == letter)?;
    Some(degree as i32 + low + high)
}

impl Raga {
    /// A phrase in letters as semitones above the middle sa.
    pub fn semitones(phrase: &'static str) -> impl Iterator<Item = i32> {
        phrase.split_whitespace().filter_map(swara_semitone)
    }

    /// Whether the raga sounds minor to an ear that knows only major and minor: a flat third and no natural one.
    #[must_use]
    pub fn has_minor_third(&self) -> bool {
        let has = |degree: i32| Self::semitones(self.aroha).chain(Self::semitones(self.avaroha)).any(|s| s.rem_euclid(12) == degree);
        has(3) && !has(4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_every_raga_is_a_swara_and_lines_run_as_they_should() {
        for r in RAGAS {
            for line in [r.aroha, r.avaroha, r.pakad, r.vadi, r.samvadi] {
                assert_eq!(Raga::semitones(line).count(), line.split_whitespace().count(), "{}: {line}", r.name);
            }
            let up: Vec<_> = Raga::semitones(r.aroha).collect();
            let down: Vec<_> = Raga::semitones(r.avaroha).collect();
            assert!(up.is_sorted(), "{}", r.name);
            assert!(down.is_sorted_by(|a, b| a > b), "{}", r.name);
            assert_eq!((up.last(), down.last()), (Some(&12), Some(&0)), "{}", r.name);
            // A pakad uses only notes of the raga.
            for s in Raga::semitones(r.pakad) {
                assert!(up.iter().chain(&down).any(|x| (x - s) % 12 == 0), "{}: {s}", r.name);
            }
        }
    }

    #[test]
    fn thirds_tell_minor_from_major() {
        assert!(raga("malkauns").unwrap().has_minor_third());
        assert!(!raga("Yaman").unwrap().has_minor_third());
        assert_eq!(swara_semitone("M"), Some(6));
        assert_eq!(swara_semitone("x"), None);
    }
}
