#include "protocol/irc/numerics.hpp"

#include <algorithm>
#include <array>

#include "core/check.hpp"

namespace greenroom::protocol::irc {
namespace {

using enum numeric;

constexpr std::array numerics{
    numeric_info{rpl_welcome, "RPL_WELCOME", ""},
    numeric_info{rpl_yourhost, "RPL_YOURHOST", ""},
    numeric_info{rpl_created, "RPL_CREATED", ""},
    numeric_info{rpl_myinfo, "RPL_MYINFO", ""},
    numeric_info{rpl_isupport, "RPL_ISUPPORT", "are supported by this server"},
    numeric_info{rpl_endofstats, "RPL_ENDOFSTATS", "End of /STATS report"},
    numeric_info{rpl_umodeis, "RPL_UMODEIS", ""},
    numeric_info{rpl_statsuptime, "RPL_STATSUPTIME", ""},
    numeric_info{rpl_luserclient, "RPL_LUSERCLIENT", ""},
    numeric_info{rpl_luserop, "RPL_LUSEROP", "operator(s) online"},
    numeric_info{rpl_luserunknown, "RPL_LUSERUNKNOWN", "connection(s) not signed in"},
    numeric_info{rpl_luserchannels, "RPL_LUSERCHANNELS", "rooms with people in them"},
    numeric_info{rpl_luserme, "RPL_LUSERME", ""},
    numeric_info{rpl_localusers, "RPL_LOCALUSERS", ""},
    numeric_info{rpl_globalusers, "RPL_GLOBALUSERS", ""},
    numeric_info{rpl_whoiscertfp, "RPL_WHOISCERTFP", ""},
    numeric_info{rpl_away, "RPL_AWAY", ""},
    numeric_info{rpl_userhost, "RPL_USERHOST", ""},
    numeric_info{rpl_ison, "RPL_ISON", ""},
    numeric_info{rpl_unaway, "RPL_UNAWAY", "You are no longer marked as being away"},
    numeric_info{rpl_nowaway, "RPL_NOWAWAY", "You have been marked as being away"},
    numeric_info{rpl_whoisuser, "RPL_WHOISUSER", ""},
    numeric_info{rpl_whoisserver, "RPL_WHOISSERVER", ""},
    numeric_info{rpl_whoisoperator, "RPL_WHOISOPERATOR", "is an IRC operator"},
    numeric_info{rpl_whowasuser, "RPL_WHOWASUSER", ""},
    numeric_info{rpl_endofwho, "RPL_ENDOFWHO", "End of /WHO list"},
    numeric_info{rpl_whoisidle, "RPL_WHOISIDLE", "seconds idle, signon time"},
    numeric_info{rpl_endofwhois, "RPL_ENDOFWHOIS", "End of /WHOIS list"},
    numeric_info{rpl_whoischannels, "RPL_WHOISCHANNELS", ""},
    numeric_info{rpl_list, "RPL_LIST", ""},
    numeric_info{rpl_listend, "RPL_LISTEND", "End of /LIST"},
    numeric_info{rpl_channelmodeis, "RPL_CHANNELMODEIS", ""},
    numeric_info{rpl_creationtime, "RPL_CREATIONTIME", ""},
    numeric_info{rpl_whoisaccount, "RPL_WHOISACCOUNT", "is logged in as"},
    numeric_info{rpl_notopic, "RPL_NOTOPIC", "No topic is set"},
    numeric_info{rpl_topic, "RPL_TOPIC", ""},
    numeric_info{rpl_topicwhotime, "RPL_TOPICWHOTIME", ""},
    numeric_info{rpl_whoisbot, "RPL_WHOISBOT", "is a bot"},
    numeric_info{rpl_invitelist, "RPL_INVITELIST", ""},
    numeric_info{rpl_endofinvitelist, "RPL_ENDOFINVITELIST", "End of /INVITE list"},
    numeric_info{rpl_whoisactually, "RPL_WHOISACTUALLY", "Is actually using host"},
    numeric_info{rpl_inviting, "RPL_INVITING", ""},
    numeric_info{rpl_invexlist, "RPL_INVEXLIST", ""},
    numeric_info{rpl_endofinvexlist, "RPL_ENDOFINVEXLIST", "End of channel invite exception list"},
    numeric_info{rpl_exceptlist, "RPL_EXCEPTLIST", ""},
    numeric_info{rpl_endofexceptlist, "RPL_ENDOFEXCEPTLIST", "End of channel exception list"},
    numeric_info{rpl_version, "RPL_VERSION", ""},
    numeric_info{rpl_whoreply, "RPL_WHOREPLY", ""},
    numeric_info{rpl_namreply, "RPL_NAMREPLY", ""},
    numeric_info{rpl_whospcrpl, "RPL_WHOSPCRPL", ""},
    numeric_info{rpl_links, "RPL_LINKS", ""},
    numeric_info{rpl_endoflinks, "RPL_ENDOFLINKS", "End of /LINKS list"},
    numeric_info{rpl_endofnames, "RPL_ENDOFNAMES", "End of /NAMES list"},
    numeric_info{rpl_banlist, "RPL_BANLIST", ""},
    numeric_info{rpl_endofbanlist, "RPL_ENDOFBANLIST", "End of channel ban list"},
    numeric_info{rpl_endofwhowas, "RPL_ENDOFWHOWAS", "End of WHOWAS"},
    numeric_info{rpl_info, "RPL_INFO", ""},
    numeric_info{rpl_motd, "RPL_MOTD", ""},
    numeric_info{rpl_endofinfo, "RPL_ENDOFINFO", "End of /INFO list"},
    numeric_info{rpl_motdstart, "RPL_MOTDSTART", ""},
    numeric_info{rpl_endofmotd, "RPL_ENDOFMOTD", "End of /MOTD command"},
    numeric_info{rpl_youreoper, "RPL_YOUREOPER", "You are now an IRC operator"},
    numeric_info{rpl_time, "RPL_TIME", ""},
    numeric_info{err_unknownerror, "ERR_UNKNOWNERROR", "The command failed"},
    numeric_info{err_nosuchnick, "ERR_NOSUCHNICK", "No such nick"},
    numeric_info{err_nosuchserver, "ERR_NOSUCHSERVER", "No such server"},
    numeric_info{err_nosuchchannel, "ERR_NOSUCHCHANNEL", "No such channel"},
    numeric_info{err_cannotsendtochan, "ERR_CANNOTSENDTOCHAN", "Cannot send to channel"},
    numeric_info{err_toomanychannels, "ERR_TOOMANYCHANNELS", "You have joined too many channels"},
    numeric_info{err_wasnosuchnick, "ERR_WASNOSUCHNICK", "There was no such nickname"},
    numeric_info{err_toomanytargets, "ERR_TOOMANYTARGETS", "Too many targets"},
    numeric_info{err_noorigin, "ERR_NOORIGIN", "No origin specified"},
    numeric_info{err_invalidcapcmd, "ERR_INVALIDCAPCMD", "Invalid CAP command"},
    numeric_info{err_norecipient, "ERR_NORECIPIENT", "No recipient given"},
    numeric_info{err_notexttosend, "ERR_NOTEXTTOSEND", "No text to send"},
    numeric_info{err_inputtoolong, "ERR_INPUTTOOLONG", "Input line was too long"},
    numeric_info{err_unknowncommand, "ERR_UNKNOWNCOMMAND", "Unknown command"},
    numeric_info{err_nomotd, "ERR_NOMOTD", "There is no message of the day"},
    numeric_info{err_noadmininfo, "ERR_NOADMININFO", "No administrative info available"},
    numeric_info{err_nonicknamegiven, "ERR_NONICKNAMEGIVEN", "No nickname given"},
    numeric_info{err_erroneusnickname, "ERR_ERRONEUSNICKNAME", "Erroneous nickname"},
    numeric_info{err_nicknameinuse, "ERR_NICKNAMEINUSE", "Nickname is already in use"},
    numeric_info{err_unavailresource, "ERR_UNAVAILRESOURCE", "Temporarily unavailable, try again later"},
    numeric_info{err_usernotinchannel, "ERR_USERNOTINCHANNEL", "They aren't on that channel"},
    numeric_info{err_notonchannel, "ERR_NOTONCHANNEL", "You're not on that channel"},
    numeric_info{err_useronchannel, "ERR_USERONCHANNEL", "is already on channel"},
    numeric_info{err_notregistered, "ERR_NOTREGISTERED", "You have not registered"},
    numeric_info{err_needmoreparams, "ERR_NEEDMOREPARAMS", "Not enough parameters"},
    numeric_info{err_alreadyregistered, "ERR_ALREADYREGISTERED", "You may not reregister"},
    numeric_info{err_passwdmismatch, "ERR_PASSWDMISMATCH", "Password incorrect"},
    numeric_info{err_invalidusername, "ERR_INVALIDUSERNAME", "Your username is not valid"},
    numeric_info{err_channelisfull, "ERR_CHANNELISFULL", "Cannot join channel (+l)"},
    numeric_info{err_unknownmode, "ERR_UNKNOWNMODE", "is unknown mode char to me"},
    numeric_info{err_inviteonlychan, "ERR_INVITEONLYCHAN", "Cannot join channel (+i)"},
    numeric_info{err_bannedfromchan, "ERR_BANNEDFROMCHAN", "Cannot join channel (+b)"},
    numeric_info{err_badchannelkey, "ERR_BADCHANNELKEY", "Cannot join channel (+k)"},
    numeric_info{err_badchanmask, "ERR_BADCHANMASK", "Bad channel mask"},
    numeric_info{err_needreggednick, "ERR_NEEDREGGEDNICK", "You need to be signed in to an account"},
    numeric_info{err_banlistfull, "ERR_BANLISTFULL", "Channel list is full"},
    numeric_info{err_noprivileges, "ERR_NOPRIVILEGES", "Permission denied: you're not an IRC operator"},
    numeric_info{err_chanoprivsneeded, "ERR_CHANOPRIVSNEEDED", "You're not channel operator"},
    numeric_info{err_cantkillserver, "ERR_CANTKILLSERVER", "You can't kill a server"},
    numeric_info{err_nooperhost, "ERR_NOOPERHOST", "No operator has this name"},
    numeric_info{err_umodeunknownflag, "ERR_UMODEUNKNOWNFLAG", "Unknown MODE flag"},
    numeric_info{err_usersdontmatch, "ERR_USERSDONTMATCH", "Can't change mode for other users"},
    numeric_info{err_helpnotfound, "ERR_HELPNOTFOUND", "No help available on this topic"},
    numeric_info{err_cannotsendtouser, "ERR_CANNOTSENDTOUSER", "You can't write to this user"},
    numeric_info{rpl_whoissecure, "RPL_WHOISSECURE", "is using a secure connection"},
    numeric_info{err_invalidmodeparam, "ERR_INVALIDMODEPARAM", ""},
    numeric_info{rpl_helpstart, "RPL_HELPSTART", ""},
    numeric_info{rpl_helptxt, "RPL_HELPTXT", ""},
    numeric_info{rpl_endofhelp, "RPL_ENDOFHELP", "End of help"},
    numeric_info{rpl_mononline, "RPL_MONONLINE", ""},
    numeric_info{rpl_monoffline, "RPL_MONOFFLINE", ""},
    numeric_info{rpl_monlist, "RPL_MONLIST", ""},
    numeric_info{rpl_endofmonlist, "RPL_ENDOFMONLIST", "End of MONITOR list"},
    numeric_info{err_monlistfull, "ERR_MONLISTFULL", "Monitor list is full"},
    numeric_info{rpl_loggedin, "RPL_LOGGEDIN", ""},
    numeric_info{rpl_saslsuccess, "RPL_SASLSUCCESS", "SASL authentication successful"},
    numeric_info{err_saslfail, "ERR_SASLFAIL", "SASL authentication failed"},
    numeric_info{err_sasltoolong, "ERR_SASLTOOLONG", "SASL message too long"},
    numeric_info{err_saslaborted, "ERR_SASLABORTED", "SASL authentication aborted"},
    numeric_info{err_saslalready, "ERR_SASLALREADY", "You have already authenticated using SASL"},
    numeric_info{rpl_saslmechs, "RPL_SASLMECHS", "are available SASL mechanisms"},
};

constexpr bool numeric_below(const numeric_info& one, numeric which) noexcept { return one.which < which; }
constexpr bool numerics_in_order() {
  for (std::size_t i = 1; i < numerics.size(); ++i)
    if (!numeric_below(numerics[i - 1], numerics[i].which)) return false;
  return true;
}
static_assert(numerics_in_order());

}  // namespace

std::span<const numeric_info> numeric_table() noexcept { return numerics; }

const numeric_info& describe(numeric which) noexcept {
  const auto* found = std::lower_bound(numerics.begin(), numerics.end(), which, numeric_below);
  GREENROOM_CHECK(found != numerics.end() && found->which == which);
  return *found;
}

std::string digits_of(numeric which) {
  const auto number = static_cast<unsigned>(which);
  std::string out(3, '0');
  out[0] = static_cast<char>('0' + number / 100 % 10);
  out[1] = static_cast<char>('0' + number / 10 % 10);
  out[2] = static_cast<char>('0' + number % 10);
  return out;
}

}  // namespace greenroom::protocol::irc
