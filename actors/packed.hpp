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

#include "core/bytes.hpp"
#include "core/shared_text.hpp"
#include "core/time.hpp"

/// Long sequences of small records cross the wire as one text: the records' fields one after the other, as core/bytes
/// has them, the size of a text in 4 bytes. CAF makes, moves and destroys an error object for each field that it reads
/// or writes itself.
namespace greenroom::actors::packed {

template <class T>
concept annotation = std::is_base_of_v<caf::meta::annotation, std::remove_cvref_t<T>>;
template <class T>
concept number = std::is_integral_v<T> || std::is_enum_v<T>;
inline constexpr std::size_t text_size = 4;
inline constexpr std::size_t time_size = 8;

/// Appends the values that it inspects to `out`.
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
      core::put_number(out_, static_cast<std::uint64_t>(field), sizeof(T));
    } else if constexpr (std::is_same_v<T, core::wall_time>) {
      core::put_number(out_, static_cast<std::uint64_t>(field.time_since_epoch().count()), time_size);
    } else if constexpr (std::convertible_to<const T&, std::string_view>) {
      core::put_text(out_, field, text_size);
    } else {
      inspect(*this, field);
    }
  }

  std::string& out_;
};

/// Reads the output of a `writer`. A missing value leaves it `failed`.
class reader {
 public:
  using result_type = void;
  static constexpr bool reads_state = false, writes_state = true;

  explicit reader(std::string_view bytes) : from_(bytes) {}
  template <class... Fields>
  void operator()(Fields&&... fields) {
    (take(fields), ...);
  }
  [[nodiscard]] bool failed() const noexcept { return failed_ || from_.failed(); }
  [[nodiscard]] bool done() const noexcept { return failed() || from_.empty(); }
  /// The bytes make no sense.
  void fail() noexcept { failed_ = true; }

 private:
  template <class T>
  void take(T& field) {
    if constexpr (annotation<T>) {
    } else if constexpr (number<T>) {
      field = static_cast<T>(from_.number(sizeof(T)));
    } else if constexpr (std::is_same_v<T, core::wall_time>) {
      field = core::wall_time{core::wall_time::duration{static_cast<std::int64_t>(from_.number(time_size))}};
    } else if constexpr (std::convertible_to<const T&, std::string_view>) {
      field = T{from_.text(text_size)};
    } else {
      inspect(*this, field);
    }
  }

  core::byte_reader from_;
  bool failed_ = false;
};

/// Whether it is one of these two, and not CAF's own.
template <class Inspector>
concept packs = std::same_as<Inspector, writer> || std::same_as<Inspector, reader>;

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
    if constexpr (packs<Inspector>) {  // records in a record; it knows no callbacks
      f(bytes);
      if (keep()) f.fail();
    } else {
      return f(bytes, caf::meta::load_callback(keep));
    }
  }
}

}  // namespace greenroom::actors::packed
