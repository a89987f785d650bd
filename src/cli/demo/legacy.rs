//! An earlier system, of the housing fund: a file of accounts as it would be handed over, imported, matched and merged
//! by the commands' own code; some accounts are left for the operators to decide about.

use std::path::Path;

use anyhow::Context;

use super::super::Call;
use super::super::legacy::import;
use super::people::{self, PASSWORD, Someone};
use super::settings;
use crate::app::{App, match_source, merge_source};
use crate::base::{Secret, Visit};
use crate::crypto::sha256;
use crate::legacy::{NewSource, Profile, Source};
use crate::operator::{self, NewOperator, Role, Roles};
use crate::outbound::registers::extract::{Part, load};

const NAME: &str = "gjj-demo";
/// Everybody's password there.
pub const OLD_PASSWORD: &str = "gong-ji-jin-2008";
/// Who has an account there and none here: in the registers, so that they can do everything else too.
pub const UNCLAIMED: usize = 57;
/// Two, so that one can confirm what the other proposes.
pub const DECIDERS: [&str; 2] = ["decider-1", "decider-2"];

/// Those with an account here, some of whom have shown level 4; and those without any.
fn owners() -> impl Iterator<Item = usize> {
    (30..40).chain(56..330)
}

/// The user name of the `n`th.
pub fn user_name(n: usize) -> String {
    format!("gjj{n:04}")
}

const PROFILE: &str = r#"# The demo's housing fund, as deploy/legacy/ has profiles of real ones.
name = "gjj-demo"
title = "住房公积金（演示）"

[file]
format = "csv"

[kind]
always = "person"

[status]
column = "status"
active = ["N"]
locked = ["L"]
disabled = ["D"]

[password]
hash = "pwd"
schemes = ["sha256"]

[account]
local_id = "account"
user_name = "login"
name = "name"
phone = "phone"
registered = "opened"

[person]
number = [{ column = "number", kind = "citizen-id" }]
"#;

/// Seeds it once.
pub async fn seed(call: &Call, app: &App, visit: &Visit, data: &Path, client: &str) -> anyhow::Result<()> {
    operators(app, visit).await?;
    if Source::by_name(&mut &app.db, NAME).await?.is_some() {
        return Ok(());
    }
    let keys = app.keys.data();
    let population = population(visit);
    let loaded = load(&app.db, &keys, visit, Part::Population, population.as_bytes()).await?;
    anyhow::ensure!(loaded.refused.is_empty(), "the demo's register has bad rows");
    let file = data.join("gjj-accounts.csv");
    settings::write(&data.join("gjj-demo.toml"), PROFILE)?;
    settings::write(&file, &accounts())?;
    let profile = Profile::parse(PROFILE).context("the demo's profile")?;
    let new = NewSource { name: NAME, title: &profile.title, profile: PROFILE, client: Some(client) };
    let mut tx = app.db.begin().await?;
    Source::add(&mut tx, &keys, visit, new).await?;
    tx.commit().await?;
    let source = Source::by_name(&mut &app.db, NAME).await?.context("the demo's source")?;
    import::of_file(call, app, visit, &source, file).await?;
    match_source(app, visit, &source, None).await?;
    merge_source(app, visit, &source, false, None).await?;
    Ok(())
}

async fn operators(app: &App, visit: &Visit) -> anyhow::Result<()> {
    let keys = app.keys.data();
    for name in DECIDERS {
        let name = Secret::new(name);
        if operator::find_by_name(&mut &app.db, &keys, &name).await?.is_some() {
            continue;
        }
        let new = NewOperator {
            name,
            roles: Roles::of(&[Role::Decider]).context("a role")?,
            region: None,
            department: None,
            number: None,
            password: app.hasher.hash(Secret::new(PASSWORD)).await?,
        };
        let mut tx = app.db.begin().await?;
        operator::add(&mut tx, &keys, visit, &new).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The population register's extract; some have died, and some it does not know.
fn population(visit: &Visit) -> String {
    let today = visit.now.day();
    let mut file = "idno,name,former_names,status,mobile,updated_at\n".to_owned();
    for n in owners().filter(|n| n % 41 != 0) {
        let Some(Someone { number, name, phone, .. }) = people::someone(n) else { continue };
        let (former, status) = (if n % 23 == 0 { "旧名" } else { "" }, if n % 29 == 0 { "9" } else { "0" });
        let (number, name, phone) = (number.as_str(), name.as_str(), phone.national());
        file.push_str(&format!("{number},{name},{former},{status},{phone},{today}\n"));
    }
    file
}

/// The accounts as the old system writes them: a name that it spells otherwise here, a number that it lost there.
fn accounts() -> String {
    let hash: String = sha256(OLD_PASSWORD.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut file = "account,login,name,number,phone,pwd,status,opened\n".to_owned();
    for n in owners() {
        let Some(Someone { number, name, phone, .. }) = people::someone(n) else { continue };
        let name = match n {
            _ if n == UNCLAIMED => name.as_str().to_owned(),
            _ if n % 13 == 0 => format!("{}某", name.as_str().chars().next().unwrap_or('某')),
            _ if n % 23 == 0 => "旧名".to_owned(),
            _ => name.as_str().to_owned(),
        };
        let number = match n {
            _ if n % 37 == 0 => String::new(),
            _ if n % 43 == 0 => format!("{}***", &number.as_str()[..14]),
            _ => number.as_str().to_owned(),
        };
        let (login, phone) = (user_name(n), phone.national());
        file.push_str(&format!(
            "{n:08},{login},{name},{number},{phone},{hash},N,2008-06-{:02}\n",
            1 + n % 28
        ));
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_is_one_and_the_file_is_as_it_says() {
        let profile = Profile::parse(PROFILE).unwrap();
        assert_eq!(profile.name, NAME);
        let file = accounts();
        assert!(file.lines().count() > 250 && file.lines().all(|line| line.split(',').count() == 8));
        let theirs = file.lines().find(|line| line.contains(&user_name(UNCLAIMED))).unwrap();
        assert!(theirs.contains(people::someone(UNCLAIMED).unwrap().number.as_str()));
    }
}
