//! Tickets: what a browser or a client carries to show that a row is its own. A ticket holds the row's id,
//! a counter and a MAC; the database holds no secret that a dump could give away, and a made-up ticket is
//! refused before the database is asked.

use uuid::Uuid;

use super::{DataKeys, Unopenable, base64url, form, from_base64url};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum TicketKind {
    /// The cookie of a session.
    Session = 1,
    /// The cookie by which a browser is recognised.
    Browser = 2,
    /// A refresh token; the counter is its generation.
    Refresh = 3,
    /// The hidden field of a form.
    Form = 4,
    /// The management token of a registered client (RFC 7592).
    Registration = 5,
    /// An initial access token (RFC 7591 section 3).
    InitialAccess = 6,
    /// A nonce for proofs of possession (RFC 9449 section 8); the id tells when it was made.
    DpopNonce = 20,
    /// A device secret (OpenID Connect Native SSO section 3.2); the id is that of the grant it came with.
    DeviceSecret = 21,
    /// The cookie of an operator's session.
    Operator = 13,
    /// What a program shows of an operator's session.
    OperatorToken = 22,
    /// A `device_code` (RFC 8628 section 3.2), for one client; the counter is the second in which it expires.
    Device = 8,
    /// An `auth_req_id` (OpenID CIBA section 7.3), likewise.
    BackChannel = 9,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    pub id: Uuid,
    pub counter: u32,
}

const BODY: usize = 16 + 4;

impl Ticket {
    pub const fn of(id: Uuid) -> Self {
        Self { id, counter: 0 }
    }

    /// The id that a ticket names, made up or not: to find out whose it would be.
    pub fn claimed_id(text: &str) -> Option<Uuid> {
        let bytes = from_base64url(text)?;
        let (_, rest) = form::split(&bytes).ok()?;
        Uuid::from_slice(rest.get(..16)?).ok()
    }

    pub fn write(self, keys: &DataKeys, kind: TicketKind) -> Result<String, Unopenable> {
        self.write_for(keys, kind, "")
    }

    /// A ticket that is good from this holder only.
    pub fn write_for(self, keys: &DataKeys, kind: TicketKind, holder: &str) -> Result<String, Unopenable> {
        let key = keys.ticket.newest()?;
        let mut bytes = form::head(key.suite, key.version).to_vec();
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend_from_slice(&self.counter.to_be_bytes());
        let tag = mac(&key.mac, kind, &bytes, holder);
        bytes.extend_from_slice(tag.as_ref());
        Ok(base64url(&bytes))
    }

    pub fn read(keys: &DataKeys, kind: TicketKind, text: &str) -> Result<Self, Unopenable> {
        Self::read_for(keys, kind, text, "")
    }

    /// What [`Ticket::write_for`] wrote for this holder.
    pub fn read_for(keys: &DataKeys, kind: TicketKind, text: &str, holder: &str) -> Result<Self, Unopenable> {
        let bytes = from_base64url(text).ok_or(Unopenable)?;
        let (version, rest) = form::split(&bytes)?;
        let key = keys.ticket.version(version)?;
        let (body, tag) = rest.split_at_checked(BODY).ok_or(Unopenable)?;
        let expected = mac(&key.mac, kind, &bytes[..form::HEAD + BODY], holder);
        if !super::equal(tag, expected.as_ref()) {
            return Err(Unopenable);
        }
        let id = Uuid::from_slice(&body[..16]).map_err(|_| Unopenable)?;
        let counter = body[16..].try_into().map_err(|_| Unopenable)?;
        Ok(Self { id, counter: u32::from_be_bytes(counter) })
    }
}

/// `bytes` are of one length, so that where the holder begins is never in doubt.
fn mac(key: &aws_lc_rs::hmac::Key, kind: TicketKind, bytes: &[u8], holder: &str) -> aws_lc_rs::hmac::Tag {
    let mut mac = aws_lc_rs::hmac::Context::with_key(key);
    mac.update(&[kind as u8]);
    mac.update(bytes);
    mac.update(holder.as_bytes());
    mac.sign()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{DataKey, Purpose, Suite};

    #[test]
    fn a_ticket_is_good_for_its_kind_and_unchanged_only() {
        let keys: DataKeys =
            [DataKey::new(Purpose::Ticket, 1, Suite::International, [7; 32])].into_iter().collect();
        let ticket = Ticket { id: Uuid::from_u128(9), counter: 3 };
        let text = ticket.write(&keys, TicketKind::Refresh).unwrap();
        assert_eq!(Ticket::read(&keys, TicketKind::Refresh, &text), Ok(ticket));
        assert_eq!(Ticket::read(&keys, TicketKind::Session, &text), Err(Unopenable));
        for i in 0..text.len() {
            let mut broken = text.clone().into_bytes();
            broken[i] = if broken[i] == b'A' { b'B' } else { b'A' };
            let broken = String::from_utf8(broken).unwrap();
            // The last letter carries unused bits, which the decoder refuses.
            assert_eq!(Ticket::read(&keys, TicketKind::Refresh, &broken), Err(Unopenable));
        }
        assert_eq!(Ticket::read(&keys, TicketKind::Refresh, ""), Err(Unopenable));
        let held = ticket.write_for(&keys, TicketKind::Device, "kiosk").unwrap();
        assert_eq!(Ticket::read_for(&keys, TicketKind::Device, &held, "kiosk"), Ok(ticket));
        for holder in ["", "kiosk2", "hall"] {
            assert_eq!(Ticket::read_for(&keys, TicketKind::Device, &held, holder), Err(Unopenable));
        }
    }
}
