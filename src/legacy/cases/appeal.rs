//! What a citizen sees of decisions about accounts that carry their number, and their word against one.

use uuid::Uuid;

use super::super::claim::has_shown_level_4;
use super::super::{Error, State};
use super::{CaseState, Decision, LegacyCase, NOT_MINE, Opening, columns, decide, find, open, read_case};
use crate::base::Visit;
use crate::base::number::OfficialNumber;
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};
use crate::identity;

/// A case as the citizen whom it concerns sees it.
#[derive(Clone, Debug)]
pub struct Concern {
    pub case: LegacyCase,
    /// A rejection that they have said nothing against yet; one word is heard, by operators who did not decide before.
    pub may_appeal: bool,
}

/// The cases that concern a person, the newest first; fifty at most. Those that name them; and, once they have shown level
/// 4, rejections of accounts that carry their number: before, nobody learns that there is such an account.
pub async fn concerns(read: &mut impl Read, keys: &DataKeys, person: Uuid) -> Result<Vec<Concern>, Error> {
    let named =
        concat!("select ", columns!(), " where other = $1 and source is not null order by id desc limit 50");
    let mut cases = read.all(named, values![person], read_case).await?;
    if has_shown_level_4(read, keys, person).await?
        && let Some(found) = identity::load(read, keys, person).await?
    {
        for digest in digests(keys, &found.number) {
            let carrying = concat!(
                "select ",
                columns!(),
                " where state = 'decided' and decision = 'reject' and source is not null
                    and account in (select id from legacy_account where number_digest = $1)
                  order by id desc limit 50"
            );
            cases.extend(read.all(carrying, values![&digest], read_case).await?);
        }
    }
    cases.sort_by_key(|case| std::cmp::Reverse(case.id));
    cases.dedup_by_key(|case| case.id);
    cases.truncate(50);
    let against: Vec<Uuid> = cases.iter().filter_map(|case| case.appeal_of).collect();
    Ok(cases
        .into_iter()
        .map(|case| {
            let may_appeal = is_rejected(&case) && case.appeal_of.is_none() && !against.contains(&case.id);
            Concern { case, may_appeal }
        })
        .collect())
}

/// The digests under which accounts carry a number.
fn digests(keys: &DataKeys, number: &OfficialNumber) -> Vec<Vec<u8>> {
    let all = keys.blind(&identity::index_domain(number.kind().as_str()), number.as_str());
    all.into_iter().map(|index| index.digest).collect()
}

fn is_rejected(case: &LegacyCase) -> bool {
    case.state == CaseState::Decided && case.decision.as_deref() == Some(Decision::Reject.as_str())
}

/// A citizen appeals against a rejection that concerns them: a new case, which names the old one and keeps what they say.
///
/// # Errors
/// [`Error::NoCase`]: it concerns somebody else, or nobody may appeal against it (any more).
pub async fn appeal(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    (case, person): (Uuid, Uuid),
    statement: &str,
) -> Result<Uuid, Error> {
    let concerned = concerns(tx, keys, person).await?;
    if !concerned.iter().any(|one| one.case.id == case && one.may_appeal) {
        return Err(Error::NoCase);
    }
    let found = find(tx, case).await?.ok_or(Error::NoCase)?;
    // Of two at once, one finds the account rejected.
    decide::turn(tx, found.legacy_account, &[State::Rejected, State::Rejected], State::Unmerged).await?;
    let opening = Opening {
        kind: NOT_MINE,
        legacy_account: found.legacy_account,
        other: Some(person),
        source: found.source,
        reason: "APPEAL",
        appeal_of: Some(found.id),
        statement: Some(statement),
    };
    open(tx, keys, visit, opening).await
}
