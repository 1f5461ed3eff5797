//! Words that mean the same in a music library, and the one word that every spelling of a raga's name has in the index.

use super::fold;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

/// Groups of words that people tag and search with for one thing. A word of a group finds all of it.
const GROUPS: &[&[&str]] = &[
    &["sad", "melancholic", "melancholy", "mournful", "sorrowful"],
    &["happy", "cheerful", "joyful", "joyous"],
    &["scary", "horror", "creepy", "frightening"],
    &["suspense", "suspenseful", "tension", "tense"],
    &["calm", "peaceful", "tranquil", "serene", "relaxing"],
    &["epic", "heroic", "triumphant"],
    &["romantic", "romance", "love"],
    &["film", "movie", "cinema", "cinematic", "soundtrack", "score"],
    &["vocal", "vocals", "voice", "singing", "sung"],
    &["drums", "drum", "percussion", "percussive"],
    &["strings", "string"],
    &["guitar", "guitars"],
    &["synth", "synthesizer", "synthesiser", "synths"],
    &["bansuri", "bamboo flute"],
    &["electronic", "electronica", "edm"],
    &["hiphop", "hip hop", "rap"],
    &["childrens", "children", "kids"],
    &["xmas", "christmas"],
    &["classical", "orchestral"],
    &["hindustani", "north indian"],
    &["carnatic", "karnatic", "karnatak", "south indian"],
];

/// Ragas' names have so many words at most.
const LONGEST_NAME: usize = 4;

/// What means the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Synonyms {
    groups: Vec<Vec<String>>,
    by_word: HashMap<String, Vec<usize>>,
}

impl Synonyms {
    /// Those that everybody has, and some of a user's own.
    pub(crate) fn new(own: &BTreeMap<String, Vec<String>>) -> Self {
        let mut synonyms = Self::default();
        let usual = GROUPS.iter().map(|g| g.iter().map(|w| fold::folded(w)).collect());
        let own = own.iter().map(|(word, others)| std::iter::once(word).chain(others).map(|w| fold::folded(w)).collect());
        for group in usual.chain(own) {
            let group: Vec<String> = group;
            for word in &group {
                synonyms.by_word.entry(word.clone()).or_default().push(synonyms.groups.len());
            }
            synonyms.groups.push(group);
        }
        synonyms
    }

    /// The other words for a folded word or phrase, each folded.
    pub(crate) fn of(&self, folded: &str) -> impl Iterator<Item = &str> {
        let groups = self.by_word.get(folded).into_iter().flatten();
        groups.flat_map(|g| &self.groups[*g]).map(String::as_str).filter(move |w| *w != folded)
    }
}

/// The word that stands in the index for a raga; no text folds to one.
pub(crate) fn raga_word(text: &str) -> Option<String> {
    music::canonical_raga(text).map(|name| format!("raga_{}", fold::folded(name).replace(' ', "_")))
}

/// The words of all ragas that are named in a text.
pub(crate) fn raga_words(text: &str) -> Vec<String> {
    let words = fold::words(text);
    let mut found: Vec<String> = Vec::new();
    for start in (0..words.len()).filter(|start| may_begin(&words[*start])) {
        for length in 1..=LONGEST_NAME.min(words.len() - start) {
            found.extend(raga_word(&words[start..start + length].join(" ")));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Whether a raga's name may begin with a word. A library has few different words, and all of them often.
fn may_begin(word: &str) -> bool {
    /// Words that are remembered at most.
    const REMEMBERED: usize = 100_000;
    thread_local! {
        static KNOWN: RefCell<HashMap<String, bool>> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| {
        if let Some(may) = known.get(word) {
            return *may;
        }
        let may = music::may_begin_raga(word);
        if known.len() < REMEMBERED {
            known.insert(word.to_owned(), may);
        }
        may
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_raga_is_one_word() {
        let words: Vec<_> = ["Malkauns", "malkosh", "Mālkauns", "मालकौंस", "Malkaush"].iter().filter_map(|t| raga_word(t)).collect();
        assert_eq!(words, vec!["raga_malkauns"; 5]);
        assert_eq!(raga_words("Evening (Malkosh) - 03 Miyan ki Malhar"), ["raga_malkauns", "raga_miyan_ki_malhar"]);
        assert!(raga_words("Rain on a window").is_empty());
    }

    #[test]
    fn synonyms_go_both_ways_and_a_user_may_add_some() {
        let own = BTreeMap::from([("sarod".to_owned(), vec!["Sarode".to_owned()])]);
        let synonyms = Synonyms::new(&own);
        assert!(synonyms.of("movie").any(|w| w == "film") && synonyms.of("film").any(|w| w == "movie"));
        assert_eq!(synonyms.of("sarode").collect::<Vec<_>>(), ["sarod"]);
        assert_eq!(synonyms.of("xyz").count(), 0);
    }
}
