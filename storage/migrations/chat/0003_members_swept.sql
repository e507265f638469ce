-- Names that nobody has could become members. Whether those memberships were removed, which is done once.
alter table meta add column members_swept smallint not null default 0;
