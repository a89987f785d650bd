//! Whom an ID token of ours means: the person, and the account they acted for.

use super::id_token::Hint;
use crate::app::App;
use crate::ask::Hinted;
use crate::grant;

/// `None` if the account is not here any more.
pub async fn hinted(app: &App, hint: &Hint) -> Result<Option<Hinted>, grant::Error> {
    let Some(account) = grant::account_of(&mut &app.db, &hint.sub).await? else { return Ok(None) };
    let (Some(act), Some(mandate)) = (&hint.act, &hint.mandate) else {
        return Ok(Some(Hinted { person: account, represented: None }));
    };
    let person = grant::account_of(&mut &app.db, &act.sub).await?;
    Ok(person.map(|person| Hinted { person, represented: Some((account, mandate.id)) }))
}
