//! For whom a person may act, who may act for them, and for an organization what its handlers did.

use jiff::civil::{Date, DateTime};

use super::Frame;
use super::capacity::{ActingFor, role_key};
use super::fault::Fault;
use crate::mandate::{MandateScope, Role};

page!(Mandates, "mandates.html");
page!(AddOrganization, "organization_add.html");
page!(OrganizationPage, "organization.html");
page!(GrantMandate, "mandate_grant.html");
page!(AddWard, "ward_add.html");
page!(ShowLicence, "licence.html");

/// 单位与授权: everything this person holds, is offered, or has given.
pub struct Mandates {
    pub held: Vec<Held>,
    pub invitations: Vec<Offered>,
    /// Those who may act for this person.
    pub given: Vec<Given>,
}

/// A mandate this person holds. Form `mandate-end-<id>` gives it back.
pub struct Held {
    pub card: ActingFor,
    /// The organization's page, for those who may grant.
    pub manage: Option<String>,
    /// A representative is dismissed by the register only.
    pub may_end: bool,
}

/// An offered mandate. Form `invitation-<id>`: `decision` is `allow` or `deny`.
pub struct Offered {
    pub card: ActingFor,
    pub scope: MandateScope,
}

/// A mandate that somebody was given here. Form `mandate-end-<id>`.
pub struct Given {
    pub id: String,
    /// A person's masked.
    pub name: String,
    /// Masked.
    pub number: Option<String>,
    pub role: Role,
    pub scope: MandateScope,
    /// While that day has not come.
    pub from: Option<Date>,
    pub until: Option<Date>,
    pub accepted: bool,
    pub may_end: bool,
}

impl Given {
    pub fn standing(&self, frame: &Frame) -> String {
        let role = frame.t(role_key(&self.role)).into_owned();
        let from = self.from.map(|day| frame.with("mandate-from", "day", frame.date(&day)));
        let until = self.until.map(|day| frame.with("mandate-until", "day", frame.date(&day)));
        let waits = (!self.accepted).then(|| frame.t("mandate-waits").into_owned());
        [Some(role), from, until, waits].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

/// What a mandate covers, in words.
pub fn scope_words(frame: &Frame, scope: &MandateScope) -> String {
    let all = || frame.t("mandate-scope-all").into_owned();
    let list = |names: Vec<&str>| names.join("、");
    let (clients, matters): (Vec<_>, Vec<_>) = (scope.clients().collect(), scope.matters().collect());
    match (clients.is_empty(), matters.is_empty()) {
        (true, true) => all(),
        (true, false) => frame.with("mandate-scope-matters", "list", list(matters)),
        (false, true) => frame.with("mandate-scope-services", "list", list(clients)),
        (false, false) => format!(
            "{} · {}",
            frame.with("mandate-scope-services", "list", list(clients)),
            frame.with("mandate-scope-matters", "list", list(matters))
        ),
    }
}

/// The legal representative adds their organization. Form `organization`: field `credit_code`.
pub struct AddOrganization {
    pub code: String,
    /// Whether an electronic business licence will do as well.
    pub licence: bool,
    pub faults: Vec<Fault>,
}

/// Plug in the enterprise's licence. Form `licence`.
pub struct ShowLicence {
    pub faults: Vec<Fault>,
}

/// A guardian opens an account for a child. Form `ward`: fields `name`, `number`.
pub struct AddWard {
    pub name: String,
    pub number: String,
    pub faults: Vec<Fault>,
}

/// An organization, for those who may grant for it.
pub struct OrganizationPage {
    pub id: String,
    pub name: String,
    /// Masked.
    pub code: String,
    /// Two parties claim it: nobody acts for it.
    pub contested: bool,
    pub given: Vec<Given>,
    /// Mandates of other organizations that this one acts under, and whom it has put on them.
    pub agency: Vec<Held>,
    pub invitations: Vec<Offered>,
    pub deeds: Vec<Deed>,
}

/// What a handler did: signed in to a service in the organization's name.
pub struct Deed {
    /// Masked.
    pub who: String,
    pub service: String,
    pub at: DateTime,
}

/// Gives a mandate. Form `mandate`: fields `name`, `number`, radio `role`, `from`, `until`, `matters`, and a
/// box `client-<id>` a service.
pub struct GrantMandate {
    /// Where the form is sent.
    pub action: String,
    /// The agency's mandate that is passed on.
    pub under: Option<String>,
    /// In whose name it is given.
    pub grantor: String,
    /// The roles to choose from; one alone is not asked.
    pub roles: Vec<Role>,
    pub role: Role,
    /// Also an organization may be named, by its credit code.
    pub agencies: bool,
    pub name: String,
    pub number: String,
    /// Empty: at once.
    pub from: String,
    pub until: String,
    pub matters: String,
    /// Service and whether it is ticked.
    pub services: Vec<(String, String, bool)>,
    pub back: String,
    pub faults: Vec<Fault>,
}
