//! The scenarios and the loop that drives them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use hyper::header::HeaderMap;
use serde::{Deserialize, Serialize};
use tokio::sync::Barrier;

use crate::op::{Provider, Unseen, Vu, tokens};
use crate::proc::{self, Watched};

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Scenario {
    Discovery,
    Jwks,
    ClientCredentials,
    Sso,
    Refresh,
    Userinfo,
    Introspection,
    /// `userinfo` and `introspection` with a token the server has not been shown before.
    UserinfoFirst,
    IntrospectionFirst,
    SignIn,
    Device,
}

impl Scenario {
    pub const ALL: [Scenario; 11] = [
        Scenario::Discovery,
        Scenario::Jwks,
        Scenario::ClientCredentials,
        Scenario::Sso,
        Scenario::Refresh,
        Scenario::Userinfo,
        Scenario::Introspection,
        Scenario::UserinfoFirst,
        Scenario::IntrospectionFirst,
        Scenario::SignIn,
        Scenario::Device,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Scenario::Discovery => "discovery",
            Scenario::Jwks => "jwks",
            Scenario::ClientCredentials => "client_credentials",
            Scenario::Sso => "sso",
            Scenario::Refresh => "refresh",
            Scenario::Userinfo => "userinfo",
            Scenario::Introspection => "introspection",
            Scenario::UserinfoFirst => "userinfo_first",
            Scenario::IntrospectionFirst => "introspection_first",
            Scenario::SignIn => "sign_in",
            Scenario::Device => "device",
        }
    }

    /// Operations in one run, before `--scale`.
    fn count(self) -> u64 {
        match self {
            Scenario::Discovery | Scenario::Jwks => 20_000,
            Scenario::ClientCredentials | Scenario::Userinfo | Scenario::Introspection => 10_000,
            Scenario::Sso | Scenario::Refresh | Scenario::Device => 5_000,
            Scenario::UserinfoFirst | Scenario::IntrospectionFirst => 2_000,
            Scenario::SignIn => 200,
        }
    }

    fn wants_unseen_tokens(self) -> bool {
        matches!(self, Scenario::UserinfoFirst | Scenario::IntrospectionFirst)
    }

    /// Why this server cannot be asked, if it cannot.
    pub fn lacking(self, provider: &Provider) -> Option<String> {
        let profile = &provider.profile;
        if let Some(reason) = profile.lacks.get(self.name()) {
            return Some(reason.clone());
        }
        let endpoint = match self {
            Scenario::Userinfo | Scenario::UserinfoFirst => "userinfo_endpoint",
            Scenario::Introspection | Scenario::IntrospectionFirst => "introspection_endpoint",
            Scenario::Device => "device_authorization_endpoint",
            _ => "jwks_uri",
        };
        if provider.endpoint(endpoint).is_err() {
            return Some(format!("no {endpoint} in the metadata"));
        }
        let signs_in = !matches!(
            self,
            Scenario::Discovery | Scenario::Jwks | Scenario::ClientCredentials | Scenario::Device
        );
        (signs_in && profile.sign_in.is_empty()).then(|| "no sign_in recipe in the profile".into())
    }

    /// What a virtual user needs before its first operation.
    async fn prepare(self, provider: &Provider, vu: &mut Vu) -> Result<()> {
        let profile = &provider.profile;
        let scope = match self {
            Scenario::Refresh | Scenario::UserinfoFirst | Scenario::IntrospectionFirst => {
                profile.client.refresh_scope.as_ref().unwrap_or(&profile.client.scope)
            }
            Scenario::Sso | Scenario::Userinfo | Scenario::Introspection => &profile.client.scope,
            _ => return Ok(()),
        };
        provider.log_in(vu, &profile.sign_in, scope).await.context("signing in")?;
        Ok(())
    }

    /// One operation. `sampled` asks for the checks that cost the harness CPU.
    async fn once(self, provider: &Provider, vu: &mut Vu, sampled: bool) -> Result<()> {
        let profile = &provider.profile;
        match self {
            Scenario::Discovery => {
                let reply = vu.conn.get(&provider.discovery, HeaderMap::new()).await?;
                ensure!(reply.status == 200, "{}: {}", reply.status, reply.excerpt());
                if sampled {
                    ensure!(reply.json()? == provider.metadata, "the metadata changed");
                }
            }
            Scenario::Jwks => {
                let reply = vu.conn.get(&provider.endpoint("jwks_uri")?, HeaderMap::new()).await?;
                ensure!(reply.status == 200, "{}: {}", reply.status, reply.excerpt());
                if sampled {
                    ensure!(reply.json()?["keys"].is_array(), "no keys");
                }
            }
            Scenario::ClientCredentials => {
                let client = profile.service_client();
                let token = tokens(&provider.client_credentials(vu, client).await?)?.access;
                // An opaque token is checked once, by introspection, in `check`.
                if sampled && token.split('.').count() == 3 {
                    provider.verify_jwt(&token, None)?;
                }
            }
            Scenario::Sso | Scenario::SignIn => {
                let recipe = if self == Scenario::Sso {
                    &profile.sso
                } else {
                    vu.jar.clear();
                    &profile.sign_in
                };
                let attempt = provider.log_in(vu, recipe, &profile.client.scope).await?;
                if sampled {
                    provider.verify_id_token(&vu.tokens.id, Some(&attempt.nonce))?;
                }
            }
            Scenario::Refresh => {
                let old = vu.tokens.refresh.clone();
                let new = tokens(&provider.refresh(vu, &old).await?)?;
                ensure!(!new.refresh.is_empty() && new.refresh != old, "not rotated");
                if sampled && !new.id.is_empty() {
                    provider.verify_id_token(&new.id, None)?;
                }
                vu.tokens = new;
            }
            Scenario::Userinfo | Scenario::UserinfoFirst => {
                let token = self.token(vu)?;
                let claims = provider.userinfo(vu, &token).await?.ok_json()?;
                ensure!(claims["sub"].is_string(), "no sub");
            }
            Scenario::Introspection | Scenario::IntrospectionFirst => {
                let token = self.token(vu)?;
                let answer = provider.introspect(vu, &token).await?;
                ensure!(answer["active"] == true, "not active");
            }
            Scenario::Device => provider.device(vu).await?,
        }
        Ok(())
    }

    /// The access token of one operation: the user's own, or one that was never shown.
    fn token(self, vu: &mut Vu) -> Result<String> {
        if self.wants_unseen_tokens() {
            return vu.unseen.pop().context("no unseen token is left");
        }
        Ok(vu.tokens.access.clone())
    }
}

