#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/messages/log.hpp"
#include "protocol/json_text.hpp"

/// Acts and words of other kinds than a text, as JSON: the only place that knows their fields, for frames and for HTTP.
namespace greenroom::protocol {

inline constexpr std::size_t max_reason_bytes = 1024;
inline constexpr std::size_t max_title_bytes = 80;
inline constexpr std::size_t max_topic_bytes = 1024;
inline constexpr std::uint32_t max_slow_s = 3600;
inline constexpr std::uint32_t max_edit_window_s = 10 * 365 * 86'400;  ///< ten years
inline constexpr std::size_t max_data_bytes = 4096;                    ///< of `data`, as JSON without blanks …
inline constexpr std::size_t max_data_depth = 8;  ///< … and its objects and lists inside one another
inline constexpr std::size_t max_extra_bytes = 8 * 1024;

/// Reads what the object says is to be done: `kind` (edit, erase, react, unreact, pin, unpin, notice, action, settings,
/// role, add, remove, ban, unban, mute or unmute) and the fields of that kind. A field that the kind hasn't is refused,
/// so that nobody believes it took effect; fields named in `besides` are the caller's. Mistakes are the reader's: with
/// its code, naming the field, for a value out of bounds, but `bad_name` for a person and `bad_text` for words. Whether
/// a time is over isn't known here. The post has no ticket and no client id; its act has its `extra`, and an edit's or
/// a reaction's text is `text`.
[[nodiscard]] core::post read_act(json_reader& json, std::span<const std::string_view> besides);
/// The same, where it is known what is to be done with whom: reads the rest, as `reason` and `until`.
[[nodiscard]] core::post read_act(json_reader& json, core::entry_kind kind, core::user_id subject,
                                  std::span<const std::string_view> besides);
/// The same of a text, which is no act: `text`, and `target` where it answers a message.
[[nodiscard]] core::post read_message(json_reader& json, std::span<const std::string_view> besides);
/// The same of settings, where the object is them.
[[nodiscard]] core::post read_settings_act(json_reader& json);

/// Reads `target`, the number of the message that words answer: from 1 on, or missing (0).
[[nodiscard]] core::seq_no read_answered(json_reader& json);

/// Reads `reason` and `until` of a suspension, like those of a ban; both may be missing, and there is no other field.
[[nodiscard]] core::sanction read_suspension(json_reader& json);

/// The act that makes this change of settings.
[[nodiscard]] core::post settings_act(core::settings_change change);
/// The act that is done to a person; `role` is the new one, of that kind alone.
[[nodiscard]] core::post person_act(core::entry_kind kind, core::user_id subject, core::shared_text reason = {},
                                    core::room_role role = core::room_role::outsider);

/// Reads the settings that the object has: at least one, and no other field.
[[nodiscard]] core::settings_change read_settings(json_reader& json);
/// The same of an entry that is stored, whose settings may have `modes`, which no client of JSON sets: into
/// `mode_words`, as `core::words_of` wrote them.
[[nodiscard]] core::settings_change read_stored_settings(json_reader& json, std::string& mode_words);
/// Puts those of the settings.
void put_settings(json_writer& json, const core::settings_change& change);

}  // namespace greenroom::protocol
