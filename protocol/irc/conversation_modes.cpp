// A conversation's MODE for rooms: what is asked is looked up first, then the settings are one act, and roles and bans
// one each.
#include <algorithm>
#include <utility>

#include "core/modes.hpp"
#include "core/text.hpp"
#include "protocol/act.hpp"
#include "protocol/irc/conversation.hpp"
#include "protocol/irc/line_writer.hpp"

namespace greenroom::protocol::irc {
namespace {

constexpr std::uint32_t bans_asked = 500;
constexpr std::size_t names_known = 100;  // of the people who are in a room: in a larger one, any may be there

bool is_among(const std::vector<core::user_id>& people, const core::user_id& one) {
  return std::find(people.begin(), people.end(), one) != people.end();
}

// Sorts the steps into acts.
struct mode_sorter {
  const core::room_modes& before;
  core::settings_change set{};
  std::vector<std::pair<core::post, std::string>> others{};  // and whom they are about
  std::vector<mode_change> too_many{};                       // for lists that are full

  void setting(core::setting one) { set.set(one); }
  void mode(char letter, bool on, const std::string& value) {
    const bool listed = std::string_view{"beIv"}.find(letter) != std::string_view::npos;
    if (on && listed && core::masks_of(core::changed_by(before, set.modes), letter).size() >= core::max_masks)
      return too_many.push_back({letter, on, value});
    set.set(core::setting::modes);
    set.modes.push_back({letter, on, core::shared_text(value)});
  }
  void act(core::post what, const core::user_id& about) { others.emplace_back(std::move(what), about.value); }

  void ban(const mode_change& what, const std::vector<core::user_id>& accounts) {
    using kinds = core::entry_kind;
    if (const auto muted = muted_by_mask(what.parameter))
      return act(person_act(what.on ? kinds::mute : kinds::unmute, *muted), *muted);
    const auto masks = core::masks_of(before, 'b');
    const bool kept = std::any_of(masks.begin(), masks.end(),
                                  [&](std::string_view one) { return core::equal_folded(one, what.parameter); });
    const auto user = account_of_mask(what.parameter);
    const auto known = user ? std::find(accounts.begin(), accounts.end(), *user) : accounts.end();
    if (known == accounts.end() || (kept && !what.on)) mode('b', what.on, what.parameter);
    if (known != accounts.end()) act(person_act(what.on ? kinds::ban : kinds::unban, *known), *known);
  }
};

}  // namespace

/// A MODE under way, and what is known for it.
struct conversation::mode_work {
  core::room_id room;
  std::vector<mode_step> steps;
  answer_ptr by;
  core::room_info info{};
  std::vector<core::user_id> accounts{};  ///< of the people in the steps, as their names were first written
  std::vector<core::user_id> here{};

