-- Requests of other screens that a person has answered, so that they see what they allowed, for whom and where.
-- One that was allowed has the id of its grant.
create table answered_request (
  id uuid not null primary key,
  person uuid not null,
  session uuid not null,
  client text not null,
  kind text not null,
  terminal uuid,
  place text not null,
  matter text not null,
  scopes text not null,
  outcome text not null,
  answered_at bigint not null
)
--pg partition by range (id)
;
create index answered_request_person on answered_request (person, id);

-- Whom a person does not want to be asked by, and until when.
create table request_block (
  person uuid not null references person (id),
  client text not null,
  until bigint not null,
  primary key (person, client)
);

-- Clients that are to be told that a request has been answered (OpenID CIBA section 10.2). The token is what the
-- client gave for that, encrypted. next_at is the claim: whoever moves it on makes the next attempt.
create table ping (
  request uuid not null primary key,
  client text not null,
  terminal uuid,
  token bytea not null,
  attempts bigint not null,
  next_at bigint not null,
  expires_at bigint not null
);
create index ping_due on ping (next_at);

--pg create table answered_request_default partition of answered_request default;
