//! An organization's page, for those who may grant for it: its handlers, and what they did in its name.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::{given, offered};
use crate::grant;
use crate::http::{Failure, urls};
use crate::identity::{self, Organization};
use crate::mandate::{self, Authority};
use crate::pages::capacity::card;
use crate::pages::here::Here;
use crate::pages::view::{Deed, Held, OrganizationPage};

pub async fn show(here: Here, Path(id): Path<Uuid>) -> Result<Response, Failure> {
    let session = match here.finished() {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let (organization, _) = governed(&here, session.person, id).await?;
    let (mut read, keys) = (&here.app.db, here.app.keys.data());
    let mut agency = Vec::new();
    let accepted = mandate::of_grantee_organization(&mut read, &keys, id).await?;
    for mandate in mandate::only_in_force(&mut read, &keys, &here.visit, accepted).await? {
        let manage = Some(format!("{}/grant?under={}", urls::organization(id), mandate.id));
        agency.extend(card(&here, &mandate, false).await?.map(|card| Held { card, manage, may_end: true }));
    }
    let number = organization.code.clone().into();
    let invitations =
        mandate::invitations(&mut read, &keys, &here.visit, &number, &organization.name.folded()).await?;
    let page = OrganizationPage {
        id: id.to_string(),
        name: organization.name.as_str().to_owned(),
        code: organization.code.masked(),
        contested: organization.life.contested_at.is_some(),
        given: given(&here, mandate::of_grantor(&mut read, &keys, id).await?).await?,
        agency,
        invitations: offered(&here, invitations).await?,
        deeds: deeds(&here, id).await?,
    };
    Ok(here.page(StatusCode::OK, page.render(&here.frame()?)))
}

/// The organization, if this person may grant for it; to everybody else there is no such page.
pub(super) async fn governed(
    here: &Here,
    person: Uuid,
    id: Uuid,
) -> Result<(Organization, Authority), Failure> {
    let (mut read, keys) = (&here.app.db, here.app.keys.data());
    let authority = mandate::authority_over(&mut read, &keys, &here.visit, person, id).await?;
    let organization = identity::load_organization(&mut read, &keys, id).await?;
    organization.zip(authority).ok_or_else(|| Failure::new(StatusCode::NOT_FOUND, "not_found"))
}

async fn deeds(here: &Here, organization: Uuid) -> Result<Vec<Deed>, Failure> {
    let (mut read, keys) = (&here.app.db, here.app.keys.data());
    let mut deeds = Vec::new();
    for (client, person, at) in grant::made_for(&mut read, organization).await? {
        let person = identity::load(&mut read, &keys, person).await?;
        let service = here.app.client(&client).await?;
        deeds.push(Deed {
            who: person.map(|person| person.name.masked()).unwrap_or_default(),
            service: service.map_or(client, |client| client.metadata.client_name.clone()),
            at: at.local(),
        });
    }
    Ok(deeds)
}
