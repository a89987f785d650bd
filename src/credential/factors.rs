//! What a person has to prove themselves with, what it is good for, and what of it may be taken away.

use uuid::Uuid;

use super::{Error, Holder, Refused, passkey, totp};
use crate::audit::{self, About, Event};
use crate::base::{AuthenticationLevel, Method, Visit};
use crate::crypto::DataKeys;
use crate::db::{self, Read, Tx, values};

/// What can stand beside a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SecondFactor {
    Passkey,
    Totp,
    Sms,
    RecoveryCode,
}

impl SecondFactor {
    /// In the order in which they are offered to who has used none yet.
    pub const ALL: [Self; 4] = [Self::Passkey, Self::Totp, Self::Sms, Self::RecoveryCode];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passkey => "passkey",
            Self::Totp => "app",
            Self::Sms => "sms",
            Self::RecoveryCode => "recovery",
        }
    }

    /// As a channel's policy names it.
    pub const fn method(self) -> Method {
        match self {
            Self::Passkey => Method::Passkey,
            Self::Totp => Method::App,
            Self::Sms => Method::Sms,
            Self::RecoveryCode => Method::RecoveryCode,
        }
    }

    /// The level that a session by password reaches with it.
    const fn level(self) -> AuthenticationLevel {
        match self {
            Self::Passkey => AuthenticationLevel::PhishingResistant,
            Self::Totp | Self::Sms | Self::RecoveryCode => AuthenticationLevel::TwoFactors,
        }
    }
}

impl std::str::FromStr for SecondFactor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|factor| factor.as_str() == text).ok_or(())
    }
}

/// What can be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal<'a> {
    Passkey(&'a [u8]),
    Totp,
}

/// The factors of one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Owned {
    pub password: bool,
    pub passkeys: u32,
    pub totp: bool,
    /// Those that are left.
    pub recovery_codes: u32,
    /// A verified phone, which codes can be sent to.
    pub phone: bool,
    /// The person wants to be asked for a second factor at every sign-in.
    pub always: bool,
    /// What they used last.
    pub last: Option<SecondFactor>,
}

impl Owned {
    /// What of it can be shown where not every method is offered.
    pub fn as_offered(self, offers: impl Fn(Method) -> bool) -> Self {
        Self {
            password: self.password && offers(Method::Password),
            passkeys: if offers(Method::Passkey) { self.passkeys } else { 0 },
            totp: self.totp && offers(Method::App),
            recovery_codes: if offers(Method::RecoveryCode) { self.recovery_codes } else { 0 },
            phone: self.phone && offers(Method::Sms),
            ..self
        }
    }

    /// Ways in that need nothing beside them. A code by SMS or a recovery code is none: phones are lost and
    /// numbers are given to others.
    pub const fn ways_in(&self) -> u32 {
        self.password as u32 + self.passkeys
    }

    /// What may stand beside the password to reach `level`, the one used last first.
    pub fn reaching(&self, level: AuthenticationLevel) -> Vec<SecondFactor> {
        let has = |factor: &SecondFactor| match factor {
            SecondFactor::Passkey => self.passkeys > 0,
            SecondFactor::Totp => self.totp,
            SecondFactor::Sms => self.phone,
            SecondFactor::RecoveryCode => self.recovery_codes > 0,
        };
        let mut all: Vec<_> =
            SecondFactor::ALL.into_iter().filter(|f| f.level() >= level).filter(has).collect();
        all.sort_by_key(|factor| Some(*factor) != self.last);
        all
    }

    /// The highest level that the person can prove. Who changes factors must have proven it, and never less
    /// than two factors: a password alone must not add what then counts as the second.
    pub fn level_for_changes(&self) -> AuthenticationLevel {
        if self.ways_in() == 0 {
            // Somebody else vouched for them: they add their first way in.
            AuthenticationLevel::OneFactor
        } else if self.passkeys > 0 {
            AuthenticationLevel::PhishingResistant
        } else {
            AuthenticationLevel::TwoFactors
        }
    }

    /// The best that the person can prove whenever they are asked. Recovery codes are used up, so they do not
    /// count.
    pub const fn best(&self) -> AuthenticationLevel {
        if self.passkeys > 0 {
            AuthenticationLevel::PhishingResistant
        } else if self.can_be_asked_always() {
            AuthenticationLevel::TwoFactors
        } else {
            AuthenticationLevel::OneFactor
        }
    }

