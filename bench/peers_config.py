"""Debian's chat servers as they are measured: no flood limits, no logging, no TLS, everything else as they come. {port} and {folder}
are the run's."""

NATS = """
listen: "127.0.0.1:{port}"
max_connections: 65536
max_pending: 1GB
write_deadline: "60s"
"""

INSPIRCD = """
<server name="irc.bench.local" description="bench" network="bench" id="00A">
<admin name="a" nick="a" email="a@bench.local">
<bind address="127.0.0.1" port="{port}" type="clients">
<connect name="main" allow="*" timeout="60" pingfreq="3600" hardsendq="1G" softsendq="1G" recvq="1M" localmax="100000"
 globalmax="100000" maxconnwarn="no" limit="100000" maxchans="100" commandrate="1000000000" threshold="1000000" fakelag="no"
 resolvehostnames="no" useident="no" modes="">
<performance quietbursts="yes" softlimit="100000" somaxconn="4096" netbuffersize="65534" timeskipwarn="0">
<security hidewhois="" runasuser="" runasgroup="">
<options prefixquit="" nosnoticestack="yes">
<limits maxnick="30" maxuser="15" maxhost="64">
<log method="file" type="* -USERINPUT -USEROUTPUT" level="sparse" target="{folder}/inspircd.log">
"""

NGIRCD = """
[Global]
Name = irc.bench.local
Info = bench
Listen = 127.0.0.1
Ports = {port}
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxNickLength = 30
MaxPenaltyTime = 0
PingTimeout = 3600
PongTimeout = 3600
[Options]
DNS = no
Ident = no
PAM = no
SyslogFacility = local7
"""

EJABBERD = """
loglevel: error
hosts: [localhost]
listen:
  - {{port: {port}, ip: "127.0.0.1", module: ejabberd_c2s, max_stanza_size: 262144, starttls: false, access: all, shaper: none,
     backlog: 4096}}
auth_method: [anonymous]
anonymous_protocol: sasl_anon
allow_multiple_connections: true
max_fsm_queue: 1000000
modules:
  mod_disco: {{}}
  mod_roster: {{}}
  mod_muc: {{host: conference.localhost, access: all, access_create: all, max_users: 5000, max_user_conferences: 100,
     default_room_options: {{max_users: 5000}}}}
"""

# Every message of a room is archived by mod_mam, a row each, in a PostgreSQL of its own.
EJABBERD_ARCHIVE = EJABBERD.replace("default_room_options: {{", "default_room_options: {{mam: true, ").replace("modules:", """
sql_type: pgsql
sql_server: 127.0.0.1
sql_port: {database_port}
sql_database: chat
sql_username: postgres
sql_password: x
modules:
  mod_mam: {{db_type: sql, default: always}}""".lstrip())

PROSODY = """
run_as_root = true
daemonize = false
pidfile = "{folder}/prosody.pid"
data_path = "{folder}/data"
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
modules_enabled = {{ "saslauth", "disco" }}
modules_disabled = {{ "s2s", "offline", "tls" }}
c2s_require_encryption = false
authentication = "anonymous"
log = {{ error = "*console" }}
VirtualHost "localhost"
Component "conference.localhost" "muc"
  muc_room_locking = false
"""
