//! `oidc-load`: bounded, verifying load for OpenID Connect providers.

mod check;
mod http;
mod jar;
mod kiosks;
mod op;
mod proc;
mod profile;
mod recipe;
mod scenario;
mod table;

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::{Args, Parser, Subcommand};

use crate::op::Provider;
use crate::profile::Profile;
use crate::scenario::{Bounds, Outcome, Scenario};

#[derive(Parser)]
#[command(about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check that a provider answers rightly, then load it.
    Run(Run),
    /// What it costs the server that a province's kiosks wait for somebody.
    Kiosks(kiosks::Kiosks),
    /// Make the key of a kiosk's terminal, and print its public half.
    Key { file: PathBuf },
    /// Only check that a provider answers rightly.
    Check { profile: PathBuf },
    /// Print a Markdown table from result files (the best of the repeats).
    Table {
        results: Vec<PathBuf>,
        /// Server to give ratios against.
        #[arg(long, default_value = "limit")]
        limit: String,
    },
}

#[derive(Args)]
struct Run {
    profile: PathBuf,
    /// Process to measure CPU and memory of, with its descendants.
    #[arg(long)]
    pid: Option<u32>,
    /// Scenarios to run; all when left out.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Scenario>,
    #[arg(long, default_value_t = 16)]
    concurrency: usize,
    /// Multiplies every scenario's operation count.
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    /// Most time for one repeat of one scenario.
    #[arg(long, default_value_t = 20.0)]
    max_seconds: f64,
    #[arg(long, default_value_t = 3)]
    repeat: u32,
    /// Verify every n-th answer in full.
    #[arg(long, default_value_t = 25)]
    verify_every: u64,
    /// Warm-up before each repeat, as a share of the count.
    #[arg(long, default_value_t = 0.1)]
    warmup: f64,
    /// Threads of the harness itself; more than one takes cores from the server.
    #[arg(long, default_value_t = 1)]
    client_threads: usize,
    /// File to append results to, one JSON object a line.
    #[arg(long)]
    out: Option<PathBuf>,
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Run(args) => runtime(args.client_threads)?.block_on(run(args)),
        Command::Kiosks(args) => runtime(1)?.block_on(kiosks::run(args)),
        Command::Key { file } => kiosks::make_key(&file),
        Command::Check { profile } => runtime(1)?.block_on(async {
            let provider = Provider::discover(Profile::load(&profile)?).await?;
            report_checks(&provider).await
        }),
        Command::Table { results, limit } => {
            print!("{}", table::render(&results, &limit)?);
            Ok(())
        }
    }
}

fn runtime(threads: usize) -> Result<tokio::runtime::Runtime> {
    let mut builder = match threads {
        0 | 1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    Ok(builder.worker_threads(threads.max(1)).enable_all().build()?)
}

async fn run(args: Run) -> Result<()> {
    let provider = Arc::new(Provider::discover(Profile::load(&args.profile)?).await?);
    report_checks(&provider).await?;
    let bounds = Bounds {
        concurrency: args.concurrency.max(1),
        scale: args.scale,
        max_seconds: args.max_seconds,
        op_timeout: Duration::from_secs(30),
        verify_every: args.verify_every,
        warmup: args.warmup,
    };
    let scenarios = if args.only.is_empty() { Scenario::ALL.to_vec() } else { args.only };
    let mut failed = false;
    for scenario in scenarios {
        if let Some(reason) = scenario.lacking(&provider) {
            println!("{:<20} skipped: {reason}", scenario.name());
            continue;
        }
        for _ in 0..args.repeat.max(1) {
            match scenario::run(scenario, &provider, &bounds, args.pid).await {
                Ok(outcome) => {
                    failed |= outcome.errors > 0;
                    report(&outcome);
                    if let Some(path) = &args.out {
                        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
                        writeln!(file, "{}", serde_json::to_string(&outcome)?)?;
                    }
                }
                Err(e) => {
                    failed = true;
                    println!("{:<20} not run: {e:#}", scenario.name());
                    break;
                }
            }
        }
    }
    if failed {
        bail!("some operations failed: the figures of their scenarios do not count");
    }
    Ok(())
}

async fn report_checks(provider: &Provider) -> Result<()> {
    let mut wrong = 0;
    println!("{}:", provider.profile.name);
    for finding in check::all(provider).await {
        let verdict = match finding.passed {
            Some(true) => "right",
            Some(false) => "WRONG",
            None => "-",
        };
        wrong += u32::from(finding.passed == Some(false));
        println!("  {verdict:<6} {:<42} {}", finding.what, finding.detail);
    }
    if wrong > 0 {
        bail!("{wrong} wrong answers: not worth measuring");
    }
    Ok(())
}

fn report(o: &Outcome) {
    let optional = |value: Option<f64>| value.map_or("-".to_owned(), |v| format!("{v:.0}"));
    println!(
        "{:<20} {:>9.1}/s  p50 {:>6} p95 {:>6} p99 {:>6} us  cpu/op {:>6} us (harness {:>4.0})  \
         cpu {:>5.1} s  rss {:>5} MiB  ops {} errors {} verified {} reconnects {}{}",
        o.scenario,
        o.per_second,
        o.p50_us,
        o.p95_us,
        o.p99_us,
        optional(o.server_cpu_us),
        o.harness_cpu_us,
        o.server_cpu_s.unwrap_or(0.0),
        optional(o.peak_rss_mib),
        o.ops,
        o.errors,
        o.verified,
        o.reconnects,
        o.first_error.as_deref().map(|e| format!("  first error: {e}")).unwrap_or_default(),
    );
}
