-- Authenticator apps (RFC 6238): one a person. The secret is a ciphertext. last_step is the newest time step
-- that a code was taken for: none counts twice.
create table totp (
  person uuid primary key references person (id),
  secret bytea not null,
  last_step bigint not null,
  created_at bigint not null,
  used_at bigint
);
-- Recovery codes, as seals: without the key they cannot be tried.
create table recovery_code (
  person uuid not null references person (id),
  seal bytea not null,
  created_at bigint not null,
  used_at bigint,
  primary key (person, seal)
);
-- What a person has decided: whether a second factor is always asked for; and which they used last.
alter table person add column second_factor_always boolean not null default false;
alter table person add column second_factor_last text;
-- The proofs that a session rests on. aal and amr follow from them.
alter table session add column proofs text not null default '[]';
-- The highest level that was reached in this browser: who has only a password makes no browser known for codes.
alter table known_browser add column aal bigint not null default 1;
-- Of the sessions that are open now, as much as their methods tell.
update session set proofs = '["password"]' where amr like 'pwd%';
update session set proofs = '[{"passkey":{"user_verified":true}}]' where amr like 'pop%';
