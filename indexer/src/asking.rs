//! Which tracks are meant: the words and filters that every command understands that takes tracks.

use crate::arguments::SHIELD;
use affect::Affect;
use anyhow::{Context, bail};
use catalogue::{FacetFilter, Like, Query, Reader};
use clap::Args;
use music::Key;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use track::rights::Ask;
use track::{ContentId, Field, clock};

#[derive(Args, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Asking {
    /// Words that must be there: all of them, "phrases in double quotes", OR, -word to exclude, begin* for whatever it goes on with
    #[arg(value_name = "WORDS")]
    pub words: Vec<String>,
    /// Rank by nearness to a mood word, like tense or serene; several may be given, with weights from -1 (far from it) to 1: tense=0.8
    #[arg(long, value_name = "WORD[=WEIGHT]")]
    mood: Vec<String>,
    /// Rank by nearness to this valence, -1 (unpleasant) to 1 (pleasant)
    #[arg(long, value_name = "V", requires = "arousal", allow_negative_numbers = true)]
    valence: Option<f64>,
    /// Rank by nearness to this arousal, -1 (calm) to 1 (excited)
    #[arg(long, value_name = "A", requires = "valence", allow_negative_numbers = true)]
    arousal: Option<f64>,
    /// Only tracks in this part of the plane, like 0..1,-1..0 for pleasant and calm
    #[arg(long, value_name = "V..V,A..A", allow_hyphen_values = true)]
    area: Option<String>,
    /// Rank by likeness to a course of moods: places of the plane (or mood words) at even steps, like "calm; 0,0.2; tense"
    #[arg(long, value_name = "PLACES", allow_hyphen_values = true)]
    curve: Option<String>,
    /// Rank by likeness to a track: a file, or the first digits of a content id
    #[arg(long, value_name = "TRACK")]
    like: Option<PathBuf>,
    /// Only a part of that track, in seconds or minutes:seconds, like 1:05..1:30
    #[arg(long, value_name = "FROM..TO", requires = "like")]
    part: Option<String>,
    /// Only tempi in this range, in whatever octave, like 90..120; a single number ranks by how little a track must be stretched
    #[arg(long, value_name = "BPM")]
    bpm: Option<String>,
    /// Rank by nearness to this key, like "D minor" or F#
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Only lengths in this range, like 0:30..2:00, ..45 or 3:00..
    #[arg(long, value_name = "FROM..TO")]
    length: Option<String>,
    /// Only this genre; may be given several times
    #[arg(long)]
    genre: Vec<String>,
    /// Only with this instrument
    #[arg(long)]
    instrument: Vec<String>,
    /// Only from this region
    #[arg(long)]
    region: Vec<String>,
    /// Only in this raga, however its name is spelled
    #[arg(long)]
    raga: Vec<String>,
    /// Only of this rasa, as its tags or a hand say; --mood karuna ranks all by where they lie
    #[arg(long)]
    rasa: Vec<String>,
    /// Only for this time of day; 'night' is 'late night', too
    #[arg(long)]
    time_of_day: Vec<String>,
    /// Only by this artist
    #[arg(long)]
    artist: Vec<String>,
    /// Only from this album
    #[arg(long)]
    album: Vec<String>,
    /// Only by this composer
    #[arg(long)]
    composer: Vec<String>,
    /// Only from this publisher
    #[arg(long)]
    publisher: Vec<String>,
    /// Not what says this, like genre=Rock
    #[arg(long, value_name = "NAME=VALUE")]
    not: Vec<String>,
    /// Only what one licence clears for all of these media and territories, like broadcast,DE
    #[arg(long, value_name = "LIST")]
    cleared_for: Option<String>,
    /// The day for which rights are asked [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Option<String>,
    /// Rank what was used before lower
    #[arg(long)]
    avoid_used: bool,
    /// Only what is in this bin
    #[arg(long, value_name = "BIN")]
    in_bin: Option<String>,
}

impl Asking {
    /// Whether something says which tracks, and not only which of them come first.
    pub fn selects(&self) -> bool {
        let has = |list: &[String]| list.iter().any(|t| !t.trim().is_empty());
        let lists = [
            &self.words,
            &self.genre,
            &self.instrument,
            &self.region,
            &self.raga,
            &self.rasa,
            &self.time_of_day,
            &self.artist,
            &self.album,
            &self.composer,
            &self.publisher,
            &self.not,
        ];
        let is_range = self.bpm.as_ref().is_some_and(|b| b.contains(".."));
        lists.into_iter().any(|l| has(l))
            || is_range
            || [&self.area, &self.length, &self.cleared_for, &self.in_bin].into_iter().any(Option::is_some)
    }

