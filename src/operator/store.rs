//! The rows of `operator`. Each change is a compare-and-set on the seal of the row as it was read.

use std::fmt;

use uuid::Uuid;

use super::{Error, Refused, Roles, certificate};
use crate::audit::{self, About, Event};
use crate::base::number::{NumberKind, OfficialNumber};
use crate::base::{Moment, Secret, Visit, words};
use crate::credential::{Holder, passkey, totp};
use crate::crypto::{DataKeys, Place};
use crate::db::{self, Read, Row, Tx, values};

/// Characters of a name.
const LONGEST_NAME: usize = 64;
/// Operators on one page of the list.
const PAGE: i64 = 200;

words! {
    OperatorState {
        Active = "active",
        /// May do nothing until resumed.
        Suspended = "suspended",
    }
}

/// An operator, opened. `Debug` shows no name.
#[derive(Clone)]
pub struct Operator {
    pub id: Uuid,
    pub state: OperatorState,
    pub roles: Roles,
    /// By which they sign in and are named in commands: a staff number or a name.
    pub name: Secret,
    /// For which part of the province they work; plain text of the administration.
    pub region: Option<String>,
    pub department: Option<String>,
    /// Their own number as a citizen, if it is known: nobody serves themselves.
    pub number: Option<OfficialNumber>,
    row: Raw,
}

impl fmt::Debug for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operator")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}

/// The row as it stands.
#[derive(Clone)]
struct Raw {
    id: Uuid,
    state: OperatorState,
    roles: Roles,
    name: Vec<u8>,
    region: Option<String>,
    department: Option<String>,
    number: Option<(NumberKind, Vec<u8>)>,
    password: String,
    changed_at: Moment,
    seal: Vec<u8>,
}

macro_rules! operators {
    ($condition:literal) => {
        concat!(
            "select o.id, o.state, o.roles, o.name, o.region, o.department, o.number_kind, o.number, o.password,
                    o.changed_at, o.seal
             from operator o ",
            $condition
        )
    };
}

impl Raw {
    fn read(row: &Row<'_>) -> Result<Self, db::Error> {
        let kind = row.get::<Option<String>>(6)?;
        let number = match (kind, row.get::<Option<Vec<u8>>>(7)?) {
            (Some(kind), Some(number)) => {
                let kind = kind.parse().map_err(|_| db::Error::corrupt("operator", "number_kind"))?;
                Some((kind, number))
            }
            _ => None,
        };
        Ok(Self {
            id: row.get(0)?,
            state: row.word(1, "operator")?,
            roles: row.word(2, "operator")?,
            name: row.get(3)?,
            region: row.get(4)?,
            department: row.get(5)?,
            number,
            password: row.get(8)?,
            changed_at: row.moment(9)?,
            seal: row.get(10)?,
        })
    }

    fn sealed(&self) -> Vec<Vec<u8>> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default().into_bytes();
        let (kind, number) = match &self.number {
            Some((kind, number)) => (kind.as_str().into(), number.clone()),
            None => (Vec::new(), Vec::new()),
        };
        vec![
            b"operator".to_vec(),
            self.id.as_bytes().to_vec(),
            self.state.as_str().into(),
            self.roles.to_string().into_bytes(),
            self.name.clone(),
            text(&self.region),
            text(&self.department),
            kind,
            number,
            self.password.clone().into_bytes(),
            self.changed_at.micros().to_be_bytes().to_vec(),
        ]
    }

    fn seal(&self, keys: &DataKeys) -> Result<Vec<u8>, Error> {
        let sealed = self.sealed();
        Ok(keys.seal(&sealed.iter().map(Vec::as_slice).collect::<Vec<_>>())?)
    }

    fn open(self, keys: &DataKeys) -> Result<Operator, Error> {
        let sealed = self.sealed();
        keys.check_seal(&self.seal, &sealed.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
        let number = match &self.number {
            Some((kind, bytes)) => {
                let text = keys.decrypt(place(&self.id, "number"), bytes)?;
                let number = OfficialNumber::from_stored(*kind, &text);
                Some(number.map_err(|_| db::Error::corrupt("operator", "number"))?)
            }
            None => None,
        };
        Ok(Operator {
            id: self.id,
            state: self.state,
            roles: self.roles.clone(),
            name: Secret::new(keys.decrypt(place(&self.id, "name"), &self.name)?.as_str()),
            region: self.region.clone(),
            department: self.department.clone(),
            number,
            row: self,
        })
    }
}

impl Operator {
    pub fn is_active(&self) -> bool {
        self.state == OperatorState::Active
    }

    /// Whether this number is the operator's own.
    pub fn is(&self, number: &OfficialNumber) -> bool {
        self.number.as_ref() == Some(number)
    }

    /// The hash (PHC string) of the password.
    pub(super) fn password(&self) -> &str {
        &self.row.password
    }
}

pub struct NewOperator {
    pub name: Secret,
    pub roles: Roles,
    pub region: Option<String>,
    pub department: Option<String>,
    pub number: Option<OfficialNumber>,
    /// PHC string.
    pub password: String,
}

