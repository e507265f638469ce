#include <charconv>

#include "bench/protocols/protocol.hpp"

namespace greenroom::bench {
namespace {

/// A room is a subject: SUB, PUB and MSG. The server speaks first, with INFO.
class nats final : public protocol {
 public:
  nats(const options& wanted, const names& called) : wanted_(wanted), called_(called) {
    size_ = " " + std::to_string(wanted.payload) + "\r\n";
  }

  void open(std::uint32_t, std::string&) override {}

  void say(std::uint32_t connection, std::string_view text, std::uint32_t, std::string& out) override {
    out.append("PUB ").append(subject(connection)).append(size_).append(text).append("\r\n");
  }

  std::size_t read(std::uint32_t connection, std::string_view bytes, std::string& out, events& found) override {
    std::size_t at = 0;
    for (;;) {
      const auto end = bytes.find("\r\n", at);
      if (end == std::string_view::npos) return at;
      const auto line = bytes.substr(at, end - at);
      if (line.starts_with("MSG ")) {
        std::size_t size = 0;
        std::from_chars(line.data() + line.rfind(' ') + 1, line.data() + line.size(), size);
        if (bytes.size() - end < size + 4) return at;
        found.delivered(connection, bytes.substr(end + 2, size), {});
        at = end + size + 4;
        continue;
      }
      at = end + 2;
      if (line.starts_with("INFO")) {
        out += R"(CONNECT {"verbose":false,"pedantic":false,"echo":true,"lang":"c","version":"1","protocol":1})";
        out += "\r\nSUB " + subject(connection) + " 1\r\nPING\r\n";
      } else if (line.starts_with("PING")) {
        out += "PONG\r\n";
      } else if (line.starts_with("PONG")) {
        found.joined(connection);
      } else if (line.starts_with("-ERR")) {
        found.lost(connection, line);
        return bytes.size();
      }
    }
  }

 private:
  [[nodiscard]] std::string subject(std::uint32_t connection) const {
    return "room." + called_.room(wanted_.room_of(connection));
  }

  const options& wanted_;
  const names& called_;
  std::string size_;
};

}  // namespace

std::unique_ptr<protocol> make_nats(const options& wanted, const names& called) {
  return std::make_unique<nats>(wanted, called);
}

}  // namespace greenroom::bench
