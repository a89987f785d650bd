//! Addresses, written once: handlers, pages, discovery and tests use the same.

use crate::ask::AskId;
use crate::ask::elsewhere::Outcome;

// The protocol.
pub const DISCOVERY: &str = "/.well-known/openid-configuration";
/// RFC 8414: the same document for clients that know only OAuth.
pub const OAUTH_DISCOVERY: &str = "/.well-known/oauth-authorization-server";
pub const JWKS: &str = "/jwks";
pub const AUTHORIZE: &str = "/authorize";
pub const RESUME: &str = "/authorize/{ask}";
pub const TOKEN: &str = "/token";
/// RFC 8628 section 3.1.
pub const DEVICE_AUTHORIZATION: &str = "/device_authorization";
/// OpenID CIBA section 7.
pub const BACKCHANNEL_AUTHENTICATION: &str = "/backchannel-authentication";
pub const USERINFO: &str = "/userinfo";
pub const INTROSPECT: &str = "/introspect";
pub const REVOKE: &str = "/revoke";
pub const END_SESSION: &str = "/end-session";
/// What waits for a person's answer, for their app.
pub const APPROVALS_LIST: &str = "/approvals";
pub const APPROVALS_EVENTS: &str = "/approvals/events";
/// Only with `danger.simulate_approvals`.
pub const DANGER_BACKCHANNEL: &str = "/danger/backchannel";
pub const CLIENTS: &str = "/clients";
pub const CLIENT: &str = "/clients/{id}";

// The windows of counters.
pub const COUNTER_SHIFT: &str = "/counter/shift";
pub const COUNTER_SHIFT_BEGIN: &str = "/counter/shift/begin";
pub const COUNTER_SHIFT_END: &str = "/counter/shift/end";
pub const COUNTER_MATTER: &str = "/counter/matter";
pub const COUNTER_IDENTIFY: &str = "/counter/matter/identify";
pub const COUNTER_PHONE: &str = "/counter/matter/phone";
pub const COUNTER_MATTER_END: &str = "/counter/matter/end";
pub const COUNTER_DEED: &str = "/counter/deed";
pub const COUNTER_DEED_SECOND: &str = "/counter/deed/second";
pub const COUNTER_DEED_PROVE: &str = "/counter/deed/prove";
pub const COUNTER_DEED_PIN: &str = "/counter/deed/pin";
pub const COUNTER_DEED_FINISH: &str = "/counter/deed/finish";

// CAS, for relying systems that cannot change yet (CAS Protocol 3.0 section 2).
pub const CAS_LOGIN: &str = "/cas/login";
pub const CAS_LOGOUT: &str = "/cas/logout";
pub const CAS_VALIDATE: &str = "/cas/serviceValidate";
pub const CAS_VALIDATE_3: &str = "/cas/p3/serviceValidate";
pub const CAS_PROXY_VALIDATE: &str = "/cas/proxyValidate";
pub const CAS_PROXY_VALIDATE_3: &str = "/cas/p3/proxyValidate";
pub const CAS_PROXY: &str = "/cas/proxy";

// SCIM 2.0, for systems that still open accounts (RFC 7644 section 3.2).
pub const SCIM_USERS: &str = "/scim/v2/Users";
pub const SCIM_USER: &str = "/scim/v2/Users/{id}";
pub const SCIM_CONFIG: &str = "/scim/v2/ServiceProviderConfig";
pub const SCIM_SCHEMAS: &str = "/scim/v2/Schemas";
pub const SCIM_SCHEMA: &str = "/scim/v2/Schemas/{id}";
pub const SCIM_TYPES: &str = "/scim/v2/ResourceTypes";
pub const SCIM_TYPE: &str = "/scim/v2/ResourceTypes/{name}";

// The people. Forms post to the address that showed them.
pub const HOME: &str = "/";
pub const SIGN_IN: &str = "/sign-in";
/// Off to the national platform.
pub const NATIONAL: &str = "/sign-in/national";
/// Where the national platform sends people back to.
pub const NATIONAL_RETURN: &str = "/sign-in/national/return";
/// Post only: begin anew with a number that an account holds on weaker proof.
pub const ANEW: &str = "/sign-in/anew";
pub const CERTIFICATE: &str = "/sign-in/certificate";
pub const NETWORK_IDENTITY: &str = "/sign-in/network-identity";
/// Where the service for network identity sends people back to.
pub const NETWORK_IDENTITY_RETURN: &str = "/sign-in/network-identity/return";
/// Post only: an account that knows no more than the network number.
pub const NETWORK_IDENTITY_NEW: &str = "/sign-in/network-identity/new";
/// This screen's code, for a phone.
pub const SIGN_IN_SCAN: &str = "/sign-in/scan";
/// Where the code leads the phone.
pub const SCAN: &str = "/scan/{code}";
pub const SCAN_DONE: &str = "/scan/done";