  [[nodiscard]] const core::user_id* account(std::string_view name) const {
    const auto found = std::find(accounts.begin(), accounts.end(), core::user_id{std::string(name)});
    return found == accounts.end() ? nullptr : &*found;
  }
  [[nodiscard]] std::string name() const { return channel_name(info.room.value); }
};

void conversation::run(mode_command& what, const answer_ptr& by) {
  what.of.is_person() ? user_modes(what, by) : change_modes(what, by);
}

void conversation::change_modes(mode_command& what, const answer_ptr& by) {
  ++by->waits_for;
  auto work = std::make_shared<mode_work>(mode_work{what.of.room, std::move(what.steps), by});
  ask(core::enter_room{work->room, who_.user, false}, [this, work](const auto& got) {
    const auto* there = answer_as<core::room_entered>(got);
    if (there == nullptr) {
      refuse_outsider(work->room, got.code(), work->by);
      return one_done(work->by);
    }
    work->info = there->info;
    if (work->steps.empty())
      show_modes(*work);
    else
      name_people(work);
    one_done(work->by);
  });
}

// Whether the people in the steps have accounts, and are there.
void conversation::name_people(const std::shared_ptr<mode_work>& work) {
  std::vector<core::user_id> names;
  for (const auto& step : work->steps) {
    const auto* const one = std::get_if<mode_change>(&step);
    if (one == nullptr) continue;
    if (one->letter == 'o' || one->letter == 'v') {
      if (auto user = user_from(one->parameter); std::holds_alternative<core::user_id>(user))
        names.push_back(std::get<core::user_id>(std::move(user)));
    } else if (auto account = one->letter == 'b' ? account_of_mask(one->parameter) : std::nullopt) {
      names.push_back(*std::move(account));
    }
  }
  if (names.empty()) return apply_modes(work);
  ++work->by->waits_for;
  ask(core::find_users{std::move(names)}, [this, work](const auto& got) {
    if (const auto* found = answer_as<core::users_found>(got)) work->accounts = found->users;
    ask(names_here{work->room}, [this, work](const auto& here) {
      if (const auto* people = answer_as<core::room_members>(here)) work->here = people->first;
      apply_modes(work);
      one_done(work->by);
    });
  });
}

void conversation::apply_modes(const std::shared_ptr<mode_work>& work) {
  const auto& by = work->by;
  const auto* const where = inside(work->room);
  const bool owns = oper_ || work->info.owner == who_.user;
  mode_sorter acts{work->info.settings.modes};
  bool outside = false, others = false;
  const auto person = [&](const mode_change& what) -> const core::user_id* {
    const auto* const user = work->account(what.parameter);
    if (user == nullptr) {
      to(by).numeric(numeric::err_nosuchnick, {what.parameter});
    } else if (what.on && work->here.size() < names_known && !is_among(work->here, *user) && *user != who_.user) {
      to(by).numeric(numeric::err_usernotinchannel, {user->value, work->name()});
      return nullptr;
    }
    return user;
  };
  for (const auto& step : work->steps) {
    if (const auto* wrong = std::get_if<complaint>(&step)) {
      to(by).complain("MODE", *wrong);
      continue;
    }
    if (const auto* list = std::get_if<mode_list>(&step)) {
      list->letter == 'b' ? show_bans(*work) : show_masks(*work, list->letter);
      continue;
    }
    const auto& what = std::get<mode_change>(step);
    if (where == nullptr && !oper_) {
      outside = true;
      continue;
    }
    if ((what.letter == 'i' || what.letter == 'm') && !owns) {
      others = true;
      continue;
    }
    switch (what.letter) {
      case 'i':  // a private room always is
        if (work->info.settings.access == core::room_access::secret) break;
        acts.set.to.access = what.on ? core::room_access::invited : core::room_access::open;
        acts.setting(core::setting::access);
        break;
      case 'm':
        acts.set.to.post = what.on ? core::room_posting::moderators : core::room_posting::all;
        acts.setting(core::setting::post);
        break;
      case 'b':
        acts.ban(what, work->accounts);
        break;
      case 'v':
        if (const auto* user = person(what)) acts.mode('v', what.on, user->value);
        break;
      case 'o':
        if (const auto* user = person(what)) {
          if (*user == who_.user && work->info.owner == *user && where != nullptr) {
            lay_down(*work, !what.on);
            break;
          }
          acts.act(person_act(core::entry_kind::role, *user, {},
                              what.on ? core::room_role::moderator : core::room_role::member),
                   *user);
        }
        break;
      default:
        acts.mode(what.letter, what.on, what.parameter);
    }
  }
  for (const auto& one : acts.too_many)
    to(by).numeric(numeric::err_banlistfull, {work->name(), std::string(1, one.letter), one.parameter});
  if (outside) to(by).numeric(numeric::err_notonchannel, {work->name()});
  if (others) to(by).numeric(numeric::err_chanoprivsneeded, {work->name()}, "Only the room's owner changes +i and +m");
  if ((acts.set.which == 0 && acts.others.empty()) || !may_lead(work->room, by)) return;
  if (acts.set.which != 0) act(work->room, settings_act(std::move(acts.set)), {}, by);
  for (auto& [what, about] : acts.others) act(work->room, std::move(what), std::move(about), by);
}

// The owner of a room stays it. But on this connection they may be like anybody, until they say otherwise.
void conversation::lay_down(const mode_work& work, bool down) {
  auto* const where = inside(work.room);
  if (where == nullptr || where->humble == down) return;
  where->humble = down;
  line_writer line(work.by->lines.emplace_back());
  line.from_user(nick()).command("MODE").middle(work.name()).middle(down ? "-o" : "+o").middle(nick());
}

// ---- what is set -----------------------------------------------------------------------------------------------

void conversation::show_modes(const mode_work& work) {
  const auto& set = work.info.settings;
  const auto& modes = set.modes;
  std::string letters = "+";
  std::vector<std::string> shown{work.name(), {}};
  const auto flag = [&](bool on, char letter) { letters += on ? std::string(1, letter) : std::string{}; };
  flag(modes.has(core::room_flag::no_ctcp), 'C');
  flag(set.access != core::room_access::open, 'i');
  flag(set.post == core::room_posting::moderators, 'm');
  flag(modes.has(core::room_flag::inside_only), 'n');
  flag(modes.has(core::room_flag::unlisted) || set.access == core::room_access::secret, 's');
  flag(modes.has(core::room_flag::topic_locked), 't');
  if (!modes.key.empty()) {
    letters += 'k';
    shown.emplace_back("*");
  }
  if (modes.most != 0) {
    letters += 'l';
    shown.push_back(std::to_string(modes.most));
  }
  shown[1] = letters;
  speaker client = to(work.by);
  client.listed(numeric::rpl_channelmodeis, shown);
  client.numeric(numeric::rpl_creationtime, {work.name(), unix_seconds(work.info.created)});
}

void conversation::show_masks(const mode_work& work, char list) {
  const bool except = list == 'e';
  speaker client = to(work.by);
  if (inside(work.room) != nullptr || oper_)
    for (const auto mask : core::masks_of(work.info.settings.modes, list))
      client.numeric(except ? numeric::rpl_exceptlist : numeric::rpl_invexlist, {work.name(), mask});
  client.numeric(except ? numeric::rpl_endofexceptlist : numeric::rpl_endofinvexlist, {work.name()});
}

// Bans of accounts are moderators' to see: others see masks alone.
void conversation::show_bans(const mode_work& work) {
  const auto& by = work.by;
  ++by->waits_for;
  std::vector<std::string> masks;
  if (inside(work.room) != nullptr || oper_)
    for (const auto mask : core::masks_of(work.info.settings.modes, 'b')) masks.emplace_back(mask);
  ask(core::list_sanctions{work.room, who_.user, core::entry_kind::ban, {}, bans_asked},
      [this, name = work.name(), masks = std::move(masks), by](const auto& got) {
        speaker client = to(by);
        for (const auto& mask : masks) client.numeric(numeric::rpl_banlist, {name, mask});
        if (const auto* list = answer_as<core::sanction_list>(got))
          for (const auto& one : list->sanctions) {
            client.numeric(numeric::rpl_banlist,
                           {name, one.what.user.value + "!*@*", one.what.by.value.empty() ? "*" : one.what.by.value,
                            unix_seconds(one.at)});
          }
        client.numeric(numeric::rpl_endofbanlist, {name});
        one_done(by);
      });
}

}  // namespace greenroom::protocol::irc
