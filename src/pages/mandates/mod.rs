//! 单位与授权: for whom a person may act, and who may act for them or for their organization.

pub mod answer;
pub mod grant;
pub mod guardian;
pub mod licence;
pub mod list;
pub mod organization;
pub mod representative;

use uuid::Uuid;

use super::capacity::card;
use super::here::Here;
use super::view::{Given, Offered};
use crate::base::PersonName;
use crate::http::Failure;
use crate::identity::{self, Person};
use crate::mandate::{self, Invitation, Mandate, Party, Role, State};

/// Who is signed in.
async fn own(here: &Here, person: Uuid) -> Result<Person, Failure> {
    let person = identity::load(&mut &here.app.db, &here.app.keys.data(), person).await?;
    person.ok_or_else(|| Failure::internal(&"a session without its person"))
}

/// Mandates as those see them who gave them.
async fn given(here: &Here, mandates: Vec<Mandate>) -> Result<Vec<Given>, Failure> {
    let (mut read, keys) = (&here.app.db, here.app.keys.data());
    let mut rows = Vec::new();
    for mandate in mandates {
        let over = mandate.ends_at.is_some_and(|end| end <= here.visit.now);
        let (name, number) = match (mandate.grantee, mandate.grantee_kind) {
            _ if over => continue,
            (None, kind) => {
                let invited = mandate::open(&mut read, &keys, mandate.clone()).await?;
                let name = invited.name.as_str();
                let masked = || PersonName::parse(name).map(|name| name.masked()).unwrap_or_default();
                let name = if kind == Party::Person { masked() } else { name.to_owned() };
                (name, Some(invited.number))
            }
            (Some(id), Party::Person) => match identity::load(&mut read, &keys, id).await? {
                Some(person) => (person.name.masked(), Some(person.number.masked())),
                None => continue,
            },
            (Some(id), Party::Organization) => match identity::load_organization(&mut read, &keys, id).await?
            {
                Some(agency) => (agency.name.as_str().to_owned(), Some(agency.code.masked())),
                None => continue,
            },
        };
        rows.push(Given {
            id: mandate.id.to_string(),
            name,
            number,
            role: mandate.role,
            from: (here.visit.now < mandate.starts_at).then(|| mandate.starts_at.day()),
            until: mandate.ends_at.map(|end| end.day()),
            accepted: mandate.state == State::Active,
            may_end: mandate.role != Role::LegalRepresentative,
            scope: mandate.scope,
        });
    }
    Ok(rows)
}

async fn offered(here: &Here, invitations: Vec<Invitation>) -> Result<Vec<Offered>, Failure> {
    let mut rows = Vec::new();
    for invitation in invitations {
        let card = card(here, &invitation.mandate, false).await?;
        rows.extend(card.map(|card| Offered { card, scope: invitation.mandate.scope }));
    }
    Ok(rows)
}
