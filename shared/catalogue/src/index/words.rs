//! What is typed, and which tracks have those words.
//!
//! One idea: words, phrases, brackets, `OR`, minus signs and a star at the end of a word mean something; every other sign, of which the parser knows more, is only in the way in a
//! title ("Mission: Impossible"). A word finds what means the same, and a raga's name every other spelling of it.

use super::columns::Columns;
use super::synonyms::{Synonyms, raga_word, raga_words};
use super::{IndexIn, fold, guarded};
use crate::CatalogueError;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::query::{AllQuery, BooleanQuery, BoostQuery, EmptyQuery, Occur, PhraseQuery, Query, RegexQuery, TermQuery};
use tantivy::query_grammar::{UserInputAst, UserInputLeaf, UserInputLiteral, parse_query};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader, Term};

/// A word in the title counts twice.
const TITLE: f32 = 2.0;
/// A word that means the same counts half.
const SYNONYM: f32 = 0.5;
/// Nobody types more.
const LONGEST_SEARCH: usize = 2000;

/// The words that stand in the index for the ragas that a track's title or its other words name.
pub(crate) fn with_ragas(title: &str, words: &str) -> Vec<String> {
    raga_words(&format!("{title} \u{2022} {words}"))
}

/// Rows that match, rising, with a score in (0, 1]: the best match has 1.
pub(crate) fn search(index: &IndexIn, columns: &Columns, synonyms: &Synonyms, text: &str) -> Result<Vec<(u32, f32)>, CatalogueError> {
    let query = parse(index, synonyms, text)?;
    let searcher = index.reader.searcher();
    let hits = guarded(|| searcher.search(&*query, &Hits))?;
    let best = hits.iter().flat_map(|(_, hits)| hits).map(|h| h.1).fold(f32::MIN_POSITIVE, f32::max);
    let mut rows = Vec::with_capacity(hits.iter().map(|(_, hits)| hits.len()).sum());
    for (segment, hits) in hits {
        let row = |(doc, score): (DocId, Score)| Some((columns.row(segment, doc)?, (score / best).clamp(f32::MIN_POSITIVE, 1.0)));
        rows.extend(hits.into_iter().filter_map(row));
    }
    Ok(rows)
}

/// The documents of a segment that match, rising, with how well.
type OfSegment = (SegmentOrdinal, Vec<(DocId, Score)>);

/// Everything that matches.
struct Hits;

impl Collector for Hits {
    type Fruit = Vec<OfSegment>;
    type Child = SegmentHits;

    fn for_segment(&self, segment: SegmentOrdinal, _: &SegmentReader) -> tantivy::Result<SegmentHits> {
        Ok(SegmentHits { segment, hits: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, mut fruits: Vec<OfSegment>) -> tantivy::Result<Self::Fruit> {
        fruits.sort_by_key(|f| f.0);
        Ok(fruits)
    }
}

struct SegmentHits {
    segment: SegmentOrdinal,
    hits: Vec<(DocId, Score)>,
}

impl SegmentCollector for SegmentHits {
    type Fruit = OfSegment;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.hits.push((doc, score));
    }

    fn harvest(self) -> Self::Fruit {
        (self.segment, self.hits)
    }
}

fn parse(index: &IndexIn, synonyms: &Synonyms, text: &str) -> Result<Box<dyn Query>, CatalogueError> {
    let fail = |reason: &str| CatalogueError::Words { text: text.chars().take(LONGEST_SEARCH).collect(), reason: reason.to_owned() };
    if text.len() > LONGEST_SEARCH {
        return Err(fail("it is too long"));
    }
    let tree = parse_query(&plain(text)).map_err(|_| fail("a quote, bracket or operator stands alone"))?;
    Builder { fields: [index.fields.title, index.fields.words], synonyms }.query(&tree).map_err(|e| fail(&e.to_string()))
}

/// Leaves of a search what it is made of.
fn plain(text: &str) -> String {
    // Apostrophes are left out of a word rather than ending it.
    let kept = text.chars().filter(|c| !"'\u{2019}\u{2bc}".contains(*c));
    kept.map(|c| if c.is_alphanumeric() || c.is_whitespace() || "\"()-*".contains(c) || !c.is_ascii() { c } else { ' ' }).collect()
}

struct Builder<'a> {
    /// Title, and all other words.
    fields: [Field; 2],
    synonyms: &'a Synonyms,
}

