//! What a register says of an organization's life.

/// Only an active organization can be acted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// 存续, 在业.
    Active,
    /// 停业, 清算, 设立中: it exists and does no business now.
    Suspended,
    /// 吊销, 撤销: its licence was taken.
    Revoked,
    /// 注销: it is no more. A successor, if it was merged, is named beside it.
    Deregistered,
    /// 迁出: another province's register has it.
    MovedAway,
}

impl Standing {
    pub const ALL: [Standing; 5] =
        [Self::Active, Self::Suspended, Self::Revoked, Self::Deregistered, Self::MovedAway];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Deregistered => "deregistered",
            Self::MovedAway => "moved-away",
        }
    }
}

impl std::str::FromStr for Standing {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|s| s.as_str() == text).ok_or(())
    }
}