    /// What was asked before, and what is asked in addition.
    pub fn and(mut self, more: &Self) -> Self {
        let many: [(&mut Vec<String>, &Vec<String>); 13] = [
            (&mut self.words, &more.words),
            (&mut self.mood, &more.mood),
            (&mut self.genre, &more.genre),
            (&mut self.instrument, &more.instrument),
            (&mut self.region, &more.region),
            (&mut self.raga, &more.raga),
            (&mut self.rasa, &more.rasa),
            (&mut self.time_of_day, &more.time_of_day),
            (&mut self.artist, &more.artist),
            (&mut self.album, &more.album),
            (&mut self.composer, &more.composer),
            (&mut self.publisher, &more.publisher),
            (&mut self.not, &more.not),
        ];
        for (before, more) in many {
            before.extend(more.iter().cloned());
        }
        let one = |before: &mut Option<String>, more: &Option<String>| {
            if more.is_some() {
                before.clone_from(more);
            }
        };
        for (before, more) in [
            (&mut self.area, &more.area),
            (&mut self.curve, &more.curve),
            (&mut self.part, &more.part),
            (&mut self.bpm, &more.bpm),
            (&mut self.key, &more.key),
            (&mut self.length, &more.length),
            (&mut self.cleared_for, &more.cleared_for),
            (&mut self.on, &more.on),
            (&mut self.in_bin, &more.in_bin),
        ] {
            one(before, more);
        }
        if more.like.is_some() {
            self.like.clone_from(&more.like);
        }
        if more.valence.is_some() {
            (self.valence, self.arousal) = (more.valence, more.arousal);
        }
        self.avoid_used |= more.avoid_used;
        self
    }

    /// The words as they were typed.
    pub fn text(&self) -> String {
        self.words.join(" ").replace(SHIELD, "-")
    }

    /// The same without what only this run of the program knows of it: for keeping.
    pub fn plain(&self) -> Self {
        // A file goes by its whole path, so that the search finds it from every folder.
        let whole = |path: &PathBuf| dunce::canonicalize(path).unwrap_or_else(|_| path.clone());
        Self { words: self.words.iter().map(|w| w.replace(SHIELD, "-")).collect(), like: self.like.as_ref().map(whole), ..self.clone() }
    }

    /// The query that is meant. All of what fits is asked for.
    pub fn query(&self, reader: &Reader) -> anyhow::Result<Query> {
        let mut query = self.parsed()?;
        if let Some(track) = &self.like {
            let span_s = self.part.as_deref().map(|p| range("part", p, &clock::seconds)).transpose()?.map(|r| (*r.start(), *r.end()));
            query.like = Some(Like { content_id: find(reader, track)?, span_s });
        }
        query.only = self.in_bin.as_deref().map(|bin| bin_of(reader, bin)).transpose()?;
        Ok(query)
    }

    /// As much of it as can be understood without a catalogue.
    pub fn parsed(&self) -> anyhow::Result<Query> {
        let at = match (self.valence, self.arousal) {
            (Some(v), Some(a)) => Some(Affect::new(v, a).map_err(|e| anyhow::anyhow!("--{e}"))?),
            _ => None,
        };
        let (bpm, tempo_bpm) = match self.bpm.as_deref() {
            Some(text) if text.contains("..") => (Some(range("bpm", text, &number)?), None),
            Some(text) => (None, Some(number(text).filter(|b| *b > 0.0).with_context(|| format!("--bpm: '{text}' is no tempo"))?)),
            None => (None, None),
        };
        let on = self.on.as_deref().map(|d| clock::day(d).with_context(|| format!("--on {d}: write it like 2027-03-01"))).transpose()?;
        let today = on.unwrap_or_else(|| jiff::Zoned::now().date());
        Ok(Query {
            at,
            region: self.area.as_deref().map(area).transpose()?,
            moods: self.mood.iter().map(|m| weighted(m)).collect::<anyhow::Result<_>>()?,
            curve: self.curve.as_deref().map(curve).transpose()?.unwrap_or_default(),
            like: None,
            bpm,
            tempo_bpm,
            key: self.key.as_deref().map(str::parse::<Key>).transpose().context("--key")?,
            duration_s: self.length.as_deref().map(|l| range("length", l, &clock::seconds)).transpose()?,
            text: Some(self.text()).filter(|t| !t.trim().is_empty()),
            facets: self.facets()?,
            cleared_for: self.cleared_for.as_deref().map(|text| Ask::parse(text, today)).transpose().context("--cleared-for")?,
            on,
            avoid_used: self.avoid_used,
            only: None,
            is_diverse: false,
            limit: 0,
        })
    }

