//! How much memory this process takes at most.

use std::fs;

/// Watches the most memory that the process holds at once, where the system tells.
pub(crate) struct Peak {
    before: u64,
}

impl Peak {
    /// Begins anew; `None` where the system does not tell.
    pub(crate) fn begin() -> Option<Self> {
        fs::write("/proc/self/clear_refs", "5").ok()?;
        let before = held("VmRSS")?;
        Some(Self { before })
    }

    /// Bytes by which the most was above what there was at the beginning.
    pub(crate) fn grown(&self) -> u64 {
        held("VmHWM").unwrap().saturating_sub(self.before)
    }
}

fn held(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib << 10)
}
