//! The settings. The comment of a key is its entry in the reference.

use std::net::SocketAddr;
use std::path::PathBuf;

use url::Url;

use super::section::section;
use crate::base::Act;

fn url(text: &str) -> Url {
    Url::parse(text).expect("a default is a URL")
}

fn address(text: &str) -> SocketAddr {
    text.parse().expect("a default is an address")
}

section! {
    /// Where people and programs reach Yihao.
    "server" Server {
        /// The issuer: the address that stands in every token and that relying systems discover. Never
        /// changes once tokens are out.
        issuer: Url = url("http://localhost:8080"),
        /// Where the public port listens.
        listen: SocketAddr = address("127.0.0.1:8080"),
        /// Where the internal port listens: `/metrics`, and the simulated SMS. Keep it off the network.
        internal: SocketAddr = address("127.0.0.1:9090"),
        /// Proxies (as networks) whose `X-Forwarded-For` is believed; nobody else's is.
        trusted_proxies: Vec<ipnet::IpNet> = Vec::new(),
        /// What the service is called on its pages.
        name: String = "统一身份认证".to_owned(),
        /// The telephone number under "help" on every page.
        help_phone: String = "12345".to_owned(),
        /// When the counters of the physical halls are open, as it is to be read on a page.
        counter_hours: Option<String> = None,
        /// Seconds that requests in flight get to finish when the server is told to stop.
        stop_seconds: u64 = 20,
    }
    nested { tls: Tls, }
}

section! {
    /// Without these the server speaks plain HTTP: behind a proxy that does TLS, or on loopback.
    "server.tls" Tls {
        /// The certificate chain, PEM. Read again when the file changes.
        cert: Option<PathBuf> = None,
        /// The private key, PEM.
        key: Option<PathBuf> = None,
    }
}

section! {
    /// What must last.
    "storage" Storage {
        /// `sqlite://FILE` for one machine, or `postgres://user:password@host/database` for more.
        url: String = "sqlite://yihao.db".to_owned(),
    }
}

section! {
    /// What lives for minutes: codes, started sign-ins, counters.
    "transient" TransientStore {
        /// `embedded` (a file beside the SQLite database), `redis://host`, or
        /// `redis-cluster://host1,host2,host3`. More than one node need Redis.
        url: String = "embedded".to_owned(),
    }
}

section! {
    /// The key that seals all other keys.
    "keys" Keys {
        /// A file with 32 bytes in base64, readable by Yihao only. Lose it and every number, name and
        /// phone is lost: keep a copy in a safe. Made on first start if it is not there.
        master_file: PathBuf = PathBuf::from("master.key"),
        /// Days a signing key signs before the next one takes over.
        signing_days: u32 = 30,
    }
}

section! {
    /// Password hashing: argon2id (RFC 9106).
    "password" Password {
        /// Memory of one hash in KiB.
        memory_kib: u32 = 19 * 1024,
        /// Passes over the memory.
        passes: u32 = 2,
        /// Lanes.
        lanes: u32 = 1,
        /// Hashes at once; 0 means one a core.
        workers: usize = 0,
        /// Hashes that may wait; one more is answered with 503 and `Retry-After`.
        queue: usize = 64,
        /// Milliseconds after which a failed sign-in or registration is answered, whatever the reason:
        /// above the slowest hash, so that the time tells nothing.
        answer_after_ms: u64 = 800,
    }
}

section! {
    /// How long a proof of who somebody is counts. A level that lapses falls to 3, or to what other evidence
    /// still gives.
    "trust" Trust {
        /// Days of level 4: person, name and document matched from afar.
        proven_days: u32 = 365,
        /// Days of level 5: proven at a counter or by a digital certificate. An identity card is good for
        /// ten or twenty years, a face for about as long.
        attended_days: u32 = 3650,
        /// Level of who has shown the old password of an account of an earlier system, whose number and name a register
        /// has confirmed: 2, or 3 where old passwords are believed to be their owners' alone.
        old_password: u8 = 2,
    }
}

