-- The key that the tokens of a grant are bound to, as its thumbprint (RFC 9449 section 6).
alter table grants add column jkt text;
-- The session of the person's phone that a sign-in by scanning was borrowed from.
alter table session add column lent_by uuid;
