//! Result files to a Markdown table.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::scenario::{Outcome, Scenario};

/// All repeats of one scenario on one server. Other work on the machine only
/// ever makes a repeat worse, so each figure is the best of the repeats.
struct Group(Vec<Outcome>);

impl Group {
    fn rate(&self) -> f64 {
        self.0.iter().map(|o| o.per_second).fold(f64::MIN, f64::max)
    }

    fn cpu(&self) -> Option<f64> {
        self.0.iter().filter_map(|o| o.server_cpu_us).reduce(f64::min)
    }

    fn harness(&self) -> f64 {
        self.0.iter().map(|o| o.harness_cpu_us).fold(f64::MAX, f64::min)
    }

    fn latency(&self, of: impl Fn(&Outcome) -> u64) -> f64 {
        self.0.iter().map(of).min().unwrap_or(0) as f64 / 1000.0
    }

    /// The highest peak: memory is not made worse by other work.
    fn memory(&self) -> Option<f64> {
        self.0.iter().filter_map(|o| o.peak_rss_mib).reduce(f64::max)
    }

    fn errors(&self) -> u64 {
        self.0.iter().map(|o| o.errors).sum()
    }

    /// How far the worst repeat's rate lies below the best's, in per cent.
    fn spread(&self) -> f64 {
        let worst = self.0.iter().map(|o| o.per_second).fold(f64::MAX, f64::min);
        100.0 * (1.0 - worst / self.rate())
    }
}

/// One line per scenario and server, with ratios to the `limit` server.
pub fn render(files: &[PathBuf], limit: &str) -> Result<String> {
    let mut groups: BTreeMap<(usize, String), Group> = BTreeMap::new();
    for file in files {
        let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let outcome: Outcome = serde_json::from_str(line)?;
            let order = Scenario::ALL.iter().position(|s| s.name() == outcome.scenario);
            let key = (order.unwrap_or(usize::MAX), outcome.server.clone());
            groups.entry(key).or_insert_with(|| Group(Vec::new())).0.push(outcome);
        }
    }
    let mut out = String::from(
        "| scenario | server | ops/s | p50 ms | p99 ms | CPU-µs/op | RSS MiB | \
         rate of limit | CPU × limit | harness µs/op | errors | worst repeat |\n\
         |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    let whole = |value: Option<f64>| value.map_or("-".to_owned(), |v| format!("{v:.0}"));
    for ((order, server), group) in &groups {
        let ceiling = groups.get(&(*order, limit.to_owned()));
        let share = ceiling.map_or(String::new(), |c| format!("{:.1} %", 100.0 * group.rate() / c.rate()));
        let times = ceiling
            .and_then(Group::cpu)
            .zip(group.cpu())
            .map_or(String::new(), |(least, own)| format!("{:.1}", own / least));
        writeln!(
            out,
            "| {} | {server} | {:.0} | {:.2} | {:.2} | {} | {} | {share} | {times} | {:.0} | {} | -{:.0} % |",
            group.0[0].scenario,
            group.rate(),
            group.latency(|o| o.p50_us),
            group.latency(|o| o.p99_us),
            whole(group.cpu()),
            whole(group.memory()),
            group.harness(),
            group.errors(),
            group.spread(),
        )?;
    }
    Ok(out)
}
