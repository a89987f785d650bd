//! Enterprises that do not exist: one whose representative has added it and made a handler, and two that wait for
//! theirs, of whom one has no account yet.

use serde_json::json;

use super::super::organization;
use super::people::someone;
use crate::app::App;
use crate::base::number::{CreditCode, OfficialNumber, OrgCode};
use crate::base::{Moment, OrganizationName, Visit};
use crate::identity::{self, Known};
use crate::mandate::{self, Authority, Invited, MandateScope, Offer, Party, Role};
use crate::outbound::registers::Standing;

/// Who represents the one that is there, and handles things for it.
pub const REPRESENTATIVE: usize = 11;
pub const HANDLER: usize = 12;
/// Who represents one that is not there.
pub const NEWCOMER: usize = 13;
/// Who represents the other: somebody who first registers.
const UNREGISTERED: usize = 51;

struct Enterprise {
    code: CreditCode,
    name: &'static str,
    representative: usize,
}

fn enterprises() -> Option<[Enterprise; 3]> {
    Some([
        Enterprise {
            code: code("71000001")?, name: "广州云山软件有限公司", representative: REPRESENTATIVE
        },
        Enterprise {
            code: code("71000002")?, name: "珠海海风贸易有限公司", representative: NEWCOMER
        },
        Enterprise {
            code: code("71000003")?, name: "东莞晨光电子有限公司", representative: UNREGISTERED
        },
    ])
}

/// The enterprise that its representative can add.
pub fn waiting() -> Option<(CreditCode, &'static str)> {
    let [_, waiting, _] = enterprises()?;
    Some((waiting.code, waiting.name))
}

fn code(org: &str) -> Option<CreditCode> {
    let org = "0123456789X".chars().find_map(|check| OrgCode::parse(&format!("{org}{check}")).ok())?;
    CreditCode::parse(&CreditCode::candidate('9', '1', "440100", &org)?).ok()
}

/// All as the registers' simulator reads them, an object a line.
pub fn register_lines() -> String {
    let line = |enterprise: Enterprise| {
        let person = someone(enterprise.representative)?;
        let line = json!({
            "credit_code": enterprise.code.as_str(), "name": enterprise.name,
            "representative_name": person.name.as_str(), "representative_id": person.number.as_str(),
        });
        Some(format!("{line}\n"))
    };
    enterprises().into_iter().flatten().filter_map(line).collect()
}

/// Makes the first enterprise's account, once.
pub async fn seed(app: &App, visit: &Visit) -> anyhow::Result<()> {
    let (Some([enterprise, ..]), Some(representative), Some(handler)) =
        (enterprises(), someone(REPRESENTATIVE), someone(HANDLER))
    else {
        return Ok(());
    };
    let keys = app.keys.data();
    let number = OfficialNumber::from(representative.number);
    let person = identity::find_by_number(&mut &app.db, &keys, &number).await?;
    let there = identity::find_by_number(&mut &app.db, &keys, &enterprise.code.clone().into()).await?;
    let (Some(person), None) = (person, there) else { return Ok(()) };
    let known = Known {
        code: enterprise.code,
        name: OrganizationName::parse(enterprise.name)?,
        standing: Standing::Active,
        representative: Some(number),
        representative_name: representative.name,
        department: "commerce".to_owned(),
        reference: "synthetic".to_owned(),
        as_of: visit.now,
        successor: None,
    };
    let id = organization::add(app, visit, &known, Some(person)).await?;
    let number = OfficialNumber::from(handler.number);
    let Some(person) = identity::find_by_number(&mut &app.db, &keys, &number).await? else { return Ok(()) };
    let offer = Offer {
        to: Invited { number, name: OrganizationName::parse(handler.name.as_str())? },
        role: Role::Handler,
        scope: MandateScope::ALL,
        starts_at: visit.now,
        ends_at: jiff::civil::date(2099, 12, 31).tomorrow().ok().and_then(Moment::of_day),
        evidence: "synthetic".to_owned(),
    };
    let mut tx = app.db.begin().await?;
    let by = Authority::Operator(id, Party::Organization);
    let offered = mandate::offer(&mut tx, &keys, visit, &by, &offer).await?;
    let invitation = mandate::open(&mut tx, &keys, offered).await?;
    mandate::accept(&mut tx, &keys, visit, &invitation, person, person).await?;
    tx.commit().await?;
    Ok(())
}
