#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "protocol/irc/capabilities.hpp"
#include "protocol/irc/isupport.hpp"
#include "protocol/irc/speaker.hpp"

/// The words of the server about itself: the welcome, and the commands that ask for parts of it.
namespace greenroom::protocol::irc {

/// The server as its clients see it; the same for all of them, and it outlives them.
struct server_face {
  std::string name = "greenroom.irc";  ///< in prefixes: has a dot and no space
  std::string network = "Greenroom";
  std::string version = "greenroom";     ///< without spaces
  std::string created{};                 ///< since when it runs, for 003
  std::size_t rooms = max_joined_rooms;  ///< of a connection
  std::vector<std::string> motd{};       ///< lines; none: 422
  std::vector<std::string> info{};       ///< lines for INFO
  std::uint32_t replay = 0;              ///< messages of a room that a device hears which was never there before
};

/// How many there are, as far as this node knows.
struct server_counts {
  std::uint32_t users = 0;  ///< signed in, in the cluster
  std::uint32_t operators = 0;
  std::uint32_t unknown = 0;  ///< connections that aren't signed in, of this node
  std::uint32_t rooms = 0;
  std::uint32_t servers = 1;
  std::uint32_t local = 0;  ///< signed in, at this node
  std::uint32_t local_most = 0;
  std::uint32_t users_most = 0;

  /// The client that is being welcomed signs in: it isn't unknown any more.
  void one_signs_in() noexcept;
};

/// 001 to 005, LUSERS, the MOTD, and the client's user modes. `on`: its capabilities.
void say_welcome(const server_face& face, const server_counts& counts, capability_set on, speaker& to);
/// 005; as a batch where the client wants that (IRCv3 draft/extended-isupport).
void say_features(const server_face& face, capability_set on, speaker& to);
/// 251 to 255, 265, 266.
void say_counts(const server_counts& counts, speaker& to);
/// 375, 372 and 376, or 422.
void say_motd(const server_face& face, speaker& to);
/// 351, and 005 again.
void say_version(const server_face& face, capability_set on, speaker& to);
/// 391.
void say_time(const server_face& face, core::wall_time now, speaker& to);
/// 371 and 374.
void say_info(const server_face& face, speaker& to);
/// 704 to 706 about a command, or about all where `subject` is empty; else 524.
void say_help(std::string_view subject, speaker& to);

}  // namespace greenroom::protocol::irc
