#include "bench/protocols/websocket.hpp"

namespace greenroom::bench {
namespace {

/// `SEND text` there, `FROM user text` back; joined with the upgrade.
class lines final : public websocket {
 public:
  lines(const options& wanted, const names& called) : websocket(wanted, called, {}) {}

  void say(std::uint32_t, std::string_view text, std::uint32_t, std::string& out) override {
    frame(out, {"SEND ", text});
  }

 private:
  void upgraded(std::uint32_t connection, std::string&, events& found) override { found.joined(connection); }

  void heard(std::uint32_t connection, std::string_view frame, events& found) override {
    if (!frame.starts_with("FROM ")) {
      if (frame.starts_with("ERROR ")) found.refused(connection, frame);
      return;
    }
    const auto space = frame.find(' ', 5);
    found.delivered(connection, space == std::string_view::npos ? frame : frame.substr(space + 1), {});
  }
};

}  // namespace

std::unique_ptr<protocol> make_lines(const options& wanted, const names& called) {
  return std::make_unique<lines>(wanted, called);
}

}  // namespace greenroom::bench
