//! What a session may be kept from, and by what it may begin: words of the channel policy.

use super::words;

words! {
    /// What changes an account for good: not on a machine that the next person uses, nor in a session that was
    /// opened by scanning a code.
    Act {
        /// Password, second factors, recovery codes.
        ChangeFactors = "change_factors",
        CreatePasskeys = "create_passkeys",
        /// Let another act, or accept to act for another.
        GrantMandates = "grant_mandates",
        CloseAccount = "close_account",
    }
}

words! {
    /// A way to show who one is, as a person would call it.
    Method {
        Password = "password",
        Passkey = "passkey",
        Sms = "sms",
        /// A code of an app (RFC 6238).
        App = "app",
        RecoveryCode = "recovery_code",
        /// Another service vouches: the national platform, the network identity.
        National = "national",
        Certificate = "certificate",
        /// A phone that is signed in reads the code of the screen.
        Phone = "phone",
        /// The chip of an identity card, read where the person stands.
        Chip = "chip",
        /// The six digits that go with the chip.
        Pin = "pin",
    }
}
