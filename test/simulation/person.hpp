#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "test/simulation/cluster.hpp"
#include "test/simulation/picture.hpp"
#include "test/simulation/wire.hpp"
#include "test/simulation/world.hpp"

namespace greenroom::simulation {

/// Somebody with a client that keeps to docs/protocol.md: comes back after a loss with the place that it had, sends
/// again what wasn't acknowledged, and tells the checker all that it says and hears. What they do is left to chance. A
/// user may be several of these: one for each device.
class person final : public wire_client {
 public:
  person(world& of, cluster& all, core::user_id user, std::vector<core::room_id> rooms, std::uint64_t device = 0);

  /// Begins to act, every now and then.
  void live();
  /// From now on they only come back, join all their rooms and send again; nothing of their own accord.
  void calm() {
    calm_ = true;
    reading(true);
  }
  /// Says something, with an id, in every room that they are in.
  void say_something_everywhere();
  /// Says that all is read, in every room that they are in, and asks what is unread.
  void read_everything();
  /// Nothing is asked without a connection: an answer doesn't come then.
  void ask_for_rooms();
  /// The answer; nothing: it hasn't come.
  [[nodiscard]] const std::optional<core::rooms_synced>& rooms_told() const noexcept { return rooms_told_; }
  /// What they have of a room that they are in, where that is all of it; null: something is missing.
  [[nodiscard]] const picture* whole_picture(const core::room_id& room) const;
  /// Whether they heard that notice, on the connection that they have now.
  [[nodiscard]] bool heard(const std::string& notice) const { return notices_.contains(notice); }
  /// Nobody does anything any more: what is refused from now on is refused for a reason that holds.
  void expect_reasons() { all_quiet_ = true; }

  // ---- the wire
  void told(const frame& what) override;
  void wire_lost() override;

  [[nodiscard]] const core::user_id& user() const noexcept { return user_; }
  [[nodiscard]] const std::vector<core::room_id>& rooms() const noexcept { return wanted_; }
  [[nodiscard]] bool connected() const noexcept { return at_ == phase::in; }
  [[nodiscard]] bool is_in(const core::room_id& room) const;
  /// Posts without an answer, in the rooms that they are in, and requests.
  [[nodiscard]] std::size_t unanswered() const;

 private:
  enum class phase { out, busy, in };
  enum class presence { out, joining, in, leaving };
  struct place {
    presence at = presence::out;
    std::optional<core::seq_no> after;  ///< what the client has
    core::generation_id log;            ///< of this log
    std::optional<core::seq_no> asked;  ///< in the join that isn't answered
    core::generation_id asked_of;
    core::mono_time asked_at{};
    core::room_role role{};                 ///< as they know it
    core::seq_no own;                       ///< the last message of theirs
    core::user_id shut_up;                  ///< whom they muted or banned last
    std::deque<core::seq_no> words;         ///< the last messages that they heard
    core::seq_no reacted;                   ///< the message to which they reacted last …
    std::string mark;                       ///< … by that mark
    core::seq_no pinned;                    ///< the message that was pinned last
    std::deque<core::generation_id> pages;  ///< of which log they thought to be, those that they asked for
    bool asks_again = false;                ///< that join was for a room that they were in
    std::string plain;  ///< a post without an id that isn't answered: nothing else is asked meanwhile
    core::mono_time plain_since{};
    core::mono_time again{};  ///< not joined before then
  };
  static constexpr seconds first_patience{3};  ///< until a post that isn't answered is sent again; then twice as long
  struct post {
    core::room_id room;
    std::string client_id;
    std::string text;
    core::entry_kind kind = core::entry_kind::text;
    std::shared_ptr<const core::act> act{};
    core::seq_no target{};    ///< of words: what they answer
    bool by_request = false;  ///< by HTTP
    core::mono_time again{};  ///< not sent before then: it may still be answered, or be refused likewise
    seconds patience = first_patience;
  };

