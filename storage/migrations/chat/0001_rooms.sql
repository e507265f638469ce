-- Names are unique without case: `folded` is the name in lower case. Times are milliseconds since 1970.

create table meta (
  database_id text not null
);
insert into meta (database_id) values ({{random_id}});

-- Keys are never used again. `head` and `epoch` are what every append compares; free space keeps their updates in the page.
create table rooms (
  id {{key}},
  name text not null,
  folded text {{bytes}} not null unique,
  owner text not null,
  owner_folded text {{bytes}} not null,
  private smallint not null,
  generation bigint not null,
  epoch bigint not null,
  head bigint not null,
  node text not null,
  view bigint not null,
  created_at bigint not null
) {{half_full}};

create table members (
  room bigint not null references rooms (id) on delete cascade,
  name text not null,
  folded text {{bytes}} not null,
  added_at bigint not null,
  primary key (room, folded)
) {{clustered}};
create index members_by_name on members (folded);

-- Messages hold numbers of authors, not their names.
create table authors (
  id {{key}},
  name text not null,
  folded text {{bytes}} not null unique
);

-- Without a foreign key to rooms: it would be looked up for each row. Logs of deleted rooms are swept through dead_rooms.
create table messages (
  room bigint not null,
  seq bigint not null,
  author bigint not null,
  client_id text,
  body text not null,
  at bigint not null,
  primary key (room, seq)
) {{clustered}};
create unique index messages_by_client_id on messages (room, author, client_id) where client_id is not null;

create table dead_rooms (
  room bigint primary key
);