/// Adds an operator.
///
/// # Errors
/// [`Refused::NameTaken`], [`Refused::BadName`].
pub async fn add(tx: &mut Tx, keys: &DataKeys, visit: &Visit, new: &NewOperator) -> Result<Uuid, Error> {
    let name = tidy(&new.name)?;
    let id = visit.id();
    for index in keys.blind(DOMAIN, &folded(&name)) {
        let claimed = tx
            .execute(
                "insert into operator_name (key_version, digest, operator) values ($1, $2, $3)
                 on conflict do nothing",
                values![i64::from(index.version), &index.digest, id],
            )
            .await?;
        if claimed == 0 {
            return Err(Refused::NameTaken.into());
        }
    }
    let number = match &new.number {
        Some(number) => {
            let text = keys.encrypt(&visit.chance, place(&id, "number"), number.as_str())?;
            Some((number.kind(), text))
        }
        None => None,
    };
    let mut row = Raw {
        id,
        state: OperatorState::Active,
        roles: new.roles.clone(),
        name: keys.encrypt(&visit.chance, place(&id, "name"), name.reveal())?,
        region: new.region.clone(),
        department: new.department.clone(),
        number,
        password: new.password.clone(),
        changed_at: visit.now,
        seal: Vec::new(),
    };
    row.seal = row.seal(keys)?;
    tx.execute(
        "insert into operator (id, state, roles, name, region, department, number_kind, number, password,
                               changed_at, seal)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        values![
            row.id,
            row.state.as_str(),
            &row.roles.to_string(),
            &row.name,
            row.region.as_deref(),
            row.department.as_deref(),
            row.number.as_ref().map(|(kind, _)| kind.as_str()),
            row.number.as_ref().map(|(_, number)| number.as_slice()),
            &row.password,
            row.changed_at,
            &row.seal
        ],
    )
    .await?;
    let roles = row.roles.to_string();
    let event = Event::OperatorAdded { operator: id, roles: &roles };
    audit::record(tx, keys, visit, event, About::default()).await?;
    Ok(id)
}

/// What becomes of an operator.
pub enum Change<'a> {
    Suspend,
    Resume,
    /// Another password (PHC string); passkeys, app and certificates are taken away. An app is made anew at the next
    /// sign-in.
    Reset(&'a str),
    /// Their own number as a citizen.
    Number(&'a OfficialNumber),
}

/// Changes an operator as it was read. What ends sessions, [`super::end_all`] does beside this.
///
/// # Errors
/// [`Refused::Changed`] if it is so already, or somebody else was faster.
pub async fn change(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    operator: &Operator,
    change: Change<'_>,
) -> Result<(), Error> {
    let mut row = Raw { changed_at: visit.now, ..operator.row.clone() };
    let what = match change {
        Change::Suspend if row.state == OperatorState::Active => {
            row.state = OperatorState::Suspended;
            "suspended"
        }
        Change::Resume if row.state == OperatorState::Suspended => {
            row.state = OperatorState::Active;
            "resumed"
        }
        Change::Suspend | Change::Resume => return Err(Refused::Changed.into()),
        Change::Reset(phc) => {
            row.password = phc.to_owned();
            totp::remove(tx, Holder::Operator(row.id)).await?;
            certificate::unbind_all(tx, row.id).await?;
            for passkey in passkey::list(tx, Holder::Operator(row.id)).await? {
                passkey::remove(tx, Holder::Operator(row.id), &passkey.credential_id).await?;
            }
            "reset"
        }
        Change::Number(number) => {
            let text = keys.encrypt(&visit.chance, place(&row.id, "number"), number.as_str())?;
            row.number = Some((number.kind(), text));
            "number"
        }
    };
    row.seal = row.seal(keys)?;
    let changed = tx
        .execute(
            "update operator set state = $2, password = $3, number_kind = $4, number = $5, changed_at = $6,
                                 seal = $7
             where id = $1 and seal = $8",
            values![
                row.id,
                row.state.as_str(),
                &row.password,
                row.number.as_ref().map(|(kind, _)| kind.as_str()),
                row.number.as_ref().map(|(_, number)| number.as_slice()),
                row.changed_at,
                &row.seal,
                &operator.row.seal
            ],
        )
        .await?;
    if changed == 0 {
        return Err(Refused::Changed.into());
    }
    let event = Event::OperatorChanged { operator: row.id, what };
    Ok(audit::record(tx, keys, visit, event, About::default()).await?)
}

/// The operator of an id, whatever their state.
pub async fn find(read: &mut impl Read, keys: &DataKeys, id: Uuid) -> Result<Option<Operator>, Error> {
    let found = read.optional(operators!("where o.id = $1"), values![id], Raw::read).await?;
    found.map(|row| row.open(keys)).transpose()
}

/// The operator of a name, whatever their state.
pub async fn find_by_name(
    read: &mut impl Read,
    keys: &DataKeys,
    name: &Secret,
) -> Result<Option<Operator>, Error> {
    for index in keys.blind(DOMAIN, &folded(name)) {
        let sql = operators!(
            "join operator_name n on n.operator = o.id where n.key_version = $1 and n.digest = $2"
        );
        let found = read.optional(sql, values![i64::from(index.version), &index.digest], Raw::read).await?;
        if let Some(row) = found {
            return row.open(keys).map(Some);
        }
    }
    Ok(None)
}

/// Operators in the order in which they were added, after `after`; two hundred at most.
pub async fn list(read: &mut impl Read, keys: &DataKeys, after: Uuid) -> Result<Vec<Operator>, Error> {
    let rows = read
        .all(operators!("where o.id > $1 order by o.id limit $2"), values![after, PAGE], Raw::read)
        .await?;
    rows.into_iter().map(|row| row.open(keys)).collect()
}

/// The blind index's domain of names.
pub(super) const DOMAIN: &str = "operator-name";

fn tidy(name: &Secret) -> Result<Secret, Refused> {
    let name = name.reveal().trim();
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Refused::BadName);
    }
    Ok(Secret::new(name))
}

/// The one written form of a name.
pub(super) fn folded(name: &Secret) -> String {
    name.reveal().trim().to_lowercase()
}

pub(super) fn place<'a>(operator: &'a Uuid, column: &'a str) -> Place<'a> {
    Place { table: "operator", column, row: operator.as_bytes() }
}
