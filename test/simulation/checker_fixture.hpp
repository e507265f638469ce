#pragma once
#include <gtest/gtest.h>

#include "test/simulation/acts.hpp"
#include "test/simulation/checker.hpp"

namespace greenroom::simulation {

/// A checker that knows two rooms of ann's, in which bob is a member, and a websocket of each of them.
class checker_test : public ::testing::Test {
 protected:
  using entry_kind = core::entry_kind;
  using generation_id = core::generation_id;
  using room_entry = core::room_entry;
  using seq_no = core::seq_no;
  using user_id = core::user_id;

  static inline const core::room_id park{"park"}, den{"den"};
  static inline const user_id ann{"ann"}, bob{"bob"};
  static constexpr generation_id open_log{7}, secret_log{8};
  static constexpr reader_no anns{1}, bobs{2};

  checker_test() {
    check.user_made(ann);
    check.user_made(bob);
    check.room_made(park, open_log, room_of(core::room_access::open));
    check.room_made(den, secret_log, room_of(core::room_access::secret));
    check.connected(anns, ann, {"token of ann"});
    check.connected(bobs, bob, {"token of bob"});
  }

  /// Ann's, and bob is a member.
  static room_state room_of(core::room_access access) {
    room_state out;
    out.settings.access = access;
    out.owner = ann;
    out.members = {{ann, core::room_role::member}, {bob, core::room_role::member}};
    return out;
  }
  static room_entry entry(std::uint64_t seq, const user_id& author, const std::string& id, const std::string& text) {
    return {seq_no{seq}, author, id, core::shared_text(text), core::wall_time{core::seconds{seq}}, {}};
  }
  /// Says and stores it.
  room_entry stored(generation_id log, std::uint64_t seq, const user_id& author, const std::string& id,
                    const std::string& text) {
    check.posted(author, log == open_log ? park : den, id, text);
    check.appended(log, {entry(seq, author, id, text)});
    return entry(seq, author, "", text);
  }
  /// Does and stores it, for a reason of its own.
  room_entry acted(generation_id log, std::uint64_t seq, const user_id& author, entry_kind kind, core::act what) {
    auto done = entry(seq, author, "a" + std::to_string(seq), "reason " + std::to_string(seq));
    const auto act = std::make_shared<const core::act>(with_extra(kind, std::move(what)));
    done.kind = kind;
    done.target = act->target;
    done.subject = act->subject;
    done.extra = act->extra;
    check.posted(author, log == open_log ? park : den, done.client_id, std::string(done.text.view()), kind, act);
    check.appended(log, {done});
    return done;
  }
  /// As others hear it.
  static room_entry public_form(room_entry one) {
    one.client_id.clear();
    return one;
  }
  static room_entry erased(room_entry one, std::uint64_t by) {
    core::empty_out(one, {by});
    return one;
  }
  static core::act on(const user_id& who, core::wall_time until = {}) { return {.subject = who, .until = until}; }
  static core::act role(const user_id& who, core::room_role one) { return {.subject = who, .role = one}; }
  static core::wall_time second(std::int64_t which) { return core::wall_time{core::seconds{which}}; }

  void join(reader_no who, generation_id log, std::uint64_t head, std::optional<seq_no> after = {},
            bool recovered = true) {
    checker::joining answer{log, {head}, recovered, after, log, {}};
    answer.face.access = log == open_log ? core::room_access::open : core::room_access::secret;
    answer.face.owner = ann;
    if (log == secret_log) answer.face.role = core::room_role::member;
    if (who == anns) answer.face.role = core::room_role::owner;
    answer.asked = now;
    check.joined(who, log == open_log ? park : den, answer);
  }
  void expect_only(const std::string& part) const {
    ASSERT_EQ(check.violations().size(), 1u) << ::testing::PrintToString(check.violations());
    EXPECT_NE(check.violations().front().find(part), std::string::npos) << check.violations().front();
  }
  void expect_none() const { EXPECT_TRUE(check.violations().empty()) << check.violations().front(); }

  core::mono_time now{core::seconds{100}};
  checker check{[this] { return now; }};
};

}  // namespace greenroom::simulation
