//! `yihao operator certificate`

use std::path::PathBuf;

use anyhow::{Context, bail};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::json;

use super::find;
use crate::cli::Call;
use crate::operator::{self, certificate};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Let an operator sign in by a certificate, beside the password. Prints its fingerprint.
    ///
    /// It must be good now: from an authority of `certificate.ca_file`, not revoked, not over.
    Add {
        /// Their name, or `-`.
        operator: String,
        /// The certificate, PEM; those between it and the authority may follow.
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
    },
    /// List an operator's certificates.
    List {
        /// Their name, or `-`.
        operator: String,
    },
    /// Take a certificate away; what the operator has open ends.
    Remove {
        /// Their name, or `-`.
        operator: String,
        /// As `list` shows it.
        #[arg(long, value_name = "SHA-256")]
        fingerprint: String,
    },
}

impl Command {
    pub async fn run(self, call: Call) -> anyhow::Result<()> {
        match self {
            Self::Add { operator, file } => add(call, &operator, &file).await,
            Self::List { operator } => list(call, &operator).await,
            Self::Remove { operator, fingerprint } => remove(call, &operator, &fingerprint).await,
        }
    }
}

async fn add(mut call: Call, operator: &str, file: &std::path::Path) -> anyhow::Result<()> {
    let name = call.input.of("operator", operator)?;
    let shown = file.display();
    let chain: Vec<CertificateDer<'_>> = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect)
        .with_context(|| format!("--file: {shown} is no PEM file of certificates"))?;
    let (app, visit) = call.app().await?;
    let keys = app.keys.data();
    let Some(authorities) = &app.authorities else {
        bail!("no certificate is believed here: set certificate.ca_file");
    };
    let holder = authorities.holder(&chain, visit.now).with_context(|| format!("{shown} is not taken"))?;
    let operator = find(&app, &name).await?;
    let mut tx = app.db.begin().await?;
    certificate::bind(&mut tx, &keys, &visit, &operator, &holder).await?;
    tx.commit().await?;
    call.print.value(&json!({ "operator_id": operator.id, "fingerprint": hex(&holder.fingerprint) }));
    Ok(())
}

async fn list(mut call: Call, operator: &str) -> anyhow::Result<()> {
    let name = call.input.of("operator", operator)?;
    let (app, _) = call.app().await?;
    let operator = find(&app, &name).await?;
    let all = certificate::list(&mut &app.db, &app.keys.data(), operator.id).await?;
    let (mut rows, mut cells) = (Vec::new(), Vec::new());
    for one in all {
        let print = hex(&one.fingerprint);
        rows.push(json!({
            "fingerprint": print, "issuer": one.issuer, "serial": one.serial, "until": one.until.shown(),
            "added_at": one.added_at.shown(), "used_at": one.used_at.map(crate::base::Moment::shown),
        }));
        cells.push([print, one.issuer, one.serial, one.until.shown()]);
    }
    call.print.table(&rows, ["fingerprint", "issuer", "serial", "until"], cells);
    Ok(())
}

async fn remove(mut call: Call, operator: &str, fingerprint: &str) -> anyhow::Result<()> {
    let name = call.input.of("operator", operator)?;
    let (app, visit) = call.app().await?;
    let keys = app.keys.data();
    let operator = find(&app, &name).await?;
    let theirs = certificate::list(&mut &app.db, &keys, operator.id).await?;
    let meant = theirs.iter().find(|one| hex(&one.fingerprint).eq_ignore_ascii_case(fingerprint));
    let meant = meant.context("the operator has no such certificate: `yihao operator certificate list`")?;
    let mut tx = app.db.begin().await?;
    if !certificate::unbind(&mut tx, &keys, &visit, operator.id, &meant.fingerprint).await? {
        bail!("it was removed meanwhile");
    }
    operator::end_all(&mut tx, &keys, &visit, operator.id, "certificate removed").await?;
    tx.commit().await?;
    call.print.value(&json!({ "operator_id": operator.id, "fingerprint": hex(&meant.fingerprint) }));
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
