//! Files that are there whole or not at all.

use std::fs::{File, OpenOptions, rename};
use std::path::{Path, PathBuf};

use super::Failure;

/// Has a file written beside `path`, and puts it in its place only when it is whole.
pub(super) async fn replace<T>(
    path: &Path,
    write: impl AsyncFnOnce(&File) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".part");
    let unfinished = PathBuf::from(unfinished);
    let failed = |error: std::io::Error| {
        Failure::other(format!("{} cannot be written: {error}", path.display()))
    };
    let file = create_private(&unfinished).map_err(failed)?;
    let written = write(&file).await?;
    file.sync_all().map_err(failed)?;
    rename(&unfinished, path).map_err(failed)?;
    Ok(written)
}

/// A file for its owner only: it holds what people trusted us with.
fn create_private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
