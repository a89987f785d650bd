//! The shared home: one Redis, a master that Sentinels name, or a Cluster. Every command and script touches
//! one key, so all three are served alike; the keys of an `MGET` the client takes to their nodes of a Cluster.
//!
//! A value is kept as `until value`: the moment in decimal, a space, the bytes. Redis' own expiry only
//! collects what is over. Redis answers before its replicas know: a failover may bring back what was taken
//! in the last instant.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use redis::aio::{ConnectionManager, ConnectionManagerConfig, MultiplexedConnection};
use redis::cluster::ClusterClientBuilder;
use redis::cluster_async::ClusterConnection;
use redis::sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType};
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionInfo, ErrorKind, FromRedisValue, IntoConnectionInfo,
    ProtocolVersion, RedisError, RedisResult, ServerErrorKind, TlsMode, Value, cmd,
};

use super::{Examined, Home, Key, Life, OpenError, Unavailable};
use crate::base::Moment;

/// Longer than any answer of a healthy Redis, shorter than a person's patience.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// How much longer Redis keeps what is over: nodes' clocks may differ by so much.
const SLACK: Duration = Duration::from_secs(60);
/// Redis refuses an expiry beyond its own calendar.
const LONGEST: Duration = Duration::from_secs(100 * 366 * 86_400);

/// KEYS: key. ARGV: now, until, milliseconds to keep. Moments in microseconds are exact in Lua's numbers.
const CLAIM: &str = "
    local held = redis.call('GET', KEYS[1])
    if held and tonumber(held:match('^%-?%d+')) > tonumber(ARGV[1]) then return 0 end
    redis.call('SET', KEYS[1], ARGV[2] .. ' ', 'PX', ARGV[3])
    return 1";
/// As CLAIM, and ARGV: by. An open window keeps its end, here and in Redis.
const COUNT: &str = "
    local held = redis.call('GET', KEYS[1])
    local till, total = (held or '0 0'):match('^(%-?%d+) (%d+)$')
    if not till then return redis.error_reply('ERR the key holds no counter') end
    if tonumber(till) > tonumber(ARGV[1]) then
        total = string.format('%.0f', tonumber(total) + tonumber(ARGV[4]))
        redis.call('SET', KEYS[1], till .. ' ' .. total, 'KEEPTTL')
        return tonumber(total)
    end
    redis.call('SET', KEYS[1], ARGV[2] .. ' ' .. ARGV[4], 'PX', ARGV[3])
    return tonumber(ARGV[4])";

#[derive(Clone)]
pub(super) enum Redis {
    Single(ConnectionManager),
    Cluster(ClusterConnection),
    Sentinel(Arc<Sentinel>),
}

impl From<RedisError> for Unavailable {
    fn from(error: RedisError) -> Self {
        Self(match error.kind() {
            // The words of this one repeat the answer.
            ErrorKind::UnexpectedReturnType | ErrorKind::Parse => {
                "Redis gave an answer of another form".into()
            }
            _ => error.to_string(),
        })
    }
}

impl From<RedisError> for OpenError {
    fn from(error: RedisError) -> Self {
        match error.kind() {
            ErrorKind::InvalidClientConfig => Self::Address("a host, port, user or database in it is wrong"),
            _ => Self::Unavailable(error.into()),
        }
    }
}

impl Redis {
    /// Connects. A server that cannot be reached is an error now, not at the first request.
    pub(super) async fn open(address: &str) -> Result<Self, OpenError> {
        let (scheme, rest) = address.split_once("://").ok_or(OpenError::Address("it has no scheme"))?;
        let (hosts, path) = rest.split_once('/').unwrap_or((rest, ""));
        let nodes = |scheme: &str, path: &str| {
            let (user, hosts) = hosts.rsplit_once('@').map_or(("", hosts), |(user, hosts)| (user, hosts));
            let at = if user.is_empty() { "" } else { "@" };
            hosts
                .split(',')
                .map(|host| format!("{scheme}://{user}{at}{host}/{path}").into_connection_info())
                .collect::<RedisResult<Vec<ConnectionInfo>>>()
        };
        match scheme {
            "redis" | "rediss" => Self::single(address.into_connection_info()?).await,
            "redis-cluster" => Self::cluster(nodes("redis", "")?).await,
            "rediss-cluster" => Self::cluster(nodes("rediss", "")?).await,
            "redis-sentinel" | "rediss-sentinel" => {
                let (service, database) = path.split_once('/').unwrap_or((path, ""));
                if service.is_empty() {
                    return Err(OpenError::Address("the name of the Sentinels' service is missing"));
                }
                let tls = scheme == "rediss-sentinel";
                Self::sentinel(nodes(if tls { "rediss" } else { "redis" }, database)?, service, tls).await
            }
            _ => Err(OpenError::Address("its scheme is not known")),
        }
    }

