#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "protocol/irc/batch_reader.hpp"
#include "protocol/irc/commands.hpp"
#include "protocol/irc/company.hpp"
#include "protocol/irc/history_walk.hpp"
#include "protocol/irc/line.hpp"
#include "protocol/irc/server_words.hpp"
#include "protocol/irc/sign_on.hpp"
#include "protocol/talk.hpp"

namespace greenroom::protocol::irc {

/// The server around a conversation. Everything outlives it.
struct conversation_ground {
  const server_face* face = nullptr;
  const capability_offer* offer = nullptr;
  std::function<server_counts()> counts;
  framing how = framing::line;
  bool secure = false;                            ///< the client came over TLS
  core::wall_time began{};                        ///< of the server
  std::string address{};                          ///< of the client, for itself alone
  std::function<void(std::string_view)> heard{};  ///< is told of each command; may be empty
  std::shared_ptr<company> others{};              ///< null: there are none
};

/// One signed-in connection of IRC.
///
/// Commands are carried out one after the other: the next one waits until everything of the one before is done (stored,
/// refused, joined, answered). Only messages follow one another without waiting. So answers are in the order of the
/// commands, and a PONG says that all before its PING is done, and that a message of which the connection had heard by
/// then was said.
///
///   lines ──► queue ──► command ──► answer (lines, label) ──► said, the frame released
///                          │ questions, commands for `core::connection`   ▲
///                          └──────────────► answers, events, relays ──────┘
class conversation final : public talk {
 public:
  /// `random`: of this connection alone, in the ids of its posts.
  conversation(conversation_ground ground, signed_on who, std::uint64_t random, core::instant now);

  talk_effects arrived(core::instant now) override;
  talk_effects ended(bool by_us, core::instant now) override;
  void frame(std::string text) override;
  [[nodiscard]] std::optional<core::limit_class> next() const override;
  [[nodiscard]] bool has_frames() const override { return !queue_.empty(); }
  talk_effects go_on(core::instant now) override;
  talk_effects event(const core::client_event& what, core::instant now) override;
  talk_effects stored(const core::room_id& room, const std::string& id, core::seq_no seq, core::instant now) override;
  talk_effects joined(const core::room_id& room, const core::room_joined& answer, core::instant now) override;
  talk_effects opened(const core::room_id& room, core::instant now) override;
  talk_effects left(const core::room_id& room, core::instant now) override;
  talk_effects told(const core::room_id& room, core::seq_no upto, core::instant now) override;
  talk_effects out_of(const core::room_id& room, const core::error& why, core::instant now) override;
  talk_effects answered(std::uint64_t number, const core::result<talk_answer>& answer, core::instant now) override;
  talk_effects seen(const core::user_seen& what, core::instant now) override;
  [[nodiscard]] core::farewell farewell(const core::room_id& room) const override;
  talk_effects tick(core::instant now) override;
  [[nodiscard]] bool busy() const override;
  [[nodiscard]] const own_words& own() const override { return own_; }
  /// How its user looks from it.
  [[nodiscard]] core::connection_face face() const;
  /// The features of its voice.
  [[nodiscard]] features hearing() const noexcept;

 private:
  /// The answer to one command, until it is complete.
  struct answer {
    std::string verb;
    std::string label;
    std::vector<std::string> lines{};  ///< not said yet
    std::string reference{};           ///< of its batch; empty: none is open
    std::uint32_t waits_for = 0;
    bool exclusive = true;  ///< the next command waits for it
    bool marked = false;    ///< an echo carries the label
    bool closed = false;    ///< its last line is said
    bool silent = false;    ///< no refusals: of a NOTICE
  };
  using answer_ptr = std::shared_ptr<answer>;
  enum class phase : std::uint8_t { joining, in, leaving };
  struct place {
    phase at = phase::joining;
    std::string name;  ///< as it was first written
    core::generation_id generation{};
    core::user_id owner{};
    core::seq_no told{};                         ///< own posts that the hubs know
    bool humble = false;                         ///< its owner has laid the operator down, on this connection
    std::uint8_t asked{};                        ///< of the questions that each client has when it has joined
    std::optional<core::typing_state> typing{};  ///< as others were told last …
    core::mono_time typing_told{};               ///< … and when
  };
  struct mode_work;
  struct people_round;
  struct company_of_room;
  using names_by_room = std::map<core::room_id, std::vector<core::user_id>>;
  struct post_under_way {
    core::room_id room;
    std::string target;  ///< as the client named it
    answer_ptr to;
    core::entry_kind kind{};
    std::string about{};    ///< the person, of an act
    core::seq_no stored{};  ///< 0: not yet
    core::mono_time since{};
    std::shared_ptr<const core::note_passing> passing{};  ///< as it is heard, where it isn't stored; else null
  };
  struct queued {
    std::string text;
    core::limit_class counted{};
    bool is_message = false;
    core::room_id about{};      ///< of a question that is free once behind a join …
    std::uint8_t question = 0;  ///< … its bit; 0: it is none
  };
  struct walk_under_way;
  struct play_under_way;
  using then = std::function<void(const core::result<talk_answer>&)>;