    /// Whether something remains after a removal: always a way in, and a second factor (that is not used up)
    /// where the person wants one asked for.
    fn can_lose(&self, removal: Removal<'_>) -> bool {
        let after = match removal {
            Removal::Passkey(_) => Self { passkeys: self.passkeys.saturating_sub(1), ..*self },
            Removal::Totp => Self { totp: false, ..*self },
        };
        after.ways_in() > 0 && (!self.always || after.can_be_asked_always())
    }

    /// Whether a second factor can be asked for at every sign-in: recovery codes would soon be used up.
    pub const fn can_be_asked_always(&self) -> bool {
        self.passkeys > 0 || self.totp || self.phone
    }
}

/// Takes everything away that opens the account: it is closed, or somebody else's number was on it.
pub async fn forget(tx: &mut Tx, person: Uuid) -> Result<(), db::Error> {
    for delete in [
        "delete from password where person = $1",
        "delete from passkey where person = $1",
        "delete from totp where person = $1",
        "delete from recovery_code where person = $1",
        "delete from pin where person = $1",
        "delete from known_browser where person = $1",
    ] {
        tx.execute(delete, values![person]).await?;
    }
    Ok(())
}

pub async fn owned(read: &mut impl Read, person: Uuid) -> Result<Owned, db::Error> {
    let found = read
        .optional(
            "select exists (select 1 from password where person = p.id),
                    (select count(*) from passkey where person = p.id),
                    exists (select 1 from totp where person = p.id),
                    (select count(*) from recovery_code where person = p.id and used_at is null),
                    p.phone is not null, p.second_factor_always, p.second_factor_last
             from person p where p.id = $1",
            values![person],
            |row| {
                let count = |index| row.get::<i64>(index).map(|n| u32::try_from(n).unwrap_or(u32::MAX));
                Ok(Owned {
                    password: row.get(0)?,
                    passkeys: count(1)?,
                    totp: row.get(2)?,
                    recovery_codes: count(3)?,
                    phone: row.get(4)?,
                    always: row.get(5)?,
                    last: row.get::<Option<String>>(6)?.and_then(|word| word.parse().ok()),
                })
            },
        )
        .await?;
    Ok(found.unwrap_or_default())
}

/// Removes a factor. Refused if it is the last of what must remain; `false` if there is none of it.
pub async fn remove(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    removal: Removal<'_>,
) -> Result<bool, Error> {
    hold(tx, person).await?;
    if !owned(tx, person).await?.can_lose(removal) {
        return Err(Refused::Last.into());
    }
    let (removed, event) = match removal {
        Removal::Passkey(id) => {
            (passkey::remove(tx, Holder::Person(person), id).await?, Event::PasskeyRemoved)
        }
        Removal::Totp => (totp::remove(tx, Holder::Person(person)).await?, Event::TotpRemoved),
    };
    if removed {
        audit::record(tx, keys, visit, event, about(person)).await?;
    }
    Ok(removed)
}

/// Whether a second factor is asked for at every sign-in. Refused where the person has none to be asked for;
/// `false` if it is so already.
pub async fn ask_always(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    always: bool,
) -> Result<bool, Error> {
    hold(tx, person).await?;
    if always && !owned(tx, person).await?.can_be_asked_always() {
        return Err(Refused::Last.into());
    }
    let changed = tx
        .execute(
            "update person set second_factor_always = $2 where id = $1 and second_factor_always <> $2",
            values![person, always],
        )
        .await?;
    if changed == 1 {
        audit::record(tx, keys, visit, Event::SecondFactorAlways { always }, about(person)).await?;
    }
    Ok(changed == 1)
}

/// Keeps what the person used last, to be offered first.
pub async fn note_used(tx: &mut Tx, person: Uuid, factor: SecondFactor) -> Result<(), db::Error> {
    tx.execute(
        "update person set second_factor_last = $2
         where id = $1 and (second_factor_last is null or second_factor_last <> $2)",
        values![person, factor.as_str()],
    )
    .await?;
    Ok(())
}

