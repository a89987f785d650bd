//! What an old password does not open, and what nobody learns by trying.

use yihao::base::TrustLevel;
use yihao::base::number::CreditCode;
use yihao::identity::{self, PersonState, Registered};
use yihao::legacy::{LinkState, SubjectKind};

use super::{NAME, NEW, OLD, OLD_MD5, known, person_of, sets, trust_of, types};
use crate::legacy_merge::{Old, house, organization, population};
use crate::support::operator::{citizen_id, credit_code, new_person};
use crate::support::{Browser, Page};

/// Somebody knows all names and numbers, and one old password: they get that account and nothing else.
#[tokio::test]
async fn one_old_password_is_one_account() {
    let house = house().await;
    let numbers: Vec<_> = (0..5).map(|_| citizen_id()).collect();
    let people: Vec<_> = numbers.iter().map(|number| (number.as_str(), NAME, "", "0")).collect();
    population(&house, &people).await;
    let (si, tax) = (Old::system(&house, "si", None).await, Old::system(&house, "tax", None).await);
    let mut accounts = Vec::new();
    for (n, number) in numbers.iter().enumerate() {
        accounts.push((
            known(&si, &format!("si-{n}"), number).await,
            known(&tax, &format!("tax-{n}"), number).await,
        ));
    }
    // The attacker knows the password of si-0 alone: the others have another.
    for (n, (at_si, at_tax)) in accounts.iter().enumerate() {
        if n > 0 {
            si.had(*at_si, &format!("si-{n}"), "spring_noop", "{noop}not known to anybody", "").await;
        }
        tax.had(*at_tax, &format!("tax-{n}"), "spring_noop", "{noop}not known to anybody", "").await;
    }
    let mut browser = Browser::new(&house);
    types(&mut browser, "si-0", OLD).await.is_at("/sign-in/new-password");
    let page = sets(&mut browser, NEW).await;
    assert_eq!(page.is_at("/account/earlier-accounts").texts("ul.rows strong"), ["si"]);
    let mine = person_of(&si, accounts[0].0).await;
    assert_eq!(trust_of(&house, mine).await, TrustLevel::Asserted);
    for number in &numbers {
        for name in [number.as_str(), &format!("{}@si", number.as_str()), &format!("{}@tax", number.as_str())]
        {
            if *number != numbers[0] {
                assert_eq!(
                    types(&mut Browser::new(&house), name, OLD).await.code().as_deref(),
                    Some("sign-in-refused")
                );
            }
        }
    }
    for (n, (at_si, at_tax)) in accounts.iter().enumerate() {
        let person = person_of(&si, *at_si).await;
        let state = identity::state_of(&mut &house.app.db, person).await.unwrap();
        let expected = if n == 0 { PersonState::Active } else { PersonState::Unclaimed };
        assert_eq!(state, Some(expected), "{n}");
        let link = si.link(*at_si).await.state;
        assert_eq!(link, if n == 0 { LinkState::Live } else { LinkState::Dormant });
        assert_eq!(tax.link(*at_tax).await.state, LinkState::Dormant);
    }
    // The owner comes with better proof, and takes it back.
    let mut tx = house.app.db.begin().await.unwrap();
    let owner = new_person(numbers[0].clone(), NAME, "13812345678", TrustLevel::Proven);
    let policy = &house.app.config.trust;
    let arrival = identity::arrive(&mut tx, &house.app.keys, &house.visit(), &owner, policy).await.unwrap();
    tx.commit().await.unwrap();
    assert_ne!(arrival.person(), mine);
    assert_eq!(identity::state_of(&mut &house.app.db, mine).await.unwrap(), Some(PersonState::Closed));
    assert!(browser.open("/account").await.url.path() == "/sign-in", "and their session is over");
}

/// Who has a way in of their own is not let in by a password of years ago.
#[tokio::test]
async fn it_is_no_second_way_into_an_account() {
    let house = house().await;
    let number = citizen_id();
    population(&house, &[(number.as_str(), NAME, "", "0")]).await;
    let mut tx = house.app.db.begin().await.unwrap();
    let new = new_person(number.clone(), NAME, "13812345678", TrustLevel::Matched);
    let registered = identity::register(&mut tx, &house.app.keys, &house.visit(), &new).await.unwrap();
    let Registered::New(person) = registered else { panic!("the number is taken") };
    let hash = house.app.hasher.hash(yihao::base::Secret::new(NEW)).await.unwrap();
    yihao::credential::password::set(&mut tx, &house.visit(), person, &hash).await.unwrap();
    tx.commit().await.unwrap();
    let si = Old::system(&house, "si", None).await;
    let account = known(&si, "zhang01", &number).await;
    assert_eq!(person_of(&si, account).await, person);

    let mut browser = Browser::new(&house);
    let page = types(&mut browser, "zhang01@si", OLD).await;
    page.sees_not(number.as_str()).sees_not(NAME);
    assert!(page.has("#sign-in-own") && !browser.cookies.contains_key("yihao_session"));
    assert_eq!(si.link(account).await.state, LinkState::Dormant);
    assert!(si.has_password(account).await);
}

