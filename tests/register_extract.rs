//! A local extract of the registers: loaded, asked, loaded again.

use std::io::Read;

use yihao::base::number::CreditCode;
use yihao::base::{PersonName, Phone, TrustLevel};
use yihao::db::{Read as _, values};
use yihao::http::urls;
use yihao::outbound::registers::extract::{LoadError, Loaded, Part, load};
use yihao::outbound::registers::{Answer, Department, LegalPersonAnswer, NoAnswer, Standing};

use crate::register::{PASSWORD, names, proves};
use crate::support::operator::citizen_id;
use crate::support::{Browser, HOUR, House};

const POPULATION: &str = "idno,name,former_names,sex,birth,status,status_date,region,mobile,updated_at\n";
const LEGAL: &str = "uscc,name,former_name,org_code,reg_no,tax_no15,kind,status,merged_into,legal_rep_name,\
                     legal_rep_id,region,updated_at\n";
const CODE: &str = "9144030071526726XG";
const SUCCESSOR: &str = "914403001922038216";
const NAME: &str = "买买提·艾力";
const PHONE: &str = "13900000031";

async fn house() -> House {
    House::open_with(|config| config.registers.source = "extract".to_owned()).await
}

async fn loads(house: &House, part: Part, text: &str) -> Result<Loaded, LoadError> {
    load(&house.app.db, &house.app.keys.data(), &house.visit(), part, text.as_bytes()).await
}

fn person(house: &House, number: &str, name: &str, status: &str) -> String {
    let today = house.clock.now().day();
    format!("{number},{name},,1,19900307,{status},,440106,{PHONE},{today}\n")
}

async fn asked(house: &House, number: &str, name: &str) -> Answer {
    let name = PersonName::parse(name).unwrap();
    house.app.registers.population(&house.visit(), number, &name).await
}

const fn none(why: NoAnswer) -> Answer {
    Answer::NoAnswer(why)
}

