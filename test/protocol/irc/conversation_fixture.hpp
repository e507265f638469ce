#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "protocol/irc/conversation.hpp"

namespace greenroom::protocol::irc {

using testing::ElementsAre;
using testing::IsEmpty;

/// Ada's conversation, and everything around it by hand: the effects that aren't lines are kept.
struct conversation_test : testing::Test {
  server_face face;
  capability_offer offer;
  core::instant now{};
  std::unique_ptr<conversation> ada;
  std::vector<core::client_command> commands;
  std::vector<talk_effect::ask> questions;
  std::vector<talk_effect::open> opened;
  std::vector<talk_effect::expect> expected;
  std::vector<talk_effect::hear> heard;
  std::vector<core::user_news> sent;  ///< to homes of users
  std::vector<talk_effect::watch> watched;
  std::vector<talk_effect::close> closed;
  std::shared_ptr<company> company_here;
  std::uint32_t released = 0;
  std::string lines;

  /// Ada, with these capabilities.
  void sign_in(std::string_view names = {}) {
    signed_on who{{"ada"}, {}, "ada", "Ada L.", {}, {}};
    std::vector<std::string> ignored;
    speaker to(face.name, "ada", ignored);
    if (!names.empty()) {
      const auto text = "CAP REQ :" + std::string(names);
      who.capabilities.cap(parse(text), offer, to);
      who.capabilities.cap(parse("CAP END"), offer, to);
    }
    sign_in(std::move(who));
  }
  void sign_in(signed_on who) {
    ada = std::make_unique<conversation>(
        conversation_ground{
            &face, &offer, [] { return server_counts{}; }, framing::line, false, {}, {}, {}, company_here},
        std::move(who), 1, now);
  }

  void take(talk_effects out) {
    for (auto& one : out) {
      if (auto* said = std::get_if<talk_effect::say>(&one)) lines += said->frames;
      if (auto* order = std::get_if<talk_effect::command>(&one)) commands.push_back(std::move(order->what));
      if (auto* ask = std::get_if<talk_effect::ask>(&one)) questions.push_back(std::move(*ask));
      if (auto* open = std::get_if<talk_effect::open>(&one)) opened.push_back(std::move(*open));
      if (auto* expect = std::get_if<talk_effect::expect>(&one)) expected.push_back(std::move(*expect));
      if (auto* hear = std::get_if<talk_effect::hear>(&one)) heard.push_back(std::move(*hear));
      if (auto* tell = std::get_if<talk_effect::tell>(&one)) sent.push_back(std::move(tell->what));
      if (auto* watch = std::get_if<talk_effect::watch>(&one)) watched.push_back(std::move(*watch));
      if (auto* close = std::get_if<talk_effect::close>(&one)) closed.push_back(std::move(*close));
      if (const auto* more = std::get_if<talk_effect::release>(&one)) released += more->count;
    }
  }
  void turn() {
    while (ada->next()) take(ada->go_on(now));
  }
  /// Ada's client says this; returns what she hears by then.
  std::string say(std::string text) {
    ada->frame(std::move(text));
    turn();
    return std::exchange(lines, {});
  }
  std::string told() {
    turn();
    return std::exchange(lines, {});
  }
  /// The page that she asked for.
  void page(const core::room_id& room, core::history_page what) {
    what.generation = {7};
    take(ada->event(core::history_event{room, &what}, now));
    turn();
  }
  /// A question of that kind, which is the first.
  template <class Question>
  Question asked() {
    if (questions.empty() || !std::holds_alternative<Question>(questions.front().what)) {
      ADD_FAILURE() << "no such question";
      return {};
    }
    return std::get<Question>(questions.front().what);
  }
  template <class Answer>
  void answer(Answer what) {
    const auto number = questions.front().number;
    questions.erase(questions.begin());
    take(ada->answered(number, talk_answer{std::move(what)}, now));
    turn();
  }
  void refuse(core::ec why) {
    const auto number = questions.front().number;
    questions.erase(questions.begin());
    take(ada->answered(number, core::error{why, {}, 0}, now));
    turn();
  }
  template <class Command>
  Command order() {
    if (commands.empty() || !std::holds_alternative<Command>(commands.front())) {
      ADD_FAILURE() << "no such command";
      return {};
    }
    auto out = std::get<Command>(std::move(commands.front()));
    commands.erase(commands.begin());
    return out;
  }
  /// She is in the room now; what she heard is dropped.
  std::string join(const std::string& room) {
    say("JOIN #" + room);
    (void)order<core::client_join>();
    core::room_joined in;
    in.generation = {7};
    in.head = {4};
    in.members = {2, {{"ada"}, {"bob"}}};
    in.face.owner = {"bob"};
    take(ada->joined({room}, in, now));
    answer(core::member_list{});
    take(ada->opened({room}, now));
    turn();
    auto out = opened.empty() ? std::string{} : opened.back().frames;
    opened.clear();
    lines.clear();
    released = 0;
    return out;
  }
};

}  // namespace greenroom::protocol::irc
