//! The user as whom Postgres runs: ourselves, or somebody harmless if we are root,
//! as whom it refuses to run.

use std::{
    fs::{self, Metadata, OpenOptions},
    os::unix::{
        fs::{MetadataExt as _, chown},
        process::CommandExt as _,
    },
    path::Path,
    process::{Command, Stdio},
};

use super::EmbeddedError;

#[derive(Debug, Clone)]
pub(super) struct Account {
    name: String,
    uid: u32,
    gid: u32,
    /// Whether we are root and must become this user.
    dropped: bool,
}

impl Account {
    /// `existing` is the cluster, if there is one: root runs it as its owner.
    pub(super) fn choose(
        data_dir: &Path,
        existing: Option<&Metadata>,
    ) -> Result<Self, EmbeddedError> {
        let own = own_ids(data_dir)?;
        if own.0 != 0 {
            return Ok(Self::new(own, false));
        }
        let owner = existing.map(|found| (found.uid(), found.gid()));
        if let Some(owner) = owner.filter(|(uid, _)| *uid != 0) {
            return Ok(Self::new(owner, true));
        }
        let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let account = ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| lookup(&users, name));
        // The number of `nobody` nearly everywhere.
        Ok(account.unwrap_or_else(|| Self::new((65_534, 65_534), true)))
    }

    fn new((uid, gid): (u32, u32), dropped: bool) -> Self {
        Self {
            name: uid.to_string(),
            uid,
            gid,
            dropped,
        }
    }

    pub(super) fn uid(&self) -> u32 {
        self.uid
    }

    /// A command that runs as this user, and sees none of our environment.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .env("PATH", "/usr/bin:/bin")
            .current_dir("/")
            .stdin(Stdio::null());
        if self.dropped {
            // This drops the supplementary groups of root as well.
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    pub(super) fn own(&self, path: &Path) -> Result<(), EmbeddedError> {
        if self.dropped {
            chown(path, Some(self.uid), Some(self.gid))
                .map_err(|source| EmbeddedError::io("change the owner of", path, source))?;
        }
        Ok(())
    }

    /// Whether the user can get into `folder` and all folders above it.
    pub(super) fn check_path(&self, folder: &Path) -> Result<(), EmbeddedError> {
        if !self.dropped {
            return Ok(());
        }
        let ancestors: Vec<&Path> = folder.ancestors().collect();
        for folder in ancestors.into_iter().rev() {
            let found = fs::metadata(folder)
                .map_err(|source| EmbeddedError::io("look at", folder, source))?;
            if found.mode() & self.search_bit(&found) == 0 {
                return Err(EmbeddedError::Untraversable {
                    folder: folder.to_owned(),
                    user: self.name.clone(),
                });
            }
        }
        Ok(())
    }

    fn search_bit(&self, found: &Metadata) -> u32 {
        if found.uid() == self.uid {
            0o100
        } else if found.gid() == self.gid {
            0o010
        } else {
            0o001
        }
    }
}

/// A file we make belongs to us: this needs neither /proc nor unsafe code.
fn own_ids(data_dir: &Path) -> Result<(u32, u32), EmbeddedError> {
    let probe = data_dir.join(format!("probe-{}", std::process::id()));
    let found = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&probe)
        .and_then(|file| file.metadata());
    // A probe left behind would do no harm.
    let _ = fs::remove_file(&probe);
    let found = found.map_err(|source| EmbeddedError::io("write into", data_dir, source))?;
    Ok((found.uid(), found.gid()))
}

fn lookup(users: &str, name: &str) -> Option<Account> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (found, uid, gid) = (fields.next()?, fields.nth(1)?, fields.next()?);
        (found == name).then_some(())?;
        Some(Account {
            name: name.to_owned(),
            uid: id(uid)?,
            gid: id(gid)?,
            dropped: true,
        })
    })
}

/// macOS writes the number of `nobody` as -2.
fn id(text: &str) -> Option<u32> {
    text.parse::<u32>()
        .ok()
        .or_else(|| text.parse::<i32>().ok().map(i32::cast_unsigned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_name_in_the_password_file() {
        let users = "root:x:0:0:root:/root:/bin/sh\nnobody:*:-2:-2:x:/:/bin/false\n\
                     postgres:x:102:103::/:/bin/sh\nbroken\n";
        let ids = |name| lookup(users, name).map(|found| (found.uid, found.gid));
        assert_eq!(ids("postgres"), Some((102, 103)));
        assert_eq!(ids("nobody"), Some((4_294_967_294, 4_294_967_294)));
        assert_eq!(ids("somebody"), None);
    }
}
