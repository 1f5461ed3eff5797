//! A subtitle without what formats it.
//!
//! One idea: what is written for a player or an editor (tags, overrides, entities, who speaks) is taken out before words are looked for, so that
//! a line says the same in every format of subtitles.

use std::borrow::Cow;

/// Characters that a tag or an override has at most; what is longer is text with a bracket in it.
const MOST_OF_A_TAG: usize = 200;
/// Words of a name before a colon.
const MOST_OF_A_NAME: usize = 3;

/// The words that are said, without HTML's tags and entities (SubRip, WebVTT), overrides in braces (SubStation), the dash or the name in capitals
/// of who speaks.
#[must_use]
pub fn without_markup(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '{', '&', ':', '\\']) && !text.lines().any(|l| l.trim_start().starts_with(['-', '–', '—'])) {
        return Cow::Borrowed(text);
    }
    // Twice: some programs write an entity for the ampersand of an entity.
    let decoded = html_escape::decode_html_entities(text);
    let decoded = html_escape::decode_html_entities(decoded.as_ref());
    let bare = without_tags(&decoded);
    let lines: Vec<&str> = bare.lines().map(without_speaker).collect();
    Cow::Owned(lines.join("\n"))
}

fn without_tags(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '{', '\\']) {
        let (before, found) = rest.split_at(at);
        bare.push_str(before);
        let (kept, length) = match tag(found) {
            // A break is a space, and whatever else falls away joins what it stood between: "<b>H</b>elp".
            Some((length, is_break)) => (if is_break { " " } else { "" }, length),
            None => (&found[..1], 1),
        };
        bare.push_str(kept);
        rest = &found[length..];
    }
    bare.push_str(rest);
    bare
}

/// How long the markup is that a text begins with, and whether it breaks a line.
fn tag(text: &str) -> Option<(usize, bool)> {
    if let Some(rest) = text.strip_prefix('\\') {
        return rest.starts_with(['N', 'n', 'h']).then_some((2, true));
    }
    let (open, close) = if text.starts_with('<') { ('<', '>') } else { ('{', '}') };
    let inner = text.strip_prefix(open)?;
    let end = inner.char_indices().take(MOST_OF_A_TAG).find(|(_, c)| *c == close)?.0;
    let name = inner[..end].strip_prefix('/').unwrap_or(&inner[..end]);
    // "<3" is a heart, and "{sighs}" is said of a sound; WebVTT's "<00:01.000>" is a time.
    let is_one = match open {
        '<' => name.starts_with(|c: char| c.is_ascii_alphabetic()) || name.contains(':'),
        _ => name.starts_with('\\') || name.is_empty(),
    };
    is_one.then(|| (end + 2, name.get(..2).is_some_and(|n| n.eq_ignore_ascii_case("br"))))
}

fn without_speaker(line: &str) -> &str {
    let said = line.trim_start().trim_start_matches(['-', '–', '—']).trim_start();
    let Some((name, rest)) = said.split_once(':') else { return said };
    let is_name = name.chars().any(char::is_alphabetic)
        && !name.chars().any(char::is_lowercase)
        && name.split_whitespace().count() <= MOST_OF_A_NAME
        && !name.contains(['!', '?', ','])
        && (rest.is_empty() || rest.starts_with(char::is_whitespace));
    if is_name { rest.trim_start() } else { said }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_the_same_in_every_format() {
        for line in [
            "I hate you",
            "<i>I hate you</i>",
            "<font color=\"#ff0000\">I hate you</font>",
            "{\\an8}I hate you",
            "{\\i1}I{\\i0} hate you",
            "&lt;i&gt;I hate you&lt;/i&gt;",
            "&amp;lt;b&amp;gt;I hate you",
            "- I hate you",
            "– <b>I hate you</b>",
            "JOHN: I hate you",
            "- DR. O'NEIL (V.O.): I hate you",
            "<v Roger Bingham>I hate you",
            "<00:00:01.000>I <c.loud>hate</c> you",
        ] {
            assert_eq!(without_markup(line), "I hate you", "{line}");
        }
        assert_eq!(without_markup("I hate<br/>you"), "I hate you");
        assert_eq!(without_markup("I hate\\Nyou"), "I hate you");
        assert_eq!(without_markup("- Go.\n- Never."), "Go.\nNever.");
        assert_eq!(without_markup("<font color=\"red\"></font>"), "");
    }

    #[test]
    fn what_only_looks_like_markup_stays() {
        for line in
            ["I <3 you", "1 < 2 and 3 > 2", "{sighs}", "Listen: it rains", "Rock & roll", "<", "{", "\\", "&", "&#xZZ;", "HELP! NOW: go"]
        {
            assert_eq!(without_markup(line), line);
        }
        assert_eq!(without_markup(&"<".repeat(10_000)).len(), 10_000);
        assert_eq!(without_markup(&format!("<{}>", "é".repeat(5_000))).chars().count(), 5_002);
    }
}
