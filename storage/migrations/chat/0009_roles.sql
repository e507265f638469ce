-- The role of a member: 1 member, 2 moderator. The owner is named in the room's row, and is a member with any role.
alter table members add column role smallint not null default 1;
create index members_who_moderate on members (room) where role = 2;

-- How a room is set up, where that was ever changed. Not in the room's row, which every append writes anew; but who may
-- read is there, in `private`: 0 open, 1 secret, 2 invited.
create table settings (
  room bigint primary key references rooms (id) on delete cascade,
  title text not null,
  topic text not null,
  post smallint not null,
  slow bigint not null,
  data text not null
) {{clustered}};

-- Bans (20) and mutes (22) of people, by their numbers as authors. `until` is null where there is no end; rows whose end
-- has passed stay, and mean nothing. `seq` is the entry that did it.
create table sanctions (
  room bigint not null references rooms (id) on delete cascade,
  subject bigint not null,
  kind smallint not null,
  until bigint,
  reason text not null,
  by_author bigint not null,
  seq bigint not null,
  at bigint not null,
  primary key (room, subject, kind)
) {{clustered}};
create index sanctions_by_subject on sanctions (subject);
