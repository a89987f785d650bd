use uuid::Uuid;

use super::*;
use crate::ask::{Capacity, Hinted, Prompts, Way};
use crate::base::{Channel, TrustLevel};
use crate::client::{ClientState, Metadata};
use crate::credential::Proof;

const NOW: Moment = Moment::from_seconds(1_800_000_000);
const OPENID_PROFILE: &str = "openid profile";

fn ask() -> Ask {
    Ask::plain(&client(), redirect("https://hall.example/cb"), Scopes::parse(OPENID_PROFILE), NOW)
}

fn redirect(uri: &str) -> Way {
    Way::Redirect(Redirect {
        redirect_uri: uri.to_owned(),
        state: None,
        nonce: None,
        code_challenge: String::new(),
        dpop_jkt: None,
        browser: Uuid::nil(),
    })
}

/// Asked by another screen.
fn elsewhere(confirmed: bool, prove_again: bool) -> Ask {
    let way = Elsewhere { request: Uuid::nil(), confirmed, prove_again, browser: Some(Uuid::nil()) };
    Ask { way: Way::Elsewhere(way), ..ask() }
}

fn client() -> Client {
    let metadata = Metadata { client_name: "厅".to_owned(), ..Metadata::default() };
    Client { id: "hall".to_owned(), state: ClientState::Active, metadata, secret: None }
}

fn first_party() -> Client {
    let mut client = client();
    client.metadata.first_party = true;
    client
}

/// Signed in a minute ago, by password, at level 3.
fn session() -> Session {
    let before = NOW.minus(Duration::from_secs(60));
    Session {
        id: Uuid::nil(),
        person: Uuid::from_u128(1),
        channel: Channel::Hall,
        aal: AuthenticationLevel::OneFactor,
        amr: "pwd".to_owned(),
        proofs: vec![Proof::Password],
        second_factor_always: false,
        authenticated_at: before,
        seen_at: before,
        trust: TrustLevel::Matched,
        capacity: None,
        never: Vec::new(),
        lent_by: None,
    }
}

fn all() -> Option<Consent> {
    let scopes = Scopes::parse("openid profile official_number");
    Some(Consent { asked: scopes, allowed: scopes })
}

fn prompt(list: &str) -> Ask {
    Ask { prompts: Prompts::parse(list).unwrap(), ..ask() }
}

fn step(ask: &Ask, client: &Client, session: Option<&Session>, consent: Option<Consent>) -> Step {
    let choice = Choice::Settled(Capacity::Oneself);
    let facts = session.map(|session| Facts { session: session.clone(), choice, consent, best: None });
    next(ask, client, facts.as_ref(), NOW)
}

fn hinted(person: u128) -> Option<Hinted> {
    Some(Hinted { person: Uuid::from_u128(person), represented: None })
}

#[test]
fn a_first_party_is_silent_and_others_ask_once() {
    let granted = Step::Approved(Scopes::parse(OPENID_PROFILE));
    assert_eq!(step(&ask(), &first_party(), Some(&session()), None), granted);
    assert_eq!(step(&ask(), &client(), Some(&session()), None), Step::Consent(Scopes::parse(OPENID_PROFILE)));
    assert_eq!(step(&ask(), &client(), Some(&session()), all()), granted);
    let mut statutory = client();
    statutory.metadata.legal_basis = LegalBasis::Statutory;
    assert_eq!(step(&ask(), &statutory, Some(&session()), None), Step::Notice(Scopes::parse(OPENID_PROFILE)));
}

#[test]
fn what_was_declined_is_not_given_and_not_asked_again() {
    let wanted = Ask { scopes: Scopes::parse("openid official_number"), ..ask() };
    let declined = Consent { asked: wanted.scopes, allowed: Scopes::parse("openid") };
    assert_eq!(
        step(&wanted, &client(), Some(&session()), Some(declined)),
        Step::Approved(Scopes::parse("openid"))
    );
    let more = Ask { scopes: Scopes::parse("openid official_number phone"), ..ask() };
    assert!(matches!(step(&more, &client(), Some(&session()), Some(declined)), Step::Consent(_)));
}

