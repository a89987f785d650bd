//! `urn:yihao:params:oauth:grant-type:chip`: somebody signs in at a terminal with the chip of their identity card and
//! the PIN that goes with it, or a code of their app. An extension grant (RFC 6749 section 4.5).
//!
//! A grant and not a page: what is typed on a shared screen is typed into the machine either way, and so no
//! cookie, no address and no history of a sign-in is ever in its browser. The request comes from a terminal that
//! has shown its key, and holds what a reader has signed for that terminal.

mod prove;

use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use self::prove::{Typed, prove};
use crate::app::App;
use crate::ask::{self, Elsewhere, Step, Way};
use crate::base::{Actor, Device, Secret, Visit};
use crate::client::Client;
use crate::credential::Proof;
use crate::http::Params;
use crate::logout;
use crate::oidc::OAuthError;
use crate::oidc::approve::approval_of;
use crate::oidc::checks::{self, Door};
use crate::oidc::chip_reading::chip_reading;
use crate::oidc::error::Code;
use crate::oidc::grants::once::{self, Within};
use crate::oidc::issue::{TokenResponse, issue};
use crate::oidc::token::required;
use crate::session::{self, SignIn};

pub async fn redeem(
    app: &App,
    visit: &Visit,
    client: &Client,
    params: &Params,
    jkt: Option<String>,
) -> Result<TokenResponse, OAuthError> {
    let came = Instant::now();
    let Some(terminal) = visit.terminal else {
        return Err(OAuthError::new(
            Code::UnauthorizedClient,
            "only an enrolled terminal may use this grant",
        ));
    };
    let draft = checks::run(Door::Device, &checks::Request { app, params, client })?;
    let read = chip_reading(app, visit, terminal, required(params, "chip")?).await?;
    let secret = match (params.get("pin"), params.get("code")) {
        (Some(pin), None) => Typed::Pin(Secret::new(pin)),
        (None, Some(code)) => Typed::Code(Secret::new(code)),
        _ => return Err(OAuthError::invalid_request("pin or code, one of them")),
    };
    let (person, proof) = match prove(app, visit, &read, &secret).await? {
        Ok(proven) => proven,
        Err(wait) => {
            // One answer at one time, whoever's card it is.
            let answer_after = Duration::from_millis(app.config.password.answer_after_ms);
            tokio::time::sleep_until(came + answer_after).await;
            return Err(wait);
        }
    };
    let visit = Visit { actor: Actor::Person(person), ..visit.clone() };
    let session = begin(app, &visit, person, &[Proof::Chip, proof]).await?;
    let way =
        Way::Elsewhere(Elsewhere { request: visit.id(), confirmed: true, prove_again: false, browser: None });
    let ask = draft.ask(client, way, None, visit.now);
    let keys = app.keys.data();
    let found = session::find(&mut &app.db, &keys, &visit, session, &app.config).await?;
    let found = found.ok_or_else(|| OAuthError::invalid_grant("the sign-in has ended"))?;
    let offers = |channel, method| app.offers(channel, method);
    let facts = ask::facts(&mut &app.db, &keys, &visit, &ask, client, found, offers).await;
    let facts = facts.map_err(|error| OAuthError::internal(&error))?;
    let allowed = match ask::next(&ask, client, Some(&facts), visit.now) {
        Step::Approved(allowed) => allowed,
        step => return give_up(app, &visit, session, person, step).await,
    };
    let approval = approval_of(app, &visit, client, &ask, facts, allowed, visit.id()).await;
    let approval = approval.map_err(|failure| OAuthError::internal(&failure.code))?;
    let grant = once::redeem(app, &visit, client, approval, Within::TheSession, jkt).await?;
    let grant = grant.ok_or_else(|| OAuthError::invalid_grant("the sign-in has ended"))?;
    issue(app, &visit, client, &grant, None).await
}

/// The session of the card's owner at this terminal.
async fn begin(app: &App, visit: &Visit, person: Uuid, proofs: &[Proof]) -> Result<Uuid, OAuthError> {
    let mut tx = app.db.begin().await?;
    let sign_in = SignIn { person, browser: None, proofs, device: Device::default(), lent_by: None };
    let id = session::start(&mut tx, &app.keys.data(), visit, sign_in, &app.config).await?;
    tx.commit().await?;
    Ok(id)
}

/// More is wanted than a card can give, and there is no page here to ask for it: the session that was begun ends.
async fn give_up(
    app: &App,
    visit: &Visit,
    session: Uuid,
    person: Uuid,
    step: Step,
) -> Result<TokenResponse, OAuthError> {
    let mut tx = app.db.begin().await?;
    logout::end(&mut tx, &app.keys.data(), visit, session, person, "not approved").await?;
    tx.commit().await?;
    Err(match step {
        Step::StepUp(_) | Step::Raise(_) => {
            OAuthError::new(Code::UnmetAuthenticationRequirements, "the demanded level is not met by a card")
        }
        _ => OAuthError::new(Code::InteractionRequired, "the person must see a page first: sign in by phone"),
    })
}
