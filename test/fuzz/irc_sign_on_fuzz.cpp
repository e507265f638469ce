#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/names.hpp"
#include "net/line_splitter.hpp"
#include "protocol/irc/sign_on.hpp"
#include "test/fuzz/must.hpp"

namespace core = greenroom::core;
namespace irc = greenroom::protocol::irc;
using greenroom::test::must;

namespace {

// Answers questions as the first bytes of the input say.
struct answers {
  std::string_view left;

  core::result<irc::account_answer> to(const irc::account_question& question) {
    const char next = left.empty() ? '\0' : left.front();
    if (!left.empty()) left.remove_prefix(1);
    const auto user = name_in(question);
    must(core::check_user_name(user).ok(), "a question is about a name");
    switch (next) {
      case '1':
        return core::ec::bad_credentials;
      case '2':
        return core::ec::unavailable;
      case '3':
        return irc::account_answer{{"somebody"}, "signature", {"c2FsdA==", 4096, "nonce"}};
      case '4':
        return core::ec::taken;
      default:
        return irc::account_answer{{user}, "signature", {"c2FsdA==", 4096, "nonce"}};
    }
  }

  static std::string name_in(const irc::account_question& question) {
    if (const auto* whom = std::get_if<irc::sign_in>(&question)) return whom->whom.user;
    if (const auto* whom = std::get_if<core::find_scram>(&question)) return whom->user.value;
    return std::get<irc::make_account>(question).user.value;
  }
};

bool check(const irc::sign_on_effects& out) {
  for (const auto& line : out.say)
    must(irc::judge(line).judged == irc::verdict::command, "the server says whole lines of UTF-8 that fit");
  if (out.done) must(core::check_user_name(out.done->user.value).ok(), "only users sign on");
  if (out.ask) must(!out.close && !out.done, "a question is waited for");
  return !out.close && !out.done;
}

}  // namespace

// Up to the first newline: the settings and the answers; behind it: the bytes of a client.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const auto end = bytes.find('\n');
  if (end == bytes.npos) return 0;
  answers answer{bytes.substr(0, end)};
  bytes.remove_prefix(end + 1);

  irc::sign_on_settings settings;
  settings.offer.sasl = "PLAIN,SCRAM-SHA-256";
  settings.takes_passwords = !answer.left.starts_with('u');
  settings.making = answer.left.starts_with('o') ? irc::account_making::off : irc::account_making::connected;
  const irc::server_face face;
  irc::sign_on machine(settings, face, core::mono_time{});
  greenroom::net::line_splitter splitter(irc::max_unended_bytes + 2);
  splitter.take(bytes);
  bool going_on = true;
  while (going_on) {
    const auto found = splitter.next();
    if (!found) break;
    const bool endless = found.what == greenroom::net::line_splitter::kind::endless;
    auto out = machine.heard(endless ? irc::received{irc::verdict::endless, {}} : irc::judge(found.bytes), {});
    going_on = check(out);
    must(machine.waiting() == out.ask.has_value(), "a question is waited for");
    while (going_on && out.ask) {
      out = machine.answered(answer.to(*out.ask), {});
      going_on = check(out);
    }
  }
  if (going_on) must(machine.late(machine.deadline()).close, "its time ends");
  return 0;
}
