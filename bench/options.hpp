#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace greenroom::bench {

enum class workload_kind : std::uint8_t {
  talk,     ///< members of rooms send and receive
  connect,  ///< members join and then are silent
  storm,    ///< all members lose their connection, miss messages and come back at once (json)
};

enum class protocol_kind : std::uint8_t { lines, json, acts, nats, irc, xmpp };

/// The settings of one run, from its flags; see `help`.
struct options {
  std::string label;
  workload_kind workload = workload_kind::talk;
  protocol_kind protocol = protocol_kind::lines;
  std::string host = "127.0.0.1";
  std::vector<std::uint16_t> ports;  ///< connections are dealt round
  std::string path;                  ///< of an upgrade; {room}, {user}, {token}, {i} are replaced
  std::vector<std::string> headers;  ///< the same
  std::string tokens;                ///< a file with a token a line; dealt round

  std::uint32_t rooms = 1;
  std::uint32_t members = 10;   ///< of each room
  std::uint32_t senders = 0;    ///< of each room; 0: all members
  std::uint32_t window = 8;     ///< messages of a sender that not every member has yet (closed loop)
  double rate = 0;              ///< messages per second in all (open loop); 0: closed loop
  std::uint32_t payload = 100;  ///< bytes of a text
  std::uint32_t joining = 64;   ///< connections that are being made at the same time
  std::uint32_t addresses = 4;  ///< source addresses, from 127.0.0.2
  bool tls = false;             ///< the server speaks it; its certificate is anybody's
  bool quick_ack = false;       ///< no delayed ACKs: for servers that leave Nagle's algorithm on
  std::uint32_t posters = 10;   ///< storm: who posts while the members are away
  std::uint32_t missed = 5;     ///< storm: messages of each room that all its members miss

  double warmup_s = 1;
  double duration_s = 5;
  double drain_s = 10;  ///< what is under way after the end has so long to arrive
  double idle_s = 2;    ///< connect: so long are all silent before memory is read
  double join_timeout_s = 180;
  std::vector<int> pids;  ///< whose CPU time and memory is measured, descendants included

  [[nodiscard]] bool closed_loop() const { return rate <= 0; }
  /// Members of all rooms.
  [[nodiscard]] std::uint32_t connections() const { return rooms * members; }
  /// Members, and posters behind them.
  [[nodiscard]] std::uint32_t sockets() const {
    return connections() + (workload == workload_kind::storm ? posters : 0);
  }
  [[nodiscard]] std::uint32_t room_of(std::uint32_t connection) const { return connection / members; }
  [[nodiscard]] std::uint16_t port_of(std::uint32_t connection) const { return ports[connection % ports.size()]; }
};

/// Reads the command line. Prints what is wrong, or the help, and exits.
options read_options(int argc, char** argv);

}  // namespace greenroom::bench
