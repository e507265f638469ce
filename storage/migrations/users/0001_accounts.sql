-- Names are unique without case: `folded` is the name in lower case. A deleted user's row stays, so that the name does.

create table meta (
  database_id text not null,
  last_ended bigint not null
);
insert into meta (database_id, last_ended) values ({{random_id}}, 0);

create table users (
  id {{key}},
  name text not null,
  folded text {{bytes}} not null unique,
  password_hash text not null,
  state text not null check (state in ('active', 'deleting', 'deleted')),
  admin smallint not null,
  created_at bigint not null
);

-- Tokens are stored as hashes, in hexadecimal digits. Times are milliseconds since 1970.
create table sessions (
  token text primary key,
  session text not null unique,
  owner bigint not null references users (id),
  client text not null,
  created_at bigint not null,
  expires_at bigint not null
);
create index sessions_by_owner on sessions (owner);
create index sessions_by_expiry on sessions (expires_at);

-- Numbers are taken from meta.last_ended in the transaction that ends the token, so that they rise in commit order.
create table ended_tokens (
  number bigint primary key,
  token text not null,
  ended_at bigint not null
);
