//! How the server and its clients are told about the socket.

use std::{
    ffi::OsString,
    fmt::Write as _,
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    path::Path,
};

use super::USER;

/// The setting is a list, in which quotes make any path one element.
pub(super) fn socket_setting(folder: &Path) -> OsString {
    let mut setting = b"unix_socket_directories=\"".to_vec();
    for byte in folder.as_os_str().as_bytes() {
        setting.push(*byte);
        if *byte == b'"' {
            setting.push(*byte);
        }
    }
    setting.push(b'"');
    OsString::from_vec(setting)
}

pub(super) fn url(socket_folder: &Path, port: &str, database: &str) -> String {
    format!(
        "postgres://{USER}@{}:{port}/{}",
        percent_encoded(socket_folder.as_os_str().as_bytes()),
        percent_encoded(database.as_bytes())
    )
}

fn percent_encoded(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                text.push(char::from(*byte));
            }
            // Writing to a string cannot fail.
            _ => drop(write!(text, "%{byte:02X}")),
        }
    }
    text
}
