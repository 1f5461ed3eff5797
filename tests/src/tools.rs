//! Programs and data that tests need, and what happens when they are not there.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The folder that holds what this build made.
#[must_use]
pub fn target_dir() -> PathBuf {
    let exe = std::env::current_exe().unwrap_or_default();
    let dir = exe.parent().unwrap_or(Path::new(""));
    if dir.ends_with("deps") { dir.parent().unwrap_or(dir).to_owned() } else { dir.to_owned() }
}

/// The program `indexer` of this build.
///
/// # Panics
/// When it was not built.
#[must_use]
pub fn indexer() -> PathBuf {
    let path = target_dir().join(format!("indexer{}", std::env::consts::EXE_SUFFIX));
    assert!(path.exists(), "{} is not there; build it with: cargo build -p indexer", path.display());
    path
}

/// Runs `indexer` with a catalogue of its own.
///
/// # Panics
/// When it cannot be started.
#[must_use]
#[allow(clippy::expect_used)]
pub fn run_indexer(catalogue: &Path, arguments: &[&std::ffi::OsStr]) -> Output {
    Command::new(indexer()).env("UNDERSCORE_CATALOGUE", catalogue).args(arguments).output().expect("indexer starts")
}

/// Something that not every machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The program ffmpeg.
    Ffmpeg,
    /// Python with dawdreamer, named by UNDERSCORE_PYTHON.
    Dawdreamer,
    /// The folder of real data, named by UNDERSCORE_DATA.
    Data,
    /// The bundled plugin in target/bundled.
    Bundle,
    /// A screen without a screen.
    Xvfb,
    /// Linux and a C compiler, to put something beneath a program.
    Cc,
}

impl Need {
    fn name(self) -> &'static str {
        match self {
            Self::Ffmpeg => "ffmpeg",
            Self::Dawdreamer => "dawdreamer",
            Self::Data => "data",
            Self::Bundle => "bundle",
            Self::Xvfb => "xvfb",
            Self::Cc => "cc",
        }
    }

    /// Whether it is here; else why not.
    ///
    /// # Errors
    /// What is missing, in words.
    pub fn check(self) -> Result<(), String> {
        match self {
            Self::Ffmpeg => Command::new("ffmpeg").arg("-version").output().map(|_| ()).map_err(|_| "ffmpeg is not installed".into()),
            Self::Dawdreamer => {
                let python = std::env::var_os("UNDERSCORE_PYTHON").ok_or("UNDERSCORE_PYTHON names no Python with dawdreamer")?;
                let works = Command::new(python).args(["-c", "import dawdreamer"]).output().is_ok_and(|o| o.status.success());
                works.then_some(()).ok_or_else(|| "UNDERSCORE_PYTHON has no dawdreamer".into())
            }
            Self::Xvfb => {
                let works = Command::new("xvfb-run").arg("--help").output().is_ok_and(|o| o.status.success());
                works.then_some(()).ok_or_else(|| "xvfb-run is not installed".into())
            }
            Self::Cc if !cfg!(all(target_os = "linux", target_pointer_width = "64")) => {
                Err("only on Linux with 64 bits can something be put beneath a program".into())
            }
            Self::Cc => Command::new("cc").arg("--version").output().map(|_| ()).map_err(|_| "cc is not installed".into()),
            Self::Data => data().map(|_| ()).ok_or_else(|| "UNDERSCORE_DATA names no folder with real data".into()),
            Self::Bundle => vst3().map(|_| ()).ok_or_else(|| "the plugin is not bundled; run: cargo xtask bundle plugin --release".into()),
        }
    }
}

/// The folder of real data.
#[must_use]
pub fn data() -> Option<PathBuf> {
    std::env::var_os("UNDERSCORE_DATA").map(PathBuf::from).filter(|d| d.join("audio").is_dir())
}

/// The bundled VST3.
#[must_use]
pub fn vst3() -> Option<PathBuf> {
    let target = target_dir();
    let bundle = target.parent()?.join("bundled/Underscore.vst3");
    bundle.exists().then_some(bundle)
}

/// A test: its name, what it needs, and what it does.
pub struct Test {
    name: String,
    needs: &'static [Need],
    body: Box<dyn Fn()>,
}

impl Test {
    /// A test of this name.
    pub fn new(name: impl Into<String>, needs: &'static [Need], body: impl Fn() + 'static) -> Self {
        Self { name: name.into(), needs, body: Box::new(body) }
    }
}

/// Runs the tests of a binary that cannot use the standard harness because some must be reported as ignored at run time, with the
/// reason. Under UNDERSCORE_REQUIRE (a list of names) a missing need fails instead. Understands what `cargo test` and `cargo nextest`
/// pass.
#[must_use]
pub fn main(tests: &[Test]) -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|a| a == flag);
    let required = std::env::var("UNDERSCORE_REQUIRE").unwrap_or_default();
    let missing = |needs: &[Need]| {
        let found = needs.iter().find_map(|n| n.check().err().map(|why| (*n, why)));
        found.map(|(need, why)| (required.split([',', ' ']).any(|r| r == need.name() || r == "all"), why))
    };
    let ignored = |needs: &[Need]| matches!(missing(needs), Some((false, _)));
    if has("--list") {
        for Test { name, needs, .. } in tests {
            // nextest asks twice: for all, and for those that are ignored.
            if !has("--ignored") || ignored(needs) {
                print_line(&format!("{name}: test"));
            }
        }
        return std::process::ExitCode::SUCCESS;
    }
    let filters: Vec<&String> = arguments.iter().filter(|a| !a.starts_with('-') && !a.chars().all(|c| c.is_ascii_digit())).collect();
    let chosen = |name: &str| {
        filters.is_empty() || filters.iter().any(|f| if has("--exact") { name == f.as_str() } else { name.contains(f.as_str()) })
    };
    let mut counts = (0, 0, 0);
    print_line(&format!("\nrunning {} tests", tests.iter().filter(|t| chosen(&t.name)).count()));
    for Test { name, needs, body } in tests.iter().filter(|t| chosen(&t.name)) {
        match missing(needs) {
            Some((false, why)) => {
                counts.2 += 1;
                print_line(&format!("test {name} ... ignored, {why}"));
            }
            Some((true, why)) => {
                counts.1 += 1;
                print_line(&format!("test {name} ... FAILED: {why}, and UNDERSCORE_REQUIRE asks for it"));
            }
            None if std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)).is_ok() => {
                counts.0 += 1;
                print_line(&format!("test {name} ... ok"));
            }
            None => {
                counts.1 += 1;
                print_line(&format!("test {name} ... FAILED"));
            }
        }
    }
    let (passed, failed, left_out) = counts;
    let result = if failed == 0 { "ok" } else { "FAILED" };
    print_line(&format!(
        "\ntest result: {result}. {passed} passed; {failed} failed; {left_out} ignored; 0 measured; {} filtered out; finished in 0.00s\n",
        tests.len() - passed - failed - left_out
    ));
    if failed == 0 { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::from(101) }
}

#[allow(clippy::print_stdout)]
fn print_line(line: &str) {
    println!("{line}");
}

/// Runs ffmpeg.
///
/// # Panics
/// When it fails.
#[allow(clippy::expect_used)]
pub fn ffmpeg(arguments: &[&str]) {
    let output = Command::new("ffmpeg").args(["-v", "error", "-y"]).args(arguments).output().expect("ffmpeg starts");
    assert!(output.status.success(), "ffmpeg {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}
