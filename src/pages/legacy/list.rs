//! A person's accounts in earlier systems: told of after a sign-in, listed, claimed by the old password or by level 4,
//! and let go of at once where one is not theirs. A link that sleeps is not shown: whoever holds the number here may not
//! be who had that account.

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::Response;
use tokio::time::Instant;
use uuid::Uuid;

use super::{Shown, title_of};
use crate::base::{Actor, Secret, Visit};
use crate::credential::{self, Factor};
use crate::http::{Failure, urls};
use crate::legacy::{self, LinkState};
use crate::pages::here::{Here, Posted};
use crate::pages::view::{ClaimDone, EarlierAccount, EarlierAccounts, Fault};

/// Where a person goes who has just signed in: to what they have not been told of yet, else on.
pub async fn onward(here: &Here, person: Uuid) -> Result<String, Failure> {
    let keys = here.app.keys.data();
    let untold = legacy::unannounced(&mut &here.app.db, &keys, person).await?;
    if untold.is_empty() {
        return Ok(here.onward());
    }
    let visit = Visit { actor: Actor::Person(person), ..here.visit.clone() };
    let mut tx = here.app.db.begin().await?;
    let woken = legacy::wake_by_level(&mut tx, &keys, &visit, person).await?;
    if woken > 0 {
        // Level 4 is a factor that stays: no old password is needed any more.
        legacy::retire(&mut tx, person).await?;
        tx.commit().await?;
    }
    let tell = woken > 0 || untold.iter().any(|link| link.state == LinkState::Live);
    Ok(if tell { here.along(urls::ACCOUNT_LEGACY) } else { here.onward() })
}

pub async fn show(here: Here) -> Result<Response, Failure> {
    if let Err(first) = here.finished() {
        return Ok(here.go(&first));
    }
    page(&here, StatusCode::OK, Claim::default(), Vec::new()).await
}

/// What was typed into the form to claim an account.
#[derive(Default)]
struct Claim {
    source: String,
    user_name: String,
}

async fn page(
    here: &Here,
    status: StatusCode,
    claim: Claim,
    faults: Vec<Fault>,
) -> Result<Response, Failure> {
    let Some(session) = &here.session else { return Ok(here.to_sign_in()) };
    let keys = here.app.keys.data();
    let mut read = &here.app.db;
    let mut rows = Vec::new();
    for link in legacy::links_of(&mut read, &keys, session.person).await? {
        if link.state == LinkState::Live {
            rows.push(EarlierAccount {
                link: link.id.to_string(),
                source: title_of(here, link.source).await?,
                since: link.linked_at.local().date(),
            });
        }
    }
    if !rows.is_empty() {
        let mut tx = here.app.db.begin().await?;
        legacy::announced(&mut tx, &here.visit, session.person).await?;
        tx.commit().await?;
    }
    let sources = legacy::Source::all(&mut read).await?;
    let page = EarlierAccounts {
        rows,
        sources: sources.into_iter().map(|source| (source.name, source.title)).collect(),
        done: here.query.get("done").and_then(|word| word.parse().ok()),
        onward: here.onward(),
        source: claim.source,
        user_name: claim.user_name.chars().take(100).collect(),
        faults,
    };
    Ok(here.page(status, page.render(&here.frame()?)))
}

/// "Not mine": the link goes at once, and an operator looks at it.
pub async fn not_mine(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let Some(session) = &here.session else { return Ok(here.to_sign_in()) };
    let link = form.get("link").and_then(|id| id.parse().ok());
    let link: Uuid = link.ok_or_else(|| Failure::bad_request("invalid_request"))?;
    let keys = here.app.keys.data();
    let mut tx = here.app.db.begin().await?;
    match legacy::not_mine(&mut tx, &keys, &here.visit, session.person, link).await {
        Ok(_) => tx.commit().await?,
        // Gone already, or never theirs: the list says what is.
        Err(legacy::Error::NoLink | legacy::Error::Changed) => {}
        Err(other) => return Err(other.into()),
    }
    here.app.logout_queued.notify_one();
    Ok(done(&here, ClaimDone::LetGo))
}

