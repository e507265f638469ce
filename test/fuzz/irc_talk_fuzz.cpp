#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "core/names.hpp"
#include "net/line_splitter.hpp"
#include "protocol/irc/conversation.hpp"
#include "test/fuzz/must.hpp"

namespace core = greenroom::core;
namespace protocol = greenroom::protocol;
namespace irc = greenroom::protocol::irc;
using greenroom::test::must;

namespace {

// What happens around a conversation, as the bytes of a script say; '\0' behind its end, when everything goes well.
class script {
 public:
  explicit script(std::string_view bytes) : left_(bytes) {}
  char next() {
    const char out = left_.empty() ? '\0' : left_.front();
    if (!left_.empty()) left_.remove_prefix(1);
    return out;
  }

 private:
  std::string_view left_;
};

// Answers that are empty, of the right type.
struct empty_answer {
  using result = core::result<protocol::talk_answer>;
  result operator()(const core::enter_room& what) const { return entered(what.room); }
  result operator()(const core::open_direct&) const { return entered({"@ada,bob"}); }
  result operator()(const core::list_rooms&) const { return {core::room_list{}}; }
  result operator()(const core::list_members&) const {
    return {core::member_list{{{{"ada"}, {}}, {{"bob"}, {}}}, false}};
  }
  result operator()(const core::list_sanctions&) const { return {core::sanction_list{}}; }
  result operator()(const core::find_users& what) const { return {core::users_found{what.names}}; }
  result operator()(const core::who_is&) const { return {core::who_are{}}; }
  result operator()(const protocol::names_here&) const { return {core::room_members{2, {{"ada"}, {"bob"}}}}; }
  result operator()(const core::find_time&) const { return {core::time_found{{3}, {7}}}; }
  result operator()(const core::list_recent&) const { return {core::recent_rooms{{{{"@ada,bob"}, {}}}}}; }
  result operator()(const core::read_history&) const { return {core::history_page{.as_of = {4}, .generation = {7}}}; }
  result operator()(const core::find_mark&) const { return {core::mark_found{{2}, {}}}; }
  result operator()(const core::find_device&) const { return {core::device_found{}}; }
  result operator()(const core::note_device& what) const { return {core::device_noted{what.at}}; }
  result operator()(const core::invite_person& what) const { return {core::person_invited{what.room}}; }
  result operator()(const core::perform_act& what) const { return {core::act_performed{{{5}, what.by}, {7}, false}}; }
  result operator()(const core::count_people& what) const {
    core::people_counted out;
    for (const auto& room : what.rooms) out.rooms.push_back({room, 2});
    return {std::move(out)};
  }
  result operator()(const protocol::prove_admin& what) const { return {protocol::admin_proved{what.user}}; }

 private:
  static result entered(const core::room_id& room) {
    core::room_entered out;
    out.info.room = room;
    return {std::move(out)};
  }
};

/// Ada's conversation and the world around her: relays, catalogs, homes, all of them moody.
class world {
 public:
  world(script moods, std::string_view capabilities) : moods_(moods) {
    irc::signed_on who{{"ada"}, {}, "ada", "Ada L.", {}, {}};
    std::vector<std::string> ignored;
    irc::speaker to(face_.name, "ada", ignored);
    who.capabilities.cap(irc::parse("CAP REQ :" + std::string(capabilities)), offer_, to);
    who.capabilities.cap(irc::parse("CAP END"), offer_, to);
    ada_ = std::make_unique<irc::conversation>(
        irc::conversation_ground{&face_, &offer_, [] { return irc::server_counts{}; }, protocol::framing::line},
        std::move(who), 1, now_);
    take(ada_->arrived(now_));
  }

  void hear(std::string text) {
    ++frames_;
    ada_->frame(std::move(text));
    settle(moods_.next() % 8);
    surprise();
  }

  /// Everything is answered and all patience is over: no command of the client waits any more.
  void end() {
    settle(1000);
    for (int second = 0; second < 70 && !closed_ && ada_->busy(); ++second) {
      now_.mono += core::seconds{1};
      now_.wall += core::seconds{1};
      take(ada_->tick(now_));
      settle(1000);
    }
    if (closed_) return;
    must(todo_.empty() && !ada_->next(), "everything comes to an end");
    must(released_ == frames_, "each frame is dealt with once");
    take(ada_->ended(true, now_));
  }

 private:
  using effect = protocol::talk_effect::any;