#[test]
fn without_a_page_there_is_an_answer_at_once() {
    let none = prompt("none");
    let refused = |refusal| Step::Refused(refusal);
    assert_eq!(step(&none, &client(), None, None), refused(Refusal::LoginRequired));
    assert_eq!(step(&none, &client(), Some(&session()), None), refused(Refusal::ConsentRequired));
    let somebody_else = Ask { hinted: hinted(2), ..none.clone() };
    assert_eq!(step(&somebody_else, &first_party(), Some(&session()), None), refused(Refusal::LoginRequired));
    let stronger = Ask { min_aal: Some(AuthenticationLevel::TwoFactors), ..none.clone() };
    assert_eq!(
        step(&stronger, &first_party(), Some(&session()), None),
        refused(Refusal::InteractionRequired)
    );
    let surer = Ask { min_trust: Some(TrustLevel::Proven), ..none };
    assert_eq!(step(&surer, &first_party(), Some(&session()), None), refused(Refusal::InteractionRequired));
}

#[test]
fn a_fresh_sign_in_is_asked_for_once() {
    let mut again = session();
    again.authenticated_at = NOW;
    for ask in [prompt("login"), prompt("select_account"), Ask { max_age: Some(59), ..ask() }] {
        assert_eq!(
            step(&ask, &first_party(), Some(&session()), None),
            Step::SignIn(SignInReason::TooOld),
            "{ask:?}"
        );
        assert!(matches!(step(&ask, &first_party(), Some(&again), None), Step::Approved(_)));
    }
    let young = Ask { max_age: Some(60), ..ask() };
    assert!(matches!(step(&young, &first_party(), Some(&session()), None), Step::Approved(_)));
}

#[test]
fn nobody_else_than_the_hinted_person_will_do() {
    let hinted = |id| Ask { hinted: hinted(id), ..ask() };
    assert_eq!(
        step(&hinted(2), &first_party(), Some(&session()), None),
        Step::SignIn(SignInReason::SomebodyElse)
    );
    assert!(matches!(step(&hinted(1), &first_party(), Some(&session()), None), Step::Approved(_)));
}

#[test]
fn levels_are_demanded_by_the_request_or_by_the_client() {
    let by_ask = Ask { min_aal: Some(AuthenticationLevel::PhishingResistant), ..ask() };
    let step_up = Step::StepUp(AuthenticationLevel::PhishingResistant);
    assert_eq!(step(&by_ask, &first_party(), Some(&session()), None), step_up);
    let mut by_client = first_party();
    by_client.metadata.min_aal = Some(AuthenticationLevel::PhishingResistant);
    assert_eq!(step(&ask(), &by_client, Some(&session()), None), step_up);
    let given_up = Ask { unmet: true, ..by_ask };
    assert_eq!(
        step(&given_up, &first_party(), Some(&session()), None),
        Step::Refused(Refusal::UnmetAuthenticationRequirements)
    );
    let strong = Session { aal: AuthenticationLevel::PhishingResistant, ..session() };
    assert!(matches!(step(&given_up, &first_party(), Some(&strong), None), Step::Approved(_)));
    by_client.metadata.min_aal = None;
    by_client.metadata.min_trust = Some(TrustLevel::Proven);
    let raise = Step::Raise(TrustLevel::Proven);
    assert_eq!(step(&ask(), &by_client, Some(&session()), None), raise);
    let refused = Step::Refused(Refusal::InteractionRequired);
    assert_eq!(step(&prompt("none"), &by_client, Some(&session()), None), refused);
    let refused = Step::Refused(Refusal::UnmetAuthenticationRequirements);
    assert_eq!(step(&Ask { unmet: true, ..ask() }, &by_client, Some(&session()), None), refused);
}