/// By the old password: one comparison, under the counters of every sign-in, and one answer to whatever is wrong.
pub async fn claim(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let came = Instant::now();
    let session = match here.finished() {
        Ok(session) => session.clone(),
        Err(first) => return Ok(here.go(&first)),
    };
    let typed = Claim {
        source: form.get("source").unwrap_or_default().to_owned(),
        user_name: form.get("user_name").unwrap_or_default().to_owned(),
    };
    let secret = Secret::new(form.get("old_password").unwrap_or_default());
    let mut missing = Vec::new();
    if typed.user_name.trim().is_empty() {
        missing.push(Fault::UserNameMissing);
    }
    if secret.is_empty() {
        missing.push(Fault::OldPasswordMissing);
    }
    if !missing.is_empty() {
        return page(&here, StatusCode::UNPROCESSABLE_ENTITY, typed, missing).await;
    }
    match tried(&here, session.person, &typed, secret).await? {
        Tried::Claimed => Ok(done(&here, ClaimDone::Claimed)),
        Tried::NotYours => Ok(done(&here, ClaimDone::Looked)),
        Tried::Wrong => {
            let answer_after = Duration::from_millis(here.app.config.password.answer_after_ms);
            tokio::time::sleep_until(came + answer_after).await;
            page(&here, StatusCode::UNPROCESSABLE_ENTITY, typed, vec![Fault::ClaimRefused]).await
        }
        Tried::Wait(seconds) => {
            let fault = Fault::TooMany(Duration::from_secs(seconds));
            let mut response = page(&here, StatusCode::TOO_MANY_REQUESTS, typed, vec![fault]).await?;
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            Ok(response)
        }
    }
}

enum Tried {
    Claimed,
    /// It is the password, and the account is not linked to this person and was not theirs to claim.
    NotYours,
    Wrong,
    Wait(u64),
}

async fn tried(here: &Here, person: Uuid, typed: &Claim, secret: Secret) -> Result<Tried, Failure> {
    let (app, keys) = (&here.app, here.app.keys.data());
    let mut read = &app.db;
    let source = legacy::Source::by_name(&mut read, &typed.source).await?;
    let mut known = match &source {
        Some(source) => legacy::in_source(&mut read, &keys, source.id, &typed.user_name).await?,
        None => None,
    };
    let is_linked = known.is_some();
    if let (None, Some(source)) = (&known, &source) {
        known = legacy::in_doubt(&mut read, &keys, source.id, &typed.user_name).await?;
    }
    let at = format!("{}@{}", typed.user_name.trim().to_lowercase(), typed.source);
    // Nobody's browser is known for it: whose account it is, is what is asked.
    let attempt = app.attempts.attempt(&keys, &here.visit, Factor::Password, &at, None)?;
    match attempt.check().await {
        Ok(()) => {}
        Err(credential::Error::Wait(wait)) => return Ok(Tried::Wait(wait.seconds)),
        Err(other) => return Err(other.into()),
    }
    let shown = super::is_password(here, known.as_ref(), secret).await?.map_err(|_| Failure::busy())?;
    let (Shown::Right, Some(known)) = (shown, known) else {
        if shown == Shown::Wrong {
            attempt.failed().await?;
        }
        return Ok(Tried::Wrong);
    };
    match attempt.succeeded().await {
        Ok(()) => {}
        Err(credential::Error::Wait(wait)) => return Ok(Tried::Wait(wait.seconds)),
        Err(other) => return Err(other.into()),
    }
    let mut tx = app.db.begin().await?;
    let claimed = if is_linked {
        legacy::claim(&mut tx, &keys, &here.visit, person, known.id).await
    } else {
        let policy = &app.config.trust;
        legacy::cases::claim(&mut tx, &app.keys, &here.visit, policy, person, known.id).await
    };
    match claimed {
        Ok(true) => {
            tx.commit().await?;
            Ok(Tried::Claimed)
        }
        Ok(false) | Err(legacy::Error::Doubtful(_)) => Ok(Tried::NotYours),
        Err(legacy::Error::Changed) => Ok(Tried::Wrong),
        Err(other) => Err(other.into()),
    }
}

fn done(here: &Here, done: ClaimDone) -> Response {
    let to = here.along(urls::ACCOUNT_LEGACY);
    let separator = if to.contains('?') { '&' } else { '?' };
    here.go(&format!("{to}{separator}done={}", done.as_str()))
}
