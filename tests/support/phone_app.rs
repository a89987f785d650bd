//! An authenticator app on a person's phone, made from RFC 4226 and RFC 6238 alone.

use aws_lc_rs::hmac;
use yihao::base::Moment;

use super::{House, Page};

pub struct PhoneApp(Vec<u8>);

impl PhoneApp {
    /// Types in the secret that the page shows.
    #[track_caller]
    pub fn reads(page: &Page) -> Self {
        let text = page.text("code.secret");
        let mut bits = Vec::new();
        for sign in text.bytes().filter(|b| !b.is_ascii_whitespace()) {
            let five = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|s| *s == sign).expect("base32");
            bits.extend((0..5).rev().map(|i| five >> i & 1));
        }
        Self(bits.chunks(8).map(|byte| byte.iter().fold(0, |n, bit| n << 1 | *bit as u8)).collect())
    }

    /// What it shows now.
    pub fn code(&self, house: &House) -> String {
        self.code_at(house.clock.now())
    }

    fn code_at(&self, at: Moment) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &(at.seconds() as u64 / 30).to_be_bytes());
        let hash = tag.as_ref();
        let from = (hash[19] & 0xf) as usize;
        let word = u32::from_be_bytes(hash[from..from + 4].try_into().expect("four bytes"));
        format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
    }

    /// Six digits that are not the code of now, nor one of its neighbours.
    pub fn wrong_code(&self, house: &House) -> String {
        let step = std::time::Duration::from_secs(30);
        let now = house.clock.now();
        let near = [now, now.plus(step), now.minus(step)].map(|at| self.code_at(at));
        (0..).map(|n| format!("{n:06}")).find(|code| !near.contains(code)).expect("one of four")
    }
}
