#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "net/link.hpp"

/// The first bytes of both ends of a link, inside of TLS, and the checks that each makes of the other's:
///
/// | bytes | what                                                                                             |
/// |-------|--------------------------------------------------------------------------------------------------|
/// | 4     | `GRLK`                                                                                           |
/// | 2 + 2 | the newest and the oldest version that the end speaks                                            |
/// | 2     | size of the rest, at most `max_hello`                                                            |
/// | rest  | cluster, node, incarnation (8 bytes), users database, chat database; later versions may add more |
///
/// Numbers are big endian, texts have their size in 2 bytes before them. The newest version that both speak is spoken.
/// An end that accepts the other's sends one byte, `welcome`; the link is up at an end that sent one and got one, so
/// that a refused end isn't up for a moment.
namespace greenroom::net::link_hello {

/// The version spoken here. Messages have more fields than in version 2, so a cluster that speaks that is stopped and
/// started once; from here on the one before is spoken too, so that nodes can be replaced in turn.
inline constexpr std::uint16_t newest_version = 3;
inline constexpr std::uint16_t oldest_version = 3;

inline constexpr char welcome = '\x06';
inline constexpr std::size_t head_size = 10;
inline constexpr std::size_t max_hello = 4096;  ///< bytes after the head
inline constexpr std::size_t max_name = 64;     ///< bytes of a node's and of a cluster's name
inline constexpr std::size_t max_database = 256;

/// The fault of a hello; the words are those of the metric `links_refused`.
enum class fault : std::uint8_t { none, hello, version, cluster, name };
[[nodiscard]] std::string_view to_string(fault what) noexcept;

/// The whole hello of this node. `bad_request` with a plain message for a text that is too long or a name that is
/// empty.
[[nodiscard]] core::result<std::string> write(const link_identity& self);

/// The contents of a head.
struct head {
  fault wrong = fault::none;  ///< `hello` where it isn't one, `version` where no common one is spoken
  std::size_t rest = 0;       ///< bytes that follow
};
[[nodiscard]] head read_head(std::string_view bytes) noexcept;

/// Reads the bytes after the head, all of them; `bad_request` where they aren't a hello.
[[nodiscard]] core::result<link_identity> read_rest(std::string_view bytes);

/// Whether `self` may have a link with `peer`: of the same cluster, not the same node, and named `expected`, unless
/// that is empty.
[[nodiscard]] fault judge(const link_identity& self, const link_identity& peer,
                          const core::node_name& expected) noexcept;

}  // namespace greenroom::net::link_hello
