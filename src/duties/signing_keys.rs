//! Signing keys take turns.

use std::time::Duration;

use crate::app::App;
use crate::audit::{self, About, Event};
use crate::base::{Actor, Channel, Moment, Visit};
use crate::config::Config;
use crate::crypto::Algorithm;
use crate::keys::{SigningKeyRow, SigningKeyState};

/// A next key is published so long before it signs: relying systems keep key sets for hours.
const PUBLISHED_BEFORE: Duration = Duration::from_secs(12 * 3600);

/// Turns the ring of every algorithm whose key has signed for `keys.signing_days`.
pub async fn turn_those_due(app: &App) -> anyhow::Result<()> {
    let rows = app.keys.list_signing_keys(&app.db).await?;
    let visit = app.visit_of(Actor::Duty("signing-keys"));
    let life = Duration::from_secs(u64::from(app.config.keys.signing_days) * 24 * 3600);
    for algorithm in Algorithm::ALL {
        if is_due(&rows, algorithm, visit.now, life) {
            turn(app, &visit, algorithm).await?;
            tracing::info!(algorithm = algorithm.as_str(), "the signing keys have been turned");
        }
    }
    Ok(())
}

/// One turn of the ring of `algorithm`, audited.
pub async fn turn(app: &App, visit: &Visit, algorithm: Algorithm) -> anyhow::Result<()> {
    let retired_before = visit.now.minus(longest_use(&app.config));
    app.keys.rotate_signing_keys(&app.db, algorithm, visit.now, retired_before, &visit.chance).await?;
    let mut tx = app.db.begin().await?;
    let event = Event::KeysRotated { purpose: algorithm.as_str() };
    audit::record(&mut tx, &app.keys.data(), visit, event, About::default()).await?;
    Ok(tx.commit().await?)
}

/// How long after its signing something is still checked: tokens until they expire, ID tokens as hints
/// until the session is over.
fn longest_use(config: &Config) -> Duration {
    let longest = |life: fn(&Config, Channel) -> Duration| {
        Channel::ALL.into_iter().map(|channel| life(config, channel)).max().unwrap_or_default()
    };
    let token = longest(Config::access_life).max(Duration::from_secs(config.token.id_minutes * 60));
    token + longest(Config::session_life)
}

/// Whether the active key has signed for `life`, and its next one, if there is one, has been published
/// long enough to sign.
fn is_due(rows: &[SigningKeyRow], algorithm: Algorithm, now: Moment, life: Duration) -> bool {
    let of = |state: SigningKeyState| {
        rows.iter().find(|row| row.algorithm == algorithm.as_str() && row.state == state.as_str())
    };
    let has_signed = of(SigningKeyState::Active).is_some_and(|key| now.since(key.changed_at) >= life);
    let is_known = of(SigningKeyState::Next).is_none_or(|key| now.since(key.created_at) >= PUBLISHED_BEFORE);
    has_signed && is_known
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(state: SigningKeyState, days_ago: u64) -> SigningKeyRow {
        let at = NOW.minus(Duration::from_secs(days_ago * 24 * 3600));
        SigningKeyRow {
            kid: state.as_str().to_owned(),
            algorithm: "ES256".to_owned(),
            state: state.as_str().to_owned(),
            created_at: at,
            changed_at: at,
        }
    }

    const NOW: Moment = Moment::from_seconds(1_800_000_000);

    fn due(rows: &[SigningKeyRow]) -> bool {
        is_due(rows, Algorithm::ES256, NOW, Duration::from_secs(30 * 24 * 3600))
    }

    #[test]
    fn a_key_signs_its_days_and_the_next_is_known_before_it_signs() {
        use SigningKeyState::{Active, Next};
        assert!(!due(&[row(Active, 29)]));
        assert!(due(&[row(Active, 30)]));
        assert!(!due(&[row(Active, 31), row(Next, 0)]));
        assert!(due(&[row(Active, 31), row(Next, 1)]));
        assert!(!due(&[row(Active, 29), row(Next, 29)]));
        assert!(!is_due(&[row(Active, 40)], Algorithm::RS256, NOW, Duration::ZERO));
    }
}
