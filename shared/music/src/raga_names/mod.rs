//! How ragas are spelled: in file names and tags one raga goes by many names (Malkauns, Malkosh, Malkaush, मालकौंस).
//!
//! The one idea: a table lists the spellings that people use, and a few rules bend what is asked and what is listed alike (`aa` is
//! `a`, `sh` is `s`), so that a spelling nobody thought of still meets one that is listed. The rules are weak enough that no two
//! ragas of the table become one. Ragas of the same scale but another tradition or name (Malkauns and Hindolam, Yaman and Yaman
//! Kalyan) stay apart: this is about names, not about notes.

mod table;

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::LazyLock;
use table::{NAMES, Names};

/// Names that mean something else at least as often (a word, a person, a language), without spaces: alone they are no raga, after
/// the word raga they are.
const ALSO_OTHERWISE: &[&str] = &[
    "arabi",
    "asa",
    "champak",
    "darbar",
    "deepak",
    "desi",
    "deshi",
    "dipak",
    "durbar",
    "hemant",
    "hussaini",
    "jog",
    "kanada",
    "kannada",
    "khat",
    "lalita",
    "lalitha",
    "nand",
    "nat",
    "navroz",
    "pancham",
    "vasant",
    "खट",
    "चंपक",
    "जोग",
    "दरबार",
    "दीपक",
    "देशी",
    "देसी",
    "नंद",
    "नट",
    "नवरोज",
    "पंचम",
    "ललिता",
    "हेमंत",
];

/// The words that say that a raga's name follows, or has just been told.
const RAGA_WORDS: &[&str] = &["rag", "raag", "raga", "raaga", "ragam", "raagam", "राग"];

/// Every key of every raga, and the raga's usual spelling.
static KEYS: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let every = |n: &'static Names| n.spellings.iter().copied().chain(n.devanagari.split('/')).map(|s| (key(&fold_raga(s)), n.usual));
    NAMES.iter().flat_map(every).collect()
});

/// The same keys in order.
static KEYS_IN_ORDER: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| KEYS.keys().map(String::as_str).collect());

/// The usual spelling of a raga's name, whatever spelling it comes in (`Malkosh`, `MALKAUNS`, `Mālkauns`, `राग मालकौंस`): `None`
/// when no such raga is known. The text must be the name and nothing else, but for a word such as raag. A name that usually means
/// something else (`jog`, `Kannada`) is a raga only with such a word.
#[must_use]
pub fn canonical_raga(text: &str) -> Option<&'static str> {
    let (folded, called_raga) = fold(text);
    if !called_raga && ALSO_OTHERWISE.contains(&folded.replace(' ', "").as_str()) {
        return None;
    }
    KEYS.get(&key(&folded)).copied()
}

/// Whether a raga's name may begin with a word: a quick look before [`canonical_raga`] is asked of every few words of a text.
#[must_use]
pub fn may_begin_raga(word: &str) -> bool {
    let (folded, _) = fold(word);
    if RAGA_WORDS.contains(&folded.as_str()) {
        return true;
    }
    let bent = if folded.is_ascii() { bent(&folded) } else { devanagari_key(&folded).chars().collect() };
    // The last letter of a short word may be another before the first of the next.
    let begin: String = bent.iter().take(if bent.len() <= 3 { 2 } else { 3 }).collect();
    KEYS_IN_ORDER.range::<str, _>((Bound::Included(begin.as_str()), Bound::Unbounded)).next().is_some_and(|k| k.starts_with(&begin))
}

/// Folds text to how spellings are compared: lower case; diacritics dropped (`Rāgeśrī` is `ragesri`); whatever is no letter or
/// digit, hyphens and underscores too, becomes a single space; a word such as raga or raag before or after the name is dropped,
/// unless nothing would be left. Devanagari stays.
#[must_use]
pub fn fold_raga(text: &str) -> String {
    fold(text).0
}

