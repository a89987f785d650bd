//! An old password was right. It opens little: who has no other way in sets a new password before anything goes on,
//! and everybody else is told how they sign in.

use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::title_of;
use crate::base::Secret;
use crate::credential::Busy;
use crate::http::{Failure, urls};
use crate::legacy::{self, Known, Opens};
use crate::pages::here::Here;
use crate::pages::kept::{self, Journey};
use crate::pages::view::{OldPassword, OldPasswordOf};

/// From the old password to the new one. No session is begun meanwhile, so nothing can be had by it.
#[derive(Serialize, Deserialize)]
pub(super) struct Shown {
    pub browser: Uuid,
    pub legacy_account: Uuid,
    pub source: Uuid,
}

impl Journey for Shown {
    const NAME: &'static str = "shown";

    fn browser(&self) -> Uuid {
        self.browser
    }
}

pub async fn is_password(
    here: &Here,
    known: &Known,
    secret: Secret,
) -> Result<Result<super::Shown, Busy>, Failure> {
    super::is_password(here, Some(known), secret).await
}

/// Where it goes on.
pub async fn goes_on(here: &Here, known: &Known) -> Result<Response, Failure> {
    let opens = legacy::opens(&mut &here.app.db, &here.app.keys.data(), known.id).await?;
    let of = match opens {
        Opens::NewPassword(_) => {
            let shown = Shown { browser: here.browser.id, legacy_account: known.id, source: known.source };
            let handle = kept::keep(here, &shown, None).await?;
            return Ok(here.go(&kept::next::<Shown>(here, urls::NEW_PASSWORD, handle)));
        }
        Opens::OwnSignIn(_) => OldPasswordOf::Person,
        Opens::Organization => OldPasswordOf::Organization,
        Opens::Held => return Err(Failure::new(StatusCode::FORBIDDEN, "account_held")),
        Opens::Nothing => return Err(Failure::bad_request("refused")),
    };
    let page =
        OldPassword { of, source: title_of(here, known.source).await?, sign_in: here.along(urls::SIGN_IN) };
    let mut frame = here.frame()?;
    frame.path = here.along(urls::SIGN_IN);
    Ok(here.page(StatusCode::OK, page.render(&frame)))
}
