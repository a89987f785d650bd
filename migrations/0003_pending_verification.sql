-- Registrations that wait for a register to answer, and those that were matched since and wait for the person to
-- come back. Number, name and phone are one ciphertext, found by the blind index over all three. The match is a
-- ciphertext too: only who has the key can say that a register said yes.
create table pending_verification (
  id uuid primary key,
  digest bytea not null unique,
  subject bytea not null,
  found bytea,
  language text not null,
  state text not null,
  tries bigint not null,
  due_at bigint not null,
  expires_at bigint not null
);
create index pending_verification_due on pending_verification (due_at);
