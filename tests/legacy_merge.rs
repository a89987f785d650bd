//! Legacy accounts: found out to be somebody's, linked to that person's account, and let go again.

mod cases;
mod commands;
mod cut;
mod events;
mod links;
mod platform;
pub mod truth;
mod undo;

use uuid::Uuid;
use yihao::base::number::{CitizenId, CreditCode};
use yihao::crypto::{DataKeys, Place, index};
use yihao::db::{Read, values};
use yihao::legacy::cases::Filter;
use yihao::legacy::matching::{self, Class, Position};
use yihao::legacy::merge::{self, Batch};
use yihao::legacy::{self, NewSource, Record, Source, SubjectKind};
use yihao::outbound::registers::extract::{Part, load, name_digest, number_digest};

use crate::support::{HOUR, House};

/// What only grows: what was done stays known, also when it was taken back.
pub const HISTORY: [&str; 3] = ["audit", "legacy_link", "legacy_batch"];

/// An old system with its accounts, beside the registers.
pub struct Old<'a> {
    pub house: &'a House,
    pub source: Source,
}

impl<'a> Old<'a> {
    pub async fn system(house: &'a House, name: &str, client: Option<&str>) -> Self {
        let (visit, keys) = (house.visit(), house.app.keys.data());
        let mut tx = house.app.db.begin().await.unwrap();
        let new = NewSource { name, title: name, profile: "", client };
        Source::add(&mut tx, &keys, &visit, new).await.unwrap();
        tx.commit().await.unwrap();
        let source = Source::by_name(&mut &house.app.db, name).await.unwrap().unwrap();
        Self { house, source }
    }

    /// An account as an import would write it.
    pub async fn person(&self, local_id: &str, number: &str, name: &str) -> Uuid {
        self.account(SubjectKind::Person, "citizen-id", local_id, number, name).await
    }

