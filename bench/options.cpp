#include "bench/options.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <map>

#include "bench/payload.hpp"

namespace greenroom::bench {
namespace {

void add_server(CLI::App& cli, options& read) {
  const std::map<std::string, protocol_kind> protocols{{"lines", protocol_kind::lines}, {"json", protocol_kind::json},
                                                       {"acts", protocol_kind::acts},   {"nats", protocol_kind::nats},
                                                       {"irc", protocol_kind::irc},     {"xmpp", protocol_kind::xmpp}};
  const auto all = CLI::MultiOptionPolicy::TakeAll;
  cli.add_option("--label", read.label, "Goes into the result.");
  cli.add_option(
         "--protocol", read.protocol,
         "What the server speaks: lines, json, acts (json, each text the new topic of a room), nats, irc or xmpp.")
      ->transform(CLI::CheckedTransformer(protocols));
  cli.add_option("--host", read.host, "An IPv4 address.");
  cli.add_option("--port", read.ports, "The server's; can be repeated, for several nodes.")
      ->required()
      ->multi_option_policy(all);
  cli.add_option("--path", read.path, "Of the upgrade; {room} {user} {token} {i} are replaced.");
  cli.add_option("--header", read.headers, "Of the upgrade, can be repeated; the same are replaced.")
      ->multi_option_policy(all);
  cli.add_option("--tokens", read.tokens, "A file with a token a line.")->check(CLI::ExistingFile);
  cli.add_option("--pid", read.pids, "Whose CPU time and memory is measured; can be repeated.")
      ->multi_option_policy(all);
}

void add_load(CLI::App& cli, options& read) {
  const std::map<std::string, workload_kind> workloads{
      {"talk", workload_kind::talk}, {"connect", workload_kind::connect}, {"storm", workload_kind::storm}};
  cli.add_option("--workload", read.workload,
                 "talk: send and receive; connect: join, then silence; storm: all come back at once (json).")
      ->transform(CLI::CheckedTransformer(workloads));
  cli.add_option("--rooms", read.rooms, "How many.")->check(CLI::PositiveNumber);
  cli.add_option("--members", read.members, "Of each room.")->check(CLI::PositiveNumber);
  cli.add_option("--senders", read.senders, "Of each room; 0: all members.");
  cli.add_option("--window", read.window, "Unfinished messages of a sender (closed loop).")->check(CLI::PositiveNumber);
  cli.add_option("--rate", read.rate, "Messages per second in all (open loop; storm: during the storm).");
  cli.add_option("--payload", read.payload, "Bytes of a text.")->check(CLI::Range(token_bytes, std::size_t{4000}));
  cli.add_option("--joining", read.joining, "Connections made at the same time.")->check(CLI::PositiveNumber);
  cli.add_option("--addresses", read.addresses, "Source addresses, from 127.0.0.2.")->check(CLI::Range(1, 200));
  cli.add_flag("--tls", read.tls, "Over TLS, whatever the server's certificate.");
  cli.add_flag("--quick-ack", read.quick_ack, "No delayed ACKs, for servers that leave Nagle's algorithm on.");
  cli.add_option("--posters", read.posters, "Connections that post while the members are away (storm).")
      ->check(CLI::PositiveNumber);
  cli.add_option("--missed", read.missed, "Messages a room that its members miss (storm).");
}

void add_times(CLI::App& cli, options& read) {
  cli.add_option("--warmup", read.warmup_s, "Seconds.");
  cli.add_option("--duration", read.duration_s, "Seconds.");
  cli.add_option("--drain", read.drain_s, "Seconds.");
  cli.add_option("--idle", read.idle_s, "Seconds (connect).");
  cli.add_option("--join-timeout", read.join_timeout_s, "Seconds.");
}

}  // namespace

options read_options(int argc, char** argv) {
  options read;
  CLI::App cli{"Loads a chat server, checks every delivery, prints JSON."};
  add_server(cli, read);
  add_load(cli, read);
  add_times(cli, read);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(cli.exit(error));
  }
  if (read.workload == workload_kind::storm) read.protocol = protocol_kind::json;
  const bool speaks_json = read.protocol == protocol_kind::json || read.protocol == protocol_kind::acts;
  if (read.path.empty()) read.path = speaks_json ? "/ws" : "/room/{room}";
  if (read.senders == 0 || read.senders > read.members) read.senders = read.members;
  if (read.connections() > 60'000 || std::uint64_t{read.rooms} * read.senders >= max_senders) {
    std::exit(cli.exit(CLI::ValidationError("too many connections or senders")));
  }
  return read;
}

}  // namespace greenroom::bench
