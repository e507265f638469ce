#pragma once
#include <string>

#include "core/messages/catalog.hpp"

/// The columns of `rooms` and `settings` that describe a room: the one place of all statements that read them.
namespace greenroom::storage::soci {

// NOLINTBEGIN(cppcoreguidelines-macro-usage): a statement is a literal, and its address its name.

/// The columns of `to_settings`, of `rooms` left joined with `settings`; `data` is an expression, its visible form.
#define GREENROOM_SETTINGS_COLUMNS(data)                                                                           \
  "rooms.private, coalesce(settings.post, 0), coalesce(settings.slow, 0), coalesce(settings.edit_window, 86400), " \
  "coalesce(settings.title, ''), coalesce(settings.topic, ''), coalesce(" data ", '')"

/// The columns of `to_info`, of the same.
#define GREENROOM_INFO_COLUMNS(data) \
  "rooms.name, rooms.owner, rooms.generation, rooms.head, rooms.created_at, " GREENROOM_SETTINGS_COLUMNS(data)

/// The tables of both.
#define GREENROOM_ROOMS "rooms left join settings on settings.room = rooms.id"

// NOLINTEND(cppcoreguidelines-macro-usage)

/// A row of GREENROOM_SETTINGS_COLUMNS.
[[nodiscard]] core::room_settings to_settings(long long access, long long post, long long slow, long long edit_window,
                                              const std::string& title, const std::string& topic,
                                              const std::string& data);

/// A row of GREENROOM_INFO_COLUMNS.
[[nodiscard]] core::room_info to_info(const std::string& name, const std::string& owner, long long generation,
                                      long long head, long long created, long long access, long long post,
                                      long long slow, long long edit_window, const std::string& title,
                                      const std::string& topic, const std::string& data);

}  // namespace greenroom::storage::soci
