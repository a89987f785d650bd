-- What the national service for network identity calls a person: a way in, so it is sealed. The number is a ciphertext,
-- found by its row in number_index.
create table network_identity (
  person uuid primary key references person (id),
  number bytea not null,
  bound_at bigint not null,
  seal bytea not null
);
-- 重号: the second of two persons with one number has an account until the police have decided. It holds no row in
-- number_index.
alter table person add column provisional boolean not null default false;