  // ---- answers (conversation.cpp)
  [[nodiscard]] speaker to(const answer_ptr& whose);
  void begin(const core::instant& now) { now_ = now; }
  [[nodiscard]] talk_effects end() { return std::exchange(out_, {}); }
  void say(std::vector<std::string> lines);
  void say_line(std::string line);
  void say_so_far(const answer_ptr& by);
  [[nodiscard]] std::string take_frames(const answer_ptr& of, bool last);
  void done(const answer_ptr& of);
  void one_done(const answer_ptr& of);
  void ask(talk_question what, then use);
  void order(core::client_command what) { out_.emplace_back(talk_effect::command{std::move(what)}); }
  void obey(const line& what, const answer_ptr& by);
  void obey_word(const line& what, const answer_ptr& by);
  void obey_read(any_command what, const answer_ptr& by);
  void change_hearing();
  [[nodiscard]] const std::string& nick() const noexcept { return who_.user.value; }
  [[nodiscard]] bool has(capability one) const noexcept { return who_.capabilities.on().has(one); }
  [[nodiscard]] place* find(const core::room_id& room);
  [[nodiscard]] bool is_free(const queued& one) const;
  [[nodiscard]] place* inside(const core::room_id& room);
  [[nodiscard]] std::vector<core::room_id> rooms_inside() const;
  [[nodiscard]] core::room_id room_of(const message_target& target) const;

  // ---- rooms (conversation_rooms.cpp)
  void run(join_command& what, const answer_ptr& by);
  void run(part_command& what, const answer_ptr& by);
  void run(topic_command& what, const answer_ptr& by);
  void run(kick_command& what, const answer_ptr& by);
  void run(invite_command& what, const answer_ptr& by);
  void run(mode_command& what, const answer_ptr& by);
  void join_next();
  void part_next();
  void cannot_join(const core::error& why);
  void greet(const core::room_id& room, const core::room_joined& answer, const std::vector<core::room_member>& members,
             const core::mark_found& mark);
  void greet_direct(const core::room_id& room, const core::room_joined& answer);
  void show_topic(const core::room_id& room, const answer_ptr& by);
  void put_topic(const std::string& name, const core::shared_text& topic, const core::user_id& whose,
                 core::wall_time at, const answer_ptr& by);
  void refuse_outsider(const core::room_id& room, core::ec why, const answer_ptr& by);
  void not_there(const core::room_id& room, const answer_ptr& by);
  [[nodiscard]] bool may_lead(const core::room_id& room, const answer_ptr& by);
  void ask_in(const core::room_id& room, const core::user_id& user, const answer_ptr& by);
  void ask_in_until(core::mono_time deadline, const core::room_id& room, const core::user_id& user,
                    const answer_ptr& by);

  // ---- modes of rooms (conversation_modes.cpp)
  void change_modes(mode_command& what, const answer_ptr& by);
  void name_people(const std::shared_ptr<mode_work>& work);
  void apply_modes(const std::shared_ptr<mode_work>& work);
  void show_modes(const mode_work& work);
  void show_masks(const mode_work& work, char list);
  void show_bans(const mode_work& work);
  void lay_down(const mode_work& work, bool down);

  // ---- people (conversation_people.cpp)
  void user_modes(const mode_command& what, const answer_ptr& by);
  void look() { out_.emplace_back(talk_effect::look{face()}); }
  void tell_room_of_self(const core::room_id& room, bool renamed);
  void rename(const line& what, const answer_ptr& by);
  void renick(std::string_view wanted, const answer_ptr& by);
  void become_oper(const line& what, const answer_ptr& by);
  void stop_being_oper();
  void kill(const line& what, const answer_ptr& by);
  void say_wallops(const line& what, const answer_ptr& by);
  void whowas(const line& what, const answer_ptr& by);
  void monitor(const each<core::user_id>& users, const answer_ptr& by);
  void monitor_no_more(const each<core::user_id>& users);
  void say_monitored(const std::vector<core::user_id>& users, std::vector<std::string>& lines) const;
  void notice(const core::user_seen& what, const core::user_state& before);
  void people_of_rooms(std::function<void(names_by_room)> use);
  void ask_next_room(const std::shared_ptr<people_round>& all);

