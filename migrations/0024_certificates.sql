-- Certificates by which operators sign in, beside their password; found by the SHA-256 of the certificate. Sealed.
create table operator_certificate (
  fingerprint bytea primary key,
  operator uuid not null references operator (id),
  issuer text not null,
  serial text not null,
  until bigint not null,
  added_at bigint not null,
  used_at bigint,
  seal bytea not null
);
create index operator_certificate_operator on operator_certificate (operator);
-- The electronic business licence that a mandate came by: its certificates, a ciphertext, to be looked at again while
-- the mandate is active.
create table mandate_licence (
  mandate uuid primary key references mandate (id),
  chain bytea not null,
  checked_at bigint not null
);
create index mandate_licence_checked on mandate_licence (checked_at);
