//! Which port is whose.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::Context;

/// The ports of a demo, all on loopback.
pub struct Ports {
    pub public: u16,
    pub hall: u16,
    pub certificates: u16,
    pub licences: u16,
    pub counter: u16,
    pub phone: u16,
    pub kiosk: u16,
    pub ukey: u16,
    pub registers: u16,
    pub internal: u16,
}

impl Ports {
    /// `public` is 64,000 at most.
    pub fn above(public: u16) -> Self {
        Self {
            public,
            hall: public + 1,
            certificates: public + 2,
            licences: public + 3,
            counter: public + 5,
            phone: public + 4,
            kiosk: public + 6,
            ukey: public + 7,
            registers: public + 10,
            internal: public + 1010,
        }
    }

    /// # Errors
    /// One of them is in use.
    pub fn check_free(&self) -> anyhow::Result<()> {
        let Self { public, hall, certificates, licences, phone, counter, kiosk, ukey, registers, internal } =
            self;
        for port in [public, hall, certificates, licences, phone, counter, kiosk, ukey, registers, internal] {
            TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).with_context(|| {
                format!("port {port} is in use: end what uses it, or choose others with --port")
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_port_is_named() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let busy = taken.local_addr().unwrap().port();
        let ports = Ports { licences: busy, ..Ports::above(busy.min(60_000)) };
        let error = ports.check_free().unwrap_err().to_string();
        assert!(error.contains("in use"), "{error}");
    }
}