    async fn single(info: ConnectionInfo) -> Result<Self, OpenError> {
        // RESP3 tells the manager of a lost connection at once, not at the next command.
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let client = Client::open(info.set_redis_settings(settings))?;
        let config = ConnectionManagerConfig::new()
            .set_response_timeout(Some(ANSWER_WITHIN))
            .set_connection_timeout(Some(ANSWER_WITHIN))
            .set_number_of_retries(2);
        Ok(Self::Single(ConnectionManager::new_with_config(client, config).await?))
    }

    async fn cluster(nodes: Vec<ConnectionInfo>) -> Result<Self, OpenError> {
        let client = ClusterClientBuilder::new(nodes)
            .response_timeout(ANSWER_WITHIN)
            .connection_timeout(ANSWER_WITHIN)
            .build()?;
        Ok(Self::Cluster(client.get_async_connection().await?))
    }

    /// User and password are those of the Redis nodes; the Sentinels are asked without.
    async fn sentinel(nodes: Vec<ConnectionInfo>, service: &str, tls: bool) -> Result<Self, OpenError> {
        let settings = nodes.first().ok_or(OpenError::Address("it has no host"))?.redis_settings().clone();
        let addresses = nodes.iter().map(|node| node.addr().clone());
        let mut builder = SentinelClientBuilder::new(addresses, service, SentinelServerType::Master)?
            .set_client_to_redis_db(settings.db());
        if let Some(username) = settings.username() {
            builder = builder.set_client_to_redis_username(username);
        }
        if let Some(password) = settings.password() {
            builder = builder.set_client_to_redis_password(password);
        }
        if tls {
            builder = builder
                .set_client_to_redis_tls_mode(TlsMode::Secure)
                .set_client_to_sentinel_tls_mode(TlsMode::Secure);
        }
        let sentinel = Sentinel { client: builder.build()?.into(), master: ArcSwapOption::empty() };
        sentinel.master().await?;
        Ok(Self::Sentinel(Arc::new(sentinel)))
    }

    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Unavailable> {
        Ok(match self {
            Self::Single(manager) => command.query_async(&mut manager.clone()).await?,
            Self::Cluster(cluster) => command.query_async(&mut cluster.clone()).await?,
            Self::Sentinel(sentinel) => sentinel.ask(command).await?,
        })
    }
}

impl Redis {
    pub(super) async fn examine(&self) -> Result<Examined, Unavailable> {
        let mut info = String::new();
        texts(&self.ask(&cmd("INFO")).await?, &mut info);
        Ok(judge(&info))
    }
}

/// All texts of an answer: a Cluster gives one of each node.
fn texts(value: &Value, all: &mut String) {
    match value {
        Value::BulkString(bytes) => all.push_str(&String::from_utf8_lossy(bytes)),
        Value::SimpleString(text) | Value::VerbatimString { text, .. } => all.push_str(text),
        Value::Array(values) => values.iter().for_each(|value| texts(value, all)),
        Value::Map(pairs) => pairs.iter().for_each(|(_, value)| texts(value, all)),
        _ => {}
    }
    all.push('\n');
}

/// Reads the answer to `INFO`.
fn judge(info: &str) -> Examined {
    let values = |name: &str| {
        let lines = info.lines().filter_map(|line| line.trim().split_once(':'));
        let mut values: Vec<&str> =
            lines.filter(|(known, _)| *known == name).map(|(_, value)| value).collect();
        values.sort_unstable();
        values.dedup();
        values
    };
    let versions = values("redis_version");
    let mut wrong = Vec::new();
    for version in &versions {
        let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
        if (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) < (6, 2) {
            wrong.push(format!("Redis {version} is too old: 6.2 or newer is needed"));
        }
    }
    for policy in values("maxmemory_policy") {
        if policy != "noeviction" {
            wrong.push(format!("maxmemory-policy is {policy}: set noeviction, or replay marks may vanish"));
        }
    }
    if versions.is_empty() {
        wrong.push("Redis does not tell its version: allow INFO to Yihao's user".to_owned());
    }
    Examined { what: format!("Redis {}", versions.join(" and ")), wrong }
}