  void take(protocol::talk_effects out) {
    for (auto& one : out) todo_.push_back(std::move(one));
    turn();
  }
  void turn() {
    if (std::exchange(turning_, true)) return;
    while (!closed_ && ada_->next())
      for (auto& one : ada_->go_on(now_)) todo_.push_back(std::move(one));
    turning_ = false;
  }
  void settle(int steps) {
    turn();
    while (steps-- > 0 && !todo_.empty() && !closed_) {
      const auto one = std::move(todo_.front());
      todo_.pop_front();
      std::visit([this](const auto& what) { happens(what); }, one);
    }
  }
  // What nobody asked for.
  void surprise() {
    const core::room_id room{"lobby"};
    switch (moods_.next()) {
      case 'g':
        return take(ada_->event(core::gone_event{room, core::ec::gone, nullptr}, now_));
      case 'o':
        return take(ada_->out_of(room, core::error{core::ec::removed, {}, 0}, now_));
      case 'l':
        return take(ada_->out_of(room, core::error{core::ec::left, {}, 0}, now_));
      case 'n': {
        const core::user_news news{.user = {"ada"}, .kind = core::news_kind::added, .room = {"den"}, .by = {"bob"}};
        return take(ada_->event(core::news_event{&news}, now_));
      }
      case 'd': {
        const core::user_news news{
            .user = {"ada"}, .kind = core::news_kind::head, .room = {"@ada,bob"}, .by = {"bob"}, .seq = {1}};
        return take(ada_->event(core::news_event{&news}, now_));
      }
      case 't':
        now_.mono += core::seconds{31};
        return take(ada_->tick(now_));
      default:
        return;
    }
  }

  void happens(const protocol::talk_effect::say& what) {
    std::string_view left = what.frames;
    must(left.empty() || left.ends_with("\r\n"), "a line has an end");
    while (!left.empty()) {
      const auto end = left.find("\r\n");
      must(irc::judge(left.substr(0, end)).judged == irc::verdict::command, "she hears whole lines of UTF-8 that fit");
      left.remove_prefix(end + 2);
    }
  }
  void happens(const protocol::talk_effect::command& what) {
    std::visit([this](const auto& one) { order(one); }, what.what);
  }
  void happens(const protocol::talk_effect::ask& what) {
    const bool fails = moods_.next() == 'f';
    auto answer =
        fails ? core::result<protocol::talk_answer>{core::ec::unavailable} : std::visit(empty_answer{}, what.what);
    take(ada_->answered(what.number, answer, now_));
  }
  void happens(const protocol::talk_effect::open& what) { take(ada_->opened(what.room, now_)); }
  void happens(const protocol::talk_effect::release& what) { released_ += what.count; }
  void happens(const protocol::talk_effect::close&) { closed_ = true; }
  template <class Other>
  void happens(const Other&) {}

  void order(const core::client_join& what) {
    if (moods_.next() == 'r') return fails({core::ec::forbidden, {}, 0}, what.room, {});
    core::room_joined in;
    in.generation = {7};
    in.head = {4};
    in.members = {2, {{"ada"}, {"bob"}}};
    in.face.owner = {"bob"};
    take(ada_->joined(what.room, in, now_));
  }
  void order(const core::client_leave& what) { take(ada_->left(what.room, now_)); }
  void order(const core::client_send& what) {
    must(!what.client_id.empty() && what.text.size() <= core::max_text_bytes, "what is sent can be stored");
    if (moods_.next() == 'r') return fails({core::ec::muted, {}, 0}, what.room, what.client_id);
    const core::seq_no seq{++head_};
    take(ada_->stored(what.room, what.client_id, seq, now_));
    if (moods_.next() != 'w') take(ada_->told(what.room, seq, now_));
  }
  void order(const core::client_history& what) {
    must(what.limit > 0, "a page has something");
    if (moods_.next() == 'r') return fails({core::ec::not_joined, {}, 0}, what.room, {});
    const core::history_page page{.as_of = {4}, .generation = {7}};
    take(ada_->event(core::history_event{what.room, &page}, now_));
  }
  template <class Other>
  void order(const Other&) {}
  void fails(core::error why, const core::room_id& room, const std::string& id) {
    take(ada_->event(core::error_event{std::move(why), room, id}, now_));
  }

  script moods_;
  irc::server_face face_;
  irc::capability_offer offer_;
  core::instant now_{core::wall_time{std::chrono::hours{480000}}, core::mono_time{std::chrono::hours{1000}}};
  std::unique_ptr<irc::conversation> ada_;
  std::deque<effect> todo_;
  std::uint64_t frames_ = 0, released_ = 0, head_ = 4;
  bool turning_ = false, closed_ = false;
};

}  // namespace

// The first line: the world's moods; the second: capabilities; behind them: what a client says.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes{reinterpret_cast<const char*>(data), size};
  std::string_view heads[2];
  for (auto& head : heads) {
    const auto end = bytes.find('\n');
    if (end == bytes.npos) return 0;
    head = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
  }
  world around{script{heads[0]}, heads[1]};
  greenroom::net::line_splitter splitter(irc::max_unended_bytes + 2);
  splitter.take(bytes);
  while (const auto found = splitter.next()) around.hear(std::string(found.bytes));
  around.end();
  return 0;
}