  // ---- messages (conversation_messages.cpp)
  void run(message_command& what, const answer_ptr& by);
  void run(tag_command& what, const answer_ptr& by);
  void run(redact_command& what, const answer_ptr& by);
  void open_batch_of_echoes(const answer_ptr& by);
  void send(const core::room_id& room, std::string target, const message_command& what, const answer_ptr& by);
  void send_to(const core::user_id& user, const message_command& what, const answer_ptr& by);
  void with_direct(const core::user_id& user, const answer_ptr& by, std::function<void()> use);
  void send_from_outside(const core::room_id& room, std::string target, const message_command& what,
                         const answer_ptr& by);
  void perform(core::perform_act what, post_under_way how);
  void open_direct(const core::room_id& room, const core::user_id& with);
  void direct_opened(const core::room_id& room);
  void direct_failed(const core::room_id& room, const core::error& why);
  void act(const core::room_id& room, core::post what, std::string about, const answer_ptr& by);
  void put(core::client_send what, post_under_way how);
  void refuse(const post_under_way& what, const core::error& why);
  void settle(const core::room_id& room, const std::string& id, const core::error* why);
  void settle_told(const core::room_id& room, core::seq_no upto);
  void tell_away(const post_under_way& post);
  [[nodiscard]] std::string next_id();

  // ---- queries (conversation_queries.cpp)
  void run(names_command& what, const answer_ptr& by);
  void run(who_command& what, const answer_ptr& by);
  void run(away_command& what, const answer_ptr& by);
  void run(monitor_command& what, const answer_ptr& by);
  void with_company(const core::room_id& room, std::function<void(const company_of_room&)> use);
  [[nodiscard]] std::string signs_of(const core::user_id& user, const core::room_id& room,
                                     const std::vector<core::room_member>& members,
                                     const core::room_modes& modes) const;
  void names_of(const core::room_id& room, const answer_ptr& by, std::function<void()> after);
  void put_names(const core::room_id& room, const std::vector<core::user_id>& here,
                 const std::vector<core::room_member>& members, const core::room_settings& set, const answer_ptr& by);
  void who_in(const core::room_id& room, std::shared_ptr<who_command> what, const answer_ptr& by);
  void who_matches(std::shared_ptr<who_command> what, const answer_ptr& by);
  void put_who(const core::user_id& user, const core::user_state& seen, std::string_view room, std::string_view signs,
               const who_command& what, const answer_ptr& by);
  void whois(const line& what, const answer_ptr& by);
  void put_whois(const core::user_id& user, const core::user_state& seen, const names_by_room& here,
                 const answer_ptr& by);
  void ison(const line& what, const answer_ptr& by, bool hosts);

  // ---- LIST (conversation_list.cpp)
  void run(list_command& what, const answer_ptr& by);
  void list_page(std::shared_ptr<list_command> what, core::room_id after, std::vector<core::room_id> joined,
                 const answer_ptr& by);
  [[nodiscard]] bool is_listed(const core::room_info& room, const list_command& what) const;
  void put_listed(std::vector<core::room_info> rooms, std::shared_ptr<list_command> what, const answer_ptr& by,
                  std::function<void()> after);
  void list_joined(std::shared_ptr<list_command> what, std::vector<core::room_id> rooms, const answer_ptr& by);

  // ---- what isn't stored, and tags (conversation_passing.cpp)
  void pass(const core::room_id& room, std::string target, core::post what, const answer_ptr& by);
  void pass_to(const message_target& target, const message_command& what, const answer_ptr& by);
  void tag_to(const message_target& target, const std::string& tags, const answer_ptr& by);
  void tag_in(const core::room_id& room, std::string target, const std::string& tags, const answer_ptr& by);
  void echo_passing(const post_under_way& post);

  // ---- history (conversation_history.cpp)
  void run(history_command& what, const answer_ptr& by);
  void run(std::monostate&, const answer_ptr&) {}
  void list_targets(const history_command& what, const answer_ptr& by);
  void history_word(const line& what, const answer_ptr& by);
  using walked = std::function<void(history_walk&)>;
  void walk(history_walk what, walked use);
  void walk_on();
  [[nodiscard]] bool reads_in(const core::room_id& room) const;
  [[nodiscard]] std::string next_history_batch();
  void put_history(const history_walk& done, std::string_view target, const answer_ptr& by);
  void put_lines(const std::function<void(frame_writer&)>& write, std::vector<std::string>& lines) const;

