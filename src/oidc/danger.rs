//! Answers in a person's place, for programs that test back-channel requests without a person
//! (`danger.simulate_approvals`). Not there unless it is switched on.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use uuid::Uuid;

use super::OAuthError;
use super::approve::approval_of;
use super::client_authentication::form;
use super::token::required;
use crate::app::App;
use crate::ask::elsewhere::{self, Decision, Outcome, Request};
use crate::ask::{self, Chosen, Step};
use crate::base::{Actor, Channel, Device, Visit};
use crate::credential::Proof;
use crate::crypto::{Ticket, TicketKind};
use crate::http::answering::answer;
use crate::session::{self, SignIn};

pub async fn serve(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, OAuthError> {
    let params = form(&headers, &body)?;
    let request = request(&app, required(&params, "auth_req_id")?).await?;
    let allow = match required(&params, "decision")? {
        "allow" | "approve" => true,
        "deny" => false,
        _ => return Err(OAuthError::invalid_request("decision must be allow, approve or deny")),
    };
    let unknown = || OAuthError::invalid_request("the request is over, or nobody here is meant by it");
    let person = request.back_channel.as_ref().and_then(|asking| asking.person).ok_or_else(unknown)?;
    let visit = Visit { actor: Actor::Person(person), channel: Channel::Mobile, ..visit };
    let session = sign_in(&app, &visit, person).await?;
    let (outcome, decision) = match allow {
        true => (Outcome::Allowed, approval(&app, &visit, &request, session).await?),
        false => (Outcome::Denied, Decision::Denied),
    };
    match answer(&app, &visit, &request, (person, session), outcome, decision).await {
        Ok(true) => Ok(StatusCode::NO_CONTENT),
        Ok(false) => Err(unknown()),
        Err(failure) => Err(OAuthError::invalid_request(failure.code)),
    }
}

async fn request(app: &App, auth_req_id: &str) -> Result<Request, OAuthError> {
    let unknown = || OAuthError::invalid_request("auth_req_id is not from here, or the request is over");
    let id = Ticket::claimed_id(auth_req_id).ok_or_else(unknown)?;
    let request = elsewhere::find(&app.transient, id).await?.ok_or_else(unknown)?;
    let terminal = request.terminal.as_ref().map(|terminal| terminal.id);
    let holder = elsewhere::holder(terminal, &request.ask.client_id);
    Ticket::read_for(&app.keys.data(), TicketKind::BackChannel, auth_req_id, &holder)
        .map_err(|_| unknown())?;
    Ok(request)
}

/// As if the person had just shown a passkey on their phone.
async fn sign_in(app: &App, visit: &Visit, person: Uuid) -> Result<Uuid, OAuthError> {
    let proofs = &[Proof::Passkey { user_verified: true }];
    let sign_in = SignIn { person, browser: None, proofs, device: Device::default(), lent_by: None };
    let mut tx = app.db.begin().await?;
    let session = session::start(&mut tx, &app.keys.data(), visit, sign_in, &app.config).await?;
    tx.commit().await?;
    Ok(session)
}

async fn approval(
    app: &App,
    visit: &Visit,
    request: &Request,
    session: Uuid,
) -> Result<Decision, OAuthError> {
    let refused = |what: &str| OAuthError::invalid_request(format!("the person could not allow it: {what}"));
    let (mut read, keys) = (&app.db, app.keys.data());
    let session = session::find(&mut read, &keys, visit, session, &app.config).await?;
    let session = session.ok_or_else(|| refused("no session"))?;
    let client = app.client(&request.ask.client_id).await?.ok_or_else(|| refused("no client"))?;
    let mut ask = request.ask.clone();
    if let Some(way) = ask.elsewhere_mut() {
        way.confirmed = true;
    }
    if ask.prompts.select_account {
        ask.capacity = Some(Chosen::Oneself);
    }
    let offers = |channel, method| app.offers(channel, method);
    let facts = ask::facts(&mut read, &keys, visit, &ask, &client, session, offers).await;
    let facts = facts.map_err(|error| refused(&error.to_string()))?;
    let allowed = match ask::next(&ask, &client, Some(&facts), visit.now) {
        Step::Approved(allowed) | Step::Consent(allowed) | Step::Notice(allowed) => allowed,
        step => return Err(refused(&format!("{step:?}"))),
    };
    let approval = approval_of(app, visit, &client, &ask, facts, allowed, request.id).await;
    let mut approval = approval.map_err(|failure| refused(failure.code))?;
    approval.assisted.clone_from(&request.assisted);
    Ok(Decision::Approved(Box::new(approval)))
}
