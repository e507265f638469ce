#pragma once
#include <string>

#include "core/messages/catalog.hpp"

/// The columns of `rooms` and `settings` that describe a room: the one place of all statements that read them.
namespace greenroom::storage::soci {

// NOLINTBEGIN(cppcoreguidelines-macro-usage): a statement is a literal, and its address its name.

/// The columns of `to_settings`, of `rooms` left joined with `settings`; `data` and `masks` are expressions, their
/// visible forms.
#define GREENROOM_SETTINGS_COLUMNS(data, masks)                                                                        \
  "rooms.private, coalesce(settings.post, 0), coalesce(settings.slow, 0), coalesce(settings.edit_window, 86400), "     \
  "coalesce(settings.receipts, 0), coalesce(settings.title, ''), coalesce(settings.topic, ''), coalesce(" data         \
  ", ''), "                                                                                                            \
  "coalesce(settings.flags, 3), coalesce(settings.most, 0), coalesce(settings.room_key, ''), coalesce(" masks          \
  ", ''), coalesce((select name from authors where authors.id = settings.topic_by), ''), coalesce(settings.topic_at, " \
  "0)"

/// Their types.
#define GREENROOM_SETTINGS_TYPES                                                                                      \
  long long, long long, long long, long long, long long, std::string, std::string, std::string, long long, long long, \
      std::string, std::string, std::string, long long

/// The columns of `to_info`, of the same.
#define GREENROOM_INFO_COLUMNS(data, masks) \
  "rooms.name, rooms.owner, rooms.generation, rooms.head, rooms.created_at, " GREENROOM_SETTINGS_COLUMNS(data, masks)

/// Their types.
#define GREENROOM_INFO_TYPES std::string, std::string, long long, long long, long long, GREENROOM_SETTINGS_TYPES

/// The tables of both.
#define GREENROOM_ROOMS "rooms left join settings on settings.room = rooms.id"

// NOLINTEND(cppcoreguidelines-macro-usage)

/// A row of GREENROOM_SETTINGS_COLUMNS.
[[nodiscard]] core::room_settings to_settings(long long access, long long post, long long slow, long long edit_window,
                                              long long receipts, const std::string& title, const std::string& topic,
                                              const std::string& data, long long flags, long long most,
                                              const std::string& key, const std::string& masks,
                                              const std::string& topic_by, long long topic_at);

/// A row of GREENROOM_INFO_COLUMNS.
[[nodiscard]] core::room_info to_info(const std::string& name, const std::string& owner, long long generation,
                                      long long head, long long created, long long access, long long post,
                                      long long slow, long long edit_window, long long receipts,
                                      const std::string& title, const std::string& topic, const std::string& data,
                                      long long flags, long long most, const std::string& key, const std::string& masks,
                                      const std::string& topic_by, long long topic_at);

}  // namespace greenroom::storage::soci
