-- The networks that a user has logged in from: an IPv4 address, or the /64 of an IPv6 one. Guesses from elsewhere don't
-- slow down a login from here.
create table familiar_networks (
  owner bigint not null references users (id),
  network text not null,
  seen_at bigint not null,
  primary key (owner, network)
);
create index familiar_networks_by_time on familiar_networks (seen_at);