    fn facets(&self) -> anyhow::Result<Vec<FacetFilter>> {
        let wanted = [
            (Field::Genre, &self.genre),
            (Field::Instrument, &self.instrument),
            (Field::Region, &self.region),
            (Field::Raga, &self.raga),
            (Field::Rasa, &self.rasa),
            (Field::TimeOfDay, &self.time_of_day),
            (Field::Artist, &self.artist),
            (Field::Album, &self.album),
            (Field::Composer, &self.composer),
            (Field::Publisher, &self.publisher),
        ];
        let wanted = wanted.into_iter().filter(|(_, any_of)| !any_of.is_empty());
        let mut filters: Vec<FacetFilter> =
            wanted.map(|(field, any_of)| FacetFilter { field, any_of: any_of.clone(), is_not: false }).collect();
        for text in &self.not {
            let (name, value) = text.split_once('=').with_context(|| format!("--not {text}: write it like genre=Rock"))?;
            let field: Field = name.parse().with_context(|| format!("--not {text}"))?;
            anyhow::ensure!(catalogue::is_facet(field), "--not {text}: {field} cannot be filtered by; exclude its words with -word");
            filters.push(FacetFilter { field, any_of: vec![value.to_owned()], is_not: true });
        }
        Ok(filters)
    }

    /// The tracks that are meant: files, a content id, or all that the words and filters fit. What only ranks says nothing of which.
    pub fn tracks(&self, reader: &Reader) -> anyhow::Result<Vec<ContentId>> {
        anyhow::ensure!(self.selects(), "which tracks? Name a file, a content id, words or filters");
        let words: Vec<&String> = self.words.iter().filter(|w| !w.trim().is_empty()).collect();
        let files: Vec<ContentId> = words.iter().map_while(|w| of_file(reader, Path::new(w)).transpose()).collect::<anyhow::Result<_>>()?;
        if !files.is_empty() && files.len() == words.len() {
            return self.that_fit(reader, files);
        }
        let found = self.all(reader)?;
        if !found.is_empty() {
            return Ok(found);
        }
        match words.as_slice() {
            [one] => match find(reader, Path::new(one)) {
                Ok(id) => self.that_fit(reader, vec![id]),
                Err(e) => Err(e.context("no track fits")),
            },
            _ => bail!("no track fits"),
        }
    }

    /// The same for what changes nothing: where nothing says which, all.
    pub fn tracks_or_all(&self, reader: &Reader) -> anyhow::Result<Vec<ContentId>> {
        if self.selects() { self.tracks(reader) } else { self.all(reader) }
    }

    /// Every track that fits, of all where nothing is asked.
    pub fn all(&self, reader: &Reader) -> anyhow::Result<Vec<ContentId>> {
        Ok(reader.search(&self.query(reader)?)?.into_iter().map(|m| m.track.content_id).collect())
    }

    /// Those of some tracks that the filters let through.
    fn that_fit(&self, reader: &Reader, ids: Vec<ContentId>) -> anyhow::Result<Vec<ContentId>> {
        let filters = Self { words: Vec::new(), ..self.clone() };
        if !filters.selects() {
            return Ok(ids);
        }
        let through = filters.all(reader)?;
        let fit: Vec<ContentId> = ids.into_iter().filter(|id| through.contains(id)).collect();
        anyhow::ensure!(!fit.is_empty(), "no track fits: what was named does not pass the filters");
        Ok(fit)
    }
}

