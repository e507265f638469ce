#include "test/simulation/describe.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

#include "core/error.hpp"
#include "test/simulation/acts.hpp"

namespace greenroom::simulation {
namespace {

using std::to_string;

std::string of(core::ec why) { return why == core::ec::none ? "" : " " + std::string(core::to_string(why)); }

std::string entries(const std::vector<core::room_entry>& what) {
  if (what.empty()) return "nothing";
  return to_string(what.front().seq.value) + ".." + to_string(what.back().seq.value);
}

std::string names(const std::vector<core::user_id>& what) {
  std::string out;
  for (const auto& one : what) out += (out.empty() ? "" : ",") + one.value;
  return "{" + out + "}";
}

std::string deed(core::entry_kind kind, core::seq_no target, const core::user_id& subject,
                 const core::shared_text& extra) {
  std::string out(word_of(kind));
  if (target) out += " " + to_string(target.value);
  if (!subject.value.empty()) out += " " + subject.value;
  if (!extra.empty()) out += " (" + std::string(extra.view()) + ")";
  return out;
}

std::string in_words(const core::post& what) {
  std::string out = what.act ? deed(what.kind, what.act->target, what.act->subject, what.act->extra) : "";
  if (!what.act && what.kind != core::entry_kind::text) out = word_of(what.kind);
  return out + (what.client_id.empty() ? "" : " /" + what.client_id) + " '" + std::string(what.text.view()) + "'";
}

std::string names(const std::vector<core::sanction>& what) {
  std::vector<core::user_id> out;
  for (const auto& one : what) out.push_back(one.user);
  return names(out);
}

}  // namespace

std::string name_of_type(const std::type_info& type) {
  int failed = 0;
  const std::unique_ptr<char, decltype(&std::free)> whole(abi::__cxa_demangle(type.name(), nullptr, nullptr, &failed),
                                                          &std::free);
  const std::string name = failed == 0 ? whole.get() : type.name();
  const auto colon = name.find('<') == std::string::npos ? name.rfind(':') : std::string::npos;
  return colon == std::string::npos ? name : name.substr(colon + 1);
}

std::string short_of(core::generation_id log) { return to_string(log.value % 1000); }

std::string describe(core::generation_id log, core::seq_no seq) { return short_of(log) + "-" + to_string(seq.value); }

std::string describe(const core::post_batch& what) {
  std::string out = "posts of " + what.author.value + ":";
  for (const auto& one : what.posts) out += " " + to_string(one.ticket) + " " + in_words(one);
  return out;
}
std::string describe(const core::posts_answered& what) {
  std::string out = "posts answered:";
  for (const auto& one : what.answers)
    out += " " + to_string(one.ticket) + (one.code == core::ec::none ? "=" + to_string(one.seq.value) : of(one.code)) +
           (one.duplicate ? " (again)" : "");
  return out;
}
std::string describe(const core::room_batch& what) {
  return "batch of " + what.room.value + " (log " + short_of(what.generation) + ") " + entries(what.entries);
}
std::string describe(const core::join_room& what) {
  return "join " + to_string(what.connection.value) + " " + what.user.value +
         (what.from.known ? " after " + describe(what.from.generation, what.from.after) : "");
}
std::string describe(const core::room_joined& what) {
  return "joined " + to_string(what.connection.value) + of(what.refused) + " head " +
         describe(what.generation, what.head) + (what.recovered ? " missed " : " not recovered ") +
         entries(what.missed) + " roster " + to_string(what.roster.value);
}
std::string describe(const core::leave_room& what) { return "leave " + to_string(what.connection.value); }
std::string describe(const core::rejoin_room& what) {
  std::string out = "rejoin part " + to_string(what.part.value) + " after " + describe(what.generation, what.after);
  for (const auto& one : what.listeners) out += " " + to_string(one.connection.value) + "/" + one.user.value;
  return out + (what.first ? "" : " (more)");
}
std::string describe(const core::room_rejoined& what) {
  std::string out = "rejoined part " + to_string(what.part.value) + of(what.refused) + " head " +
                    describe(what.generation, what.head) + (what.recovered ? " missed " : " not recovered ") +
                    entries(what.missed) + " roster " + to_string(what.roster.value);
  for (const auto one : what.outsiders) out += " without " + to_string(one.value);
  return out;
}
std::string describe(const core::presence_changed& what) {
  return "presence: " + to_string(what.count) + (what.whole ? " all of " : " joined ") + names(what.joined) + " left " +
         names(what.left);
}
std::string describe(const core::member_removed& what) {
  return what.user.value + " leaves " + what.room.value + of(what.reason) + ", roster " + to_string(what.roster.value);
}
std::string describe(const core::compare_roster& what) { return "compare roster " + to_string(what.roster.value); }
std::string describe(const core::roster_compared& what) { return "roster compared " + to_string(what.roster.value); }
std::string describe(const core::retire_room& what) { return "retire" + of(what.reason); }
std::string describe(const core::room_gone& what) { return "gone: " + what.room.value + of(what.reason); }
std::string describe(const core::find_room& what) {
  return "find " + what.room.value + (what.forwarded ? " (forwarded)" : "");
}
std::string describe(const core::open_room& what) {
  return "open " + what.room.value + " for " + what.owner.value + " in view " + to_string(what.view.value);
}
std::string describe(const core::room_opened& what) {
  return "opened " + what.room.value + " epoch " + to_string(what.epoch.value) + " head " +
         describe(what.generation, what.head) + " members " + names(what.members) + " moderators " +
         names(what.moderators) + " bans " + names(what.bans) + " mutes " + names(what.mutes) + " membership " +
         to_string(what.membership.value);
}
std::string describe(const core::enter_room& what) {
  return "enter " + what.room.value + " as " + what.user.value + (what.create ? " or create it" : "");
}
std::string describe(const core::create_room& what) {
  return "create " + what.room.value + " for " + what.owner.value + " with " + names(what.members);
}
std::string describe(const core::join_members& what) { return what.user.value + " joins " + what.room.value; }
std::string describe(const core::perform_act& what) {
  return what.by.value + " in " + what.room.value + ": " + in_words(what.what);
}
std::string describe(const core::act_performed& what) {
  if (!what.entry.seq) return "nothing to do";
  return describe(what.generation, what.entry.seq) + " " + describe(what.entry) + (what.duplicate ? " (again)" : "");
}
std::string describe(const core::room_entry& what) {
  return deed(what.kind, what.target, what.subject, what.extra) + " '" + std::string(what.text.view()) + "'";
}
std::string describe(const core::find_users& what) { return "find users " + names(what.names); }
std::string describe(const core::read_history& what) {
  return "history of " + what.room.value + " for " + what.viewer.value + " after " + to_string(what.after.value) +
         " before " + to_string(what.before.value);
}
std::string describe(const core::history_page& what) {
  return "page " + entries(what.entries) + (what.more ? " and more" : "");
}
std::string describe(const core::sync_rooms& what) { return "rooms of " + what.viewer.value; }
std::string describe(const core::move_marks& what) {
  std::string out = "marks:";
  for (const auto& one : what.marks)
    out += " " + one.user.value + " in " + one.room.value + " " + to_string(one.seq.value);
  return out;
}
std::string describe(const core::cluster_view& what) {
  std::string out = "view " + to_string(what.version.value) + ":";
  for (const auto& one : what.nodes) out += " " + one.name.value + (one.draining ? "(draining)" : "");
  return out;
}
std::string describe(const core::node_record& what) {
  return "register " + what.name.value + " life " + to_string(what.incarnation.value % 1000) + " seen " +
         to_string(what.seen.value) + " stored " + to_string(what.stored.value);
}

std::string describe(const core::client_command& what) {
  struct visitor {
    std::string operator()(const core::client_join& c) const {
      return "join " + c.room.value +
             (c.after ? " after " + describe(c.generation.value_or(core::generation_id{}), *c.after) : "");
    }
    std::string operator()(const core::client_leave& c) const { return "leave " + c.room.value; }
    std::string operator()(const core::client_send& c) const {
      return "send " + c.room.value + " " + in_words({0, c.client_id, c.text, c.kind, c.act});
    }
    std::string operator()(const core::client_history& c) const { return "history " + c.room.value; }
    std::string operator()(const core::client_typing& c) const { return "typing " + c.room.value; }
    std::string operator()(const core::client_read& c) const { return "read " + c.room.value; }
    std::string operator()(const core::client_face& c) const { return "face in " + c.room.value; }
    std::string operator()(const core::client_sync&) const { return "sync"; }
    std::string operator()(const core::client_ping&) const { return "ping"; }
    std::string operator()(const core::client_mistake&) const { return "mistake"; }
  };
  return std::visit(visitor{}, what);
}

}  // namespace greenroom::simulation