#[test]
fn who_wants_a_second_factor_always_is_asked_for_it_everywhere() {
    let session = Session { second_factor_always: true, ..session() };
    let wanted = Step::StepUp(AuthenticationLevel::TwoFactors);
    assert_eq!(step(&ask(), &first_party(), Some(&session), None), wanted);
    let refused = Step::Refused(Refusal::InteractionRequired);
    assert_eq!(step(&prompt("none"), &first_party(), Some(&session), None), refused);
    let proven = Session { aal: AuthenticationLevel::TwoFactors, ..session };
    assert!(matches!(step(&ask(), &first_party(), Some(&proven), None), Step::Approved(_)));
}

#[test]
fn consent_is_asked_for_anew_where_the_request_or_the_address_wants_it() {
    let again = prompt("consent");
    assert!(matches!(step(&again, &client(), Some(&session()), all()), Step::Consent(_)));
    assert!(matches!(step(&again, &first_party(), Some(&session()), all()), Step::Consent(_)));
    let answered = Ask { consented: Some(true), ..again.clone() };
    assert!(matches!(step(&answered, &client(), Some(&session()), all()), Step::Approved(_)));
    let denied = Ask { consented: Some(false), ..again };
    assert_eq!(step(&denied, &client(), Some(&session()), all()), Step::Refused(Refusal::AccessDenied));
    // RFC 8252 section 8.6, also for a first party.
    let native = Ask { way: redirect("gov.example.app:/cb"), ..ask() };
    assert!(matches!(step(&native, &first_party(), Some(&session()), all()), Step::Consent(_)));
}

#[test]
fn another_screen_is_looked_at_first_and_proof_comes_after_the_yes() {
    let decide = |ask: &Ask, aal, ago: u64, best| {
        let session = Session { aal, authenticated_at: NOW.minus(Duration::from_secs(ago)), ..session() };
        let choice = Choice::Settled(Capacity::Oneself);
        next(ask, &first_party(), Some(&Facts { session, choice, consent: None, best }), NOW)
    };
    let (one, two, three) = (
        AuthenticationLevel::OneFactor,
        AuthenticationLevel::TwoFactors,
        AuthenticationLevel::PhishingResistant,
    );
    assert_eq!(
        step(&elsewhere(false, true), &first_party(), None, None),
        Step::SignIn(SignInReason::NoSession)
    );
    // Whatever the first party, whatever was shown: nothing is allowed unseen.
    assert_eq!(decide(&elsewhere(false, true), three, 0, Some(three)), Step::Confirm);
    assert_eq!(decide(&elsewhere(false, false), three, 0, None), Step::Confirm);
    let allowed = Step::Approved(Scopes::parse(OPENID_PROFILE));
    assert_eq!(decide(&elsewhere(true, false), one, 9999, None), allowed);
    for (aal, ago, best, next) in [
        (one, 0, one, allowed),
        (one, 301, one, Step::SignIn(SignInReason::TooOld)),
        (one, 0, two, Step::StepUp(two)),
        (two, 300, two, allowed),
        (two, 301, two, Step::StepUp(two)),
        (two, 0, three, Step::StepUp(three)),
        (three, 0, three, allowed),
        (three, 301, three, Step::StepUp(three)),
    ] {
        assert_eq!(decide(&elsewhere(true, true), aal, ago, Some(best)), next, "{aal:?} {ago} {best:?}");
    }
    let given_up = Ask { unmet: true, ..elsewhere(true, true) };
    let refused = Step::Refused(Refusal::UnmetAuthenticationRequirements);
    assert_eq!(decide(&given_up, one, 0, Some(two)), refused);
    let denied = Ask { consented: Some(false), ..elsewhere(false, true) };
    assert_eq!(decide(&denied, one, 0, Some(two)), Step::Refused(Refusal::AccessDenied));
}
