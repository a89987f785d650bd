//! An organization as stored: the second kind of subject. It has no login of its own; persons act for it
//! under mandates. Its life is sealed: who can write the database but has no key can neither revive one nor
//! thaw one that is contested.

use uuid::Uuid;

use super::{Error, number_index};
use crate::audit::{self, About, Event};
use crate::base::number::{CreditCode, NumberKind, OfficialNumber};
use crate::base::{Moment, OrganizationName, PersonName, Visit};
use crate::crypto::{DataKeys, Place, Purpose, Unopenable};
use crate::db::{self, Given, Kind, Read, Row, Rows, Tx, values};
use crate::keys::KeyRing;
use crate::outbound::registers::{LegalPerson, Standing};

/// An organization, opened.
#[derive(Clone, Debug)]
pub struct Organization {
    pub id: Uuid,
    pub life: Life,
    pub code: CreditCode,
    pub name: OrganizationName,
    /// 法定代表人, as the register names them; not every register gives the number.
    pub representative: Option<OfficialNumber>,
    pub representative_name: PersonName,
    /// Who says all this, and as of when.
    pub department: String,
    pub reference: String,
    pub as_of: Moment,
    pub checked_at: Moment,
    /// The account that it was merged into.
    pub successor: Option<Uuid>,
}

/// What decides whether an organization can be acted for.
#[derive(Clone, Debug)]
pub struct Life {
    pub id: Uuid,
    pub standing: Standing,
    /// Since when two parties claim it: nobody acts for it until that is decided.
    pub contested_at: Option<Moment>,
    seal: Vec<u8>,
}

impl Life {
    /// Reads id, standing, contested_at, seal from `first` on; says nothing until [`Life::check`] has passed.
    pub fn read(row: &Row<'_>, first: usize) -> Result<Self, db::Error> {
        Ok(Self {
            id: row.get(first)?,
            standing: row.word(first + 1, "organization")?,
            contested_at: row.optional_moment(first + 2)?,
            seal: row.get(first + 3)?,
        })
    }

    pub fn check(&self, keys: &DataKeys) -> Result<(), Unopenable> {
        let contested = contested(self.contested_at);
        keys.check_seal(&self.seal, &fields(&self.id, self.standing, &contested))
    }

    pub fn can_be_acted_for(&self) -> bool {
        self.standing == Standing::Active && self.contested_at.is_none()
    }
}

fn contested(at: Option<Moment>) -> Vec<u8> {
    at.map(|at| at.micros().to_be_bytes().to_vec()).unwrap_or_default()
}

fn fields<'a>(id: &'a Uuid, standing: Standing, contested: &'a [u8]) -> [&'a [u8]; 4] {
    [b"organization", id.as_bytes(), standing.as_str().as_bytes(), contested]
}

/// What a register, or an operator, says of an organization.
#[derive(Clone, Debug)]
pub struct Known {
    pub code: CreditCode,
    pub name: OrganizationName,
    pub standing: Standing,
    pub representative: Option<OfficialNumber>,
    pub representative_name: PersonName,
    pub department: String,
    pub reference: String,
    pub as_of: Moment,
    /// Into which one it was merged.
    pub successor: Option<CreditCode>,
}

impl Known {
    /// As a register answered. A number that is none of ours names nobody: the name is left.
    pub fn by_register(found: &LegalPerson) -> Self {
        let number = found.representative_number.as_ref().and_then(|text| {
            let kinds =
                [NumberKind::CitizenId, NumberKind::HmPermit, NumberKind::TwPermit, NumberKind::Passport];
            kinds
                .into_iter()
                .find_map(|kind| OfficialNumber::parse(kind, text.reveal(), found.as_of.day()).ok())
        });
        Self {
            code: found.credit_code.clone(),
            name: found.name.clone(),
            standing: found.standing,
            representative: number,
            representative_name: found.representative_name.clone(),
            department: found.department.as_str().to_owned(),
            reference: found.reference.clone(),
            as_of: found.as_of,
            successor: found.successor.clone(),
        }
    }

    /// Whether this is who the register names as representative.
    pub fn is_represented_by(&self, number: &OfficialNumber, name: &PersonName) -> bool {
        // Without a number there is no telling namesakes apart: then a counter decides.
        self.representative.as_ref() == Some(number) && self.representative_name.folded() == name.folded()
    }
}