/// The track of a file, if it is one of the catalogue.
fn of_file(reader: &Reader, given: &Path) -> anyhow::Result<Option<ContentId>> {
    // A file that is missing has no canonical path; its folder may have one.
    let beside = || {
        let folder = given.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(dunce::canonicalize(folder).ok()?.join(given.file_name()?))
    };
    let absolute = dunce::canonicalize(given).ok().or_else(beside).unwrap_or_else(|| given.to_owned());
    // A link that was scanned goes by its own name.
    let named = std::path::absolute(given).unwrap_or_else(|_| given.to_owned());
    for path in [absolute.as_path(), named.as_path(), given] {
        if let Some(id) = reader.content_of(path)? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

fn bin_of(reader: &Reader, name: &str) -> anyhow::Result<Vec<ContentId>> {
    let bins = reader.bins()?;
    if !bins.iter().any(|b| b.0 == name) {
        let names: Vec<String> = bins.into_iter().map(|b| b.0).collect();
        bail!("there is no bin '{name}'; there are: {}", if names.is_empty() { "none".to_owned() } else { names.join(", ") });
    }
    Ok(reader.bin(name)?)
}

/// The track that is meant by a file or the first digits of a content id.
pub fn find(reader: &Reader, given: &Path) -> anyhow::Result<ContentId> {
    if let Some(id) = of_file(reader, given)? {
        return Ok(id);
    }
    let absolute = dunce::canonicalize(given).unwrap_or_else(|_| given.to_owned());
    if let Some(reason) = reader.failures()?.into_iter().find(|f| f.0 == absolute).map(|f| f.1) {
        bail!("{} could not be measured: {reason}", given.display());
    }
    let ids = match given.to_str() {
        Some(text) if text.len() >= 4 => reader.content_starting_with(text, 2)?,
        _ => Vec::new(),
    };
    match ids.as_slice() {
        [id] => Ok(id.clone()),
        [] => bail!("{} is neither a file of the catalogue nor the start (four digits or more) of a content id", given.display()),
        _ => bail!("several tracks have a content id that starts with {}; give more of its digits", given.display()),
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0)
}

/// An id of something that is told by a text.
pub fn short_hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().as_str()[..16].to_owned()
}

fn range(name: &str, text: &str, one: &dyn Fn(&str) -> Option<f64>) -> anyhow::Result<RangeInclusive<f64>> {
    let parts = text.split_once("..").map(|(a, b)| (a, b.strip_prefix('=').unwrap_or(b)));
    let end = |t: &str, open: f64| if t.trim().is_empty() { Some(open) } else { one(t) };
    let ends = parts.and_then(|(from, to)| Some((end(from, 0.0)?, end(to, f64::INFINITY)?)));
    let Some((from, to)) = ends else { bail!("--{name}: '{text}' is not a range; write it like 90..120, 90.. or ..120") };
    anyhow::ensure!(from <= to, "--{name}: '{text}' is empty; the first number must not be larger than the second, nor negative");
    Ok(from..=to)
}

type Area = (RangeInclusive<f64>, RangeInclusive<f64>);

fn area(text: &str) -> anyhow::Result<Area> {
    let side = |t: &str| {
        let (from, to) = t.split_once("..")?;
        let end = |t: &str, open: f64| if t.trim().is_empty() { Some(open) } else { t.trim().parse::<f64>().ok() };
        let (from, to) = (end(from, -1.0)?, end(to, 1.0)?);
        (from <= to).then_some(from..=to)
    };
    let sides = text.split_once(',').and_then(|(v, a)| Some((side(v)?, side(a)?)));
    sides.with_context(|| format!("--area: '{text}' is no part of the plane; write it like 0..1,-1..0 (valence, then arousal)"))
}

fn weighted(text: &str) -> anyhow::Result<(affect::MoodWord, f64)> {
    let (word, weight) = match text.split_once('=') {
        Some((word, weight)) => (word, weight.trim().parse::<f64>().ok()),
        None => (text, Some(1.0)),
    };
    let weight = weight.filter(|w| (-1.0..=1.0).contains(w)).with_context(|| format!("--mood {text}: a weight lies in -1 to 1"))?;
    anyhow::ensure!(weight != 0.0, "--mood {text}: a weight of 0 asks for nothing; leave it out");
    Ok((affect::mood(word).context("--mood")?, weight))
}

fn curve(text: &str) -> anyhow::Result<Vec<Affect>> {
    let place = |part: &str| match part.split_once(',') {
        Some((v, a)) => {
            let numbers = v.trim().parse::<f64>().ok().zip(a.trim().parse::<f64>().ok());
            let (v, a) = numbers.with_context(|| format!("--curve: '{part}' is no place; write it like 0.4,-0.5"))?;
            Affect::new(v, a).map_err(|e| anyhow::anyhow!("--curve: {e}"))
        }
        None => Ok(affect::mood(part).context("--curve")?.at),
    };
    let places: Vec<Affect> = text.split(';').map(str::trim).filter(|p| !p.is_empty()).map(place).collect::<anyhow::Result<_>>()?;
    anyhow::ensure!(places.len() >= 2, "--curve: a course has two places at least, like \"calm; tense\"");
    Ok(places)
}
