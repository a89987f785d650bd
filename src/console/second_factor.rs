//! What stands beside an operator's password: the code of their app, their passkey, or their certificate. Who has none
//! yet adds an app first; nothing else is open to them.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;

use super::certificate;
use super::desk::{Desk, Sent};
use crate::audit::{self, About, Event};
use crate::base::Secret;
use crate::credential::totp::{self, Seed};
use crate::credential::{self, Factor, Holder, Proof, passkey};
use crate::crypto::Place;
use crate::http::{Failure, urls};
use crate::operator::{self, OperatorSession};
use crate::transient::Key;
use crate::view::{AddApp, ConsoleCode, Fault};

/// How long a secret waits for its first code.
const LIFE: Duration = Duration::from_secs(15 * 60);

/// Somebody who has shown a password and nothing more; otherwise where they are led.
pub async fn half_way(desk: &Desk) -> Result<Result<(&OperatorSession, Owned), &'static str>, Failure> {
    let Some(session) = &desk.session else { return Ok(Err(urls::CONSOLE_SIGN_IN)) };
    if desk.signed_in().is_some() {
        return Ok(Err(urls::CONSOLE));
    }
    let (mut read, holder) = (&desk.app.db, Holder::Operator(session.operator.id));
    let owned = Owned {
        app: totp::added_at(&mut read, holder).await?.is_some(),
        passkeys: !passkey::list(&mut read, holder).await?.is_empty(),
        certificate: certificate::authorities(desk).is_some()
            && !operator::certificate::list(&mut read, &desk.app.keys.data(), holder.id()).await?.is_empty(),
    };
    Ok(Ok((session, owned)))
}

pub struct Owned {
    app: bool,
    passkeys: bool,
    certificate: bool,
}

impl Owned {
    fn nothing(&self) -> bool {
        !self.app && !self.passkeys && !self.certificate
    }
}

pub async fn show(desk: Desk) -> Result<Response, Failure> {
    match half_way(&desk).await? {
        Err(elsewhere) => Ok(desk.go(elsewhere)),
        Ok((_, owned)) if owned.nothing() => Ok(desk.go(urls::CONSOLE_APP)),
        Ok((_, owned)) => code_page(&desk, &owned, StatusCode::OK, Vec::new()),
    }
}

fn code_page(
    desk: &Desk,
    owned: &Owned,
    status: StatusCode,
    faults: Vec<Fault>,
) -> Result<Response, Failure> {
    let page =
        ConsoleCode { app: owned.app, passkeys: owned.passkeys, certificate: owned.certificate, faults };
    let mut frame = desk.frame()?;
    frame.path = urls::CONSOLE_SECOND_FACTOR.to_owned();
    Ok(desk.page(status, page.render(&frame)))
}

/// The page again, with what is to be put right.
pub fn refuse(desk: &Desk, owned: &Owned, fault: Fault) -> Result<Response, Failure> {
    code_page(desk, owned, StatusCode::UNPROCESSABLE_ENTITY, vec![fault])
}

pub async fn submit(Sent { desk, form }: Sent) -> Result<Response, Failure> {
    let (session, owned) = match half_way(&desk).await? {
        Ok(half_way) => half_way,
        Err(elsewhere) => return Ok(desk.go(elsewhere)),
    };
    let code = typed(form.get("code"));
    if code.is_empty() {
        return code_page(&desk, &owned, StatusCode::UNPROCESSABLE_ENTITY, vec![Fault::FactorCodeMissing]);
    }
    let (app, keys) = (&desk.app, desk.app.keys.data());
    let operator = session.operator.id;
    let attempt =
        app.attempts.attempt(&keys, &desk.visit, Factor::OperatorTotp, &operator.to_string(), None)?;
    attempt.check().await?;
    let shown = totp::look(&mut &app.db, &keys, &desk.visit, Holder::Operator(operator), &code).await?;
    let Some(shown) = shown else {
        attempt.failed().await?;
        let mut tx = app.db.begin().await?;
        let event = Event::OperatorRefused { reason: "code" };
        audit::record(&mut tx, &keys, &desk.visit, event, About::default()).await?;
        tx.commit().await?;
        return code_page(&desk, &owned, StatusCode::UNPROCESSABLE_ENTITY, vec![Fault::AppCodeWrong]);
    };
    attempt.succeeded().await?;
    let mut tx = app.db.begin().await?;
    let good = shown.spend(&mut tx, &desk.visit).await?
        && operator::prove(&mut tx, &keys, &desk.visit, session, Proof::Totp).await?;
    if !good {
        drop(tx);
        return code_page(&desk, &owned, StatusCode::UNPROCESSABLE_ENTITY, vec![Fault::AppCodeWrong]);
    }
    tx.commit().await?;
    Ok(desk.go(urls::CONSOLE))
}

