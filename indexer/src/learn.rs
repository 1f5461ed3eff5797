//! `indexer learn`.

use crate::arguments::{Arguments, Learn};
use crate::{OK, SOME_FAILED, output};
use affect::Affect;
use anyhow::{Context, bail};
use catalogue::{Catalogue, Learned, MeasuredMood, Reader};
use mood::learn::{self, Correction, Example, LEAST_EXAMPLES, Lesson, Worth};
use serde_json::json;
use std::collections::HashMap;
use std::path::Path;
use track::{ContentId, Field};

/// What was learned before.
pub fn known(catalogue: &Catalogue) -> anyhow::Result<Option<Correction>> {
    let text = catalogue.correction()?;
    text.as_deref().map(serde_json::from_str).transpose().context("what was learned cannot be read; 'indexer learn --forget' forgets it")
}

pub fn run(arguments: &Arguments, command: &Learn) -> anyhow::Result<u8> {
    let dir = arguments.catalogue_dir()?;
    let mut catalogue = Catalogue::open_existing(&dir)?;
    if command.forget {
        catalogue.set_correction(None)?;
        if arguments.json {
            output::json(&json!({ "applied": false, "forgotten": true }))?;
        } else {
            output::line("forgotten; moods are as they were measured")?;
        }
        return Ok(OK);
    }
    let moods = catalogue.moods()?;
    let model = newest(&moods).context("no track has a measured mood; scan first: indexer scan DIR")?;
    let (ids, mut examples): (Vec<ContentId>, Vec<Example>) =
        moods.iter().filter_map(|m| Some((m.content_id.clone(), example(m, &model)?))).unzip();
    let others = moods.iter().filter(|m| m.by_hand.is_some() && example(m, &model).is_none()).count();
    for (example, work) in examples.iter_mut().zip(works(&dir, &ids, &moods)?) {
        example.work = work;
    }
    let lesson = learn::learn(&model, &examples);
    if lesson.works < LEAST_EXAMPLES {
        let copies = if lesson.works < lesson.examples {
            " (copies of one recording, and pieces of an album that were set to one place, count once)"
        } else {
            ""
        };
        bail!(
            "{} a mood that was set by hand and measured by {model}{copies}; {LEAST_EXAMPLES} at least teach something: indexer edit TRACK --set mood=serene",
            output::count(lesson.works, "track has", "tracks have")
        );
    }
    let is_applied = lesson.correction.is_some() && !command.dry_run;
    if !command.dry_run {
        match &lesson.correction {
            Some(correction) => {
                let values: Vec<_> = moods
                    .iter()
                    .filter_map(|m| {
                        let value = correction.apply(m.affect.as_ref()?, &m.mood.as_ref()?.value.embedding)?;
                        Some((m.content_id.clone(), value))
                    })
                    .collect();
                catalogue.set_correction(Some(Learned { correction: &serde_json::to_string(correction)?, values: &values }))?;
            }
            // What was learned from other examples does not stay when these say that it does not help.
            None => catalogue.set_correction(None)?,
        }
    }
    report(arguments, &model, &lesson, others, is_applied)?;
    Ok(if lesson.correction.is_some() { OK } else { SOME_FAILED })
}

/// The model that most measured moods are from.
fn newest(moods: &[MeasuredMood]) -> Option<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for value in moods.iter().filter_map(|m| m.affect.as_ref()) {
        *counts.entry(value.version.as_str()).or_default() += 1;
    }
    counts.into_iter().max_by_key(|c| c.1).map(|c| c.0.to_owned())
}

fn example(m: &MeasuredMood, model: &str) -> Option<Example> {
    let measured = m.affect.as_ref().filter(|a| a.version == model)?;
    Some(Example { embedding: m.mood.as_ref()?.value.embedding.clone(), measured: measured.value.at, by_hand: m.by_hand?, work: 0 })
}

/// What tracks are of one work, by numbers: copies of one recording, and pieces of an album that were set to one place, as `edit --album`
/// does: what was set of one tells what was set of the others.
fn works(dir: &Path, ids: &[ContentId], moods: &[MeasuredMood]) -> anyhow::Result<Vec<usize>> {
    let reader = Reader::open(dir)?;
    let mut works = reader.recordings(ids)?;
    let by_hand: HashMap<&ContentId, Affect> = moods.iter().filter_map(|m| Some((&m.content_id, m.by_hand?))).collect();
    let mut albums: HashMap<(String, [u64; 2]), usize> = HashMap::new();
    for (n, id) in ids.iter().enumerate() {
        let Some(track) = reader.track(id)? else { continue };
        let (Some(album), Some(at)) = (track.said(Field::Album), by_hand.get(id)) else { continue };
        let place = [at.valence, at.arousal].map(f64::to_bits);
        let (mine, first) = (works[n], *albums.entry((album.value.to_lowercase(), place)).or_insert(works[n]));
        works.iter_mut().filter(|w| **w == mine).for_each(|w| *w = first);
    }
    Ok(works)
}

fn report(arguments: &Arguments, model: &str, lesson: &Lesson, others: usize, is_applied: bool) -> anyhow::Result<()> {
    if arguments.json {
        return output::json(&json!({
            "model": model, "examples": lesson.examples, "works": lesson.works, "other_examples": others, "valence": lesson.valence, "arousal": lesson.arousal,
            "id": lesson.correction.as_ref().map(|c| &c.id), "applied": is_applied,
        }));
    }
    let works = if lesson.works < lesson.examples { format!(" ({} works; copies teach once)", lesson.works) } else { String::new() };
    output::line(&format!("{} tracks whose mood was set by hand{works}, measured by {model}", lesson.examples))?;
    if others > 0 {
        output::line(&format!("{others} more were measured by something else: 'indexer scan --upgrade' lets these be learned from, too"))?;
    }
    for (name, worth) in [("valence", lesson.valence), ("arousal", lesson.arousal)] {
        if let Some(Worth { before, after, is_better }) = worth {
            let verdict = if is_better { "helps" } else { "does not help" };
            output::line(&format!("{name:<8} off by {before:.2} as measured, by {after:.2} as learned from the other tracks: {verdict}"))?;
        }
    }
    output::line(&match &lesson.correction {
        Some(c) if is_applied => format!("applied to the whole library as learned {}; moods that were set by hand stay", c.id),
        Some(_) => "it would be applied".to_owned(),
        None => "nothing is applied: it would make other tracks no better".to_owned(),
    })
}
