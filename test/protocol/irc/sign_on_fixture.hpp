#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/irc/line_writer.hpp"
#include "protocol/irc/sign_on.hpp"

namespace greenroom::protocol::irc {

using texts = std::vector<std::string>;

/// A client that signs on, and the shell around its machine.
struct signing_client {
  static constexpr core::mono_time start{std::chrono::hours(1)};

  sign_on_settings settings{};
  server_face face{};
  sign_on_moment at{{core::wall_time{}, start}, {}};
  core::user_id already{};
  std::optional<sign_on> machine{};

  // All that came since it was looked at last.
  std::optional<account_question> asked{};
  std::optional<signed_on> done{};
  bool closed = false;

  /// One line; the answers to it.
  texts says(std::string_view text) {
    if (!machine) machine.emplace(settings, face, start, already);
    return take(machine->heard(judge(text), at));
  }
  texts says_all(std::initializer_list<std::string_view> all) {
    texts out;
    for (const auto text : all)
      for (auto& line : says(text)) out.push_back(std::move(line));
    return out;
  }
  texts is_answered(const core::result<account_answer>& answer) {
    asked.reset();
    return take(machine->answered(answer, at));
  }
  texts is_answered(core::user_id user) { return is_answered(account_answer{std::move(user), {}, {}}); }
  texts is_answered(core::ec why) { return is_answered(core::result<account_answer>{why}); }
  texts waits_until(core::mono_time now) {
    if (!machine) machine.emplace(settings, face, start, already);
    at.now.mono = now;
    return take(machine->late(now));
  }
  /// The question to sign in that was asked last.
  [[nodiscard]] sign_in signing() const {
    const auto* one = asked ? std::get_if<sign_in>(&*asked) : nullptr;
    EXPECT_NE(one, nullptr);
    return one == nullptr ? sign_in{} : *one;
  }
  [[nodiscard]] make_account making() const {
    const auto* one = asked ? std::get_if<make_account>(&*asked) : nullptr;
    EXPECT_NE(one, nullptr);
    return one == nullptr ? make_account{} : *one;
  }

 private:
  texts take(sign_on_effects out) {
    if (out.ask) asked = std::move(out.ask);
    if (out.done) done = std::move(out.done);
    closed = closed || out.close;
    for (const auto& line : out.say) {
      const auto got = judge(line);
      EXPECT_EQ(got.judged, verdict::command) << line;
    }
    return std::move(out.say);
  }
};

/// The commands of the lines.
inline texts commands_of(const texts& lines) {
  texts out;
  for (const auto& line : lines) out.emplace_back(parse(line).command);
  return out;
}

inline const texts welcome_burst{"001", "002", "003", "004", "005", "005", "005", "251",
                                 "252", "254", "255", "265", "266", "422", "221"};

}  // namespace greenroom::protocol::irc
