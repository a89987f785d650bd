//! Where the log goes: standard error, as the configuration says. Standard output is for data.

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::config;

/// For a server.
pub fn start(log: &config::Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&log.filter).with_context(|| format!("log.filter: {}", log.filter))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match log.format.as_str() {
        "json" => builder.json().try_init(),
        "text" => builder.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
        other => anyhow::bail!("log.format: text or json, not {other}"),
    };
    started.map_err(|error| anyhow::anyhow!("the log cannot be started: {error}"))
}

/// For a command: only what its user should know.
pub fn start_quiet() {
    let builder = tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).without_time();
    // A failure here would mean that a log is there already.
    let _ = builder.with_target(false).with_writer(std::io::stderr).with_ansi(false).try_init();
}

/// A panic tells its place, not its words: they may quote what a request carried.
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
}
