//! A sentence as numbers: which words, pairs of words and parts of words it has, and which of them are denied.
//!
//! One idea: what stands within reach of a "not" goes into a bag of its own, so that a model learns once what denying does, and need not learn it of
//! every word.

use super::tokens::{Token, tokens};
use std::hash::Hasher;

/// Buckets that n-grams are hashed into. Bucket 0 stands for none.
pub const BUCKETS: u32 = 1 << 16;
/// Words that a "not" reaches.
const REACH: usize = 5;
/// Letters in a part of a word.
const PARTS: std::ops::RangeInclusive<usize> = 3..=5;
/// Words shorter than this are only words.
const LEAST_FOR_PARTS: usize = 4;

const DENIALS: [&str; 13] =
    ["not", "no", "never", "nothing", "nobody", "none", "without", "hardly", "barely", "neither", "nor", "nowhere", "scarcely"];
/// Here a denial ends though no punctuation says so.
const TURNS: [&str; 5] = ["but", "although", "though", "however", "except"];
/// "Never been happier" does not deny happiness.
const COMPARATIVES: [&str; 4] = ["more", "better", "worse", "less"];
/// Words that end like a comparative and are none.
const NO_COMPARATIVES: [&str; 11] =
    ["ever", "never", "other", "after", "over", "under", "however", "whatever", "another", "together", "rather"];

/// The buckets of a sentence's n-grams, each as often as it occurs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ngrams {
    /// Of what is said.
    pub affirmed: Vec<u32>,
    /// Of what is denied.
    pub denied: Vec<u32>,
}

/// The n-grams of a text.
#[must_use]
pub fn ngrams(text: &str) -> Ngrams {
    let tokens = tokens(text);
    let mut found = Ngrams::default();
    // Words that the last denial still reaches.
    let mut reach = 0usize;
    let mut before = "<s>";
    for (i, token) in tokens.iter().enumerate() {
        let (word, is_shouted) = match token {
            Token::Mark(mark) => {
                reach = 0;
                found.affirmed.push(bucket('p', &[mark]));
                before = "<p>";
                continue;
            }
            Token::Word { text, is_shouted } => (text.as_str(), *is_shouted),
        };
        if TURNS.contains(&word) {
            reach = 0;
        }
        if reach > 0 && is_comparative(word) {
            reach = 0;
            found.affirmed.push(bucket('n', &["more"]));
        }
        let bag = if reach > 0 { &mut found.denied } else { &mut found.affirmed };
        bag.push(bucket('w', &[word]));
        bag.push(bucket('b', &[before, " ", word]));
        parts(word, |part| bag.push(bucket('c', &[part])));
        if is_shouted {
            found.affirmed.push(bucket('s', &[]));
        }
        reach = reach.saturating_sub(1);
        let is_only = matches!(tokens.get(i + 1), Some(Token::Word { text, .. }) if text == "only");
        if DENIALS.contains(&word) && !is_only {
            reach = REACH;
        }
        before = word;
    }
    found
}

fn is_comparative(word: &str) -> bool {
    COMPARATIVES.contains(&word) || (word.ends_with("er") && word.chars().count() >= 5 && !NO_COMPARATIVES.contains(&word))
}

/// The parts of a word, its ends marked.
fn parts(word: &str, mut each: impl FnMut(&str)) {
    let marked = format!("<{word}>");
    let at: Vec<usize> = marked.char_indices().map(|(i, _)| i).chain([marked.len()]).collect();
    if at.len() - 3 < LEAST_FOR_PARTS {
        return;
    }
    for n in PARTS {
        at.windows(n + 1).for_each(|w| each(&marked[w[0]..w[n]]));
    }
}

/// The bucket of an n-gram of a kind. Never 0, which stands for none.
fn bucket(kind: char, of: &[&str]) -> u32 {
    let mut hasher = fnv::FnvHasher::default();
    hasher.write(kind.encode_utf8(&mut [0; 4]).as_bytes());
    of.iter().for_each(|part| hasher.write(part.as_bytes()));
    1 + (hasher.finish() % u64::from(BUCKETS - 1)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> u32 {
        bucket('w', &[text])
    }

    #[test]
    fn what_is_denied_lies_in_a_bag_of_its_own() {
        let found = ngrams("I am not afraid, only tired");
        assert!(found.denied.contains(&word("afraid")) && !found.affirmed.contains(&word("afraid")));
        assert!(found.affirmed.contains(&word("tired")));
        assert!(ngrams("I am afraid").affirmed.contains(&word("afraid")));
    }

    #[test]
    fn a_denied_comparative_is_no_denial() {
        assert!(ngrams("I have never been happier").affirmed.contains(&word("happier")));
        assert!(ngrams("not only good").affirmed.contains(&word("good")));
    }

    #[test]
    fn buckets_are_in_range_and_nothing_breaks_it() {
        for text in ["", "!!!", "\u{0}\u{fffd}", "日本語のテキスト", "ÄÖÜ ß é", "'''", &"x".repeat(100_000), &"not ".repeat(3000)]
        {
            let found = ngrams(text);
            assert!(found.affirmed.iter().chain(&found.denied).all(|b| (1..BUCKETS).contains(b)), "{text:.20}");
        }
    }
}
