#pragma once
#include <caf/error.hpp>
#include <caf/meta/annotation.hpp>
#include <caf/meta/load_callback.hpp>
#include <caf/sec.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/shared_text.hpp"
#include "core/time.hpp"

/// Long sequences of small records cross the wire as one text: the records' fields one after the other, numbers in
/// little endian, a text behind its size in 4 bytes. CAF makes, moves and destroys an error object for each field that
/// it reads or writes itself, which took longer than all else that a batch cost between two nodes.
namespace greenroom::actors::packed {

template <class T>
concept annotation = std::is_base_of_v<caf::meta::annotation, std::remove_cvref_t<T>>;
template <class T>
concept number = std::is_integral_v<T> || std::is_enum_v<T>;

/// Writes what it inspects behind `out`.
class writer {
 public:
  using result_type = void;
  static constexpr bool reads_state = true, writes_state = false;

  explicit writer(std::string& out) : out_(out) {}
  template <class... Fields>
  void operator()(Fields&&... fields) {
    (put(fields), ...);
  }

 private:
  template <class T>
  void put(T& field) {
    if constexpr (annotation<T>) {
    } else if constexpr (number<T>) {
      put_number(static_cast<std::uint64_t>(field), sizeof(T));
    } else if constexpr (std::is_same_v<T, core::wall_time>) {
      put_number(static_cast<std::uint64_t>(field.time_since_epoch().count()), sizeof(std::uint64_t));
    } else if constexpr (std::convertible_to<const T&, std::string_view>) {
      put_text(field);
    } else {
      inspect(*this, field);
    }
  }
  void put_number(std::uint64_t value, std::size_t bytes) {
    char text[sizeof value];
    for (std::size_t i = 0; i < sizeof value; ++i) text[i] = static_cast<char>(value >> (8 * i));
    out_.append(text, bytes);
  }
  void put_text(std::string_view text) {
    put_number(text.size(), sizeof(std::uint32_t));
    out_.append(text);
  }

  std::string& out_;
};

/// Reads what a `writer` wrote. What is missing leaves it `failed`.
class reader {
 public:
  using result_type = void;
  static constexpr bool reads_state = false, writes_state = true;

  explicit reader(std::string_view bytes) : left_(bytes) {}
  template <class... Fields>
  void operator()(Fields&&... fields) {
    (take(fields), ...);
  }
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] bool done() const noexcept { return failed_ || left_.empty(); }

 private:
  template <class T>
  void take(T& field) {
    if constexpr (annotation<T>) {
    } else if constexpr (number<T>) {
      field = static_cast<T>(take_number(sizeof(T)));
    } else if constexpr (std::is_same_v<T, core::wall_time>) {
      field = core::wall_time{core::wall_time::duration{static_cast<std::int64_t>(take_number(sizeof(std::uint64_t)))}};
    } else if constexpr (std::convertible_to<const T&, std::string_view>) {
      field = T{take_bytes(take_number(sizeof(std::uint32_t)))};
    } else {
      inspect(*this, field);
    }
  }
  std::string_view take_bytes(std::size_t size) {
    if (failed_ || left_.size() < size) {
      failed_ = true;
      return {};
    }
    const std::string_view out = left_.substr(0, size);
    left_.remove_prefix(size);
    return out;
  }
  std::uint64_t take_number(std::size_t bytes) {
    std::uint64_t out = 0;
    const std::string_view text = take_bytes(bytes);
    for (std::size_t i = 0; i < text.size(); ++i) out |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
    return out;
  }

  std::string_view left_;
  bool failed_ = false;
};

/// All records, for CAF's `f`. A text that isn't whole records is an error of the message, which CAF then drops.
template <class Inspector, class Record>
typename Inspector::result_type inspect_records(Inspector& f, std::vector<Record>& records) {
  std::string bytes;
  if constexpr (Inspector::reads_state) {
    writer out{bytes};
    for (auto& record : records) inspect(out, record);
    return f(bytes);
  } else {
    const auto keep = [&]() -> caf::error {
      records.clear();
      for (reader in{bytes}; !in.done();) {
        inspect(in, records.emplace_back());
        if (in.failed()) return caf::sec::end_of_stream;
      }
      return caf::none;
    };
    return f(bytes, caf::meta::load_callback(keep));
  }
}

}  // namespace greenroom::actors::packed
