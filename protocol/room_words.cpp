#include "protocol/room_words.hpp"

#include <array>
#include <cstddef>
#include <utility>

namespace greenroom::protocol {
namespace {

template <class Value>
using word_row = std::pair<Value, std::string_view>;

using core::entry_kind;
constexpr std::array kind_words{
    word_row<entry_kind>{entry_kind::text, "text"},       word_row<entry_kind>{entry_kind::edit, "edit"},
    word_row<entry_kind>{entry_kind::erase, "erase"},     word_row<entry_kind>{entry_kind::react, "react"},
    word_row<entry_kind>{entry_kind::unreact, "unreact"}, word_row<entry_kind>{entry_kind::pin, "pin"},
    word_row<entry_kind>{entry_kind::unpin, "unpin"},     word_row<entry_kind>{entry_kind::erased, "erased"},
    word_row<entry_kind>{entry_kind::notice, "notice"},   word_row<entry_kind>{entry_kind::action, "action"},
    word_row<entry_kind>{entry_kind::tag, "tag"},         word_row<entry_kind>{entry_kind::settings, "settings"},
    word_row<entry_kind>{entry_kind::role, "role"},       word_row<entry_kind>{entry_kind::add, "add"},
    word_row<entry_kind>{entry_kind::remove, "remove"},   word_row<entry_kind>{entry_kind::ban, "ban"},
    word_row<entry_kind>{entry_kind::unban, "unban"},     word_row<entry_kind>{entry_kind::mute, "mute"},
    word_row<entry_kind>{entry_kind::unmute, "unmute"},
};
constexpr std::array role_words{
    word_row<core::room_role>{core::room_role::member, "member"},
    word_row<core::room_role>{core::room_role::moderator, "moderator"},
    word_row<core::room_role>{core::room_role::owner, "owner"},
};
constexpr std::array access_words{
    word_row<core::room_access>{core::room_access::open, "open"},
    word_row<core::room_access>{core::room_access::secret, "private"},
    word_row<core::room_access>{core::room_access::invited, "invited"},
};
constexpr std::array posting_words{
    word_row<core::room_posting>{core::room_posting::all, "all"},
    word_row<core::room_posting>{core::room_posting::members, "members"},
    word_row<core::room_posting>{core::room_posting::moderators, "moderators"},
};
constexpr std::array receipts_words{
    word_row<core::room_receipts>{core::room_receipts::by_size, "auto"},
    word_row<core::room_receipts>{core::room_receipts::on, "on"},
    word_row<core::room_receipts>{core::room_receipts::off, "off"},
};
constexpr std::array notify_words{
    word_row<core::notify_level>{core::notify_level::all, "all"},
    word_row<core::notify_level>{core::notify_level::mentions, "mentions"},
    word_row<core::notify_level>{core::notify_level::none, "none"},
};

template <class Value, std::size_t size>
std::string_view word_in(const std::array<word_row<Value>, size>& words, Value value,
                         std::string_view otherwise) noexcept {
  for (const auto& [known, word] : words)
    if (known == value) return word;
  return otherwise;
}

template <class Value, std::size_t size>
std::optional<Value> value_in(const std::array<word_row<Value>, size>& words, std::string_view word) noexcept {
  for (const auto& [value, known] : words)
    if (known == word) return value;
  return std::nullopt;
}

}  // namespace

std::string_view word_of(core::entry_kind kind) noexcept { return word_in(kind_words, kind, "unknown"); }
std::string_view word_of(core::room_role role) noexcept { return word_in(role_words, role, {}); }
std::string_view word_of(core::room_access access) noexcept { return word_in(access_words, access, {}); }
std::string_view word_of(core::room_posting post) noexcept { return word_in(posting_words, post, {}); }
std::string_view word_of(core::room_receipts receipts) noexcept { return word_in(receipts_words, receipts, {}); }
std::string_view word_of(core::notify_level level) noexcept { return word_in(notify_words, level, {}); }

std::optional<core::room_role> role_by_word(std::string_view word) noexcept { return value_in(role_words, word); }
std::optional<core::room_access> access_by_word(std::string_view word) noexcept { return value_in(access_words, word); }
std::optional<core::room_posting> posting_by_word(std::string_view word) noexcept {
  return value_in(posting_words, word);
}
std::optional<core::room_receipts> receipts_by_word(std::string_view word) noexcept {
  return value_in(receipts_words, word);
}
std::optional<core::notify_level> notify_by_word(std::string_view word) noexcept {
  return value_in(notify_words, word);
}

}  // namespace greenroom::protocol
