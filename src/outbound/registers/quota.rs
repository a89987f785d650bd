//! The exchange platform gives an app so many questions a second and a day. They are counted over all nodes,
//! and what is above is not asked: a platform that is asked too often locks the app out.

use std::time::Duration;

use super::{NoAnswer, Register};
use crate::config;
use crate::transient::{Key, Transient};

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// How often what is asked aside looks whether there is room again.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// So often at most: a minute.
const LOOKS: u32 = 1200;

/// For whom is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// For somebody who waits: what is above the quota is refused at once.
    AtOnce,
    /// For nobody who waits: it takes a share of the quota only, and waits for the next second.
    Aside,
}

pub(super) struct Quota {
    transient: Transient,
    per_second: u64,
    per_day: u64,
    /// In hundredths.
    share: u64,
    /// What is asked aside passes here one after the other, so that it stays within its share.
    aside: tokio::sync::Mutex<()>,
}

impl Quota {
    pub(super) fn new(transient: Transient, config: &config::Registers) -> Self {
        let config::Registers { per_second, per_day, matching_share: share, .. } = *config;
        Self { transient, per_second, per_day, share, aside: tokio::sync::Mutex::default() }
    }

    /// Counts a question to the register. [`NoAnswer::Busy`] if it is one too many in this second,
    /// [`NoAnswer::Spent`] if in this day. If nobody can count, nobody asks.
    pub(super) async fn take(&self, register: Register, pace: Pace) -> Result<(), NoAnswer> {
        let (second, day) = (second(register), day(register));
        let turn = match pace {
            Pace::AtOnce => None,
            Pace::Aside => {
                let turn = self.aside.lock().await;
                self.room(&second, &day).await?;
                Some(turn)
            }
        };
        self.count(&second, SECOND, self.per_second, NoAnswer::Busy).await?;
        let counted = self.count(&day, DAY, self.per_day, NoAnswer::Spent).await;
        drop(turn);
        counted
    }

    async fn count(&self, key: &Key, span: Duration, most: u64, above: NoAnswer) -> Result<(), NoAnswer> {
        let counted = self.transient.count(key, span, 1).await.map_err(|error| uncounted(&error))?;
        if counted > most { Err(above) } else { Ok(()) }
    }

    /// Waits until there is room in the share of a second; nothing is counted for looking.
    async fn room(&self, second: &Key, day: &Key) -> Result<(), NoAnswer> {
        if self.counted(day).await? >= self.share_of(self.per_day) {
            return Err(NoAnswer::Spent);
        }
        for _ in 0..LOOKS {
            if self.counted(second).await? < self.share_of(self.per_second) {
                return Ok(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Err(NoAnswer::Busy)
    }

    fn share_of(&self, most: u64) -> u64 {
        let share = u128::from(most) * u128::from(self.share.min(100)) / 100;
        u64::try_from(share).unwrap_or(most).max(1)
    }

    async fn counted(&self, key: &Key) -> Result<u64, NoAnswer> {
        let digits = self.transient.get(key).await.map_err(|error| uncounted(&error))?;
        Ok(digits.and_then(|digits| std::str::from_utf8(&digits).ok()?.parse().ok()).unwrap_or(0))
    }
}

fn second(register: Register) -> Key {
    Key::new("register-second", register.as_str())
}

fn day(register: Register) -> Key {
    Key::new("register-day", register.as_str())
}

fn uncounted(error: &crate::transient::Unavailable) -> NoAnswer {
    tracing::warn!(%error, "questions to the registers cannot be counted");
    NoAnswer::Busy
}
