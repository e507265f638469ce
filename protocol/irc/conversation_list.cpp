// A conversation's LIST: which rooms there are, page by page, with the people who are in them.
#include <algorithm>
#include <chrono>
#include <unordered_map>
#include <utility>

#include "core/direct.hpp"
#include "core/masks.hpp"
#include "protocol/irc/conversation.hpp"

namespace greenroom::protocol::irc {
namespace {

constexpr std::uint32_t rooms_of_page = 200;

// Whether a room is one of those that LIST asked for. How many people are in it is `has_wanted_people`.
bool is_wanted(const core::room_info& room, const list_command& what, core::wall_time now) {
  using of = list_condition::of;
  const auto minutes_since = [&](core::wall_time then) {
    return std::chrono::duration_cast<std::chrono::minutes>(now - then).count();
  };
  const auto age = minutes_since(room.created), topic_age = minutes_since(room.settings.topic_at);
  const bool has_topic = room.settings.topic_at != core::wall_time{};
  return std::all_of(what.conditions.begin(), what.conditions.end(), [&](const list_condition& one) {
    switch (one.what) {
      case of::mask:
        return core::mask_matches(one.mask, channel_name(room.room.value));
      case of::no_mask:
        return !core::mask_matches(one.mask, channel_name(room.room.value));
      case of::older:
        return age > static_cast<std::int64_t>(one.number);
      case of::newer:
        return age < static_cast<std::int64_t>(one.number);
      case of::topic_older:
        return has_topic && topic_age > static_cast<std::int64_t>(one.number);
      case of::topic_newer:
        return has_topic && topic_age < static_cast<std::int64_t>(one.number);
      default:
        return true;
    }
  });
}

bool has_wanted_people(std::uint32_t people, const list_command& what) {
  using of = list_condition::of;
  return std::all_of(what.conditions.begin(), what.conditions.end(), [&](const list_condition& one) {
    if (one.what == of::more_users) return people > one.number;
    return one.what != of::fewer_users || people < one.number;
  });
}

}  // namespace

void conversation::run(list_command& what, const answer_ptr& by) {
  ++by->waits_for;
  list_page(std::make_shared<list_command>(std::move(what)), {}, rooms_inside(), by);
}

bool conversation::is_listed(const core::room_info& room, const list_command& what) const {
  const auto asked = [&](const auto& one) {
    const auto* name = std::get_if<core::room_id>(&one);
    return name != nullptr && *name == room.room;
  };
  const bool chosen = what.rooms.empty() || std::any_of(what.rooms.begin(), what.rooms.end(), asked);
  // A room that came with the server, and that nobody has used, isn't worth a line.
  const bool unused = room.owner.value.empty() && !room.head && !room.is_seen_only();
  return chosen && !unused && core::nature_of(room.room) == core::room_nature::room && is_wanted(room, what, now_.wall);
}

// How many people are in a room is for those who may read there.
void conversation::put_listed(std::vector<core::room_info> rooms, std::shared_ptr<list_command> what,
                              const answer_ptr& by, std::function<void()> after) {
  std::erase_if(rooms, [&](const core::room_info& one) { return !is_listed(one, *what); });
  if (rooms.empty()) return after();
  core::count_people question;
  for (const auto& one : rooms)
    if (!one.is_seen_only()) question.rooms.push_back(one.room);
  ask(std::move(question),
      [this, rooms = std::move(rooms), what = std::move(what), by, after = std::move(after)](const auto& got) {
        std::unordered_map<core::room_id, std::uint32_t> crowds;
        if (const auto* counted = answer_as<core::people_counted>(got))
          for (const auto& one : counted->rooms) crowds.emplace(one.room, one.people);
        for (const auto& room : rooms) {
          const auto known = crowds.find(room.room);
          const auto people = known == crowds.end() ? 0 : known->second;
          if (!has_wanted_people(people, *what)) continue;
          const auto& topic = room.settings.topic;
          to(by).numeric(numeric::rpl_list, {channel_name(room.room.value), std::to_string(people)},
                         topic.empty() ? std::string_view{" "} : topic.view());
        }
        after();
      });
}

// `joined`: rooms where the connection is, which weren't listed yet.
void conversation::list_page(std::shared_ptr<list_command> what, core::room_id after, std::vector<core::room_id> joined,
                             const answer_ptr& by) {
  ask(core::list_rooms{who_.user, std::move(after), rooms_of_page},
      [this, what, by, joined = std::move(joined)](const auto& got) mutable {
        const auto* page = answer_as<core::room_list>(got);
        if (page == nullptr) {
          to(by).numeric(numeric::err_unknownerror, {"LIST"}, got.why().text());
          return list_joined(what, std::move(joined), by);
        }
        for (const auto& room : page->rooms) std::erase(joined, room.room);
        const bool more = page->more && !page->rooms.empty();
        auto last = more ? page->rooms.back().room : core::room_id{};
        put_listed(page->rooms, what, by, [this, what, by, more, last, joined = std::move(joined)] {
          if (!more) return list_joined(what, joined, by);
          say_so_far(by);
          list_page(what, last, joined, by);
        });
      });
}

// A room that isn't listed is known to those who are in it.
void conversation::list_joined(std::shared_ptr<list_command> what, std::vector<core::room_id> rooms,
                               const answer_ptr& by) {
  if (rooms.empty()) {
    to(by).numeric(numeric::rpl_listend);
    return one_done(by);
  }
  const auto room = rooms.back();
  rooms.pop_back();
  ask(core::enter_room{room, who_.user, false}, [this, what, by, rooms = std::move(rooms)](const auto& got) {
    std::vector<core::room_info> found;
    if (const auto* there = answer_as<core::room_entered>(got)) found.push_back(there->info);
    put_listed(std::move(found), what, by, [this, what, by, rooms] { list_joined(what, rooms, by); });
  });
}

}  // namespace greenroom::protocol::irc
