#pragma once

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace greenroom::net::http {

/// Header fields to send or as they came, in their order: one piece of memory for all of them, in the form that goes
/// over the wire.
class field_list {
 public:
  /// Name and value; they are valid until the list changes.
  using field = std::pair<std::string_view, std::string_view>;

  class const_iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = field;
    using difference_type = std::ptrdiff_t;
    using pointer = const field*;
    using reference = const field&;

    const_iterator() = default;
    explicit const_iterator(std::string_view rest) : rest_(rest) { read(); }
    reference operator*() const noexcept { return now_; }
    pointer operator->() const noexcept { return &now_; }
    const_iterator& operator++() {
      rest_.remove_prefix(line_);
      read();
      return *this;
    }
    const_iterator operator++(int) {
      auto before = *this;
      ++*this;
      return before;
    }
    /// The whole line, with its CRLF.
    [[nodiscard]] std::string_view line() const noexcept { return rest_.substr(0, line_); }
    friend bool operator==(const const_iterator& a, const const_iterator& b) noexcept {
      return a.rest_.size() == b.rest_.size();
    }

   private:
    void read();

    std::string_view rest_;
    std::size_t line_ = 0;
    field now_;
  };

  field_list() = default;
  field_list(std::initializer_list<field> fields) {
    for (const auto& [name, value] : fields) add(name, value);
  }

  /// Adds one field. Control characters, which could end it and begin another, are taken out of the value.
  field_list& add(std::string_view name, std::string_view value);
  /// Appends all fields of another list.
  field_list& add(const field_list& others);
  /// Reserves this many bytes more, `name: value` and CRLF each.
  void reserve(std::size_t bytes) { text_.reserve(text_.size() + bytes); }

  /// The value of the first field of that name, without regard to case.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] const_iterator begin() const { return const_iterator{text_}; }
  [[nodiscard]] const_iterator end() const { return {}; }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(std::distance(begin(), end())); }
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  /// All lines as they go over the wire, each with its CRLF.
  [[nodiscard]] std::string_view text() const noexcept { return text_; }

  friend bool operator==(const field_list&, const field_list&) = default;

 private:
  std::string text_;
};

/// Appends one field line to a head; control characters are taken out of the value.
void append_field(std::string& out, std::string_view name, std::string_view value);

}  // namespace greenroom::net::http
