-- What a person knows their own sessions by: coarse words and a cut address, never the raw header.
alter table session add column device text not null default '';
alter table session add column network text not null default '';
alter table session add column started_at bigint;

-- Relying systems that are to be told of a session's end (OpenID Connect Back-Channel Logout). Written with
-- the end itself; next_at is the claim: whoever moves it on makes the next attempt.
create table logout_delivery (
  id uuid not null primary key,
  client text not null,
  person uuid not null,
  session uuid not null,
  sub text not null,
  names_sub boolean not null,
  state text not null,
  attempts bigint not null,
  next_at bigint not null,
  last_error text,
  created_at bigint not null
)
--pg partition by range (id)
;
create index logout_delivery_due on logout_delivery (client, next_at) where state = 'waiting';

--pg create table logout_delivery_default partition of logout_delivery default;
