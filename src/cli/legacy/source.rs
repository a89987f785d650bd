//! `yihao legacy source`

use std::path::PathBuf;

use anyhow::Context;
use serde_json::json;

use super::super::Call;
use crate::legacy::{NewSource, Profile, Source};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Add a legacy system by its profile. Prints its id.
    Add {
        /// The profile, TOML.
        #[arg(long, value_name = "FILE")]
        profile: PathBuf,
        /// The relying system that the accounts belong to; it goes over the profile's.
        #[arg(long, value_name = "ID")]
        client: Option<String>,
    },
    /// All of them.
    List,
    /// One of them, with its profile.
    Show { name: String },
}

impl Command {
    pub async fn run(self, call: Call) -> anyhow::Result<()> {
        match self {
            Self::Add { profile, client } => add(&call, profile, client).await,
            Self::List => list(&call).await,
            Self::Show { name } => show(&call, &name).await,
        }
    }
}

async fn add(call: &Call, file: PathBuf, client: Option<String>) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let profile = Profile::parse(&text).with_context(|| file.display().to_string())?;
    let (app, visit) = call.app().await?;
    let client = client.or_else(|| profile.client.clone());
    if let Some(client) = &client {
        let known = crate::client::find(&mut &app.db, &app.keys.data(), client).await?;
        anyhow::ensure!(known.is_some(), "no client has the id {client}: add it first, or leave it out");
    }
    let new =
        NewSource { name: &profile.name, title: &profile.title, profile: &text, client: client.as_deref() };
    let mut tx = app.db.begin().await?;
    let id = Source::add(&mut tx, &app.keys.data(), &visit, new).await?;
    tx.commit().await?;
    call.print.either(&json!({ "source_id": id }), || id.to_string());
    Ok(())
}

async fn list(call: &Call) -> anyhow::Result<()> {
    let (app, _) = call.app().await?;
    let sources = Source::all(&mut &app.db).await?;
    let rows: Vec<_> = sources.iter().map(told).collect();
    let cells = sources
        .iter()
        .map(|source| {
            let client = source.client.clone().unwrap_or_default();
            [source.name.clone(), source.title.clone(), source.state.as_str().to_owned(), client]
        })
        .collect();
    call.print.table(&rows, ["name", "title", "state", "client"], cells);
    Ok(())
}

async fn show(call: &Call, name: &str) -> anyhow::Result<()> {
    let (app, _) = call.app().await?;
    let source = super::source(&app, name).await?;
    let mut value = told(&source);
    value["profile"] = json!(source.profile);
    call.print.either(&value, || source.profile.clone());
    Ok(())
}

fn told(source: &Source) -> serde_json::Value {
    json!({
        "source_id": source.id,
        "name": source.name,
        "title": source.title,
        "state": source.state.as_str(),
        "client_id": source.client,
        "created_at": source.created_at,
    })
}
