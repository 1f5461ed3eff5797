//! `indexer usage`: where tracks are used; and what plugins have told of it.

use crate::OK;
use crate::arguments::{Arguments, UsageAdd, Usages};
use crate::asking;
use crate::output::{self, count, duration, printable};
use anyhow::Context;
use catalogue::{Catalogue, Reader, Used};
use serde_json::json;
use std::path::Path;
use track::clock::{self, Timecode};
use track::{Usage, UsageCode};

/// Takes in what plugins have told since the last run. Where that cannot be done (a medium that cannot be written), it is told and all else goes on.
pub fn fold_inbox(dir: &Path) {
    if !dir.join("inbox").is_dir() {
        return;
    }
    match Catalogue::open_beside(dir).and_then(|mut c| c.fold_inbox()) {
        Ok(folded) => {
            for (file, reason) in folded.refused {
                eprintln!("{}", printable(&format!("inbox/{file}: a line was left out: {reason}")));
            }
        }
        Err(e) => eprintln!("{}", printable(&format!("what plugins told could not be taken in: {e}"))),
    }
}

pub fn run(arguments: &Arguments, command: &Usages) -> anyhow::Result<u8> {
    let dir = arguments.catalogue_dir()?;
    fold_inbox(&dir);
    match command {
        Usages::Add(add) => {
            let reader = Reader::open(&dir)?;
            let usage = usage(&reader, add)?;
            let known = reader.usages(Used::In(&usage.project))?.into_iter().find(|u| u.id == usage.id);
            if known.is_some_and(|known| known != usage) {
                eprintln!("this use was known; its code, day or frames are what they are now");
            }
            Catalogue::open_beside(&dir)?.record(std::slice::from_ref(&usage))?;
            if arguments.json {
                output::json(&usage)?;
            } else {
                output::line(&printable(&format!("written down for {} as {}", usage.project, usage.id)))?;
            }
        }
        Usages::List { project: None } => {
            let projects = Reader::open(&dir)?.projects()?;
            if arguments.json {
                output::json(&projects.iter().map(|(name, n)| json!({ "project": name, "uses": n })).collect::<Vec<_>>())?;
                return Ok(OK);
            }
            for (name, n) in &projects {
                output::line(&printable(&format!("{name}: {}", count(*n, "use", "uses"))))?;
            }
            if projects.is_empty() {
                output::line("no use of any track is known")?;
            }
        }
        Usages::List { project: Some(project) } => {
            let reader = Reader::open(&dir)?;
            let usages = reader.usages(Used::In(project))?;
            anyhow::ensure!(!usages.is_empty(), "no track was used in a project '{project}'; 'indexer usage list' lists them");
            if arguments.json {
                output::json(&usages)?;
                return Ok(OK);
            }
            for u in &usages {
                let name = reader.track(&u.content_id)?.map_or_else(|| u.content_id.to_string(), |t| t.name());
                output::line(&printable(&format!("{} to {}  {name}  {}  ({})", duration(u.in_s), duration(u.out_s), u.scene, u.id)))?;
            }
        }
        Usages::Remove { id } => {
            Catalogue::open_beside(&dir)?.forget_usage(id)?;
            if arguments.json {
                output::json(&json!({ "taken_back": id }))?;
            } else {
                output::line("taken back")?;
            }
        }
    }
    Ok(OK)
}

fn usage(reader: &Reader, add: &UsageAdd) -> anyhow::Result<Usage> {
    let content_id = asking::find(reader, &add.track)?;
    let fps = add.fps.map(exact_fps);
    let time = |name: &str, text: &str| {
        let how = || {
            format!(
                "--{name} {text}: write it in seconds, as 1:02:03.5, or with --fps as 01:02:03:12, or as 01:02:03;12 where frames are dropped"
            )
        };
        let coded = fps.and_then(|fps| Timecode::read(text, fps)).map(|(s, code)| (s, Some(code)));
        coded.or_else(|| Some((clock::seconds(text)?, None))).with_context(how)
    };
    let ((in_s, from), (out_s, to)) = (time("in", &add.from)?, time("out", &add.to)?);
    anyhow::ensure!(in_s < out_s, "--in lies before --out");
    anyhow::ensure!(
        from.zip(to).is_none_or(|(from, to)| from == to),
        "--in and --out count frames differently: with a semicolon numbers are dropped, with a colon none is"
    );
    let may_drop = fps.and_then(|fps| Timecode::new(fps, true)).is_some_and(|c| c.drops);
    let drops_none = may_drop && from.or(to).is_some_and(|code| !code.drops);
    anyhow::ensure!(!add.project.trim().is_empty(), "--project needs a name");
    anyhow::ensure!(fps.is_none_or(|f| (1.0..=240.0).contains(&f)), "--fps lies in 1 to 240");
    let date = match &add.date {
        Some(text) => clock::day(text).with_context(|| format!("--date {text}: write it like 2027-03-01"))?,
        None => jiff::Zoned::now().date(),
    };
    // One production is not two because somebody wrote it in small letters.
    let written = add.project.trim().to_lowercase();
    let is_it = |name: &String| *name != add.project && name.trim().to_lowercase() == written;
    let known = reader.projects()?.into_iter().map(|p| p.0).find(is_it);
    if let Some(known) = &known {
        eprintln!("{}", printable(&format!("the project is called '{known}' so far, and so it is here")));
    }
    let code = UsageCode::ALL.into_iter().find(|c| format!("{c:?}").eq_ignore_ascii_case(&add.code));
    let code = code.with_context(|| format!("--code {}: BI, BV, VI, VV, MT, ET and T are known", add.code))?;
    let usage = Usage {
        id: String::new(),
        content_id,
        project: known.unwrap_or_else(|| add.project.clone()),
        scene: add.scene.clone(),
        in_s,
        out_s,
        frames_per_s: fps,
        drops_none,
        date,
        code,
    };
    // The same use typed twice is one.
    let said = format!("{}\u{0}{}\u{0}{}\u{0}{in_s}\u{0}{out_s}", usage.content_id, usage.project, usage.scene);
    Ok(Usage { id: asking::short_hash(&said), ..usage })
}

/// 29.97 means 30000/1001, and so do the others of its kind.
fn exact_fps(fps: f64) -> f64 {
    [24.0, 30.0, 48.0, 60.0, 120.0].into_iter().map(|n: f64| n * 1000.0 / 1001.0).find(|exact| (exact - fps).abs() < 0.01).unwrap_or(fps)
}