/// Makes the account of an organization; the id of the account that is there, if there is one, which then
/// stays as it is. Of simultaneous calls with one code, one makes it.
pub async fn found(tx: &mut Tx, ring: &KeyRing, visit: &Visit, known: &Known) -> Result<Uuid, Error> {
    if !ring.has_versions_of(tx, Purpose::Index).await? {
        return Err(Error::KeysChanged);
    }
    let keys = ring.data();
    let number = OfficialNumber::from(known.code.clone());
    let id = visit.chance.id();
    if !number_index::claim(tx, &keys, &number, id).await? {
        return number_index::find_by_number(tx, &keys, &number).await?.ok_or(Error::KeysChanged);
    }
    let columns = Columns::of(&keys, visit, id, known)?;
    let seal = keys.seal(&fields(&id, known.standing, &[]))?;
    tx.execute(
        "insert into organization (id, standing, code, name, representative, representative_name, department,
                                   reference, as_of, checked_at, created_at, updated_at, seal)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $10, $11)",
        values![
            id,
            known.standing.as_str(),
            &columns.code,
            &columns.name,
            columns.representative.as_ref(),
            &columns.representative_name,
            &known.department,
            &known.reference,
            known.as_of,
            visit.now,
            &seal
        ],
    )
    .await?;
    let event = Event::OrganizationAdded { organization: id, department: &known.department };
    audit::record(tx, &keys, visit, event, About::default()).await?;
    Ok(id)
}

/// Rows of [`push`].
pub(super) static GIVEN: Given = Given {
    table: "given_organization",
    columns: &[
        ("id", Kind::Uuid),
        ("standing", Kind::Text),
        ("code", Kind::Bytes),
        ("name", Kind::Bytes),
        ("representative", Kind::Bytes),
        ("representative_name", Kind::Bytes),
        ("department", Kind::Text),
        ("reference", Kind::Text),
        ("as_of", Kind::Int),
        ("seal", Kind::Bytes),
    ],
};

/// Adds the row of an organization that is to be made with others.
pub(super) fn push(
    rows: &mut Rows,
    keys: &DataKeys,
    visit: &Visit,
    id: Uuid,
    known: &Known,
) -> Result<(), Error> {
    let columns = Columns::of(keys, visit, id, known)?;
    rows.push(values![
        id,
        known.standing.as_str(),
        &columns.code,
        &columns.name,
        columns.representative.as_ref(),
        &columns.representative_name,
        &known.department,
        &known.reference,
        known.as_of,
        &keys.seal(&fields(&id, known.standing, &[]))?
    ]);
    Ok(())
}

/// Writes them. Their numbers are taken already.
pub(super) async fn insert_given(tx: &mut Tx, visit: &Visit, rows: &Rows) -> Result<(), Error> {
    tx.give(rows).await?;
    tx.execute(
        "insert into organization (id, standing, code, name, representative, representative_name, department,
                                   reference, as_of, checked_at, created_at, updated_at, seal)
         select id, standing, code, name, representative, representative_name, department, reference, as_of,
                $1, $1, $1, seal from given_organization",
        values![visit.now],
    )
    .await?;
    Ok(())
}

/// Takes over what the register says now. The subject ids stay: the account is the code's.
pub async fn update(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    before: &Organization,
    known: &Known,
) -> Result<(), Error> {
    let columns = Columns::of(keys, visit, before.id, known)?;
    let contested = contested(before.life.contested_at);
    let seal = keys.seal(&fields(&before.id, known.standing, &contested))?;
    // Where to look for what became of it, and no more: who acted for the one does not act for the other.
    let successor = match &known.successor {
        Some(code) => number_index::find_by_number(tx, keys, &code.clone().into()).await?,
        None => None,
    };
    let changed = tx
        .execute(
            "update organization set standing = $2, name = $3, representative = $4, representative_name = $5,
                    department = $6, reference = $7, as_of = $8, checked_at = $9, updated_at = $9, seal = $10,
                    successor = $12
             where id = $1 and seal = $11",
            values![
                before.id,
                known.standing.as_str(),
                &columns.name,
                columns.representative.as_ref(),
                &columns.representative_name,
                &known.department,
                &known.reference,
                known.as_of,
                visit.now,
                &seal,
                &before.life.seal,
                successor
            ],
        )
        .await?;
    if changed == 1 && before.differs_from(known) {
        let event = Event::OrganizationChanged { organization: before.id, what: known.standing.as_str() };
        audit::record(tx, keys, visit, event, About::default()).await?;
    }
    Ok(())
}

