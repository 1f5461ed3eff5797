//! Python with packages of fixed versions, for tools and training that are written in it.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A virtual environment in which some modules can be imported; made with these packages where it cannot yet.
pub fn environment(dir: &Path, packages: &[&str], modules: &str) -> Result<PathBuf> {
    let python = dir.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let works =
        |p: &Path| Command::new(p).args(["-c", &format!("import {modules}")]).stderr(Stdio::null()).status().is_ok_and(|s| s.success());
    if works(&python) {
        return Ok(python);
    }
    eprintln!("making a virtual environment with {}", packages.join(", "));
    run(Path::new("python3"), &["-m", "venv", &dir.to_string_lossy()])?;
    let mut install = vec!["-m", "pip", "install", "-q"];
    install.extend(packages);
    run(&python, &install)?;
    if works(&python) { Ok(python) } else { bail!("the packages are there but cannot be imported") }
}

/// Runs a program to its end.
pub fn run(program: &Path, arguments: &[&str]) -> Result<()> {
    let status = Command::new(program).args(arguments).status().with_context(|| program.display().to_string())?;
    if status.success() { Ok(()) } else { bail!("{} {} failed", program.display(), arguments.join(" ")) }
}
