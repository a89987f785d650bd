-- Ways to a new password that take time or a counter. kind: delayed (asked for online, good after a day) or
-- counter (a ticket that was printed once: the seal is over its signs too). Sealed, since they grant.
create table recovery (
  id uuid primary key,
  person uuid not null references person (id),
  kind text not null,
  state text not null,
  ready_at bigint not null,
  ends_at bigint not null,
  changed_at bigint not null,
  seal bytea not null
);
create unique index recovery_waiting on recovery (person, kind) where state = 'waiting';
-- When the phone was put in place of another: for a week codes sent to it alone open nothing at once.
alter table person add column phone_changed_at bigint not null default 0;