/// The master that the Sentinels name, asked for again when it fails or is no longer the master.
pub(super) struct Sentinel {
    client: tokio::sync::Mutex<SentinelClient>,
    master: ArcSwapOption<MultiplexedConnection>,
}

impl Sentinel {
    async fn master(&self) -> RedisResult<MultiplexedConnection> {
        if let Some(master) = self.master.load_full() {
            return Ok((*master).clone());
        }
        let mut client = self.client.lock().await;
        // Whoever held the lock before may have found it.
        if let Some(master) = self.master.load_full() {
            return Ok((*master).clone());
        }
        let config = AsyncConnectionConfig::new()
            .set_response_timeout(Some(ANSWER_WITHIN))
            .set_connection_timeout(Some(ANSWER_WITHIN));
        let master = client.get_async_connection_with_config(&config).await?;
        self.master.store(Some(Arc::new(master.clone())));
        Ok(master)
    }

    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        let outcome = command.query_async(&mut self.master().await?).await;
        if let Err(error) = &outcome
            && (error.is_io_error() || error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly))
        {
            self.master.store(None);
        }
        outcome
    }
}

/// Other programs may share the Redis; the prefix keeps us apart.
fn name(key: &Key) -> String {
    format!("yihao:{}", key.text())
}

fn written(life: Life, value: &[u8]) -> Vec<u8> {
    [life.until.micros().to_string().as_bytes(), b" ", value].concat()
}

/// The value, if it is not over at `now`.
fn read(held: Option<Vec<u8>>, now: Moment) -> Result<Option<Vec<u8>>, Unavailable> {
    let Some(mut held) = held else { return Ok(None) };
    let foreign = || Unavailable("the key holds what we did not write".into());
    let space = held.iter().position(|byte| *byte == b' ').ok_or_else(foreign)?;
    let until = std::str::from_utf8(&held[..space]).ok().and_then(|digits| digits.parse().ok());
    let live = Moment::from_micros(until.ok_or_else(foreign)?) > now;
    Ok(live.then(|| held.split_off(space + 1)))
}

fn milliseconds(life: Life) -> u64 {
    let keep = life.until.since(life.now).min(LONGEST) + SLACK;
    u64::try_from(keep.as_millis()).unwrap_or(u64::MAX)
}

fn script(text: &str, key: &Key, life: Life) -> Cmd {
    let mut command = cmd("EVAL");
    command.arg(text).arg(1).arg(name(key));
    command.arg(life.now.micros()).arg(life.until.micros()).arg(milliseconds(life));
    command
}

impl Home for Redis {
    async fn put(&self, key: &Key, value: &[u8], life: Life) -> Result<(), Unavailable> {
        let value = written(life, value);
        self.ask(cmd("SET").arg(name(key)).arg(value).arg("PX").arg(milliseconds(life))).await
    }

    async fn get(&self, key: &Key, now: Moment) -> Result<Option<Vec<u8>>, Unavailable> {
        read(self.ask(cmd("GET").arg(name(key))).await?, now)
    }

    async fn get_many(&self, keys: &[Key], now: Moment) -> Result<Vec<Option<Vec<u8>>>, Unavailable> {
        let names: Vec<String> = keys.iter().map(name).collect();
        let held: Vec<Option<Vec<u8>>> = self.ask(cmd("MGET").arg(names)).await?;
        held.into_iter().map(|held| read(held, now)).collect()
    }

    async fn take(&self, key: &Key, now: Moment) -> Result<Option<Vec<u8>>, Unavailable> {
        read(self.ask(cmd("GETDEL").arg(name(key))).await?, now)
    }

    async fn claim(&self, key: &Key, life: Life) -> Result<bool, Unavailable> {
        self.ask(&script(CLAIM, key, life)).await
    }

    async fn count(&self, key: &Key, window: Life, by: u32) -> Result<u64, Unavailable> {
        self.ask(script(COUNT, key, window).arg(by)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redis_that_forgets_or_is_old_is_told() {
        let good = judge("# Server\r\nredis_version:7.0.15\r\nmaxmemory_policy:noeviction\r\n");
        assert_eq!(good, Examined { what: "Redis 7.0.15".to_owned(), wrong: Vec::new() });
        let bad = judge("redis_version:6.0.16\r\nmaxmemory_policy:allkeys-lru\r\n");
        assert!(bad.wrong[0].contains("6.2") && bad.wrong[1].contains("noeviction"));
        assert_eq!(judge("").wrong.len(), 1);
    }
}
