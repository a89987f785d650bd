//! At a window, the person chooses the PIN that goes with their ID card. The clerk has opened this page for them and
//! looks away; what is typed comes here and to nobody else.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;

use super::here::{Here, Posted};
use super::view::{ChoosePin, Fault, origin};
use crate::base::Secret;
use crate::credential::pin::{WeakPin, acceptable};
use crate::http::{Failure, Params, urls};
use crate::operator::ceremony::{self, ToChoose};
use crate::operator::counter::{self, Deed, Whose};
use crate::operator::{Error, Refused};

/// What is chosen, for whom, and by which handle the page was found.
struct Choice {
    handle: String,
    asked: ToChoose,
    deed: Deed,
    whose: Whose,
}

pub async fn show(here: Here) -> Result<Response, Failure> {
    let choice = find(&here, &here.query).await?;
    page(&here, &choice, StatusCode::OK, Vec::new())
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let choice = find(&here, &form).await?;
    let typed = |name| Secret::new(form.get(name).unwrap_or_default());
    let (pin, again) = (typed("pin"), typed("again"));
    let Whose { number, phone, .. } = &choice.whose;
    let phone = phone.as_ref().map(|phone| phone.as_str());
    let fault = match acceptable(&pin, number.as_str(), phone) {
        Err(WeakPin::Form) => Some(Fault::PinMalformed),
        Err(WeakPin::Row | WeakPin::Common) => Some(Fault::PinCommon),
        Err(WeakPin::Telling) => Some(Fault::PinPersonal),
        Ok(()) if pin.reveal() != again.reveal() => Some(Fault::PinsDiffer),
        Ok(()) => None,
    };
    if let Some(fault) = fault {
        return page(&here, &choice, StatusCode::UNPROCESSABLE_ENTITY, vec![fault]);
    }
    let Ok(hash) = here.app.hasher.hash(pin).await else {
        let fault = Fault::Busy(Duration::from_secs(5));
        return page(&here, &choice, StatusCode::SERVICE_UNAVAILABLE, vec![fault]);
    };
    // Of two who send it, one has chosen.
    let taken: Option<ToChoose> = ceremony::take(&here.app.transient, &choice.handle).await?;
    taken.ok_or_else(Failure::expired)?;
    let mut tx = here.app.db.begin().await?;
    let chosen = counter::choose_pin(&mut tx, &here.app.keys.data(), &here.visit, &choice.deed, &hash).await;
    match chosen {
        Ok(_) => tx.commit().await?,
        Err(Error::Refused(Refused::Changed)) => return Err(Failure::expired()),
        Err(other) => return Err(other.into()),
    }
    Ok(here.go(&choice.asked.asked.back))
}

async fn find(here: &Here, params: &Params) -> Result<Choice, Failure> {
    let handle = params.get("choice").unwrap_or_default().to_owned();
    let (app, keys) = (&here.app, here.app.keys.data());
    let asked: Option<ToChoose> = ceremony::look(&app.transient, &handle).await?;
    let asked = asked.ok_or_else(Failure::expired)?;
    let deed = counter::find_deed(&mut &app.db, &keys, asked.pin_for).await?;
    let deed = deed.filter(|deed| deed.is_choosing(&here.visit)).ok_or_else(Failure::expired)?;
    let whose = counter::whose(&mut &app.db, &keys, &deed).await?.ok_or_else(Failure::expired)?;
    Ok(Choice { handle, asked, deed, whose })
}

fn page(here: &Here, choice: &Choice, status: StatusCode, faults: Vec<Fault>) -> Result<Response, Failure> {
    let page = ChoosePin {
        place: choice.asked.asked.place.clone(),
        name: choice.whose.name.masked(),
        choice: choice.handle.clone(),
        faults,
    };
    let mut frame = here.frame()?;
    frame.path = format!("{}?choice={}", urls::PIN, choice.handle);
    let back = origin(&choice.asked.asked.back);
    Ok(here.page_leading_to(status, page.render(&frame), back))
}