impl Builder<'_> {
    fn query(&self, tree: &UserInputAst) -> tantivy::Result<Box<dyn Query>> {
        match tree {
            UserInputAst::Boost(inner, _) => self.query(inner),
            UserInputAst::Leaf(leaf) => match &**leaf {
                UserInputLeaf::Literal(literal) => self.literal(literal),
                UserInputLeaf::All => Ok(Box::new(AllQuery)),
                // Other leaves need signs that are left out.
                _ => Ok(Box::new(EmptyQuery)),
            },
            UserInputAst::Clause(parts) => {
                let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
                let mut i = 0;
                while i < parts.len() {
                    let (occur, part) = &parts[i];
                    let occur = occur.unwrap_or(Occur::Must);
                    // Words side by side may be the name of a raga.
                    let run: Vec<&str> = parts[i..].iter().map_while(|(o, p)| (*o == parts[i].0).then(|| bare(p))?).take(4).collect();
                    let name = (2..=run.len()).rev().find_map(|n| Some((n, raga_word(&run[..n].join(" "))?)));
                    match name {
                        Some((n, raga)) => {
                            let words: Vec<_> =
                                run[..n].iter().map(|w| Ok((Occur::Must, self.text(w, false)?))).collect::<tantivy::Result<_>>()?;
                            let either = vec![
                                (Occur::Should, Box::new(BooleanQuery::new(words)) as Box<dyn Query>),
                                (Occur::Should, self.term(&raga)),
                            ];
                            clauses.push((occur, Box::new(BooleanQuery::new(either))));
                            i += n;
                        }
                        None => {
                            clauses.push((occur, self.query(part)?));
                            i += 1;
                        }
                    }
                }
                // A group that only excludes means everything but that.
                if !clauses.is_empty() && clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
                    clauses.push((Occur::Must, Box::new(AllQuery)));
                }
                Ok(Box::new(BooleanQuery::new(clauses)))
            }
        }
    }

    fn literal(&self, literal: &UserInputLiteral) -> tantivy::Result<Box<dyn Query>> {
        let (text, has_star) = match literal.phrase.strip_suffix('*') {
            Some(text) => (text, true),
            None => (literal.phrase.as_str(), literal.prefix),
        };
        self.text(text, has_star)
    }

    /// A word or a phrase, what means the same, and other spellings.
    fn text(&self, text: &str, has_star: bool) -> tantivy::Result<Box<dyn Query>> {
        let words = fold::words(text);
        let Some(last) = words.last() else {
            // Signs alone ask for nothing.
            return Ok(Box::new(AllQuery));
        };
        if has_star && words.len() == 1 {
            let starting = |field| RegexQuery::from_pattern(&format!("{}.*", escaped(last)), field).map(|q| Box::new(q) as Box<dyn Query>);
            return Ok(either(self.fields.into_iter().map(starting).collect::<tantivy::Result<_>>()?));
        }
        let phrase = words.join(" ");
        let mut ways = vec![self.phrase(&words)];
        for other in self.synonyms.of(&phrase) {
            let other: Vec<String> = other.split(' ').map(ToOwned::to_owned).collect();
            ways.push(Box::new(BoostQuery::new(self.phrase(&other), SYNONYM)));
        }
        ways.extend(raga_word(text).map(|raga| self.term(&raga)));
        Ok(either(ways))
    }

    fn phrase(&self, words: &[String]) -> Box<dyn Query> {
        if let [word] = words {
            return self.term(word);
        }
        let of = |field: Field, boost: f32| -> Box<dyn Query> {
            let terms = words.iter().map(|w| Term::from_field_text(field, w)).collect();
            Box::new(BoostQuery::new(Box::new(PhraseQuery::new(terms)), boost))
        };
        either(vec![of(self.fields[0], TITLE), of(self.fields[1], 1.0)])
    }

    fn term(&self, word: &str) -> Box<dyn Query> {
        let of = |field: Field| Box::new(TermQuery::new(Term::from_field_text(field, word), IndexRecordOption::WithFreqs));
        either(vec![Box::new(BoostQuery::new(of(self.fields[0]), TITLE)), of(self.fields[1])])
    }
}

/// The word of a leaf that is one without quotes or a star.
fn bare(tree: &UserInputAst) -> Option<&str> {
    let UserInputAst::Leaf(leaf) = tree else { return None };
    let UserInputLeaf::Literal(literal) = &**leaf else { return None };
    (!literal.phrase.contains('*') && !literal.phrase.contains(char::is_whitespace)).then_some(literal.phrase.as_str())
}

fn either(mut ways: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match ways.pop() {
        Some(only) if ways.is_empty() => only,
        Some(last) => {
            ways.push(last);
            Box::new(BooleanQuery::union(ways))
        }
        None => Box::new(EmptyQuery),
    }
}

/// Letters and digits mean themselves to a pattern, and a folded word has nothing else; marks of other scripts are let through as they are.
fn escaped(word: &str) -> String {
    word.chars().filter(|c| !c.is_ascii_punctuation()).collect()
}
