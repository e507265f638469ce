#include "protocol/irc/server_words.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "protocol/irc/command_table.hpp"

namespace greenroom::protocol::irc {
namespace {

using std::to_string;

constexpr std::string_view user_modes = "Biow";
constexpr std::string_view room_modes = "CIbeiklmnostv";
constexpr std::string_view room_modes_with_parameter = "Ibeklov";

void say_most(numeric number, std::uint32_t now, std::uint32_t most, std::string_view whose, speaker& to) {
  to.numeric(number, {to_string(now), to_string(most)},
             "Current " + std::string(whose) + " users " + to_string(now) + ", max " + to_string(most));
}

}  // namespace

void server_counts::one_signs_in() noexcept {
  if (unknown > 0) --unknown;
  users_most = std::max(users_most, ++users);
  local_most = std::max(local_most, ++local);
}

void say_features(const server_face& face, capability_set on, speaker& to) {
  const auto say = [&] { say_support(support_tokens(face.network, face.rooms), to); };
  if (on.has(capability::extended_isupport) && on.has(capability::batch))
    to.batch("isupport", "draft/isupport", say);
  else
    say();
}

void say_welcome(const server_face& face, const server_counts& counts, capability_set on, speaker& to) {
  to.numeric(numeric::rpl_welcome, {}, "Welcome to " + face.network + ", " + std::string(to.nick()));
  to.numeric(numeric::rpl_yourhost, {}, "Your host is " + face.name + ", running version " + face.version);
  to.numeric(numeric::rpl_created, {}, "This server was created " + face.created);
  to.numeric(numeric::rpl_myinfo, {face.name, face.version, user_modes, room_modes, room_modes_with_parameter});
  say_features(face, on, to);
  say_counts(counts, to);
  say_motd(face, to);
  to.numeric(numeric::rpl_umodeis, {"+i"});
}

// All users have the mode +i, which has no effect.
void say_counts(const server_counts& counts, speaker& to) {
  to.numeric(
      numeric::rpl_luserclient, {},
      "There are 0 users and " + to_string(counts.users) + " invisible on " + to_string(counts.servers) + " servers");
  to.numeric(numeric::rpl_luserop, {to_string(counts.operators)});
  if (counts.unknown > 0) to.numeric(numeric::rpl_luserunknown, {to_string(counts.unknown)});
  to.numeric(numeric::rpl_luserchannels, {to_string(counts.rooms)});
  to.numeric(numeric::rpl_luserme, {},
             "I have " + to_string(counts.local) + " clients and " + to_string(counts.servers - 1) + " servers");
  say_most(numeric::rpl_localusers, counts.local, counts.local_most, "local", to);
  say_most(numeric::rpl_globalusers, counts.users, counts.users_most, "global", to);
}

void say_motd(const server_face& face, speaker& to) {
  if (face.motd.empty()) return to.numeric(numeric::err_nomotd);
  to.numeric(numeric::rpl_motdstart, {}, "- " + face.name + " Message of the day -");
  for (const auto& line : face.motd) to.numeric(numeric::rpl_motd, {}, "- " + line);
  to.numeric(numeric::rpl_endofmotd);
}

void say_version(const server_face& face, capability_set on, speaker& to) {
  to.numeric(numeric::rpl_version, {face.version, face.name}, face.network);
  say_features(face, on, to);
}

void say_time(const server_face& face, core::wall_time now, speaker& to) {
  to.numeric(numeric::rpl_time, {face.name}, core::time_text(now));
}

void say_info(const server_face& face, speaker& to) {
  for (const auto& line : face.info) to.numeric(numeric::rpl_info, {}, line);
  to.numeric(numeric::rpl_endofinfo);
}

void say_help(std::string_view subject, speaker& to) {
  if (subject.empty()) {
    to.numeric(numeric::rpl_helpstart, {"index"}, "HELP and the name of a command says how it is written.");
    for (const auto& one : command_table()) to.numeric(numeric::rpl_helptxt, {"index"}, one.name);
    return to.numeric(numeric::rpl_endofhelp, {"index"});
  }
  const auto* known = find_command(subject);
  if (known == nullptr) return to.numeric(numeric::err_helpnotfound, {subject});
  std::string syntax{known->name};
  if (!known->syntax.empty()) syntax.append(" ").append(known->syntax);
  to.numeric(numeric::rpl_helpstart, {known->name}, syntax);
  to.numeric(numeric::rpl_endofhelp, {known->name});
}

}  // namespace greenroom::protocol::irc
