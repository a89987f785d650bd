//! A person's phone: a browser that is signed in, and a passkey.

use yihao::base::AuthenticationLevel;
use yihao::http::urls;

use super::{Browser, House, Page, Person};
use crate::authenticator::Authenticator;
use crate::factors::{add_passkey, by_passkey};

pub struct Phone {
    pub browser: Browser,
    passkey: Authenticator,
}

impl Phone {
    pub async fn of(house: &House, person: &Person) -> Self {
        let mut browser = Browser::signed_in_at(house, person, AuthenticationLevel::TwoFactors).await;
        let passkey = add_passkey(house, &mut browser, "手机").await;
        Self { browser, passkey }
    }

    /// Looks at what waits.
    pub async fn looks(&mut self) -> Page {
        self.browser.open(urls::APPROVALS).await.is_at(urls::APPROVALS).clone()
    }

    /// Opens the first thing that waits.
    pub async fn opens(&mut self) -> Page {
        self.looks().await;
        let page = self.browser.open_link_to(&format!("{}/", urls::APPROVALS)).await;
        page.is_at(urls::DEVICE_CONFIRM).clone()
    }

    /// Says yes to what is open, and shows the passkey if it was not shown just now.
    pub async fn allows(&mut self, number: &str) -> Page {
        let fields = [("decision", "allow"), ("match", number)];
        let page = self.browser.submit("#device-confirm", &fields).await;
        if page.url.path() != urls::SECOND_FACTOR {
            return page;
        }
        let ask = page.url.query_pairs().next().expect("an Ask").1.into_owned();
        let next = by_passkey(&mut self.browser, &mut self.passkey, Some(&ask)).await;
        self.browser.open(&next).await
    }

    pub async fn decides(&mut self, decision: &str) -> Page {
        self.browser.submit("#device-confirm", &[("decision", decision)]).await
    }
}
