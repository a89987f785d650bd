//! `yihao client import`

use std::path::Path;

use anyhow::ensure;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::Call;
use super::new_secret;
use crate::app::App;
use crate::base::{Secret, Visit};
use crate::client::{self, AuthMethod, Client, ClientState, Metadata};

/// A client as a file describes it: ready to be stored.
pub struct Wanted {
    pub id: Option<String>,
    pub secret: Option<Secret>,
    pub metadata: Metadata,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Added,
    Updated,
}

/// A verdict, as it is printed. The secret is told when it was made here.
#[derive(Serialize)]
struct Verdict<'a> {
    client: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
    verdict: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
}

pub async fn run(call: Call, file: &Path) -> anyhow::Result<()> {
    let (app, visit) = call.app().await?;
    let print = call.print;
    let entries = entries(&call.input.all_of(file)?);
    let mut refused = 0;
    for (at, entry) in entries.iter().enumerate() {
        let done = match entry.as_ref().map_err(|why| (*why).to_owned()).and_then(read) {
            Ok(wanted) => put(&app, &visit, wanted).await?,
            Err(why) => Err(why),
        };
        let given_id = entry.as_ref().ok().and_then(|entry| entry["client_id"].as_str());
        let verdict = match &done {
            Ok((client, outcome, is_new_secret)) => Verdict {
                client: at + 1,
                client_id: Some(&client.id),
                verdict: if *outcome == Outcome::Added { "added" } else { "updated" },
                reason: None,
                client_secret: client.secret.as_ref().filter(|_| *is_new_secret).map(Secret::reveal),
            },
            Err(why) => Verdict {
                client: at + 1,
                client_id: given_id,
                verdict: "refused",
                reason: Some(why.clone()),
                client_secret: None,
            },
        };
        refused += usize::from(done.is_err());
        print.either(&verdict, || line(&verdict));
    }
    ensure!(!entries.is_empty(), "{}: no client in it", file.display());
    ensure!(
        refused == 0,
        "{refused} of {} clients refused: correct them and import them again",
        entries.len()
    );
    Ok(())
}

fn line(verdict: &Verdict<'_>) -> String {
    let Verdict { client, client_id, verdict, reason, client_secret } = verdict;
    let mut line = format!("{client}  {}  {verdict}", client_id.unwrap_or("-"));
    for (name, value) in [("reason", reason.as_deref()), ("client_secret", *client_secret)] {
        if let Some(value) = value {
            line.push_str(&format!("  {name}: {value}"));
        }
    }
    line
}

/// The objects of a document, a list, or lines.
fn entries(text: &str) -> Vec<Result<Value, &'static str>> {
    match serde_json::from_str(text) {
        Ok(Value::Array(list)) => list.into_iter().map(Ok).collect(),
        Ok(value) => vec![Ok(value)],
        Err(_) => text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| serde_json::from_str(line).map_err(|_| "not JSON"))
            .collect(),
    }
}

/// Reads an entry and judges it, as far as it can be judged without the database.
fn read(entry: &Value) -> Result<Wanted, String> {
    let text = |name: &str| match &entry[name] {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(format!("{name}: a string")),
    };
    if !entry.is_object() {
        return Err("not a JSON object".to_owned());
    }
    let id = text("client_id")?;
    // RFC 6749 appendix A.1, without the space.
    if id
        .as_ref()
        .is_some_and(|id| id.is_empty() || id.len() > 200 || !id.bytes().all(|b| b.is_ascii_graphic()))
    {
        return Err("client_id: 1 to 200 visible ASCII characters".to_owned());
    }
    let secret = text("client_secret")?.map(Secret::new);
    let metadata = Metadata::deserialize(entry).map_err(|error| error.to_string())?;
    client::validate(&metadata).map_err(|invalid| invalid.to_string())?;
    if let Some(secret) = &secret {
        let method = metadata.token_endpoint_auth_method;
        if !method.uses_secret() {
            return Err(format!("client_secret: a client with {} has none", method.as_str()));
        }
        // RFC 7518 section 3.2: a key as long as the hash.
        let shortest = if method == AuthMethod::SecretJwt { 32 } else { 1 };
        if secret.reveal().len() < shortest {
            return Err(format!("client_secret: at least {shortest} characters for {}", method.as_str()));
        }
    }
    Ok(Wanted { id, secret, metadata })
}

/// Stores a client, new or known. Tells what it is now, and whether its secret was made here; or why it is
/// refused.
pub async fn put(
    app: &App,
    visit: &Visit,
    wanted: Wanted,
) -> anyhow::Result<Result<(Client, Outcome, bool), String>> {
    let keys = app.keys.data();
    if let Err(invalid) = client::within_channel(&wanted.metadata, &app.config.channel) {
        return Ok(Err(invalid.to_string()));
    }
    let mut tx = app.db.begin().await?;
    let before = match &wanted.id {
        Some(id) => client::find(&mut tx, &keys, id).await?,
        None => None,
    };
    let uses_secret = wanted.metadata.token_endpoint_auth_method.uses_secret();
    let old_secret = before.as_ref().and_then(|before| before.secret.clone());
    let is_new_secret = uses_secret && wanted.secret.is_none() && old_secret.is_none();
    let secret = uses_secret.then(|| wanted.secret.or(old_secret).unwrap_or_else(|| new_secret(visit)));
    let client = Client {
        id: wanted.id.unwrap_or_else(|| visit.chance.id().to_string()),
        state: before.as_ref().map_or(ClientState::Active, |before| before.state),
        metadata: wanted.metadata,
        secret,
    };
    let outcome = match before {
        None => {
            if !client::insert(&mut tx, &keys, visit, &client, "command").await? {
                return Ok(Err("client_id: another command has just taken it".to_owned()));
            }
            Outcome::Added
        }
        Some(before) => {
            if before.metadata != client.metadata {
                client::set_metadata(&mut tx, &keys, visit, &client.id, &client.metadata).await?;
            }
            let same =
                |a: Option<&Secret>, b: Option<&Secret>| a.map(Secret::reveal) == b.map(Secret::reveal);
            if let Some(secret) = &client.secret
                && !same(Some(secret), before.secret.as_ref())
            {
                client::set_secret(&mut tx, &keys, visit, &client.id, secret).await?;
            }
            Outcome::Updated
        }
    };
    tx.commit().await?;
    app.client_changed(&client.id);
    Ok(Ok((client, outcome, is_new_secret)))
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;
