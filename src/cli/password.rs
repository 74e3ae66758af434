//! Passwords come over standard input or are generated, never as an argument,
//! which other users of the machine could read.

use std::io::{BufRead as _, IsTerminal as _};

use super::{Failure, say};
use crate::config;

/// A new password: asked for twice on a terminal, else the first line of the
/// input; `generate` makes one and prints it.
pub(super) fn read(generate: bool) -> Result<String, Failure> {
    if generate {
        let password = config::generate_password()?;
        say(format_args!("password: {password}"));
        return Ok(password);
    }
    if !std::io::stdin().is_terminal() {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        let password = line.trim_end_matches(['\r', '\n']);
        if password.is_empty() {
            let message = "no password was given: write it to standard input, or use --generate";
            return Err(Failure::other(message));
        }
        return Ok(password.to_owned());
    }
    let first = rpassword::prompt_password("Password: ")?;
    if first != rpassword::prompt_password("Again: ")? {
        return Err(Failure::other("the two passwords differ"));
    }
    Ok(first)
}
