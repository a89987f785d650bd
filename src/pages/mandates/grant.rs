//! Giving a mandate: for an organization, under an agency's mandate, or for oneself. Whether whom it is given
//! to has an account, the answer does not tell.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::organization::governed;
use super::own;
use crate::base::number::{CreditCode, NumberKind, OfficialNumber};
use crate::base::{Moment, OrganizationName, Scope};
use crate::client::{self, ClientState};
use crate::http::{Failure, Params, urls};
use crate::mandate::{self, Authority, Invited, MandateScope, Offer, Refused, Role};
use crate::pages::factors::gate_of_mandates;
use crate::pages::here::{Here, Posted};
use crate::pages::view::{Fault, GrantMandate};

/// Services offered as boxes; with more of them, matters are the better words.
const MOST_SERVICES: usize = 30;

/// In whose name something is given.
struct Giving {
    authority: Authority,
    grantor: String,
    action: String,
    back: String,
    roles: Vec<Role>,
    agencies: bool,
}

pub async fn show(here: Here, Path(id): Path<Uuid>) -> Result<Response, Failure> {
    let session = match gate_of_mandates(&here, &back_to(id, here.query.get("under"))).await? {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let giving = for_organization(&here, session.person, id, here.query.get("under")).await?;
    page(&here, &giving, &Params::default(), StatusCode::OK, Vec::new()).await
}

pub async fn submit(Path(id): Path<Uuid>, Posted { here, form }: Posted) -> Result<Response, Failure> {
    let session = match gate_of_mandates(&here, &back_to(id, form.get("under"))).await? {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let giving = for_organization(&here, session.person, id, form.get("under")).await?;
    give(&here, &giving, &form).await
}

pub async fn show_helper(here: Here) -> Result<Response, Failure> {
    let session = match gate_of_mandates(&here, urls::HELPER_ADD).await? {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let giving = for_oneself(&here, session.person).await?;
    page(&here, &giving, &Params::default(), StatusCode::OK, Vec::new()).await
}

pub async fn submit_helper(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let session = match gate_of_mandates(&here, urls::HELPER_ADD).await? {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let giving = for_oneself(&here, session.person).await?;
    give(&here, &giving, &form).await
}

/// Where the person comes back to after a second factor: an agency's mandate is chosen on its page.
fn back_to(id: Uuid, under: Option<&str>) -> String {
    if under.is_some() { urls::organization(id) } else { urls::grant_for(id) }
}

async fn for_organization(
    here: &Here,
    person: Uuid,
    id: Uuid,
    under: Option<&str>,
) -> Result<Giving, Failure> {
    let (organization, authority) = governed(here, person, id).await?;
    let back = urls::organization(id);
    let action = urls::grant_for(id);
    let grantor = organization.name.as_str().to_owned();
    let Some(under) = under else {
        let Authority::Under(own) = &authority else { return Err(Failure::bad_request("invalid_request")) };
        let roles = Role::ALL.into_iter().filter(|role| own.role.may_grant(*role)).collect();
        return Ok(Giving { authority, grantor, action, back, roles, agencies: true });
    };
    let (mut read, keys) = (&here.app.db, here.app.keys.data());
    let accepted = mandate::of_grantee_organization(&mut read, &keys, id).await?;
    let accepted = mandate::only_in_force(&mut read, &keys, &here.visit, accepted).await?;
    let mandate = accepted.into_iter().find(|mandate| mandate.id.to_string() == under);
    let mandate = mandate.ok_or(mandate::Error::Refused(Refused::Unknown))?;
    let authority = Authority::Agency { mandate };
    Ok(Giving { authority, grantor, action, back, roles: vec![Role::Handler], agencies: false })
}

async fn for_oneself(here: &Here, person: Uuid) -> Result<Giving, Failure> {
    let person = own(here, person).await?;
    Ok(Giving {
        authority: Authority::Oneself(person.id),
        grantor: person.name.masked(),
        action: urls::HELPER_ADD.to_owned(),
        back: urls::MANDATES.to_owned(),
        roles: vec![Role::Helper],
        agencies: false,
    })
}

async fn give(here: &Here, giving: &Giving, form: &Params) -> Result<Response, Failure> {
    let offer = match read(here, giving, form) {
        Ok(offer) => offer,
        Err(faults) => return page(here, giving, form, StatusCode::UNPROCESSABLE_ENTITY, faults).await,
    };
    let mut tx = here.app.db.begin().await?;
    let offered =
        mandate::offer(&mut tx, &here.app.keys.data(), &here.visit, &giving.authority, &offer).await;
    let fault = match offered {
        Ok(_) => {
            tx.commit().await?;
            return Ok(here.go(&giving.back));
        }
        Err(mandate::Error::Refused(Refused::Scope)) => Fault::ScopeTooWide,
        Err(mandate::Error::Refused(Refused::Period)) => Fault::PeriodWrong,
        Err(mandate::Error::Refused(Refused::Circle)) => Fault::AgencyCircle,
        Err(mandate::Error::Refused(Refused::Depth)) => Fault::AgencyDepth,
        Err(mandate::Error::Refused(Refused::Exists)) => Fault::MandateExists,
        Err(other) => return Err(other.into()),
    };
    page(here, giving, form, StatusCode::UNPROCESSABLE_ENTITY, vec![fault]).await
}

/// What the form says, or what is to be put right.
fn read(here: &Here, giving: &Giving, form: &Params) -> Result<Offer, Vec<Fault>> {
    let mut faults = Vec::new();
    let name = form.get("name").unwrap_or_default();
    let name = OrganizationName::parse(name).map_err(|_| {
        faults.push(if name.trim().is_empty() { Fault::NameMissing } else { Fault::NameMalformed });
    });
    let typed = form.get("number").unwrap_or_default();
    let number = official(typed, giving.agencies, here).ok_or_else(|| {
        faults.push(if typed.trim().is_empty() { Fault::NumberMissing } else { Fault::NumberMistyped });
    });
    let role = match form.get("role") {
        None => giving.roles.last().copied(),
        Some(word) => giving.roles.iter().copied().find(|role| role.as_str() == word),
    };
    let day = |name: &str| form.get(name).and_then(|text| text.parse::<jiff::civil::Date>().ok());
    let starts_at = match form.get("from") {
        None | Some("") => Some(here.visit.now),
        // A day that has begun, or is over, means at once: nothing was allowed before it was given.
        Some(_) => day("from").and_then(Moment::of_day).map(|begin| begin.max(here.visit.now)),
    };
    let until = day("until");
    // The day that is named is the last.
    let until = until.and_then(|day| day.tomorrow().ok()).and_then(Moment::of_day);
    if until.is_none_or(|end| starts_at.is_none_or(|begin| end <= begin)) {
        faults.push(Fault::PeriodWrong);
    }
    let scope = scope(form).ok_or_else(|| faults.push(Fault::ScopeMalformed));
    let (Ok(name), Ok(number), Some(role), Ok(scope), Some(starts_at), true) =
        (name, number, role, scope, starts_at, faults.is_empty())
    else {
        return Err(if faults.is_empty() { vec![Fault::ScopeMalformed] } else { faults });
    };
    let evidence = "grantor".to_owned();
    Ok(Offer { to: Invited { number, name }, role, scope, starts_at, ends_at: until, evidence })
}

/// A person's number, or an agency's credit code where one may be named.
fn official(text: &str, agencies: bool, here: &Here) -> Option<OfficialNumber> {
    let today = here.visit.now.day();
    let person = OfficialNumber::parse(NumberKind::CitizenId, text, today).ok();
    let others = [NumberKind::HmPermit, NumberKind::TwPermit, NumberKind::Passport];
    let agency = || agencies.then(|| CreditCode::parse(text).ok()).flatten().map(OfficialNumber::from);
    person
        .or_else(agency)
        .or_else(|| others.into_iter().find_map(|kind| OfficialNumber::parse(kind, text, today).ok()))
}

/// The ticked services and the typed matters; neither is everything.
fn scope(form: &Params) -> Option<MandateScope> {
    let clients =
        form.iter().filter_map(|(name, _)| Some(format!("client:{}", name.strip_prefix("client-")?)));
    let matters = form.get("matters").unwrap_or_default();
    let matters = matters
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；'))
        .filter(|code| !code.is_empty())
        .map(|code| format!("matter:{code}"));
    let words: Vec<String> = clients.chain(matters).collect();
    if words.is_empty() {
        return Some(MandateScope::ALL);
    }
    MandateScope::parse(&words.iter().map(String::as_str).collect::<Vec<_>>()).ok()
}

async fn page(
    here: &Here,
    giving: &Giving,
    form: &Params,
    status: StatusCode,
    faults: Vec<Fault>,
) -> Result<Response, Failure> {
    let text = |name: &str, longest: usize| -> String {
        form.get(name).unwrap_or_default().chars().take(longest).collect()
    };
    let represented = if giving.roles == [Role::Helper] { Scope::Represented } else { Scope::Organization };
    let clients = client::list(&mut &here.app.db, "").await?;
    let services = clients
        .into_iter()
        .filter(|(_, state, metadata)| *state == ClientState::Active && metadata.scope.contains(represented))
        .take(MOST_SERVICES)
        .map(|(id, _, metadata)| {
            let ticked = form.get(&format!("client-{id}")).is_some();
            (id, metadata.client_name, ticked)
        })
        .collect();
    let chosen = form.get("role").and_then(|word| word.parse().ok());
    let page = GrantMandate {
        action: giving.action.clone(),
        under: match &giving.authority {
            Authority::Agency { mandate } => Some(mandate.id.to_string()),
            _ => None,
        },
        grantor: giving.grantor.clone(),
        role: chosen.or(giving.roles.last().copied()).unwrap_or(Role::Handler),
        roles: giving.roles.clone(),
        agencies: giving.agencies,
        name: text("name", 100),
        number: text("number", 40),
        from: text("from", 10),
        until: text("until", 10),
        matters: text("matters", 400),
        services,
        back: giving.back.clone(),
        faults,
    };
    Ok(here.page(status, page.render(&here.frame()?)))
}