    pub async fn account(
        &self,
        kind: SubjectKind,
        number_kind: &str,
        local_id: &str,
        number: &str,
        name: &str,
    ) -> Uuid {
        let (visit, keys) = (self.house.visit(), self.house.app.keys.data());
        let key = keys.index.newest().unwrap();
        let id = visit.id();
        let local = index::blind(key, "test/local", &format!("{} {local_id}", self.source.id)).digest;
        let mut record = Record::default();
        for (field, text) in
            [(&mut record.local_id, local_id), (&mut record.name, name), (&mut record.given_number, number)]
        {
            text.clone_into(field);
        }
        let record = serde_json::to_string(&record).unwrap();
        let record = keys
            .encrypt(&visit.chance, Place { table: "legacy_account", column: "record", row: &local }, &record)
            .unwrap();
        let (digest, reason) = match number {
            "" => (None, "EMPTY"),
            number => (Some(number_digest(key, number_kind, number)), "OK"),
        };
        let mut tx = self.house.app.db.begin().await.unwrap();
        tx.execute(
            "insert into legacy_account (id, source, local_digest, state, subject_kind, status, number_kind,
                number_digest, reason, name_digest, record, print, added_in, changed_in, seen_in, seen_row)
             values ($1, $2, $3, 'waiting', $4, 'active', $5, $6, $7, $8, $9, $3, $1, $1, $1, 1)",
            values![
                id,
                self.source.id,
                &local,
                kind.as_str(),
                number_kind,
                digest.as_ref(),
                reason,
                &name_digest(key, name),
                &record
            ],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Matches everything; tells how many there are of each class and reason.
    pub async fn matches(&self) -> Vec<(Class, String, u64)> {
        let house = self.house;
        let visit = house.visit();
        let oldest = visit.now.minus(HOUR * 24 * 30);
        let registry = matching::extract(&mut &house.app.db, &house.app.keys, oldest).await.unwrap();
        let mut all = std::collections::BTreeMap::new();
        let mut position = Some(Position::START);
        while let Some(at) = position {
            let mut tx = house.app.db.begin().await.unwrap();
            let step =
                matching::step(&mut tx, &house.app.keys, &visit, &self.source, registry, at).await.unwrap();
            tx.commit().await.unwrap();
            for (class, count) in step.classes {
                *all.entry(class).or_insert(0) += count;
            }
            position = step.next;
        }
        all.into_iter().map(|((class, reason), count)| (class, reason, count)).collect()
    }

    /// Merges everything; the batch, if anything was linked.
    pub async fn merges(&self) -> Option<Batch> {
        let house = self.house;
        let visit = house.visit();
        let mut tx = house.app.db.begin().await.unwrap();
        let mut batch = merge::begin(&mut tx, &visit, &self.source).await.unwrap()?;
        tx.commit().await.unwrap();
        loop {
            let mut tx = house.app.db.begin().await.unwrap();
            let (_, done) =
                merge::step(&mut tx, &house.app.keys, &visit, &house.app.config.trust, &mut batch)
                    .await
                    .unwrap();
            tx.commit().await.unwrap();
            if done {
                return (batch.links > 0).then_some(batch);
            }
        }
    }

    pub async fn cases(&self) -> Vec<legacy::cases::LegacyCase> {
        let visit = self.house.visit();
        let filter = Filter { source: Some(self.source.id), ..Filter::default() };
        legacy::cases::list(&mut &self.house.app.db, &visit, &filter).await.unwrap()
    }

    /// State, class and account of an account of the system.
    pub async fn state(&self, id: Uuid) -> (String, String, Option<Uuid>) {
        let sql = "select state, coalesce(class, ''), account from legacy_account where id = $1";
        let mut read = &self.house.app.db;
        let row = read.optional(sql, values![id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).await;
        row.unwrap().unwrap()
    }

    pub async fn link(&self, id: Uuid) -> legacy::Link {
        let keys = self.house.app.keys.data();
        legacy::of_legacy_account(&mut &self.house.app.db, &keys, id).await.unwrap().unwrap()
    }
}

/// Loads persons into the population register: number, name, former name, status.
pub async fn population(house: &House, persons: &[(&str, &str, &str, &str)]) {
    let today = house.visit().now.day();
    let mut file = "idno,name,former_names,status,mobile,updated_at\n".to_owned();
    for (number, name, former, status) in persons {
        file.push_str(&format!("{number},{name},{former},{status},13800000000,{today}\n"));
    }
    loads(house, Part::Population, &file).await;
}

pub async fn changes(house: &House, changes: &[(&CitizenId, &CitizenId)]) {
    let mut file = "old_idno,new_idno,changed_at,reason\n".to_owned();
    for (old, new) in changes {
        file.push_str(&format!("{},{},2020-01-01,corrected\n", old.as_str(), new.as_str()));
    }
    loads(house, Part::Changes, &file).await;
}

pub async fn organization(house: &House, code: &CreditCode, name: &str, status: &str) {
    let today = house.visit().now.day();
    let heads = "uscc,name,former_name,org_code,reg_no,tax_no15,status,merged_into,legal_rep_name,legal_rep_id,updated_at";
    let org = code.org_code();
    let row = format!("{},{name},,{org},,440100{org},{status},,欧阳靖宇,,{today}", code.as_str());
    loads(house, Part::LegalPersons, &format!("{heads}\n{row}\n")).await;
}

async fn loads(house: &House, part: Part, file: &str) {
    let loaded = load(&house.app.db, &house.app.keys.data(), &house.visit(), part, file.as_bytes()).await;
    let loaded = loaded.unwrap();
    assert!(loaded.refused.is_empty(), "{loaded:?}");
}

/// The whole of it, with a house of its own.
pub async fn house() -> House {
    House::open_with(|config| config.registers.source = "extract".to_owned()).await
}

/// A digest that somebody who can write the database put in place of the right one.
pub async fn forge_target(house: &House, account: Uuid, number: &str) {
    let keys: std::sync::Arc<DataKeys> = house.app.keys.data();
    let digest = number_digest(keys.index.newest().unwrap(), "citizen-id", number);
    let mut tx = house.app.db.begin().await.unwrap();
    let sql = "update legacy_account set target = $2, number_digest = $2 where id = $1";
    assert_eq!(tx.execute(sql, values![account, &digest]).await.unwrap(), 1);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn number_and_name_are_linked_and_everything_else_waits() {
    let house = house().await;
    let numbers: Vec<_> = (0..6).map(|_| crate::support::operator::citizen_id()).collect();
    let [here, former, dead, other, old, new] = &numbers[..] else { unreachable!() };
    population(
        &house,
        &[
            (here.as_str(), "买买提·艾力", "", "0"),
            (former.as_str(), "张伟", "张小伟", "0"),
            (dead.as_str(), "李四", "", "9"),
            (other.as_str(), "王五", "", "0"),
            (new.as_str(), "赵六", "", "0"),
        ],
    )
    .await;
    changes(&house, &[(old, new)]).await;
    let si = Old::system(&house, "si", None).await;
    let a = si.person("1", here.as_str(), "买买提艾力").await;
    let twice = si.person("2", here.as_str(), "買買提・艾力").await;
    let b = si.person("3", former.as_str(), "張小偉").await;
    let c = si.person("4", dead.as_str(), "李四").await;
    let d = si.person("5", other.as_str(), "王武").await;
    let e = si.person("6", old.as_str(), "赵六").await;
    let f = si.person("7", "", "王五").await;
    let found = si.matches().await;
    let words: Vec<String> =
        found.iter().map(|(class, reason, count)| format!("{} {reason} {count}", class.as_str())).collect();
    assert_eq!(
        words,
        [
            "AUTO NUMBER_AND_NAME 2",
            "AUTO_REGISTER CHANGED_NUMBER 1",
            "AUTO_REGISTER FORMER_NAME 1",
            "REVIEW EMPTY 1",
            "REVIEW NAME_MISMATCH 1",
            "DECEASED DECEASED 1",
        ]
    );
    let batch = si.merges().await.unwrap();
    // One person, one account, whatever they had over there.
    assert_eq!((batch.links, batch.made, batch.held), (4, 3, 0));
    let account = si.state(a).await.2;
    assert!(account.is_some() && account == si.state(twice).await.2);
    for merged in [b, e] {
        assert_eq!(si.state(merged).await.0, "merged");
    }
    for waiting in [c, d, f] {
        assert_eq!((si.state(waiting).await.0.as_str(), si.state(waiting).await.2), ("matched", None));
    }
    let mut cases: Vec<_> = si.cases().await.iter().map(|case| case.legacy_account).collect();
    let mut expected = [d, f];
    cases.sort_unstable();
    expected.sort_unstable();
    assert_eq!(cases, expected);
    // Again: nothing is written twice.
    let before = crate::support::home::rows(&house.home.storage, &[]).await;
    si.matches().await;
    assert!(si.merges().await.is_none());
    assert!(before == crate::support::home::rows(&house.home.storage, &[]).await);
}

#[tokio::test]
async fn an_organization_is_found_by_the_key_it_had_before() {
    let house = house().await;
    population(&house, &[(crate::support::operator::citizen_id().as_str(), "张伟", "", "0")]).await;
    let code = crate::support::operator::credit_code();
    organization(&house, &code, "广州恒达科技有限公司", "存续").await;
    let tax = Old::system(&house, "tax", None).await;
    let kind = SubjectKind::Organization;
    let by_code = tax.account(kind, "credit-code", "1", code.as_str(), "广州恒达科技有限公司").await;
    let by_org = tax.account(kind, "org-code", "2", code.org_code(), "廣州恒達科技有限公司").await;
    let tax_no = format!("440100{}", code.org_code());
    let other_name = tax.account(kind, "tax-no", "3", &tax_no, "深圳恒达科技有限公司").await;
    tax.matches().await;
    let batch = tax.merges().await.unwrap();
    assert_eq!((batch.links, batch.made), (2, 1));
    let (state, class, account) = tax.state(by_org).await;
    assert_eq!(
        (state.as_str(), class.as_str(), account),
        ("merged", "AUTO_REGISTER", tax.state(by_code).await.2)
    );
    assert_eq!(tax.state(other_name).await.1, "REVIEW");
    let (mut read, keys) = (&house.app.db, house.app.keys.data());
    let organization = yihao::identity::load_organization(&mut read, &keys, account.unwrap()).await;
    assert_eq!(organization.unwrap().unwrap().name.as_str(), "广州恒达科技有限公司");
}
