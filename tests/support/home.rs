//! Where a house keeps its things: SQLite with the embedded transient store, or, under
//! `YIHAO_TEST_HOME=postgres`, a PostgreSQL database and a Redis database of its own. A server that is not
//! there fails the test.
//!
//! Schema and keys are made once a run and copied: two RSA keys a test would cost more than the test.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use tempfile::TempDir;
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};
use tokio_postgres::NoTls;
use yihao::base::{Chance, Clock};
use yihao::crypto::MasterKey;
use yihao::db::Db;
use yihao::keys::KeyRing;

/// 32 bytes of the same value, in base64.
const MASTER_KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

/// Redis has 16 databases unless told otherwise; 0 is left to the contract test of the transient store.
const REDIS_DATABASES: u8 = 15;
static ROOM: Semaphore = Semaphore::const_new(REDIS_DATABASES as usize);
static FREE: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static FILLED: std::sync::Once = std::sync::Once::new();

pub struct Home {
    pub storage: String,
    pub transient: String,
    pub master_file: PathBuf,
    servers: Option<Servers>,
    directory: TempDir,
}

/// What is given back when the test ends.
struct Servers {
    admin: String,
    database: String,
    redis_database: u8,
    _room: SemaphorePermit<'static>,
}

impl Home {
    pub async fn open() -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        let master_file = directory.path().join("master.key");
        std::fs::write(&master_file, MASTER_KEY).expect("the directory can be written");
        if is_postgres() {
            let servers = Servers::open().await;
            let storage = in_database(&servers.admin, &servers.database);
            let transient = format!("{}/{}", environment("YIHAO_TEST_REDIS"), servers.redis_database);
            return Self { storage, transient, master_file, servers: Some(servers), directory };
        }
        let file = directory.path().join("yihao.db");
        std::fs::write(&file, SQLITE.get_or_init(new_sqlite).await).expect("the directory can be written");
        let storage = format!("sqlite://{}", file.display());
        Self { storage, transient: "embedded".to_owned(), master_file, servers: None, directory }
    }

    /// Everything that lies in storage and in the transient store, as bytes: files, or a dump.
    pub async fn dump(&self) -> Vec<u8> {
        match &self.servers {
            None => std::fs::read_dir(self.directory.path())
                .expect("the directory is there")
                .map(|entry| entry.expect("an entry").path())
                .filter(|path| !path.ends_with("master.key"))
                .flat_map(|path| std::fs::read(path).expect("a file"))
                .collect(),
            Some(_) => {
                let dump = std::process::Command::new("pg_dump")
                    .args(["--data-only", "--inserts", "--dbname", &self.storage])
                    .output()
                    .expect("pg_dump runs; the package postgresql-client must be installed");
                assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
                [unhexed(&dump.stdout), redis_values(&self.transient).await].concat()
            }
        }
    }
}

/// Every row of every table, as text, by table and in a fixed order: two of these are equal if the databases say the
/// same. `but` names tables that are left out, with their partitions.
pub async fn rows(storage: &str, but: &[&str]) -> BTreeMap<String, Vec<String>> {
    let left_out = |table: &str| but.iter().any(|name| table.starts_with(name));
    if let Some(file) = storage.strip_prefix("sqlite://") {
        let connection = rusqlite::Connection::open(file).expect("it opens");
        let texts = |sql: &str| -> Vec<String> {
            let mut statement = connection.prepare(sql).expect("good SQL");
            let rows = statement.query_map([], |row| row.get(0)).expect("rows");
            rows.map(|row| row.expect("a text")).collect()
        };
        let tables = texts("select name from sqlite_master where type = 'table' order by name");
        let rows = |table: &String| {
            let columns = texts(&format!("select name from pragma_table_info('{table}')"));
            let quoted: Vec<_> = columns.iter().map(|column| format!("quote({column})")).collect();
            texts(&format!("select {} from {table} order by 1", quoted.join(" || ',' || ")))
        };
        return tables.iter().filter(|table| !left_out(table)).map(|t| (t.clone(), rows(t))).collect();
    }
    let (client, connection) = tokio_postgres::connect(storage, NoTls).await.expect("PostgreSQL answers");
    let connection = tokio::spawn(connection);
    let sql = "select tablename::text from pg_tables where schemaname = 'public' order by 1";
    let mut all = BTreeMap::new();
    for table in client.query(sql, &[]).await.expect("tables") {
        let table: String = table.get(0);
        if !left_out(&table) {
            let rows = client.query(&format!("select t::text from {table} t order by 1"), &[]).await;
            all.insert(table, rows.expect("rows").iter().map(|row| row.get(0)).collect());
        }
    }
    drop(client);
    let _ = connection.await;
    all
}

