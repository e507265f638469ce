#include "bench/protocols/json.hpp"

#include "bench/protocols/websocket.hpp"

namespace greenroom::bench {
namespace {

/// A frame of greenroom.v1.json that makes an entry: its begin, up to the room, what comes between the id and the text,
/// and its end; and the field that has the text in the entry.
struct shape {
  std::string_view begin, before_text, end, field;
};
constexpr shape posts{R"({"type":"send","room":")", R"(","text":")", R"("})", R"("text":")"};
/// A topic for a text: acts are stored one by one, and change the room.
constexpr shape topics{R"({"type":"act","kind":"settings","room":")", R"(","settings":{"topic":")", R"("}})",
                       R"("topic":")"};

/// greenroom.v1.json: every entry has an id of the client's, and its author's copy has it too.
class json final : public websocket {
 public:
  json(const options& wanted, const names& called, const shape& made)
      : websocket(wanted, called, std::string(json_dialect)), made_(made) {
    for (std::uint32_t room = 0; room < wanted.rooms; ++room)
      heads_.push_back(std::string(made.begin) + called.room(room) + R"(","id":")");
  }

  void say(std::uint32_t connection, std::string_view text, std::uint32_t number, std::string& out) override {
    frame(out, {heads_[wanted_.room_of(connection)], std::to_string(number), made_.before_text, text, made_.end});
  }
  [[nodiscard]] bool returns_ids() const override { return true; }

 private:
  void upgraded(std::uint32_t connection, std::string& out, events&) override {
    frame(out, {R"({"type":"join","room":")", called_.room(wanted_.room_of(connection)), R"("})"});
  }

  void heard(std::uint32_t connection, std::string_view frame, events& found) override {
    if (json_is(frame, "message")) {
      const auto shown = json_string(frame, R"("text":")");
      const auto rest = frame.substr(static_cast<std::size_t>(shown.data() + shown.size() - frame.data()));
      const auto text = made_.field == posts.field ? shown : json_string(rest, made_.field);
      found.delivered(connection, text, json_string(rest, R"(,"id":")"));
    } else if (json_is(frame, "joined")) {
      found.joined(connection);
    } else if (json_is(frame, "error") || json_is(frame, "gap") || json_is(frame, "gone")) {
      found.refused(connection, frame);
    }
  }

  const shape& made_;
  std::vector<std::string> heads_;  ///< of an entry's frame, by room
};

}  // namespace

std::unique_ptr<protocol> make_json(const options& wanted, const names& called) {
  return std::make_unique<json>(wanted, called, posts);
}
std::unique_ptr<protocol> make_acts(const options& wanted, const names& called) {
  return std::make_unique<json>(wanted, called, topics);
}

}  // namespace greenroom::bench
