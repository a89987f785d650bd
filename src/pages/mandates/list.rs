//! Everything a person holds, is offered, or has given.

use axum::http::StatusCode;
use axum::response::Response;

use super::{given, offered, own};
use crate::http::{Failure, urls};
use crate::mandate::{self, Party, Role};
use crate::pages::capacity::card;
use crate::pages::here::Here;
use crate::pages::view::{Held, Mandates};

pub async fn show(here: Here) -> Result<Response, Failure> {
    let session = match here.finished() {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let (mut read, keys) = (&here.app.db, here.app.keys.data());
    let person = own(&here, session.person).await?;
    let mut held = Vec::new();
    for party in [Party::Organization, Party::Person] {
        for mandate in mandate::of_person(&mut read, &keys, &here.visit, person.id, party).await? {
            let manage = mandate.role.may_grant_at_all().then(|| urls::organization(mandate.grantor));
            let may_end = !matches!(mandate.role, Role::LegalRepresentative | Role::Guardian);
            held.extend(card(&here, &mandate, false).await?.map(|card| Held { card, manage, may_end }));
        }
    }
    let invitations =
        mandate::invitations(&mut read, &keys, &here.visit, &person.number, &person.name.folded()).await?;
    let page = Mandates {
        held,
        invitations: offered(&here, invitations).await?,
        given: given(&here, mandate::of_grantor(&mut read, &keys, person.id).await?).await?,
    };
    Ok(here.page(StatusCode::OK, page.render(&here.frame()?)))
}
