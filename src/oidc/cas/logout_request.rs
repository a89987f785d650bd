//! Single logout (section 2.3.3 and appendix C): a service is told of a sign-in's end by its ticket.

use super::answer::escaped;
use crate::base::Visit;
use crate::logout::CasTicket;

/// The SAML request that is posted to the service as `logoutRequest`.
pub fn of(visit: &Visit, sub: &str, ticket: &CasTicket) -> String {
    // An XML id begins with no digit.
    let id = visit.chance.id().simple();
    let at = visit.now.timestamp();
    let (sub, index) = (escaped(sub), escaped(&ticket.ticket));
    format!(
        "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"LR-{id}\" Version=\"2.0\" IssueInstant=\"{at}\">\
         <saml:NameID>{sub}</saml:NameID><samlp:SessionIndex>{index}</samlp:SessionIndex></samlp:LogoutRequest>"
    )
}
