//! CPU time and memory of a server process and its descendants, from procfs.

use std::collections::HashMap;
use std::fs;

use anyhow::{Context, Result};

/// Linux reports process times in hundredths of a second (`USER_HZ`).
const TICK_MICROS: u64 = 10_000;

pub struct Watched {
    pids: Vec<u32>,
}

impl Watched {
    /// The process and everything it has started.
    pub fn tree(root: u32) -> Result<Self> {
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        for entry in fs::read_dir("/proc")?.flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
                continue;
            };
            if let Ok(fields) = stat(pid) {
                children.entry(fields[1].parse().unwrap_or(0)).or_default().push(pid);
            }
        }
        let mut pids = vec![root];
        let mut next = 0;
        while let Some(pid) = pids.get(next) {
            if let Some(found) = children.remove(pid) {
                pids.extend(found);
            }
            next += 1;
        }
        stat(root).context("no such process")?;
        Ok(Watched { pids })
    }

    /// User and system time so far.
    pub fn cpu_micros(&self) -> u64 {
        self.pids.iter().map(|&pid| cpu_micros(pid)).sum()
    }

    /// Starts a new peak measurement, where the kernel lets us.
    pub fn reset_peak(&self) {
        for pid in &self.pids {
            let _ = fs::write(format!("/proc/{pid}/clear_refs"), "5");
        }
    }

    /// Peak resident memory since the last reset, summed over the tree.
    pub fn peak_kib(&self) -> u64 {
        self.pids.iter().map(|&pid| peak_kib(pid).unwrap_or(0)).sum()
    }
}

/// User and system time of one process so far; 0 if it is gone.
pub fn cpu_micros(pid: u32) -> u64 {
    let Ok(fields) = stat(pid) else { return 0 };
    let ticks = |index: usize| fields[index].parse::<u64>().unwrap_or(0);
    (ticks(11) + ticks(12)) * TICK_MICROS
}

/// The fields of `/proc/<pid>/stat` after the command: 0 is the state, 1 the
/// parent, 11 and 12 the user and system times.
fn stat(pid: u32) -> Result<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, after) = text.rsplit_once(')').context("odd stat line")?;
    Ok(after.split_whitespace().map(str::to_owned).collect())
}

fn peak_kib(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
