//! People that do not exist, the same at every start: with an account, or only in the registers.

use jiff::civil::{Date, date};
use serde_json::json;

use super::super::person::{Outcome, register};
use crate::app::App;
use crate::base::number::{CitizenId, OfficialNumber};
use crate::base::{PersonName, Phone, Secret, TrustLevel, Visit};
use crate::identity::{self, NewEvidence, NewPerson};

/// Everybody's.
pub const PASSWORD: &str = "shan-gao-shui-chang";
/// Those who have an account.
const WITH_ACCOUNT: usize = 50;
/// Those who can register.
const WITHOUT: usize = 10;

const SURNAMES: [&str; 16] =
    ["陈", "李", "黄", "张", "梁", "林", "刘", "吴", "罗", "何", "谢", "邓", "曾", "欧阳", "冯", "叶"];
const GIVEN: [&str; 15] = [
    "家明", "晓彤", "志强", "雅婷", "国栋", "慧敏", "子轩", "丽华", "伟", "静怡", "俊杰", "秀英", "海涛",
    "诗雨", "建国",
];
/// Guangzhou Yuexiu and Tianhe, Shenzhen Nanshan, Zhuhai Xiangzhou, Foshan Shunde, Dongguan.
const REGIONS: [&str; 6] = ["440104", "440106", "440305", "440402", "440606", "441900"];

/// Somebody. No `Debug`, as for real people.
pub struct Someone {
    pub number: CitizenId,
    pub name: PersonName,
    pub phone: Phone,
    pub trust: TrustLevel,
    pub user_name: Option<String>,
}

/// All of them: `true` for those who have an account.
pub fn everybody() -> Vec<(Someone, bool)> {
    (0..WITH_ACCOUNT + WITHOUT).filter_map(|n| Some((someone(n)?, n < WITH_ACCOUNT))).collect()
}

/// Someone who has no account yet.
pub fn newcomer() -> Option<Someone> {
    someone(WITH_ACCOUNT)
}

/// The `n`th.
pub fn someone(n: usize) -> Option<Someone> {
    let name = match n {
        // A name with a separator, which systems spell in several ways.
        7 => "买买提·艾力".to_owned(),
        _ => format!("{}{}", SURNAMES[n % SURNAMES.len()], GIVEN[(n * 7 + n / 15) % GIVEN.len()]),
    };
    let born = (1950 + n * 17 % 56, 1 + n * 5 % 12, 1 + n * 11 % 28);
    let region = REGIONS[n % REGIONS.len()];
    let body = format!("{region}{}{:02}{:02}{:03}", born.0, born.1, born.2, 101 + n * 13 % 800);
    Some(Someone {
        number: with_check_character(&body)?,
        name: PersonName::parse(&name).ok()?,
        phone: Phone::parse(&format!("199{:08}", 10_000 + n)).ok()?,
        trust: match n % 10 {
            9 => TrustLevel::Asserted,
            5 => TrustLevel::Proven,
            _ => TrustLevel::Matched,
        },
        user_name: (n == 2).then(|| "lihua".to_owned()),
    })
}

/// The number that begins with these 17 digits: one check character makes it valid.
fn with_check_character(body: &str) -> Option<CitizenId> {
    const TODAY: Date = date(2026, 1, 1);
    "0123456789X".chars().find_map(|check| CitizenId::parse(&format!("{body}{check}"), TODAY).ok())
}

/// Everybody as the registers' simulator reads them, an object a line.
pub fn register_lines() -> String {
    let line = |(someone, _): (Someone, bool)| {
        let Someone { number, name, phone, .. } = someone;
        let phone = phone.national();
        let citizen = json!({ "citizen_id": number.as_str(), "name": name.as_str(), "phone": phone });
        format!("{citizen}\n")
    };
    everybody().into_iter().map(line).collect()
}

/// Gives accounts to those who should have one and have none.
pub async fn seed(app: &App, visit: &Visit) -> anyhow::Result<usize> {
    let keys = app.keys.data();
    let mut missing = Vec::new();
    for (someone, _) in everybody().into_iter().filter(|(_, has_account)| *has_account) {
        let new = account(someone);
        if identity::find_by_number(&mut &app.db, &keys, &new.number).await?.is_none() {
            missing.push(new);
        }
    }
    let mut added = 0;
    // Side by side, and no more at once than the queue before the hasher takes.
    for some in missing.chunks(app.config.password.queue.clamp(1, 16)) {
        let mut hashes = Vec::new();
        for _ in some {
            let hasher = app.hasher.clone();
            hashes.push(tokio::spawn(async move { hasher.hash(Secret::new(PASSWORD)).await }));
        }
        let mut hashed = Vec::new();
        for hash in hashes {
            hashed.push(hash.await??);
        }
        let mut tx = app.db.begin().await?;
        for (new, phc) in some.iter().zip(&hashed) {
            let outcome = register(&mut tx, app, visit, new, phc).await?;
            added += usize::from(matches!(outcome, Outcome::Added(_)));
        }
        tx.commit().await?;
    }
    Ok(added)
}

fn account(someone: Someone) -> NewPerson {
    NewPerson {
        number: OfficialNumber::from(someone.number),
        name: someone.name,
        phone: Some(someone.phone),
        user_name: someone.user_name.map(Secret::new),
        email: None,
        email_verified: false,
        address: None,
        evidence: NewEvidence {
            method: "demo",
            source: "yihao demo".to_owned(),
            reference: "synthetic".to_owned(),
            trust: someone.trust,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::credential::password;

    #[test]
    fn everybody_is_one_person_with_a_phone_and_may_have_the_password() {
        let all = everybody();
        assert_eq!(all.len(), WITH_ACCOUNT + WITHOUT);
        let numbers: BTreeSet<&str> = all.iter().map(|(someone, _)| someone.number.as_str()).collect();
        let phones: BTreeSet<&str> = all.iter().map(|(someone, _)| someone.phone.as_str()).collect();
        let names: BTreeSet<&str> = all.iter().map(|(someone, _)| someone.name.as_str()).collect();
        assert_eq!((numbers.len(), phones.len()), (all.len(), all.len()));
        assert!(names.len() > all.len() * 3 / 4, "{} names", names.len());
        let password = Secret::new(PASSWORD);
        for (someone, _) in &all {
            let (number, phone) = (someone.number.as_str(), Some(&someone.phone));
            assert!(password::acceptable(&password, number, Some(&someone.name), phone).is_ok());
        }
        assert!(register_lines().lines().count() == all.len());
    }
}
