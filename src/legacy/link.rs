//! A link: that an account of a source belongs to an account here. It is sealed, its state included: who can write the
//! database but has no key can neither make nor wake one.
//!
//! A link is *dormant* until the owner has shown the old password, or level 4: till then it stands in no token, page
//! or export. Taken back it is *unlinked*, for good.

use uuid::Uuid;

use super::Error;
use super::matching::Class;
use crate::base::{Moment, Visit, words};
use crate::crypto::{DataKeys, Unopenable};
use crate::db::{self, Given, Kind, Read, Row, Rows, Tx, values};

words! {
    LinkState {
        Dormant = "dormant",
        Live = "live",
        Unlinked = "unlinked",
    }
}

words! {
    /// What kind of account here a link leads to.
    AccountKind {
        Person = "person",
        Organization = "organization",
    }
}

#[derive(Clone, Debug)]
pub struct Link {
    pub id: Uuid,
    pub batch: Uuid,
    pub source: Uuid,
    pub legacy_account: Uuid,
    pub account: Uuid,
    pub account_kind: AccountKind,
    pub class: Class,
    /// What the class rests on, as the rules wrote it: no number and no name.
    pub evidence: String,
    pub rules: i64,
    /// The account here was made for this link.
    pub made: bool,
    pub by: String,
    pub linked_at: Moment,
    pub state: LinkState,
    /// Why the state is what it is: `merged`, `password`, `not mine`, …
    pub reason: String,
    pub changed_at: Moment,
    pub(super) seal: Vec<u8>,
}

/// The columns of [`Link::read`], of `legacy_link l`.
macro_rules! link_columns {
    () => {
        "l.id, l.batch, l.source, l.legacy_account, l.account, l.account_kind, l.class, l.evidence, l.rules, l.made, \
         l.by_whom, l.linked_at, l.state, l.reason, l.changed_at, l.seal"
    };
}
pub(super) use link_columns;

pub(super) const COLUMNS: usize = 16;

static GIVEN: Given = Given {
    table: "given_link",
    columns: &[
        ("id", Kind::Uuid),
        ("batch", Kind::Uuid),
        ("source", Kind::Uuid),
        ("legacy_account", Kind::Uuid),
        ("account", Kind::Uuid),
        ("account_kind", Kind::Text),
        ("class", Kind::Text),
        ("evidence", Kind::Text),
        ("rules", Kind::Int),
        ("made", Kind::Bool),
        ("by_whom", Kind::Text),
        ("linked_at", Kind::Int),
        ("state", Kind::Text),
        ("reason", Kind::Text),
        ("changed_at", Kind::Int),
        ("seal", Kind::Bytes),
    ],
};

impl Link {
    /// Reads [`link_columns`] from the first on, and checks the seal later: [`Link::check`].
    pub(super) fn read(row: &Row<'_>) -> Result<Self, db::Error> {
        Ok(Self {
            id: row.get(0)?,
            batch: row.get(1)?,
            source: row.get(2)?,
            legacy_account: row.get(3)?,
            account: row.get(4)?,
            account_kind: row.word(5, "legacy_link")?,
            class: row.word(6, "legacy_link")?,
            evidence: row.get(7)?,
            rules: row.get(8)?,
            made: row.get(9)?,
            by: row.get(10)?,
            linked_at: row.moment(11)?,
            state: row.word(12, "legacy_link")?,
            reason: row.get(13)?,
            changed_at: row.moment(14)?,
            seal: row.get(15)?,
        })
    }

    pub(super) fn sealed(mut self, keys: &DataKeys) -> Result<Self, Unopenable> {
        self.seal = self.over(|fields| keys.seal(fields))?;
        Ok(self)
    }

    pub fn check(&self, keys: &DataKeys) -> Result<(), Unopenable> {
        self.over(|fields| keys.check_seal(&self.seal, fields))
    }

    fn over<T>(&self, with: impl FnOnce(&[&[u8]]) -> T) -> T {
        with(&[
            b"legacy_link",
            self.id.as_bytes(),
            self.batch.as_bytes(),
            self.source.as_bytes(),
            self.legacy_account.as_bytes(),
            self.account.as_bytes(),
            self.account_kind.as_str().as_bytes(),
            self.class.as_str().as_bytes(),
            self.evidence.as_bytes(),
            &self.rules.to_be_bytes(),
            &[u8::from(self.made)],
            self.by.as_bytes(),
            &self.linked_at.micros().to_be_bytes(),
            self.state.as_str().as_bytes(),
            self.reason.as_bytes(),
            &self.changed_at.micros().to_be_bytes(),
        ])
    }