section! {
    /// How long a sign-in lasts.
    "session" Session {
        /// Minutes without a request after which a session ends.
        idle_minutes: u64 = 60,
        /// Hours after which a session ends in any case.
        longest_hours: u64 = 12,
        /// What a session may never do that was allowed on another screen, by scanning a code: whoever talked
        /// the person into that has it.
        never_if_allowed_elsewhere: Vec<Act> = Act::ALL.to_vec(),
    }
}

section! {
    /// Those who work here: operators of the console, clerks at counters.
    "operator" Operator {
        /// Minutes without use after which an operator's session is over.
        idle_minutes: u64 = 30,
        /// Hours after which it is over even if it is used: one shift.
        longest_hours: u64 = 10,
        /// Minutes a matter at a counter may take; then what the window saw of the person is closed.
        matter_minutes: u64 = 30,
        /// People whom one clerk identifies in an hour, above which an alarm is raised.
        usual_per_hour: u64 = 40,
    }
}

section! {
    /// How long what Yihao issues is good.
    "token" Token {
        /// Seconds of an authorization code (RFC 6749 section 4.1.2: a minute is much).
        code_seconds: u64 = 60,
        /// Minutes of an access token.
        access_minutes: u64 = 10,
        /// Minutes of an ID token.
        id_minutes: u64 = 10,
        /// Days of a grant with `offline_access`; others end with the session.
        offline_days: u64 = 30,
        /// Minutes a started sign-in may take, from the relying system and back.
        ask_minutes: u64 = 30,
    }
}

section! {
    /// Proofs that whoever shows a token has the key it is bound to (DPoP, RFC 9449).
    "dpop" Dpop {
        /// Seconds a proof is good after it was made, and remembered so that it counts once.
        proof_seconds: u64 = 60,
        /// Ask for a nonce of ours in each proof, good for so many seconds: where clocks of devices cannot be
        /// relied on, or proofs must not be made beforehand. 0 asks for none.
        nonce_seconds: u64 = 0,
    }
}

section! {
    /// Counters against guessing and flooding. Only failures count; a success clears its own factor.
    "limits" Limits {
        /// Failures of one source (an IPv4 address, an IPv6 /64) in `source_minutes` before it must wait.
        source_failures: u64 = 300,
        /// The window of the source counter, in minutes.
        source_minutes: u64 = 10,
        /// Failures at one account from browsers it does not know in `account_minutes`; then those
        /// browsers must wait. Browsers the person has signed in from have a counter of their own.
        account_failures: u64 = 10,
        /// The window of the account counter, in minutes.
        account_minutes: u64 = 15,
        /// Failures in all in ten minutes, above which unknown browsers get three tries an account.
        all_failures: u64 = 20_000,
        /// SMS codes to one phone in an hour.
        sms_per_phone: u64 = 5,
        /// SMS codes asked for by one source in an hour.
        sms_per_source: u64 = 60,
        /// SMS codes in all in an hour.
        sms_in_all: u64 = 100_000,
        /// Registrations tried with one number in a day.
        checks_per_number: u64 = 10,
        /// Registrations tried by one source in an hour.
        checks_per_source: u64 = 60,
        /// Registrations tried in all in an hour.
        checks_in_all: u64 = 100_000,
        /// Ways to a new password begun with one identifier in an hour.
        recoveries_per_identifier: u64 = 5,
        /// Ways to a new password begun by one source in an hour.
        recoveries_per_source: u64 = 60,
        /// Ways to a new password begun in all in an hour.
        recoveries_in_all: u64 = 20_000,
        /// Proofs of who somebody is that one person may begin in a day; sources and all together as above.
        proofs_per_person: u64 = 10,
    }
}