/// [`fold_raga`], and whether the text said that it names a raga.
fn fold(text: &str) -> (String, bool) {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ā' | 'á' | 'à' | 'â' | 'ä' | 'ã' | 'ă' => plain.push('a'),
            'ē' | 'é' | 'è' | 'ê' | 'ë' | 'ẽ' | 'ĕ' => plain.push('e'),
            'ī' | 'í' | 'ì' | 'î' | 'ï' | 'ĩ' | 'ĭ' => plain.push('i'),
            'ō' | 'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ŏ' => plain.push('o'),
            'ū' | 'ú' | 'ù' | 'û' | 'ü' | 'ũ' | 'ŭ' => plain.push('u'),
            'ṛ' | 'ṝ' | 'ṟ' => plain.push('r'),
            'ḷ' | 'ḹ' | 'ḻ' => plain.push('l'),
            'ṅ' | 'ñ' | 'ṇ' | 'ṉ' | 'ń' => plain.push('n'),
            'ṃ' | 'ṁ' => plain.push('m'),
            'ś' | 'ṣ' | 'š' | 'ç' => plain.push('s'),
            'ṭ' => plain.push('t'),
            'ḍ' => plain.push('d'),
            'ḥ' | 'ḫ' => plain.push('h'),
            'ġ' | 'ğ' => plain.push('g'),
            'č' => plain.push('c'),
            'ž' => plain.push('z'),
            'ẏ' | 'ÿ' => plain.push('y'),
            // Marks that stand apart from their letter, as in names from a Mac, and joiners between Devanagari letters.
            '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200d}' => {}
            '\u{964}' | '\u{965}' | '\u{970}' => plain.push(' '),
            // Not all Devanagari signs count as letters.
            '\u{900}'..='\u{97f}' => plain.push(c),
            c if c.is_alphanumeric() => plain.push(c),
            _ => plain.push(' '),
        }
    }
    let words: Vec<&str> = plain.split_whitespace().collect();
    let mut name = words.as_slice();
    if let [first, rest @ ..] = name
        && !rest.is_empty()
        && RAGA_WORDS.contains(first)
    {
        name = rest;
    }
    if let [rest @ .., last] = name
        && !rest.is_empty()
        && RAGA_WORDS.contains(last)
    {
        name = rest;
    }
    (name.join(" "), name.len() < words.len())
}

/// Folded text bent by the rules: two spellings of one sound have one key. In their order, after spaces are dropped (`jog kauns` is
/// `jogkauns`):
///
/// 1. an h after b, c, d, g, j, k, s or t is not heard, ph is f (`bagesri` is `bageshri`, `carukesi` is `charukeshi`);
/// 2. a doubled letter is one, ee is i and oo is u (`kaafi`, `bhoopali`, `shree`);
/// 3. ow and ou are au (`gowla`, `malkouns`), any other w is v, and z is j (`bilawal`, `khamaz`);
/// 4. y is not heard between i and a vowel, and is i between a and a consonant (`puria`, `jayjaywanti`);
/// 5. m before a consonant is n (`hamsadhwani`, `hansadhwani`).
///
/// What comes out with four letters or fewer stays as it was, for so short a name soon meets a word or another name (`meg` is not
/// `megh`, nor `dani` `dhani`).
fn key(folded: &str) -> String {
    let joined = folded.replace(' ', "");
    if !joined.is_ascii() {
        return devanagari_key(&joined);
    }
    let bent = bent(&joined);
    if bent.len() <= 4 { joined } else { bent.into_iter().collect() }
}

