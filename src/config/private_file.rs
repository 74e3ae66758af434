//! Files that hold secrets: only we may read them, and they are written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, chown};
use std::path::{Path, PathBuf};

/// The bits of a mode that let anybody but the owner in.
pub(super) const OTHER_USERS: u32 = 0o077;

/// The bits of a mode that let everybody in. A group may be what a file is handed over by.
pub(super) const EVERYBODY: u32 = 0o007;

/// The text of a file, unless its mode has a bit that is `forbidden`; `None` when there is no file.
pub(super) fn find(path: &Path, forbidden: u32) -> Result<Option<String>, String> {
    let text = |error: io::Error| error.to_string();
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(text(error)),
    };
    if file.metadata().map_err(text)?.mode() & forbidden != 0 {
        return Err("others may read it: chmod 600 it".to_owned());
    }
    io::read_to_string(&mut file).map(Some).map_err(text)
}

/// Writes a file. One that is there stays as it is.
pub(crate) fn create(path: &Path, text: &str) -> io::Result<()> {
    // Unlike a rename this never replaces what another process put there.
    let link = |new: &Path| match fs::hard_link(new, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    };
    write(path, text, link)
}

/// Writes a file that is there anew, for the same owner.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let before = fs::metadata(path)?;
    write(path, text, |new| {
        chown(new, Some(before.uid()), Some(before.gid()))?;
        fs::rename(new, path)
    })
}

fn write(path: &Path, text: &str, put: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let new = temporary(path);
    let write = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        put(&new)
    };
    let result = write();
    // A left-over of this process' number would be in the way of the next one.
    let _ = fs::remove_file(&new);
    result?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

fn temporary(path: &Path) -> PathBuf {
    path.with_extension(format!("new-{}", std::process::id()))
}
