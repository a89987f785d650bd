-- Matching and merging change where each account of a source stands. PostgreSQL writes a row of every index for a changed
-- row, unless no index names what has changed and the page has room for it (a heap-only tuple): so neither state nor
-- account stands in an index, and two fifths of a page are filled at first. Runs go through a source by (source, id);
-- the accounts of a person are found by their links.
drop index legacy_account_source;
drop index legacy_account_account;
create index legacy_account_source on legacy_account (source, id);
--pg alter table legacy_account set (fillfactor = 40);