pub fn is_postgres() -> bool {
    #[allow(clippy::disallowed_methods, reason = "a test has no configuration to read it from")]
    match std::env::var("YIHAO_TEST_HOME").as_deref() {
        Ok("postgres") => true,
        Ok("sqlite") | Err(std::env::VarError::NotPresent) => false,
        other => panic!("YIHAO_TEST_HOME is sqlite or postgres, not {other:?}"),
    }
}

fn environment(name: &str) -> String {
    #[allow(clippy::disallowed_methods, reason = "a test has no configuration to read it from")]
    let value =
        std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: deploy/test/servers.sh sets it"));
    value.trim_end_matches('/').to_owned()
}

async fn furnish(storage: &str) {
    let clock = Clock::Machine;
    let db = Db::open(storage).await.expect("the database opens");
    db.migrate(clock.now()).await.expect("the schema is made");
    let master = MasterKey::from_bytes([7; 32]);
    KeyRing::open(&db, master, &clock, &Chance::Machine).await.expect("keys are made");
}

static SQLITE: OnceCell<Vec<u8>> = OnceCell::const_new();

async fn new_sqlite() -> Vec<u8> {
    let directory = TempDir::new().expect("a temporary directory");
    let (made, copy) = (directory.path().join("made.db"), directory.path().join("copy.db"));
    furnish(&format!("sqlite://{}", made.display())).await;
    // Whole and in one file, whatever still stands in the log.
    let connection = rusqlite::Connection::open(made).expect("it opens");
    connection.execute("vacuum into ?1", [copy.display().to_string()]).expect("it is copied");
    std::fs::read(copy).expect("the copy is there")
}

static TEMPLATE: OnceCell<String> = OnceCell::const_new();

async fn new_template(admin: &str) -> String {
    let name = format!("yihao_template_{}", std::process::id());
    run(admin, &format!("drop database if exists {name} with (force)")).await;
    run(admin, &format!("create database {name}")).await;
    furnish(&in_database(admin, &name)).await;
    // A template must have no connection: this waits until ours have ended.
    let ended =
        format!("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{name}'");
    run(admin, &ended).await;
    name
}

impl Servers {
    async fn open() -> Self {
        let admin = environment("YIHAO_TEST_POSTGRES");
        let template = TEMPLATE.get_or_init(|| new_template(&admin)).await;
        let database = format!("yihao_{}", Chance::Machine.id().simple());
        run(&admin, &format!("create database {database} template {template}")).await;
        let room = ROOM.acquire().await.expect("it is never closed");
        FILLED.call_once(|| free().extend(1..=REDIS_DATABASES));
        let redis_database = free().pop().expect("there is room");
        let url = format!("{}/{redis_database}", environment("YIHAO_TEST_REDIS"));
        let flushed: String =
            redis::cmd("FLUSHDB").query_async(&mut redis(&url).await).await.expect("Redis empties");
        assert_eq!(flushed, "OK");
        Self { admin, database, redis_database, _room: room }
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        free().push(self.redis_database);
        let (admin, database) = (self.admin.clone(), self.database.clone());
        // A thread of its own: the test's runtime may be ending.
        let dropped = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(run(&admin, &format!("drop database {database} with (force)")));
        });
        let _ = dropped.join();
    }
}

fn free() -> std::sync::MutexGuard<'static, Vec<u8>> {
    FREE.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

async fn run(url: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("PostgreSQL answers");
    let connection = tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    drop(client);
    let _ = connection.await;
}

/// The URL with another database.
fn in_database(url: &str, name: &str) -> String {
    let (server, _) = url.rsplit_once('/').expect("a URL with a database");
    format!("{server}/{name}")
}

async fn redis(url: &str) -> redis::aio::MultiplexedConnection {
    let client = redis::Client::open(url).expect("a Redis URL");
    client.get_multiplexed_async_connection().await.expect("Redis answers")
}

async fn redis_values(url: &str) -> Vec<u8> {
    let mut redis = redis(url).await;
    let keys: Vec<String> = redis::cmd("KEYS").arg("*").query_async(&mut redis).await.expect("keys");
    let mut all = Vec::new();
    for key in keys {
        let value: Vec<u8> = redis::cmd("GET").arg(&key).query_async(&mut redis).await.expect("a value");
        all.extend([key.into_bytes(), value].concat());
    }
    all
}

/// The dump, and behind it what its `\x…` texts stand for.
fn unhexed(dump: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(dump);
    let mut all = dump.to_vec();
    for hex in text.split("'\\x").skip(1) {
        let hex = hex.split('\'').next().unwrap_or_default().as_bytes();
        let digits =
            |pair: &[u8]| std::str::from_utf8(pair).ok().and_then(|p| u8::from_str_radix(p, 16).ok());
        all.extend(hex.chunks(2).filter_map(digits));
    }
    all
}
