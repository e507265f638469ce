#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/soci/database.hpp"

/// PostgreSQL's binary parameters, which SOCI lacks: it writes every value as text, and PostgreSQL reads it.
/// For the statements that carry every message; all others are SOCI's.
namespace greenroom::storage::soci {

/// A one-dimensional array as PostgreSQL's `array_recv` reads it, in one buffer that keeps its memory.
class binary_array {
 public:
  /// Its elements, by the number of their type in PostgreSQL's catalog.
  enum class of : std::uint32_t { numbers = 20, texts = 25 };

  explicit binary_array(of elements) : elements_(elements) { clear(); }

  /// Starts again with no elements.
  void clear();
  void add(std::int64_t number);
  /// Adds a text: any bytes but NUL that are UTF-8.
  void add(std::string_view text);
  void add_null();

  /// The array. After this only `clear`.
  [[nodiscard]] const std::string& finished();

 private:
  of elements_;
  std::uint32_t count_ = 0;
  std::string bytes_;
};

/// The answer to a statement.
class binary_answer {
 public:
  /// Takes over a `PGresult` of a statement that succeeded.
  explicit binary_answer(void* result);

  [[nodiscard]] std::uint64_t affected() const;  ///< rows inserted or changed by the statement itself
  [[nodiscard]] int rows() const;
  /// A number, from a column of type bigint that isn't NULL.
  [[nodiscard]] std::int64_t number(int row, int column) const;
  /// The numbers of an array of bigint without NULLs; none where the column is NULL.
  [[nodiscard]] std::vector<std::int64_t> numbers(int row, int column) const;

 private:
  std::unique_ptr<void, void (*)(void*)> result_;
};

/// One statement with parameters `$1`, `$2`, …: prepared when a connection first needs it.
class binary_statement {
 public:
  /// `name` is the statement's on the connection, `sql` its text; both are literals.
  binary_statement(const char* name, const char* sql) : name_(name), sql_(sql) {}

  /// Starts again with no parameters. Values put after it must live until `run`.
  binary_statement& start();
  binary_statement& put(std::int64_t number);
  binary_statement& put(std::string_view text);
  binary_statement& put(binary_array& array) { return put(array.finished()); }
  binary_statement& put_null();

  /// Runs it. Inside `database::attempt`; throws SOCI's exceptions.
  binary_answer run(database& in);

 private:
  static constexpr std::size_t most = 24;

  const char* name_;
  const char* sql_;
  std::uint64_t prepared_on_ = 0;  ///< the connection's number; 0: none
  std::size_t count_ = 0;
  std::array<std::array<char, 8>, most> numbers_{};
  std::array<const char*, most> values_{};
  std::array<int, most> lengths_{};
};

}  // namespace greenroom::storage::soci
