#include "protocol/irc/isupport.hpp"

#include <algorithm>
#include <cstddef>

#include "core/text.hpp"

namespace greenroom::protocol::irc {
namespace {

std::string limit(std::string_view name, std::size_t value) { return std::string(name) + "=" + std::to_string(value); }

// Modern IRC: characters that a parameter can't have are written as `\x` and two digits.
std::string escaped_value(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c > ' ' && c < 0x7f && c != '\\' && c != '=')
      out += c;
    else
      core::append_hex(out.append("\\x"), static_cast<unsigned char>(c), 2);
  }
  return out;
}

}  // namespace

std::vector<std::string> support_tokens(std::string_view network, std::size_t rooms) {
  return {
      limit("AWAYLEN", max_irc_topic_bytes),
      "BOT=B",
      "CASEMAPPING=ascii",
      "CHANLIMIT=#:" + std::to_string(rooms),
      "CHANMODES=beI,k,l,Cimnst",
      limit("CHANNELLEN", max_room_bytes),
      "CHANTYPES=#",
      limit("CHATHISTORY", max_history_page),
      "ELIST=CMNTU",
      "EXCEPTS=e",
      "EXTBAN=$,a",
      "ACCOUNTEXTBAN=a",
      "INVEX=I",
      limit("KICKLEN", max_irc_topic_bytes),
      "MAXLIST=beI:" + std::to_string(max_list_entries),
      limit("MODES", max_mode_changes),
      limit("MONITOR", max_monitored),
      "MSGREFTYPES=msgid,timestamp",
      "NETWORK=" + escaped_value(network),
      limit("NICKLEN", max_nick_bytes),
      "PREFIX=(ov)@+",
      "STATUSMSG=@+",
      "TARGMAX=JOIN:,PART:,NAMES:,KICK:10,PRIVMSG:4,NOTICE:4,TAGMSG:4,LIST:1,WHOIS:1,USERHOST:10,MONITOR:100",
      limit("TOPICLEN", max_irc_topic_bytes),
      limit("USERLEN", max_ident_bytes + 1),
      "UTF8ONLY",
      "WHOX",
  };
}

void say_support(const std::vector<std::string>& tokens, speaker& to) {
  constexpr std::size_t most = 13;  // of 15 parameters, with the nick and the text
  for (std::size_t first = 0; first < tokens.size(); first += most) {
    const auto end = std::min(tokens.size(), first + most);
    to.listed(numeric::rpl_isupport,
              {tokens.begin() + static_cast<std::ptrdiff_t>(first), tokens.begin() + static_cast<std::ptrdiff_t>(end)});
  }
}

}  // namespace greenroom::protocol::irc
