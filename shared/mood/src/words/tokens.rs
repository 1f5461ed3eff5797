//! A sentence as words and marks.
//!
//! One idea: what is written in many ways and means one thing becomes one thing ("can't", "cannot", "CAN NOT"; "sooooo").

/// Characters of a text that are looked at: a subtitle has 80, a long sentence 400.
const MOST_CHARACTERS: usize = 4_000;
/// A text of so many words is one piece: no comment of GoEmotions has more than 33, and of EmoBank's sentences one in a hundred more than 51.
const MOST_WORDS: usize = 60;
/// A piece of a longer one ends where a sentence does once it has so many words, which is what a sentence or a comment has in the middle.
const ENOUGH_WORDS: usize = 12;
/// A letter that is drawn out is written this often.
const MOST_REPEATS: usize = 2;
/// A word in capitals is shouted from this length on; shorter ones are "I", "A", "OK", "TV".
const LEAST_FOR_SHOUT: usize = 3;
/// What is left of a word before "n't" and is another word.
const STEMS: [(&str, &str); 4] = [("ca", "can"), ("wo", "will"), ("sha", "shall"), ("ai", "is")];

/// Denials that are written without their apostrophe, as what they are with it.
const BARE: [(&str, &str); 17] = [
    ("dont", "do"),
    ("doesnt", "does"),
    ("didnt", "did"),
    ("isnt", "is"),
    ("wasnt", "was"),
    ("arent", "are"),
    ("werent", "were"),
    ("cant", "can"),
    ("wont", "will"),
    ("couldnt", "could"),
    ("wouldnt", "would"),
    ("shouldnt", "should"),
    ("hasnt", "has"),
    ("havent", "have"),
    ("hadnt", "had"),
    ("aint", "is"),
    ("mustnt", "must"),
];

/// A word or a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A word, in lower case.
    Word {
        /// Its letters.
        text: String,
        /// Whether it was all in capitals.
        is_shouted: bool,
    },
    /// A mark or several of a kind, at most three.
    Mark(String),
}

/// Words and marks, in order.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().take(MOST_CHARACTERS).map(|c| if matches!(c, '’' | '‘' | '`') { '\'' } else { c }).peekable();
    while let Some(first) = rest.next() {
        if first.is_alphanumeric() {
            let mut word = String::from(first);
            while let Some(c) = rest.next_if(|c| c.is_alphanumeric() || *c == '\'') {
                word.push(c);
            }
            push_word(&mut tokens, word.trim_end_matches('\''));
        } else if matches!(first, '!' | '?' | '.') {
            let mut mark = String::from(first);
            while let Some(c) = rest.next_if(|c| if first == '.' { *c == '.' } else { matches!(c, '!' | '?') }) {
                if mark.len() < 3 {
                    mark.push(c);
                }
            }
            tokens.push(Token::Mark(mark));
        } else if first == '…' {
            tokens.push(Token::Mark("...".into()));
        } else if matches!(first, ',' | ';' | ':' | '"' | '(' | ')' | '-') {
            tokens.push(Token::Mark(first.into()));
        }
    }
    tokens
}

/// A text as one piece, or if it is long in pieces that end with sentences where they can, and how many words each has (at least 1).
pub(super) fn pieces(text: &str) -> Vec<(String, f64)> {
    let mut pieces: Vec<(String, usize)> = vec![(String::new(), 0)];
    let cut = text.char_indices().nth(MOST_CHARACTERS).map_or(text, |(at, _)| &text[..at]);
    let is_long = cut.split_whitespace().nth(MOST_WORDS).is_some();
    for word in cut.split_whitespace() {
        if let Some((piece, count)) = pieces.last_mut() {
            if !piece.is_empty() {
                piece.push(' ');
            }
            piece.push_str(word);
            *count += 1;
            if *count >= MOST_WORDS || (is_long && *count >= ENOUGH_WORDS && word.ends_with(['.', '!', '?', '…'])) {
                pieces.push((String::new(), 0));
            }
        }
    }
    if pieces.len() > 1 {
        pieces.pop_if(|p| p.1 == 0);
    }
    pieces.into_iter().map(|(piece, count)| (piece, count.max(1) as f64)).collect()
}

fn push_word(tokens: &mut Vec<Token>, word: &str) {
    let is_shouted =
        word.chars().count() >= LEAST_FOR_SHOUT && word.chars().any(char::is_uppercase) && !word.chars().any(char::is_lowercase);
    let mut text = String::with_capacity(word.len());
    let mut repeats = 0;
    for c in word.chars().flat_map(char::to_lowercase) {
        repeats = if text.ends_with(c) { repeats + 1 } else { 1 };
        if repeats <= MOST_REPEATS {
            text.push(c);
        }
    }
    let mut push = |text: &str| tokens.push(Token::Word { text: text.into(), is_shouted });
    match text.strip_suffix("n't") {
        Some(stem) => {
            let stem = STEMS.iter().find(|s| s.0 == stem).map_or(stem, |s| s.1);
            if !stem.is_empty() {
                push(stem);
            }
            push("not");
        }
        None if text == "cannot" => {
            push("can");
            push("not");
        }
        None if text.is_empty() => {}
        None => match BARE.iter().find(|b| b.0 == text) {
            Some((_, stem)) => {
                push(stem);
                push("not");
            }
            None => push(&text),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words, those that are shouted with a caret behind them, and marks.
    fn words(text: &str) -> Vec<String> {
        let written = |token| match token {
            Token::Word { text, is_shouted: false } => text,
            Token::Word { text, .. } => format!("{text}^"),
            Token::Mark(mark) => mark,
        };
        tokens(text).into_iter().map(written).collect()
    }

    #[test]
    fn one_thing_written_in_many_ways_is_one_thing() {
        assert_eq!(words("can't"), ["can", "not"]);
        assert_eq!(words("cannot"), ["can", "not"]);
        assert_eq!(words("I won’t"), ["i", "will", "not"]);
        assert_eq!(words("i dont"), ["i", "do", "not"]);
        assert_eq!(words("CAN'T"), ["can^", "not^"]);
        assert_eq!(words("sooooo goooood"), ["soo", "good"]);
        assert_eq!(words("n't"), ["not"]);
    }

    #[test]
    fn a_long_text_is_cut_where_sentences_end() {
        let sentence = "This is a sentence of seven words. ";
        let cut = pieces(&sentence.repeat(10));
        assert_eq!(cut.iter().map(|p| p.1).collect::<Vec<_>>(), [14.0; 5]);
        assert!(cut.iter().all(|p| p.0.ends_with('.')));
        assert_eq!(pieces(&sentence.repeat(8)).len(), 1);
        assert_eq!(pieces("Short one."), [("Short one.".to_owned(), 2.0)]);
        assert_eq!(pieces("")[0].1, 1.0);
        assert_eq!(pieces(&"word ".repeat(130)).len(), 3);
    }

    #[test]
    fn marks_are_kept_and_quotes_of_speech_are_no_letters() {
        assert_eq!(words("Run!!!! Now…"), ["run", "!!!", "now", "..."]);
        assert_eq!(words("'It's mine,' he said."), ["it's", "mine", ",", "he", "said", "."]);
        assert_eq!(words(" \n\t "), Vec::<String>::new());
        assert_eq!(words("NO. OK."), ["no", ".", "ok", "."]);
        assert_eq!(words("STOP IT"), ["stop^", "it"]);
    }
}