/// A new password for who has shown the old one of an earlier system.
pub const NEW_PASSWORD: &str = "/sign-in/new-password";
pub const REGISTER: &str = "/register";
pub const REGISTER_CODE: &str = "/register/code";
/// Post only: sends the code once more.
pub const REGISTER_RESEND: &str = "/register/code/resend";
pub const REGISTER_NAME: &str = "/register/name";
pub const REGISTER_PASSWORD: &str = "/register/password";
pub const REGISTER_PASSKEY: &str = "/register/passkey";
pub const RECOVER: &str = "/recover";
pub const RECOVER_CODE: &str = "/recover/code";
pub const RECOVER_SECOND: &str = "/recover/second";
/// Post only: there is no second factor at hand.
pub const RECOVER_WITHOUT: &str = "/recover/without";
pub const RECOVER_PASSWORD: &str = "/recover/password";
/// Post only: the owner stops a new password that somebody asked for.
pub const RECOVER_CANCEL: &str = "/account/recovery/cancel";
pub const CAPACITY: &str = "/capacity";
pub const CONSENT: &str = "/consent";
/// Where the code of another screen is typed (RFC 8628 section 3.3).
pub const DEVICE: &str = "/device";
pub const DEVICE_CONFIRM: &str = "/device/confirm";
/// What has become of it.
pub const DEVICE_DONE: &str = "/device/done";
/// At a window: the person chooses the PIN that goes with their ID card.
pub const PIN: &str = "/pin";
pub const SIGN_OUT: &str = "/sign-out";
pub const SIGNED_OUT: &str = "/signed-out";
pub const ACCOUNT: &str = "/account";
pub const ACCOUNT_PASSKEY: &str = "/account/passkey";
pub const MANDATES: &str = "/account/organizations";
pub const ORGANIZATION_ADD: &str = "/account/organizations/add";
/// With its electronic business licence.
pub const ORGANIZATION_LICENCE: &str = "/account/organizations/licence";
pub const ORGANIZATION: &str = "/account/organizations/{id}";
pub const MANDATE_GRANT: &str = "/account/organizations/{id}/grant";
pub const HELPER_ADD: &str = "/account/helpers/add";
pub const WARD_ADD: &str = "/account/wards/add";
pub const MANDATE_ANSWER: &str = "/account/mandates/answer";
pub const MANDATE_END: &str = "/account/mandates/end";
pub const SECOND_FACTOR: &str = "/second-factor";
/// Post only: sends a code to the person's phone.
pub const SECOND_FACTOR_SEND: &str = "/second-factor/send";
/// Post only: back to the relying system without.
pub const SECOND_FACTOR_LEAVE: &str = "/second-factor/leave";
/// What would make us surer who somebody is.
pub const RAISE: &str = "/raise";
/// Post only: back to the relying system without.
pub const RAISE_LEAVE: &str = "/raise/leave";
pub const PROOF_FACE: &str = "/account/proof/face";
/// Where the person comes back to from the check.
pub const PROOF_FACE_DONE: &str = "/account/proof/face/done";
/// Post only.
pub const PROOF_FACE_WITHDRAW: &str = "/account/proof/face/withdraw";
pub const FACTORS: &str = "/account/factors";
/// Post only: whether a second factor is always asked for.
pub const FACTORS_ALWAYS: &str = "/account/factors/always";
pub const FACTORS_APP: &str = "/account/factors/app";
/// Post only.
pub const FACTORS_APP_REMOVE: &str = "/account/factors/app/remove";
pub const FACTORS_RECOVERY: &str = "/account/factors/recovery-codes";
pub const FACTORS_PASSWORD: &str = "/account/factors/password";
/// One passkey, named by the parameter `id`.
pub const FACTORS_PASSKEY: &str = "/account/factors/passkey";
/// Post only.
pub const FACTORS_PASSKEY_REMOVE: &str = "/account/factors/passkey/remove";
/// What waits for the person's answer.
pub const APPROVALS: &str = "/account/approvals";
/// What the person has answered.
pub const ACCOUNT_ANSWERED: &str = "/account/answered";
pub const APPROVAL: &str = "/account/approvals/{id}";
pub const ACCOUNT_CONSENTS: &str = "/account/consents";
pub const ACCOUNT_HISTORY: &str = "/account/history";
pub const ACCOUNT_DATA: &str = "/account/data";
pub const ACCOUNT_CLOSE: &str = "/account/close";
/// The person's accounts in earlier systems.
pub const ACCOUNT_LEGACY: &str = "/account/earlier-accounts";
/// Post only.
pub const ACCOUNT_LEGACY_NOT_MINE: &str = "/account/earlier-accounts/not-mine";
pub const ACCOUNT_SESSIONS: &str = "/account/sessions";
pub const PASSKEY_SIGN_IN_START: &str = "/passkey/sign-in/start";
pub const PASSKEY_SIGN_IN_FINISH: &str = "/passkey/sign-in/finish";
pub const PASSKEY_ADD_START: &str = "/passkey/add/start";
pub const PASSKEY_ADD_FINISH: &str = "/passkey/add/finish";
pub const ASSETS: &str = "/assets/{hash}/{name}";
pub const PRIVACY: &str = "/privacy";
pub const HELP: &str = "/help";

