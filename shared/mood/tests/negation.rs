//! Sixty pairs of sentences that differ by a denial: the model must tell which of the two is the more pleasant.

#![allow(clippy::unwrap_used, missing_docs)]

use mood::Role;
use mood::words::WordsModel;

/// Written for this test: the less pleasant sentence, then the more pleasant one.
const PAIRS: [(&str, &str); 60] = [
    ("I am afraid.", "I am not afraid."),
    ("I'm scared of the dark.", "I'm not scared of the dark."),
    ("He is angry with you.", "He isn't angry with you."),
    ("She was sad that day.", "She wasn't sad that day."),
    ("I am not happy.", "I am happy."),
    ("We were not happy there.", "We were happy there."),
    ("I don't love you.", "I love you."),
    ("She never loved me.", "She loved me."),
    ("I don't trust him.", "I trust him."),
    ("I am not proud of you.", "I am proud of you."),
    ("That was not funny.", "That was funny."),
    ("This isn't a good idea.", "This is a good idea."),
    ("It is not beautiful here.", "It is beautiful here."),
    ("I can't enjoy this.", "I can enjoy this."),
    ("There is no hope.", "There is hope."),
    ("You are not my friend.", "You are my friend."),
    ("He didn't win the prize.", "He won the prize."),
    ("They were not kind to us.", "They were kind to us."),
    ("I have never been happy.", "I have never been happier."),
    ("It has never been worse.", "It has never been better."),
    ("I was worried about her.", "I was not worried about her."),
    ("You should be ashamed.", "You should not be ashamed."),
    ("I hate this place.", "I don't hate this place."),
    ("It hurts.", "It doesn't hurt."),
    ("You are alone.", "You are not alone."),
    ("It was a terrible night.", "It was not a terrible night."),
    ("This is dangerous.", "This is not dangerous."),
    ("I regret it.", "I don't regret it."),
    ("He is dead.", "He is not dead."),
    ("She was crying.", "She was not crying."),
    ("I am lonely without you.", "I am never lonely with you."),
    ("The food was not good.", "The food was good."),
    ("I don't like it.", "I like it."),
    ("Nobody likes him.", "Everybody likes him."),
    ("Nothing is fine.", "Everything is fine."),
    ("He never smiles.", "He always smiles."),
    ("I am not grateful.", "I am grateful."),
    ("I don't feel safe.", "I feel safe."),
    ("That's not wonderful news.", "That's wonderful news."),
    ("We are not excited about it.", "We are excited about it."),
    ("You were not brave.", "You were brave."),
    ("I have no friends.", "I have friends."),
    ("There was no joy in it.", "There was joy in it."),
    ("He had no luck.", "He had luck."),
    ("It's a problem.", "It's not a problem."),
    ("I was disappointed.", "I was not disappointed."),
    ("This is awful.", "This is not awful."),
    ("They were cruel.", "They were never cruel."),
    ("She is ill.", "She is not ill."),
    ("He is guilty.", "He is not guilty."),
    ("It was boring.", "It was never boring."),
    ("That is ugly.", "That is not ugly."),
    ("I failed.", "I did not fail."),
    ("I won't forgive you.", "I forgive you."),
    ("You can't be happy like that.", "You can be happy like that."),
    ("I wouldn't call it a success.", "I would call it a success."),
    ("I am not well.", "I am well."),
    ("He's no hero.", "He's a hero."),
    ("I'm not looking forward to it.", "I'm looking forward to it."),
    ("Don't thank me.", "Thank you."),
];

#[test]
fn a_denial_turns_what_it_denies() {
    let model = WordsModel::new(Role::Words.model().unwrap());
    // What is not taken for English is wrong, too.
    let valence = |text: &str| model.read(text).unwrap().map_or(f64::NAN, |m| m.affect.at.valence);
    let wrong: Vec<_> = PAIRS
        .iter()
        .filter(|(worse, better)| !matches!(valence(worse).partial_cmp(&valence(better)), Some(std::cmp::Ordering::Less)))
        .collect();
    let right = 1.0 - wrong.len() as f64 / PAIRS.len() as f64;
    assert!(right >= 0.85, "{:.0} % are right; wrong: {wrong:#?}", 100.0 * right);
}
