#pragma once
#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

/// Field values that are lists, and values with parameters: one reader for all of them (RFC 9110 sections 5.3, 5.6).
namespace greenroom::protocol {

/// The members of one line of a list field, `a, b,,c` (RFC 9110 section 5.6.1): without the spaces and tabs around
/// them, without the empty ones. A comma inside a quoted string doesn't separate. Views of the text that was given.
class list_members {
 public:
  class const_iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using pointer = const std::string_view*;
    using reference = const std::string_view&;

    const_iterator() = default;
    const_iterator(std::string_view rest, char separator) : rest_(rest), separator_(separator) { read(); }
    reference operator*() const noexcept { return member_; }
    pointer operator->() const noexcept { return &member_; }
    const_iterator& operator++() {
      read();
      return *this;
    }
    const_iterator operator++(int) {
      auto before = *this;
      read();
      return before;
    }
    friend bool operator==(const const_iterator& a, const const_iterator& b) noexcept {
      return a.member_.size() == b.member_.size() && a.rest_.size() == b.rest_.size();
    }

   private:
    void read() noexcept;

    std::string_view rest_;
    std::string_view member_;  // empty at the end
    char separator_ = ',';
  };

  /// `separator` is a comma, or a semicolon for parameters.
  explicit list_members(std::string_view line, char separator = ',') noexcept : line_(line), separator_(separator) {}
  [[nodiscard]] const_iterator begin() const { return {line_, separator_}; }
  [[nodiscard]] const_iterator end() const { return {{}, separator_}; }

 private:
  std::string_view line_;
  char separator_;
};

/// Whether one line of a list field has that token, without regard to case.
[[nodiscard]] bool has_member(std::string_view line, std::string_view token) noexcept;

/// `name=value` (RFC 9110 section 5.6.6), where the value is a token or a quoted string, whose quotes are taken off;
/// escapes in it stay. Nothing without an equals sign, a name or a value, or with an open quote.
[[nodiscard]] std::optional<std::pair<std::string_view, std::string_view>> parameter(std::string_view text) noexcept;

/// `type/subtype` of a Content-Type or of a member of Accept, without its parameters (RFC 9110 section 8.3.1).
[[nodiscard]] std::string_view media_type(std::string_view value) noexcept;

/// Whether two entity tags are the same by the weak comparison (RFC 9110 section 8.8.3.2).
[[nodiscard]] bool same_tag(std::string_view a, std::string_view b) noexcept;

}  // namespace greenroom::protocol
