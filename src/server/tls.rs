//! The certificate of the public port, read again when its file changes: a renewed certificate needs no
//! restart.

use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::Context;
use axum_server::tls_rustls::RustlsConfig;

use crate::config::Tls;

const LOOK_EVERY: Duration = Duration::from_secs(10);

/// None where no certificate is configured: the port speaks plain HTTP.
pub async fn open(tls: &Tls) -> anyhow::Result<Option<RustlsConfig>> {
    let (Some(cert), Some(key)) = (&tls.cert, &tls.key) else { return Ok(None) };
    let config = RustlsConfig::from_pem_file(cert, key).await;
    let config = config.with_context(|| {
        format!("server.tls: no certificate chain and key in {} and {}", cert.display(), key.display())
    })?;
    Ok(Some(config))
}

/// Puts a changed certificate into use; never ends. One that cannot be used leaves the old one in place.
pub async fn watch(tls: &Tls, config: Option<&RustlsConfig>) {
    let (Some(cert), Some(key), Some(config)) = (&tls.cert, &tls.key, config) else {
        return std::future::pending().await;
    };
    let mut known = changed(cert, key).await;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let found = changed(cert, key).await;
        if found == known {
            continue;
        }
        match config.reload_from_pem_file(cert, key).await {
            Ok(()) => {
                tracing::info!("the certificate has changed and is in use");
                known = found;
            }
            // Certificate and key are two files: between the two they do not fit. Look again.
            Err(error) => tracing::warn!(%error, "the certificate has changed and cannot be used"),
        }
    }
}

type Changed = (Option<SystemTime>, Option<SystemTime>);

/// When the two files were written.
async fn changed(cert: &Path, key: &Path) -> Changed {
    let when = async |path: &Path| tokio::fs::metadata(path).await.ok()?.modified().ok();
    (when(cert).await, when(key).await)
}
