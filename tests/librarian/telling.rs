//! What the tests of the librarian share: asking the program, and files to ask it about.

use super::*;

/// Runs the program on the catalogue of a world.
pub(super) fn say(world: &World, arguments: &[&str]) -> (i32, String, String) {
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    spoken(&run_indexer(&world.dir.path().join("catalogue"), &arguments))
}

pub(super) fn spoken(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let errors = text(&output.stderr);
    assert!(!errors.contains("panicked at"), "{errors}");
    (output.status.code().unwrap_or(-1), text(&output.stdout), errors)
}

/// The same, where all must go well.
pub(super) fn well(world: &World, arguments: &[&str]) -> String {
    let (code, text, errors) = say(world, arguments);
    assert_eq!(code, 0, "{arguments:?}: {text}{errors}");
    text
}

/// What a command prints as JSON, whatever its exit code.
pub(super) fn asked(world: &World, arguments: &[&str]) -> Value {
    let (_, text, errors) = say(world, &[arguments, &["--json"]].concat());
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{arguments:?}: {e}: {text}{errors}"))
}

pub(super) fn show(world: &World, file: &Path) -> Value {
    asked(world, &["show", file.to_str().unwrap()])
}

pub(super) fn titles(found: &[Value]) -> Vec<&str> {
    found.iter().map(|t| t["title"].as_str().unwrap()).collect()
}

/// Where a file of a test's own lies.
pub(super) fn at(world: &World, name: &str) -> String {
    world.dir.path().join(name).to_str().unwrap().to_owned()
}

/// Writes a file of a test's own and gives its path.
pub(super) fn file(world: &World, name: &str, text: impl AsRef<[u8]>) -> String {
    let path = at(world, name);
    fs::write(&path, text).unwrap();
    path
}

/// A path in JSON or in a sheet, from the folder of music on.
pub(super) fn in_music(path: &str) -> String {
    path.replace('\\', "/").rsplit("/music/").next().unwrap_or_default().to_owned()
}

pub(super) fn store(world: &World) -> rusqlite::Connection {
    rusqlite::Connection::open(world.dir.path().join("catalogue/catalogue.db")).unwrap()
}

/// A second of noise as an AIFF file with tags of ID3. Each seed is another sound.
pub(super) fn tagged(world: &World, name: &str, seed: u32, tags: &[(&str, &str)]) -> PathBuf {
    tagged_for(world, name, seed, 1, tags)
}

pub(super) fn tagged_for(world: &World, name: &str, seed: u32, seconds: u32, tags: &[(&str, &str)]) -> PathBuf {
    const RATE: u32 = 16_384;
    let path = world.music().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    // ID3 writes sizes with seven bits a byte.
    let size = |n: usize| [(n >> 21) as u8 & 127, (n >> 14) as u8 & 127, (n >> 7) as u8 & 127, n as u8 & 127];
    let mut frames = Vec::new();
    for (id, text) in tags {
        let text = [b"\x03", text.as_bytes()].concat();
        frames.extend([id.as_bytes(), &size(text.len()), b"\0\0", &text].concat());
    }
    let mut id3 = [&b"ID3\x04\0\0"[..], &size(frames.len()), &frames].concat();
    id3.resize(id3.len().next_multiple_of(2), 0);
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut sound = vec![0u8; 8];
    for i in 0..RATE * seconds {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // Bursts, so that there is something to measure.
        let loud = if i % 4096 < 600 { 8 } else { 64 };
        sound.extend(((state >> 16) as i16 / loud).to_be_bytes());
    }
    // The rate as an extended float: 2^14.
    let rate = [0x40, 0x0d, 0x80, 0, 0, 0, 0, 0, 0, 0];
    let common = [&1u16.to_be_bytes()[..], &(RATE * seconds).to_be_bytes(), &16u16.to_be_bytes(), &rate].concat();
    let chunk = |id: &[u8; 4], body: &[u8]| [&id[..], &(body.len() as u32).to_be_bytes(), body].concat();
    let body = [&b"AIFF"[..], &chunk(b"COMM", &common), &chunk(b"ID3 ", &id3), &chunk(b"SSND", &sound)].concat();
    fs::write(&path, chunk(b"FORM", &body)).unwrap();
    path
}

/// Lines and cells of a sheet as any spreadsheet reads them.
pub(super) fn cells(sheet: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut is_quoted = false;
    let mut signs = sheet.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '"' if is_quoted && signs.peek() == Some(&'"') => cell.extend(signs.next()),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !is_quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !is_quoted => {}
            sign => cell.push(sign),
        }
    }
    assert!(!is_quoted && row.is_empty() && cell.is_empty(), "the sheet ends within a line");
    rows
}

/// Writes cells as a sheet, all of them in quotes.
pub(super) fn sheet(rows: &[Vec<String>]) -> String {
    let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n").collect()
}

/// Whether a terminal does nothing but show the text.
pub(super) fn is_plain(text: &str) -> bool {
    text.chars().all(|c| !c.is_control() || c == '\n')
}