  // ---- replay (conversation_replay.cpp)
  [[nodiscard]] bool may_replay() const noexcept;
  [[nodiscard]] std::optional<history_command> replay_wanted() const;
  [[nodiscard]] std::vector<std::string> replay_lines(history_walk& done, core::seq_no upto);
  void greeted(const core::room_id& room, const core::room_joined& answer);
  void open_room(const core::room_id& room, core::seq_no head);
  void given_all();
  void take_receipt(const line& pong);
  [[nodiscard]] bool has_all() const noexcept { return seen_known_ && !starting_ && !joining_ && owed_.empty(); }
  void note_device();
  void write_device(core::wall_time at);
  void play(std::shared_ptr<play_under_way> what);
  void play_back(const line& what, const answer_ptr& by);

  // ---- read markers (conversation_marks.cpp)
  void run(mark_command& what, const answer_ptr& by);
  void with_mark(const core::room_id& room, std::function<void(const core::result<core::mark_found>&)> use);
  [[nodiscard]] const core::mark_found& keep_mark(const core::room_id& room, const core::mark_found& found);
  void mark_moved(const core::room_id& room, core::seq_no seq);
  void put_mark(const std::string& target, core::wall_time at, const answer_ptr& by);

  // ---- events
  void heard(const core::error_event& what);
  void heard(const core::message_event& what);
  void heard(const core::gone_event& what);
  void heard(const core::history_event& what);
  void heard(const core::unchanged_event& what);
  void heard(const core::news_event& what);
  template <class Other>
  void heard(const Other&) {}
  void lost(const core::room_id& room, const core::error& why);

  conversation_ground ground_;
  signed_on who_;
  own_words own_;
  features hearing_{};
  core::instant now_{};
  talk_effects out_;
  std::deque<queued> queue_;
  answer_ptr task_;             ///< the exclusive command under way; null: none
  std::uint32_t messages_ = 0;  ///< answers to messages that aren't complete
  std::uint64_t last_number_ = 0;
  std::map<std::uint64_t, then> questions_;
  std::map<core::room_id, place> rooms_;
  std::set<core::room_id> entering_;  ///< rooms of two that news told of, until what is in them was said
  each<join_command::one> joins_;     ///< of the JOIN under way, in reverse
  std::optional<core::room_id> joining_;
  std::vector<core::room_id> parts_;  ///< of the PART under way, in reverse
  std::string part_reason_;
  std::map<std::string, post_under_way> posts_;  ///< by room and id
  std::uint64_t last_post_ = 0;
  std::uint64_t last_batch_ = 0;
  std::map<core::room_id, std::vector<std::function<void(const core::error*)>>> opening_;  ///< posts that wait for it
  batch_reader batch_;
  // history, replay, read markers
  std::shared_ptr<walk_under_way> history_;  ///< one at a time; null: none
  bool starting_ = false;                    ///< nothing of the client is dealt with before its messages are replayed
  bool seen_known_ = false;
  core::wall_time seen_{};           ///< when this device was last there; 0: never, or it isn't known
  core::mono_time device_noted_{};   ///< then it was written down last
  core::mono_time heard_at_;         ///< the client's last frame
  std::set<core::room_id> owed_;     ///< what was missed there can't be told now; of an empty name: direct messages
  core::mono_time given_at_;         ///< then it was given the last of what it had missed
  core::wall_time received_{};       ///< it has said that all until then came; 0: nothing yet
  std::set<core::room_id> greeted_;  ///< rooms that were joined already
  std::map<core::room_id, core::mark_found> marks_;
  std::optional<std::string> away_;
  bool over_ = false;  ///< the client said goodbye

  // of rooms and people
  core::wall_time since_;
  bool bot_ = false, oper_ = false, wallops_ = false;
  std::string last_words_ = "Connection closed";  ///< for who hears that it quits
  core::user_state self_;                         ///< how its user looks, of all their connections
  std::map<core::user_id, std::optional<core::user_state>> monitored_;  ///< nothing: not known yet
  std::map<core::room_id, core::mono_time> invited_;                    ///< until then
  std::vector<std::function<void()>> again_;                            ///< at the next tick
};

}  // namespace greenroom::protocol::irc
