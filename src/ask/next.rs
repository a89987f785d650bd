//! What the person must do next.

use std::time::Duration;

use super::{Ask, Choice, Elsewhere, Facts, Redirect};
use crate::base::{AuthenticationLevel, Moment, Scopes, TrustLevel};
use crate::client::{Client, LegalBasis};
use crate::grant::Consent;
use crate::session::{self, Session};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    SignIn(SignInReason),
    /// See who asks on another screen, where and for what, and allow it.
    Confirm,
    /// Prove themselves at this level, in the session they have.
    StepUp(AuthenticationLevel),
    /// Show who they are so surely.
    Raise(TrustLevel),
    /// Say as whom they act.
    Capacity,
    /// Agree to the scopes that were not put to them yet.
    Consent(Scopes),
    /// Be told of the scopes; there is nothing to refuse.
    Notice(Scopes),
    /// Nothing more: of the scopes and single claims asked for, these scopes are given.
    Approved(Scopes),
    Refused(Refusal),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInReason {
    /// Nobody is signed in.
    NoSession,
    /// Somebody is, but the relying system wants it fresh.
    TooOld,
    /// Somebody is, but it is not who the relying system means.
    SomebodyElse,
}

/// Why the relying system gets no tokens (OpenID Connect Core section 3.1.2.6, and
/// OpenID Connect Core Error Code unmet_authentication_requirements).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    LoginRequired,
    ConsentRequired,
    InteractionRequired,
    UnmetAuthenticationRequirements,
    AccessDenied,
}

/// Decides. Has no side effect and asks nobody: the same facts give the same step.
pub fn next(ask: &Ask, client: &Client, facts: Option<&Facts>, now: Moment) -> Step {
    let silent = ask.prompts.none;
    if ask.consented == Some(false) {
        return refused(Refusal::AccessDenied);
    }
    let Some(facts) = facts else {
        return if silent { refused(Refusal::LoginRequired) } else { Step::SignIn(SignInReason::NoSession) };
    };
    let session = &facts.session;
    if let Some(reason) = wants_sign_in(ask, client, session, now) {
        return if silent { refused(Refusal::LoginRequired) } else { Step::SignIn(reason) };
    }
    if let Some(way) = ask.elsewhere() {
        // Before any proof: who says no need prove nothing.
        if !way.confirmed {
            return Step::Confirm;
        }
        if let Some(step) = wants_proof(way, facts, now) {
            return if matches!(step, Step::SignIn(_)) { step } else { unless_given_up(ask, step) };
        }
    }
    let aal = ask.min_aal.max(client.metadata.min_aal).max(session.wanted_by_person());
    if let Some(aal) = aal.filter(|aal| session.aal < *aal) {
        return unless_given_up(ask, Step::StepUp(aal));
    }
    let trust = ask.min_trust.max(client.metadata.min_trust);
    if let Some(trust) = trust.filter(|trust| session.trust < *trust) {
        return unless_given_up(ask, Step::Raise(trust));
    }
    match &facts.choice {
        Choice::Impossible => refused(Refusal::LoginRequired),
        Choice::Open(_) if silent => refused(Refusal::InteractionRequired),
        Choice::Open(_) => Step::Capacity,
        Choice::Settled(capacity) => {
            let wanted = capacity.scopes(ask.scopes.or(ask.claims.scopes()));
            agreement(ask, client, wanted, facts.consent)
        }
    }
}

/// A level is missing: the person may reach it, unless they may not be asked or have said that they cannot.
fn unless_given_up(ask: &Ask, step: Step) -> Step {
    match (ask.prompts.none, ask.unmet) {
        (true, _) => refused(Refusal::InteractionRequired),
        (false, true) => refused(Refusal::UnmetAuthenticationRequirements),
        (false, false) => step,
    }
}

/// What is missing of the best the person has, shown just now.
fn wants_proof(way: &Elsewhere, facts: &Facts, now: Moment) -> Option<Step> {
    let (session, best) = (&facts.session, facts.best.filter(|_| way.prove_again)?);
    let recent = now.since(session.authenticated_at) <= session::RECENT;
    match best {
        _ if recent && session.aal >= best => None,
        AuthenticationLevel::OneFactor => Some(Step::SignIn(SignInReason::TooOld)),
        better => Some(Step::StepUp(better)),
    }
}

fn wants_sign_in(ask: &Ask, client: &Client, session: &Session, now: Moment) -> Option<SignInReason> {
    let answered = session.authenticated_at >= ask.asked_at;
    let max_age = ask.max_age.or(client.metadata.default_max_age).map(Duration::from_secs);
    let too_old = max_age.is_some_and(|age| now.since(session.authenticated_at) > age);
    // Who may act for others chooses as whom, which needs no new sign-in.
    let select_account = ask.prompts.select_account && ask.scopes.and(Scopes::CAPACITY).is_empty();
    if ask.hinted.as_ref().is_some_and(|hinted| hinted.person != session.person) {
        Some(SignInReason::SomebodyElse)
    } else if !answered && (ask.prompts.login || select_account || too_old) {
        Some(SignInReason::TooOld)
    } else {
        None
    }
}

/// Whether the answers of a person count: everywhere but where a first party goes unasked.
pub fn consent_matters(ask: &Ask, client: &Client) -> bool {
    !client.metadata.first_party || asks_always(ask, client)
}

/// Whoever else can claim the redirect address must not get a code unseen (RFC 8252 section 8.6).
fn asks_always(ask: &Ask, client: &Client) -> bool {
    let private = |way: &Redirect| client.metadata.uses_private_scheme(&way.redirect_uri);
    ask.prompts.consent || ask.redirect().is_some_and(private)
}

fn agreement(ask: &Ask, client: &Client, wanted: Scopes, consent: Option<Consent>) -> Step {
    let metadata = &client.metadata;
    let always = asks_always(ask, client);
    if !consent_matters(ask, client) {
        return Step::Approved(wanted);
    }
    let consent = consent.unwrap_or_default();
    if wanted.is_within(consent.asked) && (!always || ask.consented == Some(true)) {
        return Step::Approved(wanted.and(consent.allowed));
    }
    match (ask.prompts.none, metadata.legal_basis) {
        (true, LegalBasis::Consent) => refused(Refusal::ConsentRequired),
        (true, LegalBasis::Statutory) => refused(Refusal::InteractionRequired),
        (false, LegalBasis::Consent) => Step::Consent(wanted),
        (false, LegalBasis::Statutory) => Step::Notice(wanted),
    }
}

const fn refused(refusal: Refusal) -> Step {
    Step::Refused(refusal)
}

#[cfg(test)]
#[path = "next_tests.rs"]
mod tests;