// The operators.
pub const CONSOLE: &str = "/console";
pub const CONSOLE_SIGN_IN: &str = "/console/sign-in";
pub const CONSOLE_SECOND_FACTOR: &str = "/console/second-factor";
/// An operator's first second factor.
pub const CONSOLE_APP: &str = "/console/app";
pub const CONSOLE_PASSKEY: &str = "/console/passkey";
/// Post only: the operator's certificate, beside the password. A proxy must ask for one here and at the two of windows.
pub const CONSOLE_CERTIFICATE: &str = "/console/certificate";
/// Post only: another of the operator's roles is shown.
pub const CONSOLE_ROLE: &str = "/console/role";
/// Post only.
pub const CONSOLE_SIGN_OUT: &str = "/console/sign-out";
/// A clerk begins a shift at the window whose browser this is.
pub const CONSOLE_SHIFT: &str = "/console/shift";
/// Post only.
pub const CONSOLE_SHIFT_CERTIFICATE: &str = "/console/shift/certificate";
pub const CONSOLE_SHIFT_START: &str = "/console/shift/passkey/sign-in/start";
pub const CONSOLE_SHIFT_FINISH: &str = "/console/shift/passkey/sign-in/finish";
/// A second clerk looks at what is to be done to an account.
pub const CONSOLE_CONFIRM: &str = "/console/confirm";
/// Post only.
pub const CONSOLE_CONFIRM_CERTIFICATE: &str = "/console/confirm/certificate";
pub const CONSOLE_CONFIRM_START: &str = "/console/confirm/passkey/sign-in/start";
pub const CONSOLE_CONFIRM_FINISH: &str = "/console/confirm/passkey/sign-in/finish";
pub const CONSOLE_PASSKEY_SIGN_IN_START: &str = "/console/passkey/sign-in/start";
pub const CONSOLE_PASSKEY_SIGN_IN_FINISH: &str = "/console/passkey/sign-in/finish";
pub const CONSOLE_PASSKEY_ADD_START: &str = "/console/passkey/add/start";
pub const CONSOLE_PASSKEY_ADD_FINISH: &str = "/console/passkey/add/finish";
/// The operators' rooms for accounts of earlier systems.
pub const CONSOLE_SOURCES: &str = "/console/sources";
pub const CONSOLE_SOURCE: &str = "/console/sources/{name}";
pub const CONSOLE_BATCHES: &str = "/console/sources/{name}/batches";
pub const CONSOLE_BATCH: &str = "/console/batches/{id}";
/// Post only.
pub const CONSOLE_BATCH_UNDO: &str = "/console/batches/{id}/undo";
/// Post only: the batch stays as it is.
pub const CONSOLE_BATCH_KEEP: &str = "/console/batches/{id}/keep";
/// Post only: a run over the source is asked for.
pub const CONSOLE_SOURCE_RUN: &str = "/console/sources/{name}/run";
/// Post only: what another operator has proposed begins.
pub const CONSOLE_RUN_CONFIRM: &str = "/console/runs/{id}/confirm";
/// Post only: it does not begin, or stops.
pub const CONSOLE_RUN_STOP: &str = "/console/runs/{id}/stop";
/// The queue; a post decides many.
pub const CONSOLE_CASES: &str = "/console/cases";
/// A case; a post decides it.
pub const CONSOLE_CASE: &str = "/console/cases/{id}";
/// Post only: both sides whole, once.
pub const CONSOLE_CASE_REVEAL: &str = "/console/cases/{id}/reveal";
/// Post only: the decision is taken back.
pub const CONSOLE_CASE_UNDO: &str = "/console/cases/{id}/undo";
/// A token for programs.
pub const CONSOLE_TOKEN: &str = "/console/token";
/// The same rooms as JSON.
pub const CONSOLE_API_SOURCES: &str = "/console/api/legacy/sources";
pub const CONSOLE_API_REPORT: &str = "/console/api/legacy/sources/{name}/report";
pub const CONSOLE_API_RUNS: &str = "/console/api/legacy/sources/{name}/runs";
pub const CONSOLE_API_RUN_CONFIRM: &str = "/console/api/legacy/runs/{id}/confirm";
pub const CONSOLE_API_RUN_STOP: &str = "/console/api/legacy/runs/{id}/stop";
pub const CONSOLE_API_BATCHES: &str = "/console/api/legacy/sources/{name}/batches";
pub const CONSOLE_API_BATCH: &str = "/console/api/legacy/batches/{id}";
pub const CONSOLE_API_BATCH_UNDO: &str = "/console/api/legacy/batches/{id}/undo";
pub const CONSOLE_API_CASES: &str = "/console/api/legacy/cases";
pub const CONSOLE_API_DECIDE: &str = "/console/api/legacy/decisions";
pub const CONSOLE_API_CASE: &str = "/console/api/legacy/cases/{id}";
pub const CONSOLE_API_CASE_REVEAL: &str = "/console/api/legacy/cases/{id}/reveal";
pub const CONSOLE_API_CASE_UNDO: &str = "/console/api/legacy/cases/{id}/undo";
/// Decisions about a person's earlier accounts, and their word against one.
pub const ACCOUNT_LEGACY_DECISIONS: &str = "/account/earlier-accounts/decisions";
pub const ALIVE: &str = "/healthz";
pub const READY: &str = "/readyz";
pub const METRICS: &str = "/metrics";

