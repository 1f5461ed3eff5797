//! What follows from a place on the plane: five emotions, the nine rasas and twenty mood words, each with a weight, by the tables of `affect`.

use affect::{Affect, AffectEstimate, Emotion, Rasa};
use serde_json::{Map, Value, json};

/// A table's name and what it says of a place, the heaviest first.
pub type Told = (&'static str, Vec<(&'static str, f64)>);

/// What every table says of a place.
pub fn tables(of: &AffectEstimate) -> [Told; 3] {
    let weighed = |name, entries: Vec<(&'static str, Affect)>| {
        let places: Vec<Affect> = entries.iter().map(|e| e.1).collect();
        let mut all: Vec<_> = entries.iter().map(|e| e.0).zip(affect::weights(of, &places)).collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        (name, all)
    };
    [
        weighed("emotions", Emotion::OF_MUSIC.into_iter().map(|e| (e.label(), e.at())).collect()),
        weighed("rasas", Rasa::ALL.into_iter().map(|r| (r.label(), r.at())).collect()),
        weighed("words", affect::TAGS.iter().filter_map(|t| affect::mood(t).ok()).map(|m| (m.word, m.at)).collect()),
    ]
}

/// The same for programs; it says that nobody measured it. Absent where no mood is known.
pub fn as_json(of: Option<&AffectEstimate>) -> Value {
    let Some(of) = of else { return Value::Null };
    let mut all = Map::from_iter([("from".to_owned(), json!("valence and arousal"))]);
    for (name, weights) in tables(of) {
        all.insert(name.into(), weights.into_iter().map(|(label, w)| (label.to_owned(), json!(w))).collect::<Map<_, _>>().into());
    }
    all.into()
}