#[tokio::test]
async fn an_organization_has_no_login() {
    let house = house().await;
    population(&house, &[(citizen_id().as_str(), NAME, "", "0")]).await;
    let code: CreditCode = credit_code();
    organization(&house, &code, "广州恒达科技有限公司", "存续").await;
    let tax = Old::system(&house, "tax", None).await;
    let kind = SubjectKind::Organization;
    let account = tax.account(kind, "credit-code", "1", code.as_str(), "广州恒达科技有限公司").await;
    tax.had(account, "hengda", "md5", OLD_MD5, "").await;
    tax.matches().await;
    tax.merges().await.expect("it is linked");
    let mut browser = Browser::new(&house);
    let page = types(&mut browser, "hengda", OLD).await;
    assert!(page.has("#sign-in-own") && !browser.cookies.contains_key("yihao_session"), "{}", page.html);
}

/// Unknown, ambiguous, not linked, wrong: one page.
#[tokio::test]
async fn unknown_and_wrong_look_alike() {
    let house = house().await;
    let numbers: Vec<_> = (0..3).map(|_| citizen_id()).collect();
    let people: Vec<_> = numbers.iter().map(|number| (number.as_str(), NAME, "", "0")).collect();
    population(&house, &people).await;
    let (si, tax) = (Old::system(&house, "si", None).await, Old::system(&house, "tax", None).await);
    known(&si, "zhang01", &numbers[0]).await;
    known(&si, "twice", &numbers[1]).await;
    known(&tax, "twice", &numbers[2]).await;
    let waiting = si.person("9", citizen_id().as_str(), "谁也不是").await;
    si.had(waiting, "waiting", "md5", OLD_MD5, "").await;
    let cases = [
        ("zhang01", "wrong one"),
        ("zhang01@si", "wrong one"),
        ("nobody", OLD),
        ("nobody@si", OLD),
        ("zhang01@tax", OLD),
        ("zhang01@nowhere", OLD),
        ("twice", OLD),
        ("waiting@si", OLD),
        ("@si", OLD),
        ("@", OLD),
    ];
    let mut pages = Vec::new();
    for (identifier, password) in cases {
        let mut browser = Browser::new(&house);
        let page = types(&mut browser, identifier, password).await;
        assert_eq!(page.status, 422, "{identifier}");
        assert!(!browser.cookies.contains_key("yihao_session"));
        pages.push((page.code(), without_what_differs(&page, identifier)));
    }
    pages.dedup();
    assert_eq!(pages.len(), 1, "{pages:#?}");
}

fn without_what_differs(page: &Page, typed: &str) -> String {
    let mut text = page.html.replace(&format!("value=\"{typed}\""), "value=\"…\"");
    let marks = [("<code>", "</code>"), ("name=\"csrf\" value=\"", "\""), ("name=\"csrf\" content=\"", "\"")];
    for (from, to) in marks {
        while let Some(at) = text.find(from) {
            let end = text[at + from.len()..].find(to).unwrap() + at + from.len();
            text.replace_range(at..end, "");
        }
    }
    text
}

#[tokio::test]
async fn guesses_are_counted_and_the_new_password_page_is_good_once() {
    let house = house().await;
    let number = citizen_id();
    population(&house, &[(number.as_str(), NAME, "", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    let account = known(&si, "zhang01", &number).await;
    for unknown in [false, true] {
        let name = if unknown { "nobody-at-all" } else { "zhang01" };
        let mut browser = Browser::new(&house);
        browser.header("x-forwarded-for", if unknown { "203.0.113.1" } else { "203.0.113.2" });
        let mut statuses = Vec::new();
        for _ in 0..=house.app.config.limits.account_failures {
            statuses.push(types(&mut browser, name, "wrong one").await.status.as_u16());
        }
        assert_eq!(statuses.pop(), Some(429), "{name}");
        assert!(statuses.iter().all(|status| *status == 422), "{statuses:?}");
        assert_eq!(types(&mut browser, name, OLD).await.status, 429, "also with the right one");
    }
    house.pass(crate::support::HOUR * 24);

    // Two tabs with the page, one of which is used; and another browser, with the handle of it.
    let mut browser = Browser::new(&house);
    types(&mut browser, "zhang01", OLD).await.is_at("/sign-in/new-password");
    let (mut second, address) = (browser.clone(), browser.last_page().url.clone());
    let mut stranger = Browser::new(&house);
    let path = format!("{}?{}", address.path(), address.query().unwrap_or_default());
    assert_eq!(stranger.open(&path).await.code().as_deref(), Some("ask_expired"));
    sets(&mut browser, NEW).await.is_at("/account/earlier-accounts");
    assert_eq!(sets(&mut second, "another one 山高月小").await.code().as_deref(), Some("ask_expired"));
    assert!(!si.has_password(account).await);
    types(&mut Browser::new(&house), "zhang01", NEW).await.is_at("/account");
}
