-- Machines that are principals: each has its own key, and belongs to a client and a place. Sealed. A key is
-- enrolled once: that of a suspended terminal does not come back.
create table terminal (
  id uuid primary key,
  kind text not null,
  place text not null,
  client text not null references client (id),
  jwk text not null,
  thumbprint text not null unique,
  hours text not null,
  state text not null,
  enrolled_at bigint not null,
  changed_at bigint not null,
  reason text,
  seal bytea not null
);

-- Where a sign-in was, and to which machine tokens went: what a suspension ends.
alter table session add column terminal uuid;
-- Those that must end when nobody is there any more.
create index session_shared on session (channel, seen_at) where ended_at is null and channel in ('kiosk', 'counter');
create index session_terminal on session (terminal) where terminal is not null;
-- Allowed on another screen, by scanning a code: such a session is kept from what changes an account.
alter table session add column allowed_elsewhere boolean not null default false;
alter table grants add column terminal uuid;
create index grants_terminal on grants (terminal) where terminal is not null;

-- The six digits that go with the chip of an identity card; how many were wrong since the last right ones.
create table pin (
  person uuid primary key references person (id),
  hash text not null,
  tries bigint not null,
  changed_at bigint not null
);