pub async fn show_app(desk: Desk) -> Result<Response, Failure> {
    let session = match half_way(&desk).await? {
        Ok((session, owned)) if owned.nothing() => session,
        Ok(_) => return Ok(desk.go(urls::CONSOLE_SECOND_FACTOR)),
        Err(elsewhere) => return Ok(desk.go(elsewhere)),
    };
    let seed = match waiting(&desk, session).await? {
        Some(seed) => seed,
        None => begin(&desk, session).await?,
    };
    app_page(&desk, session, &seed, StatusCode::OK, Vec::new())
}

pub async fn add_app(Sent { desk, form }: Sent) -> Result<Response, Failure> {
    let session = match half_way(&desk).await? {
        Ok((session, owned)) if owned.nothing() => session,
        Ok(_) => return Ok(desk.go(urls::CONSOLE_SECOND_FACTOR)),
        Err(elsewhere) => return Ok(desk.go(elsewhere)),
    };
    let Some(seed) = waiting(&desk, session).await? else { return Ok(desk.go(urls::CONSOLE_APP)) };
    let code = typed(form.get("code"));
    let again = |fault| app_page(&desk, session, &seed, StatusCode::UNPROCESSABLE_ENTITY, vec![fault]);
    if code.is_empty() {
        return again(Fault::FactorCodeMissing);
    }
    let (app, keys) = (&desk.app, desk.app.keys.data());
    let mut tx = app.db.begin().await?;
    let holder = Holder::Operator(session.operator.id);
    match totp::add(&mut tx, &keys, &desk.visit, holder, &seed, &code).await {
        Ok(()) => {}
        Err(credential::Error::Refused(_)) => {
            drop(tx);
            return again(Fault::AppCodeWrong);
        }
        Err(other) => return Err(other.into()),
    }
    // The app is new: that its code was right is the second factor of this sign-in too.
    if !operator::prove(&mut tx, &keys, &desk.visit, session, Proof::Totp).await? {
        return Ok(desk.go(urls::CONSOLE_SIGN_IN));
    }
    tx.commit().await?;
    app.transient.take(&key(session)).await?;
    Ok(desk.go(urls::CONSOLE))
}

fn typed(code: Option<&str>) -> Secret {
    Secret::new(code.unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect::<String>())
}

async fn begin(desk: &Desk, session: &OperatorSession) -> Result<Seed, Failure> {
    let (app, seed) = (&desk.app, Seed::new(&desk.app.chance));
    let sealed = app.keys.data().encrypt(&app.chance, place(session), seed.written().reveal())?;
    app.transient.put(&key(session), &sealed, LIFE).await?;
    Ok(seed)
}

/// The secret that this session was shown: the same as long as it waits, however often the page is loaded.
async fn waiting(desk: &Desk, session: &OperatorSession) -> Result<Option<Seed>, Failure> {
    let Some(sealed) = desk.app.transient.get(&key(session)).await? else { return Ok(None) };
    Ok(Seed::read(&desk.app.keys.data().decrypt(place(session), &sealed)?))
}

fn app_page(
    desk: &Desk,
    session: &OperatorSession,
    seed: &Seed,
    status: StatusCode,
    faults: Vec<Fault>,
) -> Result<Response, Failure> {
    let secret = seed.base32();
    let address = totp::address(&desk.app.config.server.name, session.operator.name.reveal(), &secret);
    let page = AddApp { action: urls::CONSOLE_APP, cancel: urls::CONSOLE_SIGN_IN, secret, address, faults };
    Ok(desk.page(status, page.render(&desk.frame()?)))
}

fn key(session: &OperatorSession) -> Key {
    Key::new("operator-totp-new", session.id)
}

fn place(session: &OperatorSession) -> Place<'_> {
    Place { table: "operator-totp-new", column: "secret", row: session.id.as_bytes() }
}
