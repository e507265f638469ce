#include "bench/protocols/protocol.hpp"

namespace greenroom::bench {
namespace {

/// RFC 1459: a room is a channel, and authors don't hear themselves.
class irc final : public protocol {
 public:
  irc(const options& wanted, const names& called) : wanted_(wanted), called_(called) {}

  void open(std::uint32_t connection, std::string& out) override {
    if (called_.has_accounts()) out += called_.expanded("PASS :{account}:{token}\r\n", connection);
    out += "NICK " + called_.expanded("{account}", connection) + "\r\nUSER u 0 * :u\r\n";
  }

  void say(std::uint32_t connection, std::string_view text, std::uint32_t, std::string& out) override {
    out.append("PRIVMSG ").append(channel(connection)).append(" :").append(text).append("\r\n");
  }
  [[nodiscard]] bool echoes() const override { return false; }

  std::size_t read(std::uint32_t connection, std::string_view bytes, std::string& out, events& found) override {
    std::size_t at = 0;
    for (auto end = bytes.find("\r\n"); end != std::string_view::npos; end = bytes.find("\r\n", at)) {
      if (!take(connection, bytes.substr(at, end - at), out, found)) return bytes.size();
      at = end + 2;
    }
    return at;
  }

 private:
  // False: the connection is lost.
  bool take(std::uint32_t connection, std::string_view line, std::string& out, events& found) {
    const auto space = line.find(' ');
    const auto rest = line.substr(space == std::string_view::npos ? line.size() : space + 1);
    if (line.starts_with("PING ")) {
      out.append("PONG ").append(rest).append("\r\n");
    } else if (line.starts_with("ERROR ")) {
      found.lost(connection, line);
      return false;
    } else if (rest.starts_with("PRIVMSG ")) {
      const auto text = rest.find(" :");
      found.delivered(connection, text == std::string_view::npos ? rest : rest.substr(text + 2), {});
    } else if (rest.starts_with("001 ")) {
      out += "JOIN " + channel(connection) + "\r\n";
    } else if (rest.starts_with("366 ")) {  // the end of the names
      found.joined(connection);
    } else if (rest.size() > 3 && (rest[0] == '4' || rest[0] == '5') && rest[3] == ' ' && !rest.starts_with("422 ")) {
      found.refused(connection, line);
    }
    return true;
  }

  [[nodiscard]] std::string channel(std::uint32_t connection) const {
    return "#" + called_.room(wanted_.room_of(connection));
  }

  const options& wanted_;
  const names& called_;
};

}  // namespace

std::unique_ptr<protocol> make_irc(const options& wanted, const names& called) {
  return std::make_unique<irc>(wanted, called);
}

}  // namespace greenroom::bench