    fn values(&self) -> [db::Value<'_>; COLUMNS] {
        [
            self.id.into(),
            self.batch.into(),
            self.source.into(),
            self.legacy_account.into(),
            self.account.into(),
            self.account_kind.as_str().into(),
            self.class.as_str().into(),
            (&self.evidence).into(),
            self.rules.into(),
            self.made.into(),
            (&self.by).into(),
            self.linked_at.into(),
            self.state.as_str().into(),
            (&self.reason).into(),
            self.changed_at.into(),
            (&self.seal).into(),
        ]
    }
}

/// Keeps who merges into a source and who undoes, of any source, apart until this transaction is over: else an account
/// could be taken back while something new is linked to it.
pub(super) async fn hold(tx: &mut Tx, source: Option<Uuid>) -> Result<(), Error> {
    match source {
        Some(id) => {
            let one = "update legacy_source set changed_at = changed_at where id = $1";
            tx.execute(one, values![id]).await?
        }
        None => tx.execute("update legacy_source set changed_at = changed_at", values![]).await?,
    };
    Ok(())
}

/// Writes new links.
pub(super) async fn insert(tx: &mut Tx, links: &[Link]) -> Result<(), Error> {
    give(tx, links).await?;
    tx.execute(
        "insert into legacy_link (id, batch, source, legacy_account, account, account_kind, class, evidence, rules,
                                  made, by_whom, linked_at, state, reason, changed_at, seal)
         select id, batch, source, legacy_account, account, account_kind, class, evidence, rules, made, by_whom,
                linked_at, state, reason, changed_at, seal from given_link",
        values![],
    )
    .await?;
    Ok(())
}

/// Turns links to another state, each from the one that was read: its seal tells. All or none.
///
/// # Errors
/// [`Error::Changed`]: another transaction was faster with one of them.
pub(super) async fn turn(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    links: &[Link],
    state: LinkState,
    reason: &str,
) -> Result<Vec<Link>, Error> {
    let mut rows = Rows::new(&TURNED);
    let mut turned = Vec::with_capacity(links.len());
    for link in links {
        link.check(keys)?;
        let next =
            Link { state, reason: reason.to_owned(), changed_at: visit.now, ..link.clone() }.sealed(keys)?;
        rows.push(values![link.id, &link.seal, &next.seal]);
        turned.push(next);
    }
    tx.give(&rows).await?;
    let changed = tx
        .execute(
            "update legacy_link set state = $1, reason = $2, changed_at = $3, seal = t.next
             from given_turned_link t where legacy_link.id = t.id and legacy_link.seal = t.seal",
            values![state.as_str(), reason, visit.now],
        )
        .await?;
    if changed == links.len() as u64 { Ok(turned) } else { Err(Error::Changed) }
}

static TURNED: Given = Given {
    table: "given_turned_link",
    columns: &[("id", Kind::Uuid), ("seal", Kind::Bytes), ("next", Kind::Bytes)],
};

/// Lets links stand in `given_link`, for statements that work on many.
pub(super) async fn give(tx: &mut Tx, links: &[Link]) -> Result<(), Error> {
    let mut rows = Rows::new(&GIVEN);
    for link in links {
        rows.push(&link.values());
    }
    Ok(tx.give(&rows).await?)
}

pub async fn find(read: &mut impl Read, keys: &DataKeys, id: Uuid) -> Result<Option<Link>, Error> {
    let sql = concat!("select ", link_columns!(), " from legacy_link l where l.id = $1");
    checked(keys, read.optional(sql, values![id], Link::read).await?)
}

/// The link that stands of a legacy account.
pub async fn of_legacy_account(
    read: &mut impl Read,
    keys: &DataKeys,
    legacy_account: Uuid,
) -> Result<Option<Link>, Error> {
    let sql = concat!(
        "select ",
        link_columns!(),
        " from legacy_link l where l.legacy_account = $1 and l.state <> 'unlinked'"
    );
    checked(keys, read.optional(sql, values![legacy_account], Link::read).await?)
}

/// The links of an account here that stand, the oldest first; a hundred at most.
pub async fn of_account(read: &mut impl Read, keys: &DataKeys, account: Uuid) -> Result<Vec<Link>, Error> {
    let sql = concat!(
        "select ",
        link_columns!(),
        " from legacy_link l where l.account = $1 and l.state <> 'unlinked' order by l.id limit 100"
    );
    let links = read.all(sql, values![account], Link::read).await?;
    links.iter().try_for_each(|link| link.check(keys))?;
    Ok(links)
}

fn checked(keys: &DataKeys, link: Option<Link>) -> Result<Option<Link>, Error> {
    if let Some(link) = &link {
        link.check(keys)?;
    }
    Ok(link)
}