pub struct Bounds {
    pub concurrency: usize,
    pub scale: f64,
    pub max_seconds: f64,
    pub op_timeout: Duration,
    /// Every how many operations the answer is verified in full.
    pub verify_every: u64,
    /// Warm-up operations, as a share of the count.
    pub warmup: f64,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Outcome {
    pub server: String,
    pub scenario: String,
    pub concurrency: usize,
    pub ops: u64,
    pub errors: u64,
    pub first_error: Option<String>,
    pub verified: u64,
    pub reconnects: u64,
    pub seconds: f64,
    pub per_second: f64,
    pub p50_us: u64,
    pub p95_us: u64,
    pub p99_us: u64,
    /// CPU time per operation: the server's (with a pid) and the harness's own.
    pub server_cpu_us: Option<f64>,
    pub harness_cpu_us: f64,
    pub server_cpu_s: Option<f64>,
    pub peak_rss_mib: Option<f64>,
}

/// What one virtual user saw.
#[derive(Default)]
struct Seen {
    latencies: Vec<u64>,
    errors: u64,
    first_error: Option<String>,
    verified: u64,
    opened: u64,
}

pub async fn run(
    scenario: Scenario,
    provider: &Arc<Provider>,
    bounds: &Bounds,
    server_pid: Option<u32>,
) -> Result<Outcome> {
    let count = ((scenario.count() as f64 * bounds.scale) as u64).max(bounds.concurrency as u64);
    let mut users = Vec::new();
    for number in 0..bounds.concurrency {
        let mut vu = provider.vu(number)?;
        vu.conn.open().await?;
        scenario.prepare(provider, &mut vu).await.with_context(|| format!("user {number}"))?;
        users.push(vu);
    }

    let warmup = (count as f64 * bounds.warmup) as u64;
    if scenario.wants_unseen_tokens() {
        users = with_unseen_tokens(provider, users, count + warmup).await?;
    }
    let (users, _) = drive(scenario, provider, bounds, users, warmup).await?;

    let watched = server_pid.map(Watched::tree).transpose()?;
    if let Some(watched) = &watched {
        watched.reset_peak();
    }
    let own_pid = std::process::id();
    let server_before = watched.as_ref().map(Watched::cpu_micros);
    let own_before = proc::cpu_micros(own_pid);
    let opened_before: u64 = users.iter().map(|vu| vu.conn.opened).sum();
    let start = Instant::now();
    let (_, seen) = drive(scenario, provider, bounds, users, count).await?;
    let seconds = start.elapsed().as_secs_f64();
    let own_cpu = proc::cpu_micros(own_pid) - own_before;
    let server_cpu = watched.as_ref().map(|w| w.cpu_micros() - server_before.unwrap_or(0));

    let mut latencies = Vec::new();
    let (mut errors, mut first_error, mut verified, mut opened) = (0, None, 0, 0);
    for one in seen {
        latencies.extend(one.latencies);
        errors += one.errors;
        first_error = first_error.or(one.first_error);
        verified += one.verified;
        opened += one.opened;
    }
    latencies.sort_unstable();
    let ops = latencies.len() as u64;
    let per_op = |micros: u64| micros as f64 / (ops + errors).max(1) as f64;
    Ok(Outcome {
        server: provider.profile.name.clone(),
        scenario: scenario.name().to_owned(),
        concurrency: bounds.concurrency,
        ops,
        errors,
        first_error,
        verified,
        reconnects: opened.saturating_sub(opened_before),
        seconds,
        per_second: ops as f64 / seconds,
        p50_us: percentile(&latencies, 50),
        p95_us: percentile(&latencies, 95),
        p99_us: percentile(&latencies, 99),
        server_cpu_us: server_cpu.map(per_op),
        harness_cpu_us: per_op(own_cpu),
        server_cpu_s: server_cpu.map(|micros| micros as f64 / 1e6),
        peak_rss_mib: watched.map(|w| w.peak_kib() as f64 / 1024.0),
    })
}

/// Gives the users `count` access tokens that are live and have only been issued: each user refreshes.
async fn with_unseen_tokens(provider: &Arc<Provider>, users: Vec<Vu>, count: u64) -> Result<Vec<Vu>> {
    let pool = Unseen::default();
    let each = count.div_ceil(users.len() as u64);
    let tasks: Vec<_> = users
        .into_iter()
        .map(|mut vu| {
            let (provider, pool) = (provider.clone(), pool.clone());
            vu.unseen = pool.clone();
            tokio::spawn(async move {
                for _ in 0..each {
                    let old = vu.tokens.refresh.clone();
                    vu.tokens = tokens(&provider.refresh(&mut vu, &old).await?)?;
                    pool.push(vu.tokens.access.clone());
                }
                Ok::<_, anyhow::Error>(vu)
            })
        })
        .collect();
    let mut users = Vec::new();
    for task in tasks {
        users.push(task.await?.context("refreshing for unseen tokens")?);
    }
    Ok(users)
}

/// Spreads `count` operations over the users; all start together, and all
/// stop when the count is used up or the time is over.
async fn drive(
    scenario: Scenario,
    provider: &Arc<Provider>,
    bounds: &Bounds,
    users: Vec<Vu>,
    count: u64,
) -> Result<(Vec<Vu>, Vec<Seen>)> {
    let next = Arc::new(AtomicU64::new(0));
    let together = Arc::new(Barrier::new(users.len()));
    let limit = Duration::from_secs_f64(bounds.max_seconds);
    let (verify_every, op_timeout) = (bounds.verify_every.max(1), bounds.op_timeout);
    let tasks: Vec<_> = users
        .into_iter()
        .map(|mut vu| {
            let (provider, next, together) = (provider.clone(), next.clone(), together.clone());
            tokio::spawn(async move {
                let mut seen = Seen::default();
                together.wait().await;
                let deadline = Instant::now() + limit;
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let start = Instant::now();
                    if number >= count || start >= deadline {
                        break;
                    }
                    let sampled = number % verify_every == 0;
                    let work = scenario.once(&provider, &mut vu, sampled);
                    let result = match tokio::time::timeout(op_timeout, work).await {
                        Ok(result) => result,
                        Err(_) => Err(anyhow::anyhow!("no answer in {op_timeout:?}")),
                    };
                    match result {
                        Ok(()) => {
                            seen.latencies.push(start.elapsed().as_micros() as u64);
                            seen.verified += u64::from(sampled);
                        }
                        Err(e) => {
                            seen.errors += 1;
                            seen.first_error.get_or_insert_with(|| format!("{e:#}"));
                        }
                    }
                }
                seen.opened = vu.conn.opened;
                (vu, seen)
            })
        })
        .collect();
    let mut users = Vec::new();
    let mut all = Vec::new();
    for task in tasks {
        let (vu, seen) = task.await?;
        users.push(vu);
        all.push(seen);
    }
    Ok((users, all))
}

fn percentile(sorted: &[u64], percent: usize) -> u64 {
    let last = sorted.len().saturating_sub(1);
    let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(rank.min(last)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::percentile;

    #[test]
    fn nearest_rank() {
        let values: Vec<u64> = (1..=200).collect();
        assert_eq!(percentile(&values, 50), 100);
        assert_eq!(percentile(&values, 99), 198);
        assert_eq!(percentile(&[7], 99), 7);
        assert_eq!(percentile(&[], 99), 0);
    }
}