/// Freezes everything that rests on the organization, or thaws it. `false` if it was so already.
pub async fn contest(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    organization: &Life,
    contested_now: bool,
) -> Result<bool, Error> {
    if organization.contested_at.is_some() == contested_now {
        return Ok(false);
    }
    let at = contested_now.then_some(visit.now);
    let seal = keys.seal(&fields(&organization.id, organization.standing, &contested(at)))?;
    let changed = tx
        .execute(
            "update organization set contested_at = $2, updated_at = $3, seal = $4 where id = $1 and seal = $5",
            values![organization.id, at, visit.now, &seal, &organization.seal],
        )
        .await?;
    let what = if contested_now { "contested" } else { "settled" };
    let event = Event::OrganizationChanged { organization: organization.id, what };
    audit::record(tx, keys, visit, event, About::default()).await?;
    Ok(changed == 1)
}

/// Loads and opens an organization; `None` if there is none of that id.
pub async fn load_organization(
    read: &mut impl Read,
    keys: &DataKeys,
    id: Uuid,
) -> Result<Option<Organization>, Error> {
    let row = read
        .optional(
            "select id, standing, contested_at, seal, code, name, representative, representative_name,
                    department, reference, as_of, checked_at, successor
             from organization where id = $1",
            values![id],
            |row| {
                let columns = Columns {
                    code: row.get(4)?,
                    name: row.get(5)?,
                    representative: row.get(6)?,
                    representative_name: row.get(7)?,
                };
                let said: (String, String) = (row.get(8)?, row.get(9)?);
                let moments = (row.moment(10)?, row.moment(11)?);
                Ok((Life::read(row, 0)?, columns, said, moments, row.get::<Option<Uuid>>(12)?))
            },
        )
        .await?;
    let Some((life, columns, (department, reference), (as_of, checked_at), successor)) = row else {
        return Ok(None);
    };
    life.check(keys)?;
    let corrupt = |what: &'static str| db::Error::corrupt("organization", what);
    let open = |column: &str, bytes: &[u8]| keys.decrypt(place(&id, column), bytes);
    let representative = columns.representative.map(|bytes| open("representative", &bytes)).transpose()?;
    Ok(Some(Organization {
        id,
        life,
        code: CreditCode::parse(&open("code", &columns.code)?).map_err(|_| corrupt("code"))?,
        name: OrganizationName::parse(&open("name", &columns.name)?).map_err(|_| corrupt("name"))?,
        representative: representative
            .map(|text| number_of(&text).ok_or_else(|| corrupt("representative")))
            .transpose()?,
        representative_name: PersonName::parse(&open("representative_name", &columns.representative_name)?)
            .map_err(|_| corrupt("representative_name"))?,
        department,
        reference,
        as_of,
        checked_at,
        successor,
    }))
}

/// Those whose register was asked longest ago, before `before`.
pub async fn organizations_to_check(
    read: &mut impl Read,
    before: Moment,
    most: u32,
) -> Result<Vec<Uuid>, db::Error> {
    read.all(
        "select id from organization where checked_at < $1 order by checked_at limit $2",
        values![before, most],
        |row| row.get(0),
    )
    .await
}

/// Notes that the register was asked.
pub async fn note_check(tx: &mut Tx, visit: &Visit, id: Uuid) -> Result<(), db::Error> {
    tx.execute("update organization set checked_at = $2 where id = $1", values![id, visit.now]).await?;
    Ok(())
}

impl Organization {
    pub fn differs_from(&self, known: &Known) -> bool {
        self.life.standing != known.standing
            || self.name != known.name
            || self.representative_name != known.representative_name
            || self.representative != known.representative
    }
}

/// What is encrypted.
struct Columns {
    code: Vec<u8>,
    name: Vec<u8>,
    representative: Option<Vec<u8>>,
    representative_name: Vec<u8>,
}

impl Columns {
    fn of(keys: &DataKeys, visit: &Visit, id: Uuid, known: &Known) -> Result<Self, Unopenable> {
        let seal = |column: &str, text: &str| keys.encrypt(&visit.chance, place(&id, column), text);
        let representative = known.representative.as_ref();
        Ok(Self {
            code: seal("code", known.code.as_str())?,
            name: seal("name", known.name.as_str())?,
            representative: representative.map(|n| seal("representative", &text_of(n))).transpose()?,
            representative_name: seal("representative_name", known.representative_name.as_str())?,
        })
    }
}

/// A number with its kind, as one text.
fn text_of(number: &OfficialNumber) -> String {
    format!("{} {}", number.kind().as_str(), number.as_str())
}

fn number_of(text: &str) -> Option<OfficialNumber> {
    let (kind, number) = text.split_once(' ')?;
    OfficialNumber::from_stored(kind.parse::<NumberKind>().ok()?, number).ok()
}

fn place<'a>(organization: &'a Uuid, column: &'a str) -> Place<'a> {
    Place { table: "organization", column, row: organization.as_bytes() }
}
