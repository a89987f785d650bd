//! The registers of legal persons, asked as the house asks them.

use serde_json::json;
use yihao::base::number::CreditCode;
use yihao::outbound::registers::{Department, LegalPersonAnswer, NoAnswer, Standing};

use crate::support::House;
use crate::support::registers::Fault;

const CODE: &str = "9144030071526726XG";
const SUCCESSOR: &str = "914403001922038216";
const XUE: (&str, &str) = ("薛志", "441284200212318545");
const YIN: (&str, &str) = ("尹洋", "510104199212093432");

async fn asked(house: &House) -> LegalPersonAnswer {
    let code = CreditCode::parse(CODE).unwrap();
    house.app.registers.legal_person(&house.visit(), &code).await
}

#[tokio::test]
async fn the_register_says_who_represents_an_organization_now() {
    let house = House::open().await;
    assert!(matches!(asked(&house).await, LegalPersonAnswer::NoRecord));
    // Kept by another department than its code says.
    house.registers.know_organization("agriculture", CODE, "石牌村经济联合社", XUE);
    let LegalPersonAnswer::Found(before) = asked(&house).await else { panic!("it is found") };
    assert_eq!((before.department, before.standing), (Department::Agriculture, Standing::Active));
    assert_eq!(before.as_of.day(), house.clock.now().day());
    house.registers.change_representative(CODE, YIN);
    let LegalPersonAnswer::Found(after) = asked(&house).await else { panic!("it is found") };
    for (found, named) in [(before, XUE), (after, YIN)] {
        let number = found.representative_number.as_ref().unwrap().reveal().to_owned();
        assert_eq!((found.representative_name.as_str(), number.as_str()), named);
    }
    house.registers.change_organization(CODE, json!({ "status": "合并注销", "successor": SUCCESSOR }));
    let LegalPersonAnswer::Found(merged) = asked(&house).await else { panic!("it is found") };
    assert_eq!(merged.standing, Standing::Deregistered);
    assert_eq!(merged.successor.unwrap().as_str(), SUCCESSOR);
    house.registers.fail(Some(Fault::Down));
    assert!(matches!(asked(&house).await, LegalPersonAnswer::NoAnswer(NoAnswer::Refused(503))));
}
