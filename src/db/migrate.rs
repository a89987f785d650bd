//! Migrations: numbered SQL files, each run once, in order, in a transaction of its own.
//!
//! The rules of the files are in `migrations/README.md`.

use std::collections::BTreeSet;

use crate::base::Moment;

use super::{Db, Error, Read, values};

struct Migration {
    name: &'static str,
    sql: &'static str,
}

macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        &[$(Migration { name: $name, sql: include_str!(concat!("../../migrations/", $name, ".sql")) }),*]
    };
}

/// In the order in which they run. A file that has been released is never edited.
const MIGRATIONS: &[Migration] = migrations![
    "0001_first_light",
    "0002_acting_for_another",
    "0003_pending_verification",
    "0004_factors",
    "0005_cases",
    "0006_register_extract",
    "0007_changes_of_life",
    "0008_sign_out",
    "0009_recovery",
    "0010_proofs",
    "0011_network_identity",
    "0012_terminals",
    "0013_operators",
    "0014_elsewhere",
    "0015_bound_to_keys",
    "0016_legacy_accounts",
    "0017_legacy_merge",
    "0018_cas",
    "0020_language",
    "0021_console",
    "0022_security_events",
    "0023_where_accounts_stand",
    "0024_certificates",
    "0025_legacy_console",
    "0026_asked_registers",
    "0027_cases_of_accounts",
];

const LEDGER: &str =
    "create table if not exists migration (name text primary key, applied_at bigint not null);";

pub(super) async fn run(db: &Db, now: Moment) -> Result<Vec<&'static str>, Error> {
    match db.script(LEDGER).await {
        // Two nodes that start at once: PostgreSQL lets the second stumble over the first one's table.
        Ok(()) | Err(Error::Exists) => {}
        Err(error) => return Err(error),
    }
    let mut ran = Vec::new();
    for migration in missing(db).await? {
        // The ledger's row goes first: of two nodes that start at once, one waits here and then fails
        // on the key, and the schema is changed once.
        let text = format!(
            "insert into migration (name, applied_at) values ('{}', {});\n{}",
            migration.name,
            now.micros(),
            for_engine(db, migration.sql)
        );
        match db.script(&text).await {
            Ok(()) => ran.push(migration.name),
            Err(Error::Exists) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(ran)
}

pub(super) async fn pending(db: &Db) -> Result<Vec<&'static str>, Error> {
    Ok(missing(db).await?.into_iter().map(|m| m.name).collect())
}

async fn missing(mut db: &Db) -> Result<Vec<&'static Migration>, Error> {
    let names = db.all("select name from migration", values![], |row| row.get::<String>(0)).await;
    // Before the first migration there is no ledger either.
    let applied: BTreeSet<String> = names.unwrap_or_default().into_iter().collect();
    Ok(MIGRATIONS.iter().filter(|m| !applied.contains(m.name)).collect())
}

/// A line that begins with `--pg ` is SQL on PostgreSQL and a comment everywhere else.
fn for_engine(db: &Db, sql: &str) -> String {
    match db {
        Db::Sqlite(_) => sql.to_owned(),
        Db::Postgres(_) => {
            sql.lines().map(|line| line.strip_prefix("--pg ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
        }
    }
}
