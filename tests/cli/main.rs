//! The program as a person runs it: output, exit codes, processes.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "in tests a panic is the report"
)]

mod access;
mod audit;
mod backup;
mod database;
mod events;
mod imports;
mod jobs;
mod keys;
mod plugins;
mod process;
mod program;
mod receiver;
mod reports;
mod settings;
mod traces;
mod transfer;
mod upgrade;
