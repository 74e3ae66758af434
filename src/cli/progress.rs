//! Long work: a bar on a terminal, plain lines elsewhere.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How far work has come.
pub(super) enum Progress {
    Bar(ProgressBar),
    Lines {
        what: &'static str,
        total: u64,
        tenths: u64,
    },
}

impl Progress {
    /// `total` of `what` are to be done.
    pub(super) fn new(what: &'static str, total: u64) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::Lines {
                what,
                total,
                tenths: 0,
            };
        }
        let bar = ProgressBar::new(total).with_message(what);
        let template = "{wide_bar} {human_pos} of {human_len} {msg}, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self::Bar(bar)
    }

    /// `done` are done.
    pub(super) fn set(&mut self, done: u64) {
        match self {
            Self::Bar(bar) => bar.set_position(done),
            Self::Lines {
                what,
                total,
                tenths,
            } => {
                let now = done * 10 / (*total).max(1);
                if now > *tenths {
                    *tenths = now;
                    let _ = writeln!(std::io::stderr(), "{done} of {total} {what}");
                }
            }
        }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
