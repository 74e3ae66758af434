use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

use super::super::{Config, secrets};
use super::{SECRET, config};
use crate::app::{KeyRing, RingKey, SecretKey};

const OTHER_SECRET: &str = "fedcba9876543210fedcba9876543210";

fn noon() -> DateTime<Utc> {
    "2026-11-26T12:00:00Z".parse().unwrap()
}

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("crm-config-test-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// A file with this mode in it.
    fn file(&self, text: &str, mode: u32) -> String {
        let path = self.0.join("keys.json");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn config(&self) -> Config {
        let data_dir = self.0.join("data");
        config(&[("CRM_DATA_DIR", data_dir.to_str().unwrap())]).unwrap()
    }

    fn secrets_file(&self) -> PathBuf {
        self.0.join("data").join(secrets::FILE)
    }

    /// What the file for secrets holds from now on.
    fn keep(&self, text: &str) {
        std::fs::create_dir(self.0.join("data")).unwrap();
        std::fs::write(self.secrets_file(), text).unwrap();
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(self.secrets_file(), private).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

fn ids(ring: &KeyRing) -> Vec<&str> {
    ring.keys().iter().map(RingKey::id).collect()
}

fn list(entries: &[(&str, &str)]) -> String {
    let entry = |(id, key): &(&str, &str)| format!(r#"{{"kid": "{id}", "key": "{key}"}}"#);
    let entries: Vec<_> = entries.iter().map(entry).collect();
    format!("[{}]", entries.join(","))
}

fn refusal(access: &str, refresh: &str) -> String {
    let settings = [("CRM_JWT_KEYS", access), ("CRM_REFRESH_KEYS", refresh)];
    let secrets = config(&settings).unwrap().secrets(noon());
    secrets.unwrap_err().to_string()
}

#[test]
fn keys_come_from_a_setting_or_from_the_file_that_it_names() {
    let folder = Folder::new();
    let text = r#"[
        {"kid": "2025", "alg": "HS256", "key": "0123456789abcdef0123456789abcdef", "retire_at": "2026-12-01T00:00:00Z"},
        {"kid": "2026", "key": "fedcba9876543210fedcba9876543210", "not_before": "2026-12-01T00:00:00+00:00"}
    ]"#;
    let refresh = list(&[("r", "a refresh key that nobody can guess")]);
    for access in [text, &folder.file(text, 0o600), &folder.file(text, 0o640)] {
        let settings = [("CRM_JWT_KEYS", access), ("CRM_REFRESH_KEYS", &refresh)];
        let config = config(&settings).unwrap();
        let secrets = config.secrets(noon()).unwrap();
        assert_eq!(ids(&secrets.access), ["2025", "2026"]);
        assert_eq!(ids(&secrets.refresh), ["r"]);
        assert_eq!(
            config.check_secrets(noon()).unwrap(),
            "given by the settings"
        );
    }
}

#[test]
fn keys_that_must_not_be_used_are_refused_with_their_setting() {
    let folder = Folder::new();
    let (good, other) = (list(&[("a", SECRET)]), list(&[("b", OTHER_SECRET)]));
    let twice = list(&[("a", SECRET), ("a", OTHER_SECRET)]);
    let placeholder = list(&[("a", "your_secure_jwt_secret_here_0123456789")]);
    let gone =
        format!(r#"[{{"kid": "a", "key": "{SECRET}", "retire_at": "2026-11-26T12:00:00Z"}}]"#);
    let next =
        format!(r#"[{{"kid": "a", "key": "{SECRET}", "not_before": "2026-11-26T12:00:01Z"}}]"#);
    for (access, reason) in [
        ("[]", "there is no key"),
        (&twice, "two keys have the kid a"),
        (&placeholder, "the key a is a placeholder"),
        (
            &list(&[("a", "short")]),
            "the key a must be at least 32 bytes long",
        ),
        (&list(&[("../a", SECRET)]), "a kid must be"),
        (&gone, "no key would be active at 2026-11-26 12:00:00 UTC"),
        (&next, "no key would be active at 2026-11-26 12:00:00 UTC"),
    ] {
        let message = refusal(access, &other);
        let expected = format!("CRM_JWT_KEYS in the settings is refused: {reason}");
        assert!(message.starts_with(&expected), "{message}");
        assert!(!message.contains(SECRET), "{message}");
    }
    let message = refusal(&good, &list(&[("b", SECRET)]));
    assert!(
        message.starts_with(
            "CRM_REFRESH_KEYS in the settings is refused: the key a is one for access"
        ),
        "{message}"
    );
    let message = refusal(&good, &folder.file(&other, 0o644));
    assert!(
        message.ends_with("keys.json is refused: others may read it: chmod 600 it"),
        "{message}"
    );
    assert!(refusal(&good, "no/such/file").ends_with("there is no such file"));
    let message = refusal(&good, &folder.file("[\n{\"kid\": \"hunter2\"}]", 0o600));
    assert!(message.contains("line 2, column"), "{message}");
    assert!(!message.contains("hunter2"), "{message}");
}

#[test]
fn one_secret_for_both_purposes_is_refused() {
    let settings = [("JWT_SECRET", SECRET), ("JWT_REFRESH_SECRET", SECRET)];
    let refused = config(&settings).unwrap().secrets(noon()).unwrap_err();
    assert!(refused.to_string().contains("use two"), "{refused}");
}

#[test]
fn secrets_are_made_once_and_refused_when_others_may_read_them() {
    let folder = Folder::new();
    let (config, file) = (folder.config(), folder.secrets_file());
    config.create_secrets().unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().mode() & 0o777;
    let data_dir = file.parent().unwrap();
    assert_eq!((mode(data_dir) & 0o066, mode(&file)), (0, 0o600));
    let first = std::fs::read_to_string(&file).unwrap();
    config.create_secrets().unwrap();
    assert_eq!(first, std::fs::read_to_string(&file).unwrap());
    assert_eq!(std::fs::read_dir(data_dir).unwrap().count(), 1);

    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = config.secrets(noon()).unwrap_err().to_string();
    assert!(refused.contains("others may read it"), "{refused}");
}

#[test]
fn secrets_that_have_vanished_are_not_made_anew_while_serving() {
    let folder = Folder::new();
    let refused = folder.config().secrets(noon()).unwrap_err().to_string();
    assert!(refused.ends_with("there is no such file"), "{refused}");
    assert!(!folder.secrets_file().exists());
}

#[test]
fn a_file_of_two_secrets_is_a_ring_of_one_key_each_and_can_be_rotated() {
    let folder = Folder::new();
    folder.keep(&format!(
        "JWT_SECRET = \"{SECRET}\"\nJWT_REFRESH_SECRET = \"{OTHER_SECRET}\"\n"
    ));
    let config = folder.config();
    let secrets = config.secrets(noon()).unwrap();
    let named = RingKey::from(SecretKey::new(SECRET.into()).unwrap());
    assert_eq!(ids(&secrets.access), [named.id()]);
    config.rotate_keys(noon(), noon()).unwrap();
    let secrets = config.secrets(noon()).unwrap();
    assert_eq!(ids(&secrets.access)[0], named.id());
    assert_eq!(
        (secrets.access.keys().len(), secrets.refresh.keys().len()),
        (2, 2)
    );
}

#[test]
fn a_rotation_adds_keys_retires_those_before_and_drops_what_is_gone() {
    let folder = Folder::new();
    let config = folder.config();
    config.create_secrets().unwrap();
    let first = config.secrets(noon()).unwrap();
    let begins_at = noon() + TimeDelta::minutes(10);
    config.rotate_keys(begins_at, noon()).unwrap();
    let second = config.secrets(noon()).unwrap();
    for (before, ring) in [
        (&first.access, &second.access),
        (&first.refresh, &second.refresh),
    ] {
        assert_eq!(ids(ring)[0], ids(before)[0]);
        let [old, new] = ring.keys() else {
            panic!("{ring:?}")
        };
        assert_eq!(old.retire_at(), Some(begins_at));
        assert_eq!((new.not_before(), new.retire_at()), (Some(begins_at), None));
    }
    let file = std::fs::metadata(folder.secrets_file()).unwrap();
    assert_eq!(file.mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(folder.secrets_file()).unwrap();

    let early = config
        .rotate_keys(begins_at, noon())
        .unwrap_err()
        .to_string();
    assert!(
        early.contains("begins at 2026-11-26T12:10:00Z: rotate again after that"),
        "{early}"
    );
    assert_eq!(
        std::fs::read_to_string(folder.secrets_file()).unwrap(),
        text
    );

    let later = noon() + TimeDelta::days(8);
    config.rotate_keys(later, later).unwrap();
    let third = config.secrets(later).unwrap();
    assert_eq!(ids(&third.access)[0], ids(&second.access)[1]);
    assert_eq!(ids(&third.refresh)[..2], ids(&second.refresh)[..]);
}

#[test]
fn of_many_rotations_at_once_one_is_done() {
    let folder = Folder::new();
    let config = folder.config();
    config.create_secrets().unwrap();
    let rotate = || {
        config
            .rotate_keys(noon() + TimeDelta::minutes(1), noon())
            .is_ok()
    };
    let done = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(rotate)).collect();
        let done = all.into_iter().map(|thread| thread.join().unwrap());
        done.filter(|done| *done).count()
    });
    assert_eq!(done, 1);
    assert_eq!(config.secrets(noon()).unwrap().access.keys().len(), 2);
}

#[test]
fn a_line_that_is_not_understood_is_told_without_its_text() {
    let folder = Folder::new();
    folder.keep("# a comment\nJWT_SECRET = [\"hunter2\"]\n");
    let refused = folder.config().secrets(noon()).unwrap_err().to_string();
    assert!(refused.contains("line 2 is not"), "{refused}");
    assert!(!refused.contains("hunter2"), "{refused}");
}
