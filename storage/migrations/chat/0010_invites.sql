-- Invites: by the hash of one (BLAKE2b-256, hexadecimal digits), as the secret itself isn't stored. `id` is its public
-- name, whose order is that of the invites; `uses_left` is null where any number of people may come by it.
create table invites (
  hash text primary key,
  id text not null,
  room bigint not null references rooms (id) on delete cascade,
  uses_left bigint,
  expires_at bigint not null,
  by_author bigint not null,
  created_at bigint not null
) {{clustered}};
create unique index invites_by_room on invites (room, id);
create index invites_by_author on invites (by_author);