#[tokio::test]
async fn who_is_in_the_extract_registers_by_it() {
    let house = house().await;
    let number = citizen_id();
    assert_eq!(asked(&house, number.as_str(), NAME).await, none(NoAnswer::NotLoaded));
    loads(&house, Part::Population, &[POPULATION, &person(&house, number.as_str(), NAME, "0")].concat())
        .await
        .unwrap();
    let mut browser = Browser::new(&house);
    browser.open(urls::REGISTER).await;
    proves(&house, &mut browser, PHONE).await;
    names(&mut browser, "买买提•艾力", number.as_str()).await.is_at(urls::REGISTER_PASSWORD);
    let fields = [("password", PASSWORD), ("again", PASSWORD)];
    browser.submit("#register-password", &fields).await.is_at(urls::REGISTER_PASSKEY);
    let evidence = (&mut &house.app.db)
        .all("select trust, source from evidence", values![], |row| {
            Ok((row.get::<i64>(0)?, row.get::<String>(1)?))
        })
        .await;
    assert_eq!(evidence.unwrap(), [(TrustLevel::Matched as i64, "extract".to_owned())]);
    let dump = house.home.dump().await;
    for secret in [number.as_str(), NAME, PHONE] {
        assert!(!dump.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
}

#[tokio::test]
async fn the_extract_answers_by_the_rules_of_the_registers() {
    let house = house().await;
    let numbers = [citizen_id(), citizen_id(), citizen_id(), citizen_id()];
    let mut text = POPULATION.to_owned();
    for (number, status) in numbers.iter().zip(["0", "9", "1"]) {
        text.push_str(&person(&house, number.as_str(), NAME, status));
    }
    loads(&house, Part::Population, &text).await.unwrap();
    let [living, dead, cancelled, absent] = numbers.each_ref().map(|number| number.as_str());
    assert!(matches!(asked(&house, living, "买买提・艾力").await, Answer::Match { .. }));
    for (number, name, expected) in [
        (living, "艾力", Answer::Mismatch),
        (dead, "艾力", Answer::Mismatch),
        (dead, NAME, Answer::Deceased),
        (cancelled, NAME, Answer::NotInForce),
        (absent, NAME, Answer::NoRecord),
    ] {
        assert_eq!(asked(&house, number, name).await, expected);
    }
    let name = PersonName::parse(NAME).unwrap();
    for (phone, matches) in [(PHONE, true), ("13900000032", false)] {
        let phone = Phone::parse(phone).unwrap();
        let answer = house.app.registers.three_elements(&house.visit(), living, &name, &phone).await;
        assert_eq!(matches!(answer, Answer::Match { .. }), matches);
    }
    let as_of = async |part| house.app.registers.extract_as_of(&house.visit(), part).await;
    assert_eq!(as_of(Part::Population).await.unwrap().unwrap().day(), house.clock.now().day());
    assert_eq!(as_of(Part::LegalPersons).await, Some(Err(NoAnswer::NotLoaded)));
    house.pass(HOUR * 24 * 32);
    assert_eq!(asked(&house, living, NAME).await, none(NoAnswer::Stale));
    assert_eq!(as_of(Part::Population).await, Some(Err(NoAnswer::Stale)));
}

#[tokio::test]
async fn organizations_are_in_it_too() {
    let house = house().await;
    let today = house.clock.now().day();
    let text = format!(
        "{LEGAL}{CODE},南山软件有限公司,,71526726X,,,企业,合并注销,{SUCCESSOR},薛志,441284200212318545,440305,{today}\n"
    );
    loads(&house, Part::LegalPersons, &text).await.unwrap();
    let ask = async |code: &str| {
        let code = CreditCode::parse(code).unwrap();
        house.app.registers.legal_person(&house.visit(), &code).await
    };
    let LegalPersonAnswer::Found(found) = ask(CODE).await else { panic!("it is found") };
    assert_eq!((found.standing, found.department), (Standing::Deregistered, Department::Commerce));
    assert_eq!(found.successor.unwrap().as_str(), SUCCESSOR);
    assert_eq!((found.representative_name.as_str(), found.as_of.day()), ("薛志", today));
    assert!(matches!(ask(SUCCESSOR).await, LegalPersonAnswer::NoRecord));
}

#[tokio::test]
async fn a_file_loaded_again_writes_what_has_changed_and_a_bad_row_is_counted() {
    let house = house().await;
    let numbers: Vec<_> = (0..700).map(|_| citizen_id()).collect();
    let mut text = POPULATION.to_owned();
    for number in &numbers {
        text.push_str(&person(&house, number.as_str(), NAME, "0"));
    }
    let loaded = loads(&house, Part::Population, &text).await.unwrap();
    assert_eq!((loaded.written, loaded.unchanged, loaded.first_refused), (700, 0, None));
    let loaded = loads(&house, Part::Population, &text).await.unwrap();
    assert_eq!((loaded.written, loaded.unchanged), (0, 700));
    let changed = numbers[3].as_str();
    let rows = [
        person(&house, changed, "艾力", "0"),
        person(&house, "440106199003070125", NAME, "0"),
        person(&house, numbers[4].as_str(), "", "0"),
        person(&house, numbers[5].as_str(), NAME, "alive"),
    ];
    let loaded = loads(&house, Part::Population, &[POPULATION, &rows.concat()].concat()).await.unwrap();
    assert_eq!((loaded.written, loaded.unchanged, loaded.first_refused), (1, 0, Some(2)));
    let refused: Vec<_> = loaded.refused.into_iter().collect();
    assert_eq!(refused, [("CHECKSUM", 1), ("NAME", 1), ("STATUS", 1)]);
    assert_eq!(asked(&house, changed, NAME).await, Answer::Mismatch);
    assert!(matches!(asked(&house, numbers[699].as_str(), NAME).await, Answer::Match { .. }), "it stays");
}

/// A file that breaks off.
struct Broken<'a>(&'a [u8]);

impl Read for Broken<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        match self.0.read(into)? {
            0 => Err(std::io::ErrorKind::ConnectionReset.into()),
            read => Ok(read),
        }
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_to_its_end_is_not_in_use() {
    let house = house().await;
    let number = citizen_id();
    let text = [POPULATION, &person(&house, number.as_str(), NAME, "0")].concat();
    let (db, keys, visit) = (&house.app.db, house.app.keys.data(), house.visit());
    let broken = load(db, &keys, &visit, Part::Population, Broken(text.as_bytes())).await;
    assert!(matches!(broken, Err(LoadError::Unreadable(1))), "{broken:?}");
    for wrong in ["", "idno\n1\n", "\u{fffd}\n", &text.replace("name", "nom")] {
        assert!(loads(&house, Part::Population, wrong).await.is_err());
    }
    let gbk: &[u8] = b"idno,name,former_names,status,mobile\n1,\xc6\xa5,,0,\n";
    assert!(load(db, &keys, &visit, Part::Population, gbk).await.is_err());
    assert_eq!(asked(&house, number.as_str(), NAME).await, none(NoAnswer::NotLoaded));
    let corrected = citizen_id();
    let changes = format!(
        "old_idno,new_idno,changed_at,reason\n{},{},2011-06-01,重号更正\n",
        number.as_str(),
        corrected.as_str()
    );
    assert_eq!(loads(&house, Part::Changes, &changes).await.unwrap().written, 1);
}
