//! Encryption of single columns: AES-256-GCM-SIV, bound to the place where the value stands.

use aws_lc_rs::aead::{Aad, LessSafeKey, Nonce};
use zeroize::Zeroizing;

use super::{DataKey, DataKeys, Unopenable, form};
use crate::base::Chance;

const NONCE: usize = 12;
const TAG: usize = 16;

/// Where a ciphertext stands: the associated data. Moved to another row or column, it does not open.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub table: &'a str,
    pub column: &'a str,
    pub row: &'a [u8],
}

impl Place<'_> {
    fn associated_data(&self) -> Vec<u8> {
        let mut data = Vec::with_capacity(self.table.len() + self.column.len() + 18);
        data.extend_from_slice(self.table.as_bytes());
        data.push(b'.');
        data.extend_from_slice(self.column.as_bytes());
        data.push(b'.');
        data.extend_from_slice(self.row);
        data
    }
}

impl DataKeys {
    pub fn encrypt(&self, chance: &Chance, place: Place<'_>, text: &str) -> Result<Vec<u8>, Unopenable> {
        let key = self.field.newest()?;
        let nonce: [u8; NONCE] = chance.bytes();
        let mut out = Vec::with_capacity(form::HEAD + NONCE + text.len() + TAG);
        out.extend_from_slice(&form::head(key.suite, key.version));
        out.extend_from_slice(&nonce);
        let start = out.len();
        out.extend_from_slice(text.as_bytes());
        let tag = cipher(key)?
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place.associated_data()),
                &mut out[start..],
            )
            .map_err(|_| Unopenable)?;
        out.extend_from_slice(tag.as_ref());
        Ok(out)
    }

    pub fn decrypt(&self, place: Place<'_>, bytes: &[u8]) -> Result<Zeroizing<String>, Unopenable> {
        let (version, rest) = form::split(bytes)?;
        let key = self.field.version(version)?;
        let (nonce, body) = rest.split_at_checked(NONCE).ok_or(Unopenable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unopenable)?;
        let mut body = Zeroizing::new(body.to_vec());
        let text = cipher(key)?
            .open_in_place(nonce, Aad::from(place.associated_data()), &mut body)
            .map_err(|_| Unopenable)?;
        Ok(Zeroizing::new(std::str::from_utf8(text).map_err(|_| Unopenable)?.to_owned()))
    }
}

fn cipher(key: &DataKey) -> Result<&LessSafeKey, Unopenable> {
    key.cipher.as_deref().ok_or(Unopenable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{Purpose, Suite};

    fn keys(versions: &[u16]) -> DataKeys {
        versions
            .iter()
            .map(|v| DataKey::new(Purpose::Field, *v, Suite::International, [u8::try_from(*v).unwrap(); 32]))
            .collect()
    }

    const HERE: Place<'_> = Place { table: "person", column: "name", row: b"1" };

    #[test]
    fn opens_in_its_place_only() {
        let keys = keys(&[1]);
        let sealed = keys.encrypt(&Chance::seeded(1), HERE, "王小明").unwrap();
        assert_eq!(keys.decrypt(HERE, &sealed).unwrap().as_str(), "王小明");
        for place in
            [Place { row: b"2", ..HERE }, Place { column: "phone", ..HERE }, Place { table: "x", ..HERE }]
        {
            assert_eq!(keys.decrypt(place, &sealed), Err(Unopenable));
        }
    }

    #[test]
    fn names_its_suite_and_key_and_opens_after_a_new_key_came() {
        let sealed = keys(&[1]).encrypt(&Chance::seeded(1), HERE, "x").unwrap();
        assert_eq!(sealed[..3], [1, 0, 1]);
        assert_eq!(keys(&[1, 2]).decrypt(HERE, &sealed).unwrap().as_str(), "x");
        assert_eq!(keys(&[1, 2]).encrypt(&Chance::seeded(1), HERE, "x").unwrap()[..3], [1, 0, 2]);
        assert_eq!(keys(&[2]).decrypt(HERE, &sealed), Err(Unopenable));
    }

    #[test]
    fn no_bytes_open_by_accident() {
        let keys = keys(&[1]);
        let sealed = keys.encrypt(&Chance::seeded(1), HERE, "x").unwrap();
        for i in 0..sealed.len() {
            let mut broken = sealed.clone();
            broken[i] ^= 1;
            assert!(keys.decrypt(HERE, &broken).is_err());
            assert!(keys.decrypt(HERE, &sealed[..i]).is_err());
        }
    }
}
