//! `indexer cue-sheet`.

use crate::arguments::{Arguments, CueSheet};
use crate::output::{self, printable};
use crate::sheets::BYTE_ORDER_MARK;
use crate::{OK, usage};
use anyhow::{Context, bail};
use catalogue::{CueLine, Reader, cell};
use comfy_table::{ContentArrangement, Table, presets};
use std::fmt::Write as _;
use std::path::Path;

pub fn run(arguments: &Arguments, command: &CueSheet) -> anyhow::Result<u8> {
    let dir = arguments.catalogue_dir()?;
    usage::fold_inbox(&dir);
    let lines = Reader::open(&dir)?.cue_sheet(&command.project)?;
    match &command.out {
        Some(file) => {
            let text = match file.extension().and_then(|e| e.to_str()).map(str::to_lowercase).as_deref() {
                Some("csv") => format!("{BYTE_ORDER_MARK}{}", csv(&lines)?),
                Some("html" | "htm") => html(&command.project, &lines)?,
                _ => bail!("{}: a cue sheet is written as .csv or .html", file.display()),
            };
            write(file, &text)?;
            if arguments.json {
                output::json(&serde_json::json!({ "cues": lines.len(), "file": track::path_text::to_text(file) }))?;
            } else {
                output::line(&printable(&format!("{} in {}", output::count(lines.len(), "cue", "cues"), file.display())))?;
            }
        }
        None if arguments.json => output::json(&lines)?,
        None => output::line(&table(&lines).trim_fmt())?,
    }
    let lacks = |name: &str, of: fn(&CueLine) -> &String| {
        let n = lines.iter().filter(|l| of(l).is_empty()).count();
        if n > 0 {
            eprintln!("{n} of {} cues have no {name}: indexer edit TRACK --set {name}=…", lines.len());
        }
    };
    lacks("composer", |l| &l.composer);
    lacks("publisher", |l| &l.publisher);
    Ok(OK)
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(file, text).with_context(|| file.display().to_string())
}

fn csv(lines: &[CueLine]) -> anyhow::Result<String> {
    let mut sheet = csv::Writer::from_writer(Vec::new());
    sheet.write_record(CueLine::COLUMNS)?;
    for line in lines {
        sheet.write_record(line.cells().map(|c| cell(&c)))?;
    }
    Ok(String::from_utf8(sheet.into_inner()?)?)
}

fn table(lines: &[CueLine]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["cue", "in", "out", "duration", "title", "composer", "publisher", "usage", "scene"]);
    for l in lines {
        let cells =
            [&l.number.to_string(), &l.timecode_in, &l.timecode_out, &l.duration, &l.title, &l.composer, &l.publisher, &l.code, &l.scene];
        table.add_row(cells.map(|c| printable(c)));
    }
    table
}

/// A page that prints well: landscape, a heading on each sheet, no row torn apart.
fn html(project: &str, lines: &[CueLine]) -> anyhow::Result<String> {
    let e = |text: &str| html_escape::encode_safe(&printable(text)).into_owned();
    let mut page = String::new();
    let today = jiff::Zoned::now().date();
    write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Cue sheet: {0}</title>\n<style>\n\
         @page {{ size: A4 landscape; margin: 12mm }}\n\
         body {{ font: 10pt/1.35 system-ui, sans-serif; color: #111; margin: 2em }}\n\
         h1 {{ font-size: 16pt; margin: 0 0 .2em }}\n\
         p {{ margin: 0 0 1em; color: #444 }}\n\
         table {{ border-collapse: collapse; width: 100% }}\n\
         thead {{ display: table-header-group }}\n\
         tr {{ break-inside: avoid }}\n\
         th, td {{ text-align: left; vertical-align: top; padding: .3em .5em; border-bottom: 1px solid #ccc }}\n\
         th {{ border-bottom: 2px solid #111; white-space: nowrap }}\n\
         .t {{ font-variant-numeric: tabular-nums; white-space: nowrap }}\n\
         @media print {{ body {{ margin: 0 }} }}\n\
         </style>\n</head>\n<body>\n<h1>Cue sheet: {0}</h1>\n<p>{1} cues, {today}</p>\n<table>\n<thead><tr>",
        e(project),
        lines.len()
    )?;
    for column in CueLine::COLUMNS {
        write!(page, "<th>{}</th>", e(column))?;
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for line in lines {
        page.push_str("<tr>");
        for (column, cell) in CueLine::COLUMNS.iter().zip(line.cells()) {
            let class = if ["duration", "in", "out", "ISRC"].contains(column) { " class=\"t\"" } else { "" };
            write!(page, "<td{class}>{}</td>", e(&cell))?;
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</body>\n</html>\n");
    Ok(page)
}