/// Letters after the rules.
fn bent(joined: &str) -> Vec<char> {
    let vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u');

    let mut bent: Vec<char> = Vec::with_capacity(joined.len());
    for c in joined.chars() {
        match (bent.last(), c) {
            (Some('b' | 'c' | 'd' | 'g' | 'j' | 'k' | 's' | 't'), 'h') => {}
            (Some('p'), 'h') => replace_last(&mut bent, 'f'),
            _ => bent.push(c),
        }
    }
    let single = std::mem::take(&mut bent);
    for c in single {
        match (bent.last(), c) {
            (Some('e'), 'e') => replace_last(&mut bent, 'i'),
            (Some('o'), 'o') => replace_last(&mut bent, 'u'),
            (Some(&last), c) if last == c => {}
            _ => bent.push(c),
        }
    }
    let letters = std::mem::take(&mut bent);
    for (i, &c) in letters.iter().enumerate() {
        let before_vowel = letters.get(i + 1).is_some_and(|&next| vowel(next));
        match (bent.last(), c) {
            (Some('o'), 'u') => {
                replace_last(&mut bent, 'a');
                bent.push('u');
            }
            (Some('o' | 'a'), 'w') if !before_vowel => {
                replace_last(&mut bent, 'a');
                bent.push('u');
            }
            (_, 'w') => bent.push('v'),
            (_, 'z') => bent.push('j'),
            (Some('i'), 'y') if before_vowel => {}
            (Some('a'), 'y') if !before_vowel && i + 1 < letters.len() => bent.push('i'),
            (_, 'm') if !before_vowel && i + 1 < letters.len() => bent.push('n'),
            _ => bent.push(c),
        }
    }
    bent
}

/// The same for Devanagari: dots below are not seen, long i and u are short, the three letters for s are one, and a nasal that
/// closes a syllable is a dot above (`हन्सध्वनी` is `हंसध्वनि`).
fn devanagari_key(joined: &str) -> String {
    let mut bent: Vec<char> = Vec::with_capacity(joined.len());
    for c in joined.chars() {
        match c {
            // The dot itself, and the letters that have it built in.
            '\u{93c}' => {}
            '\u{95b}' => bent.push('ज'),
            '\u{95c}' => bent.push('ड'),
            '\u{95d}' => bent.push('ढ'),
            '\u{95e}' => bent.push('फ'),
            'श' | 'ष' => bent.push('स'),
            'ी' => bent.push('ि'),
            'ू' => bent.push('ु'),
            'ँ' => bent.push('ं'),
            '्' if matches!(bent.last(), Some('ङ' | 'ञ' | 'ण' | 'न' | 'म')) => replace_last(&mut bent, 'ं'),
            _ => bent.push(c),
        }
    }
    bent.into_iter().collect()
}

