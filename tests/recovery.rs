//! The way to a new password: what opens at once, what after a day, what a counter gives; and that it opens
//! nothing to anybody else.

mod counter;
mod day;
mod guessing;
mod offered;
mod proofs;

use yihao::base::Phone;
use yihao::http::urls;

use crate::factors::{is_told, signs_in};
use crate::support::{Browser, HOUR, House, MINUTE, Page, Person, soon};

const NEW: &str = "燕子 lantern 8 河";

/// The codes for a new password that were sent to a phone, the newest first.
fn codes(house: &House, person: &Person) -> Vec<String> {
    let phone = Phone::parse(&person.phone).expect("a phone");
    let sent = house.app.sms.outbox(Some(&phone));
    let code = |text: &str| {
        let mut digits = text.split(|c: char| !c.is_ascii_digit());
        digits.find(|digits| digits.len() == 6).map(str::to_owned)
    };
    sent.iter().filter(|sms| sms.text.contains("重设登录密码")).filter_map(|sms| code(&sms.text)).collect()
}

/// Types an identifier; the page that follows is the same for everybody.
async fn asks(browser: &mut Browser, identifier: &str) -> Page {
    browser.open(urls::RECOVER).await.is_at(urls::RECOVER);
    browser.submit("#recover", &[("identifier", identifier)]).await
}

/// Types an identifier of `person`, and the code that comes to their phone.
async fn shows_phone(house: &House, browser: &mut Browser, person: &Person, identifier: &str) -> Page {
    let before = codes(house, person).len();
    asks(browser, identifier).await.is_at(urls::RECOVER_CODE).sees_not(&person.phone).sees_not(&person.name);
    soon("a code", || codes(house, person).len() > before).await;
    browser.submit("#recover-code", &[("code", &codes(house, person)[0])]).await
}

/// At the page for it: the new password is set, and it is the one that counts.
async fn sets(house: &House, browser: &mut Browser, person: &mut Person) {
    let page = browser.submit("#recover-password", &[("password", NEW), ("again", NEW)]).await;
    page.is_at(urls::RECOVER_PASSWORD).sees("新密码已设置");
    browser.open(urls::ACCOUNT).await.is_at(urls::ACCOUNT).sees(&person.name);
    is_told(house, person, "重设了密码").await;
    let mut other = Browser::new(house);
    other.open(urls::SIGN_IN).await;
    assert_eq!(signs_in(&mut other, person).await.status, 422);
    person.password = NEW.to_owned();
    signs_in(&mut other, person).await.stays().sees_not("不正确");
}

/// A browser that `person` has signed in from, and is signed in.
async fn known_browser(house: &House, person: &Person) -> Browser {
    let mut browser = Browser::new(house);
    browser.open(urls::SIGN_IN).await;
    signs_in(&mut browser, person).await.is_at(urls::ACCOUNT);
    browser
}