section! {
    /// The registers that say who is who.
    "registers" Registers {
        /// `platform`: they are asked one by one at `url`. `extract`: in what `yihao register load` has loaded.
        source: String = "platform".to_owned(),
        /// Base URL of the exchange platform: `/population/match`, `/operators/match` and
        /// `/legal-persons/{department}/query` are asked there.
        url: Url = url("http://127.0.0.1:8090"),
        /// Base URL of the commerce register (工商), where the platform does not lead to it.
        commerce_url: Option<Url> = None,
        /// The same for the register of public establishments (编办).
        establishments_url: Option<Url> = None,
        /// The same for the register of civil affairs (民政).
        civil_affairs_url: Option<Url> = None,
        /// The same for the register of agriculture (农业): village collectives.
        agriculture_url: Option<Url> = None,
        /// The name under which the platform knows Yihao.
        app_id: String = "yihao".to_owned(),
        /// A file with the key that requests are signed with. Unset: the simulator's key.
        key_file: Option<PathBuf> = None,
        /// Milliseconds to wait for an answer, all tries together. No answer never raises a trust level.
        timeout_ms: u64 = 3000,
        /// Hours after which an organization is asked about again: so long may a dismissed representative
        /// go on, beside the days that the register itself needs.
        recheck_hours: u64 = 24,
        /// Days after which the population register is asked about a person again when they sign in, aside.
        recheck_days: u64 = 30,
        /// Milliseconds to wait in one try.
        try_ms: u64 = 2000,
        /// How often a question is sent at most while the register is unreachable, silent or failing.
        tries: u32 = 2,
        /// Failures in a row after which a register is left alone.
        rest_after_failures: u32 = 5,
        /// Seconds for which it is left alone before one question tries it again.
        rest_seconds: u64 = 30,
        /// Questions that one register may be asked in a second, by all nodes together.
        per_second: u64 = 100,
        /// Questions that one register may be asked in a day.
        per_day: u64 = 1_000_000,
        /// Hundredths of both that the matching of earlier accounts may take (`yihao legacy match` where no extract is
        /// loaded): the rest is for people who wait.
        matching_share: u64 = 50,
        /// Seconds for which matching waits for registers that give no answer, before it stops and says so.
        matching_waits_seconds: u64 = 120,
        /// Days after which matching asks again about a number that had no record or another name.
        ask_again_days: u64 = 7,
        /// Minutes for which a match of number, name and phone is not asked for again; 0 asks every time.
        keep_match_minutes: u64 = 60,
        /// Days after which a register's data are too old to conclude anything from.
        stale_days: u64 = 30,
    }
}

section! {
    /// Who checks from afar that a face is that of the document's owner.
    "face" Face {
        /// Base URL: `POST /checks` begins one, `GET /checks/{reference}` tells how it ended. Unset: nobody
        /// is offered it.
        url: Option<Url> = None,
        /// Where people do the check, if not at that origin.
        pages_url: Option<Url> = None,
        /// A file with the bearer token.
        key_file: Option<PathBuf> = None,
        /// Who does it, as people are told before they agree.
        name: String = "国家人口基础信息库人脸比对服务".to_owned(),
    }
}

section! {
    /// Accounts of the systems already built.
    "legacy" Legacy {
        /// Whether a decision that merges an account needs a second operator: the first proposes, another one confirms.
        two_operators: bool = true,
        /// Whether taking back a batch needs a second operator in the same way.
        two_operators_to_undo: bool = false,
        /// Whether a merger that is begun at the console needs a second operator in the same way.
        two_operators_to_merge: bool = false,
        /// Milliseconds that an earlier system has to say whether a password is right, where its profile asks it
        /// (`[check]`). Keep it below `password.answer_after_ms`: else the time of a refusal tells that there is an account.
        check_timeout_ms: u64 = 600,
    }
}

