//! Tables of numbers on disk.

use anyhow::{Context, Result};
use npyz::WriterBuilder;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

/// Writes rows of so many numbers as numpy reads them.
pub fn write_npy(to: &Path, columns: usize, numbers: &[f32]) -> Result<()> {
    let file = BufWriter::new(File::create(to).with_context(|| to.display().to_string())?);
    let shape = [(numbers.len() / columns.max(1)) as u64, columns as u64];
    let mut writer = npyz::WriteOptions::new().default_dtype().shape(&shape).writer(file).begin_nd()?;
    writer.extend(numbers.iter().copied())?;
    Ok(writer.finish()?)
}
