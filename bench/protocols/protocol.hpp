#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "bench/names.hpp"
#include "bench/options.hpp"

namespace greenroom::bench {

/// What a protocol has parsed from a connection's input.
class events {
 public:
  /// It is in its room.
  virtual void joined(std::uint32_t connection) = 0;
  /// It must be given up.
  virtual void lost(std::uint32_t connection, std::string_view why) = 0;
  /// The server wouldn't do something, and the connection goes on.
  virtual void refused(std::uint32_t connection, std::string_view why) = 0;
  /// Somebody's text; `id` is the author's own, where the server gives it back.
  virtual void delivered(std::uint32_t connection, std::string_view text, std::string_view id) = 0;

 protected:
  ~events() = default;
};

/// How a server is spoken to, on all connections of a run.
class protocol {
 public:
  virtual ~protocol() = default;

  /// Appends what a client says first; also when it connects again.
  virtual void open(std::uint32_t connection, std::string& out) = 0;
  /// Takes what came, appends what must be answered at once, and returns the bytes used: the rest comes again with
  /// more.
  virtual std::size_t read(std::uint32_t connection, std::string_view bytes, std::string& out, events& found) = 0;
  /// Appends a message to the connection's room, its sender's `number`-th.
  virtual void say(std::uint32_t connection, std::string_view text, std::uint32_t number, std::string& out) = 0;
  /// Whether authors get their own messages.
  [[nodiscard]] virtual bool echoes() const { return true; }
  /// Whether they get them with the id under which they sent them.
  [[nodiscard]] virtual bool returns_ids() const { return false; }
};

std::unique_ptr<protocol> make_lines(const options& wanted, const names& called);
std::unique_ptr<protocol> make_json(const options& wanted, const names& called);
std::unique_ptr<protocol> make_acts(const options& wanted, const names& called);
std::unique_ptr<protocol> make_nats(const options& wanted, const names& called);
std::unique_ptr<protocol> make_irc(const options& wanted, const names& called);
std::unique_ptr<protocol> make_xmpp(const options& wanted, const names& called);

/// The one that was asked for.
std::unique_ptr<protocol> make_protocol(const options& wanted, const names& called);

}  // namespace greenroom::bench
