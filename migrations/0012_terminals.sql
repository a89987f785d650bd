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
create index session_terminal on session (terminal) where terminal is not null;
alter table grants add column terminal uuid;
create index grants_terminal on grants (terminal) where terminal is not null;
