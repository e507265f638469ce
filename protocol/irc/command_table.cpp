#include "protocol/irc/command_table.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace greenroom::protocol::irc {
namespace {

using enum stage;

constexpr std::array commands{
    command_info{"ADMIN", signed_in, 0, ""},
    command_info{"AUTHENTICATE", connected, 1, "PLAIN, then the password in base64"},
    command_info{"AWAY", signed_in, 0, "[:message]"},
    command_info{"BATCH", signed_in, 1, "+reference draft/multiline target, or -reference"},
    command_info{"CAP", connected, 1, "LS [302], LIST, REQ :names or END"},
    command_info{"CHATHISTORY", signed_in, 0, "LATEST|BEFORE|AFTER|AROUND|BETWEEN target from [to] limit"},
    command_info{"HELP", registered, 0, "[command]"},
    command_info{"HELPOP", registered, 0, "[command]"},
    command_info{"HISTORY", signed_in, 1, "#room [number]"},
    command_info{"INFO", registered, 0, ""},
    command_info{"INVITE", signed_in, 0, "[nick #room]"},
    command_info{"ISON", signed_in, 1, "nick [nick ...]"},
    command_info{"ISUPPORT", connected, 0, ""},
    command_info{"JOIN", signed_in, 1, "#room[,#room] [key[,key]]"},
    command_info{"KICK", signed_in, 2, "#room nick[,nick] [:reason]"},
    command_info{"KILL", signed_in, 1, "nick [:reason]"},
    command_info{"LINKS", signed_in, 0, ""},
    command_info{"LIST", signed_in, 0, "[#room] [conditions]"},
    command_info{"LUSERS", registered, 0, ""},
    command_info{"MARKREAD", signed_in, 0, "target [timestamp=...]"},
    command_info{"MODE", signed_in, 1, "#room [modes [parameters]]"},
    command_info{"MONITOR", signed_in, 1, "+ nick[,nick], - nick[,nick], C, L or S"},
    command_info{"MOTD", registered, 0, ""},
    command_info{"NAMES", signed_in, 0, "#room[,#room]"},
    command_info{"NICK", connected, 0, "nick"},
    command_info{"NICKSERV", registered, 0, "REGISTER password, or IDENTIFY [name] password"},
    command_info{"NOTICE", signed_in, 0, "target[,target] :text"},
    command_info{"NS", registered, 0, "REGISTER password, or IDENTIFY [name] password"},
    command_info{"OPER", signed_in, 2, "name password"},
    command_info{"PART", signed_in, 1, "#room[,#room] [:reason]"},
    command_info{"PASS", connected, 1, "name:password"},
    command_info{"PING", connected, 1, "token"},
    command_info{"PONG", connected, 0, "token"},
    command_info{"PRIVMSG", signed_in, 0, "target[,target] :text"},
    command_info{"QUIT", connected, 0, "[:reason]"},
    command_info{"REDACT", signed_in, 2, "target msgid [:reason]"},
    command_info{"REGISTER", connected, 3, "* * password"},
    command_info{"SETNAME", signed_in, 1, ":name"},
    command_info{"STATS", signed_in, 0, "u"},
    command_info{"TAGMSG", signed_in, 1, "target[,target]"},
    command_info{"TIME", registered, 0, ""},
    command_info{"TOPIC", signed_in, 1, "#room [:topic]"},
    command_info{"USER", connected, 4, "name 0 * :real name"},
    command_info{"USERHOST", signed_in, 1, "nick [nick ...]"},
    command_info{"VERSION", registered, 0, ""},
    command_info{"WALLOPS", signed_in, 1, ":text"},
    command_info{"WHO", signed_in, 0, "#room|nick [%fields]"},
    command_info{"WHOIS", signed_in, 0, "nick"},
    command_info{"WHOWAS", signed_in, 0, "nick [number]"},
    command_info{"ZNC", signed_in, 0, "*playback PLAY target [from [to]]"},
};

constexpr bool commands_in_order() {
  for (std::size_t i = 1; i < commands.size(); ++i)
    if (!(commands[i - 1].name < commands[i].name)) return false;
  return true;
}
static_assert(commands_in_order());

}  // namespace

std::span<const command_info> command_table() noexcept { return commands; }

const command_info* find_command(std::string_view name) noexcept {
  const auto less = [](std::string_view a, std::string_view b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                        [](char x, char y) { return core::fold(x) < core::fold(y); });
  };
  const auto* found =
      std::lower_bound(commands.begin(), commands.end(), name,
                       [&](const command_info& one, std::string_view key) { return less(one.name, key); });
  return found != commands.end() && core::equal_folded(found->name, name) ? found : nullptr;
}

}  // namespace greenroom::protocol::irc
