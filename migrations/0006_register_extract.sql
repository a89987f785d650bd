-- A local extract of the registers, found by the blind index of the number or code; what it says is a ciphertext. The
-- print is a keyed digest of it: an extract that is loaded again writes only what has changed.
create table register_record (
  part text not null,
  digest bytea not null,
  print bytea not null,
  record bytea not null,
  primary key (part, digest)
);
-- Each part's last whole load. Its day is that of the newest record.
create table register_load (
  part text primary key,
  key_version bigint not null,
  as_of bigint not null,
  loaded_at bigint not null
);
