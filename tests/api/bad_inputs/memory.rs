//! How much memory this process takes at most.

use std::fs;

/// More than any of these inputs needs, and much less than what a bad one could take.
const MOST: u64 = 48 << 20;

/// Watches the most memory that the process holds at once, where the system tells.
pub(crate) struct Peak {
    before: Option<u64>,
}

impl Peak {
    /// Begins anew.
    pub(crate) fn begin() -> Self {
        let tells = fs::write("/proc/self/clear_refs", "5").is_ok();
        Self {
            before: held("VmRSS").filter(|_| tells),
        }
    }

    /// Fails the test when the most was too far above what there was at the beginning.
    pub(crate) fn assert_bounded(&self) {
        let Some(before) = self.before else { return };
        let grown = held("VmHWM").unwrap().saturating_sub(before);
        assert!(grown < MOST, "the process grew by {} KiB", grown >> 10);
    }
}

fn held(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib << 10)
}
