//! What an operator sees first: who they are here, which role they show, and the rooms that it opens.

use axum::http::{StatusCode, header};
use axum::response::Response;

use super::rights::{Anyone, Form};
use crate::credential::{Holder, passkey};
use crate::http::{Failure, cookies, urls};
use crate::legacy::cases;
use crate::operator;
use crate::view::{ConsoleHome, Room};

pub async fn show(Anyone { desk, session }: Anyone) -> Result<Response, Failure> {
    let passkeys = passkey::list(&mut &desk.app.db, Holder::Operator(session.operator.id)).await?;
    let overdue = match session.role {
        operator::Role::Decider => cases::overdue(&mut &desk.app.db, desk.visit.now).await?,
        _ => 0,
    };
    let page = ConsoleHome {
        name: session.operator.name.reveal().to_owned(),
        role: session.role,
        others: session.operator.roles.iter().filter(|role| *role != session.role).collect(),
        rooms: rooms(session.role),
        overdue,
        can_add_passkey: desk.app.passkeys.is_some(),
        has_passkey: !passkeys.is_empty(),
    };
    Ok(desk.page(StatusCode::OK, page.render(&desk.frame()?)))
}

/// The rooms of a role, in the order in which they are listed. Who builds one adds it here.
fn rooms(role: operator::Role) -> Vec<Room> {
    use operator::Role;
    let sources = Room { key: "console-sources", address: urls::CONSOLE_SOURCES };
    let cases = Room { key: "console-cases", address: urls::CONSOLE_CASES };
    match role {
        Role::Decider => vec![cases, sources],
        Role::Viewer | Role::Keeper | Role::Auditor => vec![sources],
        Role::Registrar | Role::Clerk => Vec::new(),
    }
}

pub async fn choose_role(
    Form { by: Anyone { desk, session }, form }: Form<Anyone>,
) -> Result<Response, Failure> {
    let Some(role) = form.get("role").and_then(|word| word.parse().ok()) else {
        return Err(Failure::bad_request("invalid_request"));
    };
    let mut tx = desk.app.db.begin().await?;
    operator::choose_role(&mut tx, &session, role).await?;
    tx.commit().await?;
    Ok(desk.go(urls::CONSOLE))
}

pub async fn sign_out(Form { by: Anyone { desk, session }, .. }: Form<Anyone>) -> Result<Response, Failure> {
    let mut tx = desk.app.db.begin().await?;
    let which = (session.id, session.operator.id);
    operator::end(&mut tx, &desk.app.keys.data(), &desk.visit, which, "signed out").await?;
    tx.commit().await?;
    let mut response = desk.go(urls::CONSOLE_SIGN_IN);
    response.headers_mut().append(header::SET_COOKIE, cookies::clear_operator(&desk.app));
    Ok(response)
}
