-- Relying systems are told of more than the end of a session: that an account of their own source has been linked to an
-- account here, or is not any more. The session of such a delivery is the nil id.
alter table logout_delivery add column kind text not null default 'logout';
