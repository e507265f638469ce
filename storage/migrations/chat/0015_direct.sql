-- People who have blocked another: by the folded names of both, and the other's name as first written.
create table blocks (
  folded text {{bytes}} not null,
  blocked text {{bytes}} not null,
  name text not null,
  primary key (folded, blocked)
) {{clustered}};
create index blocks_by_blocked on blocks (blocked);

-- What people have set for themselves, where they ever did: by whom they want to be written to (core::direct_setting).
create table user_settings (
  folded text {{bytes}} primary key,
  direct smallint not null
) {{clustered}};

-- Unfinished texts, one a person and room.
create table drafts (
  folded text {{bytes}} not null,
  room bigint not null references rooms (id) on delete cascade,
  text text not null,
  at bigint not null,
  primary key (folded, room)
) {{clustered}};
create index drafts_by_room on drafts (room);