  void act();
  void act_outside();
  void act_inside();
  void act_in(const core::room_id& room);
  void manage(const core::room_id& room);
  void meet(const core::room_id& room);
  void run(const core::room_id& room);
  void touch(const core::room_id& room);
  void begin(place& in, post what);
  [[nodiscard]] core::seq_no some_message(place& in);
  /// Now and then ` @name` of somebody.
  [[nodiscard]] std::string some_mention();
  void read(const core::room_id& room, core::seq_no seq);
  void page(const core::room_id& room, std::optional<core::seq_no> before, std::optional<core::seq_no> after,
            std::uint32_t limit);
  [[nodiscard]] core::room_id as_said(const core::room_id& room);
  [[nodiscard]] core::entry_kind some_act(const place& in);
  [[nodiscard]] core::act details_of(core::entry_kind kind, place& in);
  [[nodiscard]] core::act act_on_message(core::entry_kind kind, place& in);
  [[nodiscard]] core::settings_change some_settings();
  void perform(const post& what);
  void reading(bool on);
  [[nodiscard]] cluster::member* some_node(bool part::*role);

  void log_in();
  void log_out();
  void change_password();
  void connect();
  void show(cluster::member& at, std::variant<admit_token, redeem_ticket> what);
  void entered(core::result<std::shared_ptr<wire>> answer, core::token_hash token);
  void hang_up();
  void lost();
  /// Over the connection, which stands: who may have none asks connected() first.
  void speak(core::client_command what);

  void join(const core::room_id& room);
  void send(const core::room_id& room, bool with_id);
  void send_again();
  [[nodiscard]] static core::client_send command_of(const post& what);
  void refused(const core::room_id& room, const std::string& client_id, const core::error& why);
  void settle(const core::room_id& room, const std::string& client_id);
  void left(const core::room_id& room);

  void hear(const joined_frame& what);
  void hear(const message_frame& what);
  void hear(const gap_frame& what);
  void hear(const left_frame& what);
  void hear(const gone_frame& what);
  void hear(const history_frame& what);
  void hear(const presence_frame& what);
  void hear(const unchanged_frame& what) { settle(what.room, what.client_id); }
  void hear(const news_frame& what);
  void hear(const synced_frame& what);
  void hear(const other_frame&) {}
  void hear(const error_frame& what);
  void hear(const close_frame& what);

  /// A request by HTTP to that node; `then` comes once, with `unavailable` after some seconds at the latest.
  template <class Reply, class To, class What>
  void call(cluster::member& at, handle<To> to, What what, std::function<void(core::result<Reply>)> then);

  world& world_;
  cluster& cluster_;
  core::user_id user_;
  std::vector<core::room_id> wanted_;
  std::map<core::room_id, place> places_;
  std::map<core::room_id, picture> pictures_;
  std::optional<core::rooms_synced> rooms_told_;
  std::deque<post> mine_;
  phase at_ = phase::out;
  bool calm_ = false;
  bool all_quiet_ = false;
  bool reads_ = true;
  bool reads_back_;  ///< wants to have what was there before they came, too
  std::optional<core::token_hash> token_;
  std::shared_ptr<wire> wire_;
  reader_no reader_;
  std::uint64_t last_post_ = 0;
  core::mono_time not_before_{};
  std::set<std::string> notices_;  ///< heard on this connection
};

template <class Reply, class To, class What>
void person::call(cluster::member& at, handle<To> to, What what, std::function<void(core::result<Reply>)> then) {
  const auto once = std::make_shared<std::function<void(core::result<Reply>)>>(std::move(then));
  const auto end = [once](core::result<Reply> answer) {
    if (const auto use = std::exchange(*once, nullptr)) use(std::move(answer));
  };
  world_.time.after(seconds{4}, [end] { end(core::ec::unavailable); });
  if (!at.alive()) return world_.time.after(milliseconds{20}, [end] { end(core::ec::unavailable); });
  auto* const home = at.home;
  const auto run = [this, to, what, end](edge_shell& edge) {
    edge.ask<Reply>(to, what, [this, end](core::result<Reply> answer) {
      world_.time.after(world_.wire_time(), [end, answer] { end(answer); });
    });
  };
  world_.time.after(world_.wire_time(), [home, edge = at.edge, run] {
    home->send(edge, {{}, 0, false, std::make_unique<statement<edge_shell, api_call>>(api_call{run})});
  });
}

}  // namespace greenroom::simulation