fn replace_last(letters: &mut [char], by: char) {
    if let Some(last) = letters.last_mut() {
        *last = by;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_spelling_belongs_to_two_ragas() {
        let mut owners: HashMap<String, &str> = HashMap::new();
        for n in NAMES {
            let every = n.spellings.iter().copied().chain(n.devanagari.split('/')).map(|s| key(&fold_raga(s)));
            for k in every.collect::<HashSet<_>>() {
                let other = owners.insert(k.clone(), n.usual);
                assert_eq!(other, None, "{k} is {} too", n.usual);
            }
        }
        assert_eq!(NAMES.iter().map(|n| n.usual).collect::<HashSet<_>>().len(), NAMES.len());
    }

    #[test]
    fn every_spelling_finds_its_raga_and_is_folded() {
        for n in NAMES {
            assert_eq!(n.spellings.first().copied(), Some(fold_raga(n.usual).as_str()));
            assert_eq!(n.spellings.iter().collect::<HashSet<_>>().len(), n.spellings.len(), "{} has a spelling twice", n.usual);
            for s in n.spellings {
                assert!(s.chars().all(|c| c.is_ascii_lowercase() || c == ' '), "{s}");
                assert_eq!(*s, fold_raga(s));
                assert_eq!(canonical_raga(&format!("Raag {s}")), Some(n.usual), "{s}");
                let bare = (!ALSO_OTHERWISE.contains(&s.replace(' ', "").as_str())).then_some(n.usual);
                assert_eq!(canonical_raga(&s.to_uppercase()), bare, "{s}");
            }
            for s in n.devanagari.split('/') {
                let bare = (!ALSO_OTHERWISE.contains(&s)).then_some(n.usual);
                assert_eq!(canonical_raga(s), bare, "{s}");
                assert_eq!(canonical_raga(&format!("राग {s}")), Some(n.usual), "{s}");
            }
        }
    }

    #[test]
    fn the_ragas_with_facts_go_by_the_same_names() {
        for r in crate::RAGAS {
            assert_eq!(canonical_raga(r.name), Some(r.name));
            assert_eq!(canonical_raga(r.devanagari), Some(r.name));
        }
    }

    #[test]
    fn one_raga_by_many_names() {
        for (usual, texts) in [
            (
                "Malkauns",
                "Malkauns|Malkosh|MALKAUSH|Malkans|Mālkauṃs|Mālkauṅs|Ma\u{304}lkauns|राग मालकौंस|राग-मालकोंस|Raga_Malkouns|raag malkauns",
            ),
            ("Yaman", "Iman|Aiman|Raga: Yaman|यमन"),
            ("Yaman Kalyan", "Yaman-Kalyan|Iman Kalyan|yamankalyan"),
            ("Bhupali", "Bhoopali|Bhoop|Bhup|Bhūpālī|Raag Bhopali"),
            ("Todi", "Miyan ki Todi|Miya Ki Todi|Mian-ki-Todi|Miyanki Todi|Tōḍī|तोड़ी|तोड\u{93c}ी"),
            ("Hanumatodi", "Thodi|Hanumathodi|Carnatic Todi"),
            ("Miyan ki Malhar", "Mian ki Malhar|Miya ki Malhar|Miyan Malhar|Miyān kī Malhār"),
            ("Bageshri", "Bageshree|Bageshwari|Bāgeśrī|Bagesri"),
            ("Darbari Kanada", "Darbari Kanhada|Durbari Kanada|Darbari|Darbārī Kānaḍā|Darbari Kannada"),
            ("Jaijaiwanti", "Jayjaywanti|Jaijaivanti|Jai Jai Wanti|Jaijaiwanthi"),
            ("Hamsadhwani", "Hansdhwani|Hamsadhvani|Haṃsadhvani|Hamsadhwani Ragam|हन्सध्वनी"),
            ("Desh", "Des|Desh|Deś"),
            ("Shri", "Shree|Sri|Śrī"),
            ("Shankarabharanam", "Sankarabharanam|Dheerasankarabharanam|Dheera Shankarabharanam|Śaṅkarābharaṇam"),
            ("Kharaharapriya", "Karaharapriya|Kharaharapria"),
            ("Kalyani", "Mechakalyani|Mēcakalyāṇi"),
            ("Puriya Dhanashri", "Puria Dhanashree|Pooriya-Dhanasri"),
            ("Kanada", "Raga Kanada|Kanada Ragam"),
            ("Jog", "Raag Jog"),
        ] {
            for text in texts.split('|') {
                assert_eq!(canonical_raga(text), Some(usual), "{text}");
            }
        }
    }

    #[test]
    fn words_that_are_no_ragas() {
        for text in [
            "",
            " ",
            "-",
            "raga",
            "Raag",
            "rag raga",
            "rain",
            "desk",
            "sad",
            "durga puja",
            "jog",
            "nat",
            "meg",
            "asha",
            "dani",
            "Danny",
            "toddy",
            "Kannada",
            "Canada",
            "desi",
            "coffee",
            "guru",
            "hindi",
            "mad",
            "more",
            "shankar",
            "Ravi Shankar",
            "raga of the rain",
            "malkauns 2",
            "rag doll",
            "sitar",
            "kalyan",
            "malhar",
            "teental",
            "देवी",
            "दरबार",
            "雨",
        ] {
            assert_eq!(canonical_raga(text), None, "{text}");
        }
    }

    #[test]
    fn folding_keeps_the_name_alone() {
        assert_eq!(fold_raga("Rāga  Miyān-kī_Malhār!"), "miyan ki malhar");
        assert_eq!(fold_raga("Raga"), "raga");
        assert_eq!(fold_raga("Ragamala"), "ragamala");
        assert_eq!(fold_raga("राग मालकौंस।"), "मालकौंस");
    }

    #[test]
    fn the_quick_look_lets_every_name_through() {
        for names in NAMES {
            for spelling in names.spellings.iter().copied().chain(names.devanagari.split('/')) {
                let first = spelling.split(' ').next().unwrap_or_default();
                assert!(may_begin_raga(first), "{spelling}");
            }
        }
        assert!(!may_begin_raga("window") && !may_begin_raga("xylophone"));
    }
}