/// Lets changes of one person's factors happen one after the other: two that each leave one would together
/// leave none. PostgreSQL locks the row until the end of the transaction.
async fn hold(tx: &mut Tx, person: Uuid) -> Result<(), db::Error> {
    tx.execute("update person set updated_at = updated_at where id = $1", values![person]).await?;
    Ok(())
}

fn about(person: Uuid) -> About<'static> {
    About { person: Some(person), client: None }
}

/// Takes every factor of an account: whoever set them was not its owner.
pub async fn forget_all(tx: &mut Tx, person: Uuid) -> Result<(), db::Error> {
    for statement in [
        "delete from password where person = $1",
        "delete from passkey where person = $1",
        "delete from totp where person = $1",
        "delete from recovery_code where person = $1",
        "delete from pin where person = $1",
        "delete from network_identity where person = $1",
        "delete from known_browser where person = $1",
        "update recovery set state = 'cancelled' where person = $1 and state = 'waiting'",
    ] {
        tx.execute(statement, values![person]).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use AuthenticationLevel::{PhishingResistant, TwoFactors};

    const PASSWORD: Owned = Owned {
        password: true,
        passkeys: 0,
        totp: false,
        recovery_codes: 0,
        phone: false,
        always: false,
        last: None,
    };

    #[test]
    fn the_last_way_in_stays_and_so_does_a_second_factor_that_is_wanted() {
        let passkey = Removal::Passkey(b"x");
        let table = [
            (Owned { passkeys: 1, ..PASSWORD }, passkey, true),
            (Owned { passkeys: 2, password: false, ..PASSWORD }, passkey, true),
            (Owned { passkeys: 1, password: false, ..PASSWORD }, passkey, false),
            // Neither codes nor a phone are a way in.
            (
                Owned {
                    passkeys: 1,
                    password: false,
                    totp: true,
                    recovery_codes: 10,
                    phone: true,
                    ..PASSWORD
                },
                passkey,
                false,
            ),
            (Owned { totp: true, ..PASSWORD }, Removal::Totp, true),
            (Owned { totp: true, always: true, recovery_codes: 9, ..PASSWORD }, Removal::Totp, false),
            (Owned { totp: true, always: true, phone: true, ..PASSWORD }, Removal::Totp, true),
        ];
        for (owned, removal, allowed) in table {
            assert_eq!(owned.can_lose(removal), allowed, "{owned:?} {removal:?}");
        }
    }

    #[test]
    fn what_a_channel_does_not_offer_counts_for_nothing_there() {
        use SecondFactor::{RecoveryCode, Sms, Totp};
        let all = Owned { passkeys: 1, totp: true, recovery_codes: 3, phone: true, ..PASSWORD };
        let but = |left_out: &'static [Method]| all.as_offered(|method| !left_out.contains(&method));
        assert_eq!((but(&[]), but(&[]).best()), (all, PhishingResistant));
        let without = but(&[Method::Passkey]);
        assert_eq!(
            (without.best(), without.reaching(TwoFactors)),
            (TwoFactors, vec![Totp, Sms, RecoveryCode])
        );
        let codes = but(&[Method::Passkey, Method::App, Method::Sms]);
        assert_eq!(codes.best(), AuthenticationLevel::OneFactor);
        assert_eq!(codes.reaching(TwoFactors), [RecoveryCode]);
        assert_eq!(but(&[Method::Password, Method::RecoveryCode]).ways_in(), 1);
    }

    #[test]
    fn what_was_used_last_is_offered_first_if_it_is_strong_enough() {
        use SecondFactor::{Passkey, RecoveryCode, Sms, Totp};
        let all = Owned { passkeys: 1, totp: true, recovery_codes: 3, phone: true, ..PASSWORD };
        assert_eq!(all.reaching(TwoFactors), [Passkey, Totp, Sms, RecoveryCode]);
        let last = Owned { last: Some(Sms), ..all };
        assert_eq!(last.reaching(TwoFactors), [Sms, Passkey, Totp, RecoveryCode]);
        assert_eq!(last.reaching(PhishingResistant), [Passkey]);
        assert_eq!(PASSWORD.reaching(TwoFactors), []);
        assert_eq!((all.level_for_changes(), PASSWORD.level_for_changes()), (PhishingResistant, TwoFactors));
    }
}
