-- The devices from which people speak IRC: when each was last there, so that it is told what it missed. Of connections
-- that name no device, `device` is empty.
create table irc_devices (
  folded text {{bytes}} not null,
  device text {{bytes}} not null,
  seen bigint not null,
  primary key (folded, device)
) {{clustered}};
