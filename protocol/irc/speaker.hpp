#pragma once
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "protocol/irc/numerics.hpp"

namespace greenroom::protocol::irc {

/// A refusal: a numeric, or, where none fits, the code of a standard reply (IRCv3 standard-replies).
struct complaint {
  numeric number = numeric::err_unknownerror;
  std::string code{};                ///< not empty: `FAIL <command> <code> …` instead of the numeric
  std::vector<std::string> about{};  ///< the parameters in between: targets, names
  std::string text{};                ///< for people; empty: the table's
};

/// A time as numerics have it: whole seconds since 1970.
[[nodiscard]] std::string unix_seconds(core::wall_time at);

/// Says what the server has to say to one client, in its nick's name: whole lines without their ends. Parameters are
/// cut where they are longer than a name or a mask may be, so that an echo of bad input leaves room for the text.
class speaker {
 public:
  static constexpr std::size_t longest_echo = 200;  ///< bytes of a parameter

  /// All of them live longer. `nick` is `*` for a client that has none yet.
  speaker(std::string_view server, std::string_view nick, std::vector<std::string>& out) noexcept
      : server_(server), nick_(nick), out_(out) {}

  using words = std::initializer_list<std::string_view>;

  /// `:server NNN nick middle… :text`. An empty text is the table's; where that is empty too, there is none.
  void numeric(irc::numeric number, words middle = {}, std::string_view text = {});
  /// The same with a list of parameters.
  void listed(irc::numeric number, const std::vector<std::string>& middle, std::string_view text = {});
  /// `:server FAIL command code middle… :text`
  void fail(std::string_view command, std::string_view code, words middle, std::string_view text);
  /// Either of them, about a command.
  void complain(std::string_view command, const complaint& what);
  /// `:server NOTICE nick :text`
  void notice(std::string_view text);
  /// The same from the one service that there is.
  void service_notice(std::string_view text);
  /// `ERROR :text`, which ends a connection.
  void error(std::string_view text);
  /// `:server verb middle… :text`, always with the text.
  void say(std::string_view verb, words middle, std::string_view text);
  /// All that `content` says is a batch of that type.
  void batch(std::string_view reference, std::string_view type, const std::function<void()>& content);
  /// `verb parameter`, without a source.
  void bare(std::string_view verb, std::string_view parameter);

  [[nodiscard]] std::string_view nick() const noexcept { return nick_; }
  [[nodiscard]] std::string_view server() const noexcept { return server_; }

 private:
  template <class Words>
  void put_numeric(irc::numeric number, const Words& middle, std::string_view text);

  std::string_view server_;
  std::string_view nick_;
  std::vector<std::string>& out_;
};

/// The name of the service that takes passwords in private messages, for clients that know nothing else.
inline constexpr std::string_view service_name = "NickServ";

}  // namespace greenroom::protocol::irc