section! {
    /// Another OpenID provider that vouches for who somebody is: the national platform.
    "national" National {
        /// Its issuer. Unset: nobody is offered it.
        issuer: Option<Url> = None,
        /// Under which name it knows Yihao. The redirect URI registered there is
        /// `{server.issuer}/sign-in/national/return`.
        client_id: String = "yihao".to_owned(),
        /// A file with the client secret.
        secret_file: Option<PathBuf> = None,
        /// What it is called on pages.
        name: String = "国家政务服务平台".to_owned(),
        /// What is asked for there.
        scopes: Vec<String> = ["openid", "profile", "official_number"].map(str::to_owned).to_vec(),
        /// The claim of its userinfo that has the citizen ID.
        number_claim: String = "official_number".to_owned(),
        /// The claim of its userinfo that has the name.
        name_claim: String = "name".to_owned(),
        /// The trust level that its word gives: 4 or 5.
        trust: u8 = 4,
        /// A claim with the level that it is itself sure of; `trust` is then the most that is given.
        trust_claim: Option<String> = None,
        /// Values of its `acr` that mean two factors. Others mean one.
        two_factors_acr: Vec<String> = Vec::new(),
    }
}

section! {
    /// The national service for network identity (网号、网证): it vouches for a person whose number nobody here is
    /// told. Voluntary: whoever does without gets the same.
    "network_identity" NetworkIdentity {
        /// Base URL: `POST /checks` begins one, `GET /checks/{reference}` tells how it ended. Unset: nobody
        /// is offered it.
        url: Option<Url> = None,
        /// Where people confirm, if not at that origin.
        pages_url: Option<Url> = None,
        /// A file with the bearer token.
        key_file: Option<PathBuf> = None,
        /// What it is called on pages.
        name: String = "国家网络身份认证".to_owned(),
        /// The trust level that its word gives: 4 or 5.
        trust: u8 = 4,
        /// It lets people confirm only by two factors: then a sign-in by it is of level 2, else of level 1.
        two_factors: bool = false,
    }
}

section! {
    /// Digital certificates of people, on a key in their hands (CA U-key).
    "certificate" Certificate {
        /// The authorities whose certificates are believed, PEM. Unset: nobody is offered it.
        ca_file: Option<PathBuf> = None,
        /// Their revocation lists, PEM. Read again when a file changes; once a list is over, nobody is believed
        /// until there is a newer one. Without any, a stolen key counts until its certificate ends.
        crl_files: Vec<PathBuf> = Vec::new(),
        /// Believe `Client-Cert` and `Client-Cert-Chain` (RFC 9440) from `server.trusted_proxies`. The proxies must
        /// remove these headers from what clients send.
        from_proxy: bool = false,
        /// The authorities give keys only in hardware that wants a PIN for each use: then a sign-in by one is of
        /// level 3, else of level 1.
        hardware: bool = false,
    }
}

section! {
    /// Readers of identity cards at terminals.
    "chip" Chip {
        /// The public keys of the readers that are trusted, a JWK set; a reader signs under its `kid`. Unset: no
        /// card is believed.
        readers_file: Option<PathBuf> = None,
    }
}

section! {
    /// How codes and notices reach a phone.
    "sms" Sms {
        /// The gateway: `POST` of JSON with `request_id`, `phone`, `text`. Unset: no SMS can be sent.
        url: Option<Url> = None,
        /// A file with the gateway's bearer token.
        key_file: Option<PathBuf> = None,
    }
}

section! {
    /// What Yihao may reach by addresses that clients give it.
    "outbound" Outbound {
        /// More certificate authorities to trust, PEM.
        ca_file: Option<PathBuf> = None,
        /// Origins (scheme, host and port) that client-given URLs may reach although they are internal.
        allow: Vec<String> = Vec::new(),
    }
}

section! {
    /// What Yihao tells its operators.
    "log" Log {
        /// `text` for people, `json` for machines.
        format: String = "text".to_owned(),
        /// What is logged, as `tracing` filters: `info`, or `info,yihao::oidc=debug`.
        filter: String = "info".to_owned(),
    }
}

pub use super::danger::Danger;
