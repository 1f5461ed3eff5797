//! `cargo xtask install`: bundles the plugin and copies it to where DAWs look.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// The user's folders for CLAP and VST3 plugins.
fn folders() -> Result<(PathBuf, PathBuf)> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from).with_context(|| format!("{name} is not set"));
    if cfg!(target_os = "windows") {
        let common = variable("LOCALAPPDATA")?.join("Programs").join("Common");
        Ok((common.join("CLAP"), common.join("VST3")))
    } else if cfg!(target_os = "macos") {
        let plugins = variable("HOME")?.join("Library/Audio/Plug-Ins");
        Ok((plugins.join("CLAP"), plugins.join("VST3")))
    } else {
        let home = variable("HOME")?;
        Ok((home.join(".clap"), home.join(".vst3")))
    }
}

pub fn run(dry_run: bool) -> Result<()> {
    let (clap, vst3) = folders()?;
    if !dry_run {
        crate::bundle(&["plugin".to_owned(), "--release".to_owned()])?;
    }
    for (name, folder) in [("Underscore.clap", clap), ("Underscore.vst3", vst3)] {
        let (from, to) = (Path::new("target/bundled").join(name), folder.join(name));
        eprintln!("{} -> {}", from.display(), to.display());
        if !dry_run {
            std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
            copy(&from, &to)?;
        }
    }
    Ok(())
}

/// Copies a file or a folder over what was there. The new copy is complete before the old one goes.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if !from.exists() {
        bail!("{} was not built", from.display());
    }
    let fresh = to.with_extension("new");
    remove(&fresh)?;
    copy_tree(from, &fresh)?;
    remove(to)?;
    std::fs::rename(&fresh, to).with_context(|| to.display().to_string())
}

fn remove(path: &Path) -> Result<()> {
    let result = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    match result {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e).with_context(|| path.display().to_string()),
        _ => Ok(()),
    }
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    if from.is_dir() {
        std::fs::create_dir_all(to).with_context(|| to.display().to_string())?;
        for entry in std::fs::read_dir(from).with_context(|| from.display().to_string())? {
            let entry = entry?;
            copy_tree(&entry.path(), &to.join(entry.file_name()))?;
        }
        Ok(())
    } else {
        std::fs::copy(from, to).map(|_| ()).with_context(|| to.display().to_string())
    }
}
