-- The key that the tokens of a grant are bound to, as its thumbprint (RFC 9449 section 6).
alter table grants add column jkt text;
