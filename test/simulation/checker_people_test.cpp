#include "test/simulation/checker_fixture.hpp"

/// The same for what holds of messages, for what is read, and for direct rooms.
namespace greenroom::simulation {
namespace {

class CheckerOfPeople : public checker_test {
 protected:
  using message_state = core::message_state;

  static inline const core::room_id direct{"@ann,bob"};
  static constexpr generation_id direct_log{9};

  CheckerOfPeople() {
    room_state both;
    both.settings.access = core::room_access::secret;
    both.owner = {"system"};
    both.members = {{ann, core::room_role::member}, {bob, core::room_role::member}};
    check.room_made(direct, direct_log, both);
  }

  static core::act to(std::uint64_t target) { return {.target = seq_no{target}}; }
  /// Gives a mark, or takes it back; it isn't looked at whether they might.
  room_entry marked(std::uint64_t seq, const user_id& author, entry_kind kind, std::uint64_t target,
                    const std::string& mark) {
    auto done = entry(seq, author, "m" + std::to_string(seq), mark);
    done.kind = kind;
    done.target = {target};
    check.posted(author, park, done.client_id, mark, kind, std::make_shared<const core::act>(to(target)));
    check.appended(open_log, {done});
    return done;
  }
  void say_direct(std::uint64_t seq) {
    const auto text = "secret " + std::to_string(seq);
    check.posted(ann, direct, "s" + text, text);
    check.appended(direct_log, {entry(seq, ann, "s" + text, text)});
  }
  /// Ann's message 1, which is edited, has two reactions, and is pinned: by entry 5.
  std::vector<room_entry> busy_message() {
    std::vector<room_entry> out{stored(open_log, 1, ann, "", "hi")};
    out.push_back(acted(open_log, 2, ann, entry_kind::edit, to(1)));
    out.push_back(marked(3, ann, entry_kind::react, 1, "+1"));
    out.push_back(marked(4, bob, entry_kind::react, 1, "+1"));
    out.push_back(acted(open_log, 5, ann, entry_kind::pin, to(1)));
    return out;
  }
  static message_state busy_state() { return {{1}, {2}, second(2), {{"+1", 2, true}}, true}; }
  static room_entry edited() { return entry(1, ann, "", "reason 2"); }
  static core::rooms_synced synced_to(std::uint64_t head, std::uint64_t read, std::uint64_t unread) {
    core::synced_room one{.room = park};
    one.generation = open_log;
    one.head = {head};
    one.read = {read};
    one.unread = unread;
    return {{one}, false};
  }
};

// ---- acts on messages

TEST_F(CheckerOfPeople, HasNothingAgainstActsOnMessages) {
  busy_message();
  marked(6, bob, entry_kind::unreact, 1, "+1");
  acted(open_log, 7, ann, entry_kind::unpin, to(1));
  acted(open_log, 8, bob, entry_kind::erase, to(7));
  expect_only("no message");
}

TEST_F(CheckerOfPeople, FindsAnEditOfSomebodyElsesMessage) {
  stored(open_log, 1, ann, "", "hi");
  acted(open_log, 2, bob, entry_kind::edit, to(1));
  expect_only("changes what isn't theirs");
}

TEST_F(CheckerOfPeople, FindsAnEditThatComesTooLate) {
  core::act set;
  set.set.set(core::setting::edit_window);
  set.set.to.edit_window_s = 1;
  acted(open_log, 1, ann, entry_kind::settings, set);
  stored(open_log, 2, ann, "", "hi");
  stored(open_log, 3, ann, "", "ho");
  acted(open_log, 4, ann, entry_kind::edit, to(3));
  expect_none();
  acted(open_log, 5, ann, entry_kind::edit, to(2));
  expect_only("may not be changed");
}

TEST_F(CheckerOfPeople, FindsAMarkThatIsGivenTwice) {
  busy_message();
  marked(6, bob, entry_kind::react, 1, "+1");
  expect_only("given before");
}

TEST_F(CheckerOfPeople, FindsAMarkThatIsTakenBackAndWasntGiven) {
  busy_message();
  marked(6, bob, entry_kind::unreact, 1, "-1");
  expect_only("wasn't given");
}

TEST_F(CheckerOfPeople, FindsAPinByAMember) {
  stored(open_log, 1, ann, "", "hi");
  acted(open_log, 2, bob, entry_kind::pin, to(1));
  expect_only("forbidden");
}

TEST_F(CheckerOfPeople, FindsAMarkOfSomebodyWhoIsMuted) {
  stored(open_log, 1, ann, "", "hi");
  acted(open_log, 2, ann, entry_kind::mute, on(bob));
  marked(3, bob, entry_kind::react, 1, "+1");
  expect_only("who is muted");
}

TEST_F(CheckerOfPeople, FindsAnActOnWhatIsErased) {
  stored(open_log, 1, ann, "", "hi");
  acted(open_log, 2, ann, entry_kind::erase, to(1));
  marked(3, bob, entry_kind::react, 1, "+1");
  expect_only("no message");
}

TEST_F(CheckerOfPeople, FindsAReactionThatHasNoRow) {
  busy_message();
  check.stands(open_log, seq_no{1}, {{{"+1", ann}, {"+1", bob}}, true});
  expect_none();
  check.stands(open_log, seq_no{1}, {{{"+1", ann}}, true});
  expect_only("its reactions or its pin");
}

TEST_F(CheckerOfPeople, FindsAnEditThatOutlivesItsMessage) {
  busy_message();
  acted(open_log, 6, ann, entry_kind::erase, to(1));
  auto gone = entry(2, ann, "a2", "reason 2");
  gone.kind = entry_kind::edit;
  gone.target = {1};
  check.stands(open_log, erased(gone, 6));
  expect_none();
  check.stands(open_log, gone);
  expect_only("isn't what the log implies");
}

// ---- pages, and what clients make of what they hear

TEST_F(CheckerOfPeople, FindsAPageThatIsOtherThanItSays) {
  busy_message();
  join(anns, open_log, 5);
  check.page(anns, park, {{edited()}, false, {5}, {busy_state()}});
  auto early = busy_state();
  early.pinned = false;
  early.reactions[0].count = 1;
  check.page(anns, park, {{edited()}, false, {3}, {early}});
  check.page(anns, park, {{entry(1, ann, "", "hi")}, false, {1}});
  expect_none();
  check.page(anns, park, {{edited()}, false, {5}, {early}});
  expect_only("which isn't so");
}

TEST_F(CheckerOfPeople, FindsAPageWithAnOldText) {
  busy_message();
  join(anns, open_log, 5);
  check.page(anns, park, {{entry(1, ann, "", "hi")}, false, {5}, {busy_state()}});
  expect_only("which isn't so");
}

TEST_F(CheckerOfPeople, FindsAClientThatMakesSomethingElseOfIt) {
  const auto all = busy_message();
  core::folding right(ann), wrong(ann), empty(ann);
  for (const auto& one : all) right.hear(one);
  check.folded(ann, open_log, {1}, right);
  expect_none();
  for (const auto& one : all)
    if (one.seq != seq_no{4}) wrong.hear(one);
  check.folded(ann, open_log, {1}, wrong);
  expect_only("something else of park/1");
}

TEST_F(CheckerOfPeople, FindsAClientThatHasLostAMessage) {
  stored(open_log, 1, ann, "", "hi");
  check.folded(ann, open_log, {1}, core::folding(ann));
  expect_only("has lost park/1");
}

// ---- marks

TEST_F(CheckerOfPeople, FindsAMarkThatGoesBack) {
  for (std::uint64_t seq = 1; seq <= 3; ++seq) stored(open_log, seq, ann, "", "word " + std::to_string(seq));
  join(bobs, open_log, 3);
  check.read(bobs, park, {3});
  check.marked(open_log, bob, {3});
  expect_none();
  check.marked(open_log, bob, {2});
  expect_only("and was at 3");
}

TEST_F(CheckerOfPeople, FindsAMarkThatNobodySet) {
  stored(open_log, 1, ann, "", "one");
  check.marked(open_log, bob, {1});
  expect_only("never read so far");
}

TEST_F(CheckerOfPeople, FindsAMarkThatIsLost) {
  stored(open_log, 1, ann, "", "one");
  join(bobs, open_log, 1);
  check.read(bobs, park, {1});
  check.settle_marks([](const auto&, const auto&) { return std::optional(seq_no{1}); });
  check.settle_marks([](const auto&, const auto&) { return std::nullopt; });
  expect_none();
  check.settle_marks([](const auto&, const auto&) { return std::optional(seq_no{0}); });
  expect_only("never stored");
}

TEST_F(CheckerOfPeople, FindsNewsOfAMarkThatNobodySet) {
  stored(open_log, 1, ann, "", "one");
  check.told_read(bob, park, {1});
  expect_only("never did");
}

TEST_F(CheckerOfPeople, FindsWrongNumbersOfWhatIsUnread) {
  busy_message();
  stored(open_log, 6, bob, "", "ho");
  acted(open_log, 7, ann, entry_kind::erase, to(6));
  check.synced(bobs, synced_to(7, 0, 2));
  check.synced(bobs, synced_to(7, 1, 1));
  check.synced(bobs, synced_to(7, 6, 0));
  check.synced(anns, synced_to(5, 1, 0));
  expect_none();
  check.synced(bobs, synced_to(7, 6, 1));
  expect_only("it is 0");
}

TEST_F(CheckerOfPeople, FindsAMarkThatIsToldToGoBack) {
  stored(open_log, 1, ann, "", "one");
  check.synced(bobs, synced_to(1, 1, 0));
  check.synced(bobs, synced_to(1, 0, 1));
  expect_only("and 1 were");
}

// ---- direct rooms

TEST_F(CheckerOfPeople, FindsWordsWhereOneHasBlockedTheOther) {
  say_direct(1);
  check.block_changed(direct_log, true);
  say_direct(2);  // its owner needn't know it yet
  expect_none();
  check.room_opened(direct_log);
  say_direct(3);
  expect_only("blocked the other");
}

TEST_F(CheckerOfPeople, FindsAStrangerInADirectRoom) {
  const user_id carl{"carl"};
  check.user_made(carl);
  say_direct(1);
  constexpr reader_no carls{3};
  check.connected(carls, carl, {"token of carl"});
  check.page(carls, direct, {{entry(1, ann, "", "secret 1")}, false, {1}});
  expect_only("might not read it");
}

}  // namespace
}  // namespace greenroom::simulation