/// Back to the Ask: where every page ends.
pub fn resume(ask: &AskId) -> String {
    format!("{AUTHORIZE}/{ask}")
}

/// A page on the way of an Ask.
pub fn on_the_way(page: &str, ask: &AskId) -> String {
    format!("{page}?ask={ask}")
}

/// Where an organization gives a mandate.
pub fn grant_for(id: uuid::Uuid) -> String {
    format!("{}/grant", organization(id))
}

/// The page of an organization, for those who may grant for it.
pub fn organization(id: uuid::Uuid) -> String {
    format!("{MANDATES}/{id}")
}

/// An account of an earlier system that an operator must decide about.
pub fn console_case(id: uuid::Uuid) -> String {
    format!("{CONSOLE_CASES}/{id}")
}

/// What one run of merging has linked.
pub fn console_batch(id: uuid::Uuid) -> String {
    format!("/console/batches/{id}")
}

/// Where one request is answered.
pub fn approval(id: uuid::Uuid) -> String {
    format!("{APPROVALS}/{id}")
}

/// What has become of a request of another screen.
pub fn device_done(outcome: Outcome) -> String {
    format!("{DEVICE_DONE}?outcome={}", outcome.as_str())
}

/// Where the code of another screen leads a phone.
pub fn scan(code: uuid::Uuid) -> String {
    format!("/scan/{code}")
}

/// The same, with the number that was chosen there before.
pub fn scan_with(code: uuid::Uuid, number: &str) -> String {
    format!("{}?match={number}", scan(code))
}

/// What has become of it.
pub fn scan_done(outcome: &str) -> String {
    format!("{SCAN_DONE}?outcome={outcome}")
}

/// An address on the way of a sign-out.
pub fn leaving(address: &str, id: &str) -> String {
    format!("{address}?leaving={id}")
}
