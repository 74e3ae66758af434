//! Starts and stops the server that the tests share.

use std::process::ExitCode;

use crm_testing::database::server;

fn main() -> ExitCode {
    let result = match std::env::args().nth(1).as_deref() {
        Some("start") => server::start(),
        Some("stop") => server::stop().map(|stopped| {
            if !stopped {
                eprintln!("left running: tests are using it");
            }
        }),
        _ => {
            eprintln!("usage: test-database start|stop");
            return ExitCode::from(64);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("test-database: {error}");
            ExitCode::FAILURE
        }
    }
}
