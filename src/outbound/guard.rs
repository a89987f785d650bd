//! Which addresses lie outside. An address that a client gives must not lead into our own network
//! (server-side request forgery, RFC 9700 section 4.12 and OpenID Registration section 9.2).

use std::net::{IpAddr, SocketAddr};
use std::sync::LazyLock;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// IANA's special-purpose registries (RFC 6890 and its updates): what is not globally reachable, and what
/// wraps an IPv4 address that could be anything.
static INTERNAL: LazyLock<Vec<IpNet>> = LazyLock::new(|| {
    [
        "0.0.0.0/8",       // this network
        "10.0.0.0/8",      // private
        "100.64.0.0/10",   // carrier-grade NAT
        "127.0.0.0/8",     // loopback
        "169.254.0.0/16",  // link-local: also where clouds keep their credentials
        "172.16.0.0/12",   // private
        "192.0.0.0/24",    // protocol assignments
        "192.0.2.0/24",    // documentation
        "192.88.99.0/24",  // 6to4 relays
        "192.168.0.0/16",  // private
        "198.18.0.0/15",   // benchmarks
        "198.51.100.0/24", // documentation
        "203.0.113.0/24",  // documentation
        "224.0.0.0/4",     // multicast
        "240.0.0.0/4",     // reserved, broadcast
        "2001::/23",       // protocol assignments, Teredo
        "2001:db8::/32",   // documentation
        "2002::/16",       // 6to4
        "3fff::/20",       // documentation
    ]
    .map(|net| net.parse().expect("a network"))
    .to_vec()
});

/// Outside 2000::/3 nothing is assigned for the open Internet: loopback, mapped and translated IPv4, unique
/// local, link-local and multicast addresses all lie there.
static OPEN_IPV6: LazyLock<IpNet> = LazyLock::new(|| "2000::/3".parse().expect("a network"));

/// Whether an address is reached over the open Internet.
pub(super) fn is_global(address: IpAddr) -> bool {
    let assigned = address.is_ipv4() || OPEN_IPV6.contains(&address);
    assigned && !INTERNAL.iter().any(|net| net.contains(&address))
}

/// A resolver that knows only addresses outside. The connection is made to what it answers, so there is
/// no moment between check and use in which a name could change.
pub(super) struct Guard;

/// The name has addresses, all of them internal.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to internal addresses only")]
pub(super) struct Internal;

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let global: Vec<SocketAddr> = found.filter(|address| is_global(address.ip())).collect();
            if global.is_empty() { Err(Internal.into()) } else { Ok(Box::new(global.into_iter()) as Addrs) }
        })
    }
}

/// Whether a request failed because the guard refused the name.
pub(super) fn refused(error: &reqwest::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if error.is::<Internal>() {
            return true;
        }
        source = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_open_internet_are_global() {
        for text in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "192.0.1.1", "2400:3200::1", "2606:4700::1111"] {
            assert!(is_global(text.parse().unwrap()), "{text}");
        }
        let internal = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.9",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ];
        for text in internal {
            assert!(!is_global(text.parse().unwrap()), "{text}");
        }
    }
}
