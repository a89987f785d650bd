//! What each channel is trusted with. A client belongs to one; a session is of the one in which it began.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::section::{Setting, shown};
use crate::base::{Act, AuthenticationLevel, Channel, Method, TrustLevel};

/// Declares the policy once, with the meaning of each key, for all channels.
macro_rules! policy {
    ($( $(#[doc = $doc:literal])+ $key:ident : $type:ty, )*) => {
        /// What a channel is trusted with.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct ChannelPolicy {
            $( $(#[doc = $doc])+ pub $key: $type, )*
        }

        impl ChannelPolicy {
            fn reference(&self, channel: &str) -> Vec<Setting> {
                vec![$( Setting {
                    key: format!("channel.{channel}.{}", stringify!($key)),
                    default: shown(&self.$key),
                    meaning: concat!($($doc),+).trim().to_owned(),
                } ),*]
            }
        }
    };
}

policy! {
    /// The grants (`grant_type`) that its clients may use, of those they are registered for. Without
    /// `refresh_token` there are no refresh tokens.
    grants: Vec<String>,
    /// Minutes of an access token. Unset: `token.access_minutes`.
    access_minutes: Option<u64>,
    /// Minutes after which a session of it ends in any case. Unset: `session.longest_hours`.
    session_minutes: Option<u64>,
    /// Seconds without a request after which a session of it ends. Unset: `session.idle_minutes`. On the channels kiosk
    /// and counter the use of a token is a request too, and tokens end with the session.
    idle_seconds: Option<u64>,
    /// The browser keeps the session's cookie when it is closed.
    keep_cookie: bool,
    /// Ways to prove who one is that are offered: `password`, `passkey`, `sms`, `app`, `recovery_code`, `national`,
    /// `certificate`, `phone`, `chip`, `pin`.
    methods: Vec<Method>,
    /// The lowest trust level of a person, for all its clients.
    min_trust: Option<TrustLevel>,
    /// The lowest authentication level of a sign-in, for all its clients.
    min_aal: Option<AuthenticationLevel>,
    /// What a session of it may never do: `change_factors`, `create_passkeys`, `grant_mandates`, `close_account`.
    never: Vec<Act>,
}

/// The channels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    pub hall: ChannelPolicy,
    pub mobile: ChannelPolicy,
    pub kiosk: ChannelPolicy,
    pub counter: ChannelPolicy,
    pub system: ChannelPolicy,
}

const CODE: &str = "authorization_code";
const REFRESH: &str = "refresh_token";
const CLIENT: &str = "client_credentials";
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const BACK_CHANNEL: &str = "urn:openid:params:grant-type:ciba";
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const AT_COUNTER: &str = "urn:yihao:params:oauth:grant-type:counter";
const CHIP: &str = "urn:yihao:params:oauth:grant-type:chip";

/// What browsers and phones offer.
const REMOTE: [Method; 8] = [
    Method::Password,
    Method::Passkey,
    Method::Sms,
    Method::App,
    Method::RecoveryCode,
    Method::National,
    Method::Phone,
    Method::Certificate,
];

impl Default for Channels {
    fn default() -> Self {
        let grants = |grants: &[&str]| grants.iter().map(|grant| (*grant).to_owned()).collect();
        let hall = ChannelPolicy {
            grants: grants(&[CODE, REFRESH, CLIENT, DEVICE, BACK_CHANNEL]),
            access_minutes: None,
            session_minutes: None,
            idle_seconds: None,
            keep_cookie: false,
            methods: REMOTE.to_vec(),
            min_trust: None,
            min_aal: None,
            never: Vec::new(),
        };
        Self {
            mobile: ChannelPolicy {
                grants: grants(&[CODE, REFRESH, EXCHANGE, DEVICE, BACK_CHANNEL]),
                keep_cookie: true,
                ..hall.clone()
            },
            // A machine that the next person stands at in a minute.
            kiosk: ChannelPolicy {
                grants: grants(&[DEVICE, CHIP]),
                access_minutes: Some(5),
                session_minutes: Some(15),
                idle_seconds: Some(60),
                methods: vec![Method::Chip, Method::Pin, Method::App],
                never: Act::ALL.to_vec(),
                ..hall.clone()
            },
            // The same, with a clerk: papers are read and copied meanwhile.
            counter: ChannelPolicy {
                grants: grants(&[CODE, BACK_CHANNEL, CHIP, AT_COUNTER]),
                access_minutes: Some(5),
                session_minutes: Some(60),
                idle_seconds: Some(600),
                never: Act::ALL.to_vec(),
                ..hall.clone()
            },
            system: ChannelPolicy {
                grants: grants(&[CLIENT, CODE, REFRESH, DEVICE, BACK_CHANNEL]),
                ..hall.clone()
            },
            hall,
        }
    }
}

impl Channels {
    pub const fn of(&self, channel: Channel) -> &ChannelPolicy {
        match channel {
            Channel::Hall => &self.hall,
            Channel::Mobile => &self.mobile,
            Channel::Kiosk => &self.kiosk,
            Channel::Counter => &self.counter,
            Channel::System => &self.system,
        }
    }

    pub(super) fn reference() -> Vec<Setting> {
        let default = Self::default();
        Channel::ALL.into_iter().flat_map(|channel| default.of(channel).reference(channel.as_str())).collect()
    }
}

/// Lifetimes: the channel's own, or the general ones.
impl super::Config {
    pub fn access_life(&self, channel: Channel) -> Duration {
        Duration::from_secs(60 * self.channel.of(channel).access_minutes.unwrap_or(self.token.access_minutes))
    }

    pub fn session_life(&self, channel: Channel) -> Duration {
        let minutes = self.channel.of(channel).session_minutes;
        Duration::from_secs(60 * minutes.unwrap_or(self.session.longest_hours * 60))
    }

    pub fn idle_time(&self, channel: Channel) -> Duration {
        let seconds = self.channel.of(channel).idle_seconds;
        Duration::from_secs(seconds.unwrap_or(self.session.idle_minutes * 60))
    }
}
