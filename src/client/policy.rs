//! A client as its channel lets it be: what an operator says of a channel holds for all its clients, whatever they
//! were registered for.

use super::{Client, GrantType, InvalidMetadata, Metadata};
use crate::config::{ChannelPolicy, Channels};

/// Refuses metadata that ask for more than the channel allows.
pub fn within_channel(metadata: &Metadata, channels: &Channels) -> Result<(), InvalidMetadata> {
    let policy = channels.of(metadata.channel);
    match metadata.grant_types.iter().find(|grant| !allows(policy, **grant)) {
        None => Ok(()),
        Some(grant) => Err(InvalidMetadata {
            field: "grant_types",
            what: format!(
                "{} is not for channel {c}: see channel.{c}.grants",
                grant.as_str(),
                c = metadata.channel
            ),
        }),
    }
}

/// The client with what its channel leaves of its grants, and with the levels that the channel demands.
pub fn under_channel(mut client: Client, channels: &Channels) -> Client {
    let policy = channels.of(client.metadata.channel);
    let metadata = &mut client.metadata;
    metadata.grant_types.retain(|grant| allows(policy, *grant));
    metadata.min_trust = metadata.min_trust.max(policy.min_trust);
    metadata.min_aal = metadata.min_aal.max(policy.min_aal);
    client
}

fn allows(policy: &ChannelPolicy, grant: GrantType) -> bool {
    policy.grants.iter().any(|allowed| allowed == grant.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{AuthenticationLevel, Channel, Secret, TrustLevel};
    use crate::client::ClientState;
    use GrantType::{AuthorizationCode, ClientCredentials, RefreshToken};

    fn client(channel: Channel, grant_types: &[GrantType]) -> Client {
        let metadata = Metadata { channel, grant_types: grant_types.to_vec(), ..Metadata::default() };
        Client { id: "c".to_owned(), state: ClientState::Active, metadata, secret: None::<Secret> }
    }

    #[test]
    fn what_each_channel_leaves() {
        let channels = Channels::default();
        let asked = [AuthorizationCode, RefreshToken, ClientCredentials];
        for (channel, left) in [
            (Channel::Hall, &asked[..]),
            (Channel::Mobile, &[AuthorizationCode, RefreshToken]),
            (Channel::Kiosk, &[]),
            (Channel::Counter, &[AuthorizationCode]),
            (Channel::System, &asked[..]),
        ] {
            let client = client(channel, &asked);
            let refused = within_channel(&client.metadata, &channels).is_err();
            assert_eq!(refused, left.len() < asked.len(), "{channel}");
            assert_eq!(under_channel(client, &channels).metadata.grant_types, left, "{channel}");
        }
    }

    #[test]
    fn levels_only_rise() {
        let mut channels = Channels::default();
        channels.kiosk.min_aal = Some(AuthenticationLevel::TwoFactors);
        channels.kiosk.min_trust = Some(TrustLevel::Matched);
        let mut kiosk = client(Channel::Kiosk, &[]);
        kiosk.metadata.min_trust = Some(TrustLevel::Proven);
        let kiosk = under_channel(kiosk, &channels).metadata;
        assert_eq!(kiosk.min_aal, Some(AuthenticationLevel::TwoFactors));
        assert_eq!(kiosk.min_trust, Some(TrustLevel::Proven));
        assert_eq!(under_channel(client(Channel::Hall, &[]), &channels).metadata.min_aal, None);
    }

    #[test]
    fn every_grant_is_for_some_channel() {
        let channels = Channels::default();
        for grant in GrantType::ALL {
            assert!(Channel::ALL.iter().any(|channel| allows(channels.of(*channel), *grant)), "{grant:?}");
        }
    }
}
