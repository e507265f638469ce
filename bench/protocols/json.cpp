#include "bench/protocols/json.hpp"

#include "bench/protocols/websocket.hpp"

namespace greenroom::bench {
namespace {

/// greenroom.v1.json: every message has an id of the client's, and its author's copy has it too.
class json final : public websocket {
 public:
  json(const options& wanted, const names& called) : websocket(wanted, called, std::string(json_dialect)) {
    for (std::uint32_t room = 0; room < wanted.rooms; ++room)
      heads_.push_back(R"({"type":"send","room":")" + called.room(room) + R"(","id":")");
  }

  void say(std::uint32_t connection, std::string_view text, std::uint32_t number, std::string& out) override {
    frame(out, {heads_[wanted_.room_of(connection)], std::to_string(number), R"(","text":")", text, R"("})"});
  }
  [[nodiscard]] bool returns_ids() const override { return true; }

 private:
  void upgraded(std::uint32_t connection, std::string& out, events&) override {
    frame(out, {R"({"type":"join","room":")", called_.room(wanted_.room_of(connection)), R"("})"});
  }

  void heard(std::uint32_t connection, std::string_view frame, events& found) override {
    if (json_is(frame, "message")) {
      const auto text = json_string(frame, R"("text":")");
      const auto rest = frame.substr(static_cast<std::size_t>(text.data() + text.size() - frame.data()));
      found.delivered(connection, text, json_string(rest, R"(,"id":")"));
    } else if (json_is(frame, "joined")) {
      found.joined(connection);
    } else if (json_is(frame, "error") || json_is(frame, "gap") || json_is(frame, "gone")) {
      found.refused(connection, frame);
    }
  }

  std::vector<std::string> heads_;  ///< of a message's frame, by room
};

}  // namespace

std::unique_ptr<protocol> make_json(const options& wanted, const names& called) {
  return std::make_unique<json>(wanted, called);
}

}  // namespace greenroom::bench
