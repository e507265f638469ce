#include "storage/soci/postgresql_binary.hpp"

#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>

#include <cstring>

#include "core/text.hpp"

namespace greenroom::storage::soci {
namespace {

// Network order: the first byte is the highest.
template <class Number>
void write(char* at, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i)
    at[i] = static_cast<char>(static_cast<unsigned char>(number >> (8 * (sizeof number - 1 - i))));
}

template <class Number>
Number read(const char* at) {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i)
    number = static_cast<Number>(number << 8) | static_cast<unsigned char>(at[i]);
  return number;
}

void append32(std::string& to, std::uint32_t number) {
  std::array<char, 4> bytes;
  write(bytes.data(), number);
  to.append(bytes.data(), bytes.size());
}

// An array begins with dimensions, whether it has NULLs, the elements' type, and for each dimension size and first
// index.
constexpr std::size_t dimensions_at = 0, nulls_at = 4, count_at = 12, header = 20;
constexpr std::uint32_t null_length = 0xffffffffu;

PGresult* result_of(const std::unique_ptr<void, void (*)(void*)>& held) { return static_cast<PGresult*>(held.get()); }
void clear_result(void* result) { PQclear(static_cast<PGresult*>(result)); }

// Takes over the result, or throws as SOCI does.
binary_answer checked(PGconn* connection, PGresult* result) {
  const auto status = PQresultStatus(result);
  binary_answer answer{result};
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return answer;
  const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  throw ::soci::postgresql_soci_error(PQerrorMessage(connection), state == nullptr ? "     " : state);
}

}  // namespace

void binary_array::clear() {
  count_ = 0;
  bytes_.clear();
  append32(bytes_, 0);
  append32(bytes_, 0);
  append32(bytes_, static_cast<std::uint32_t>(elements_));
  append32(bytes_, 0);
  append32(bytes_, 1);
}

void binary_array::add(std::int64_t number) {
  std::array<char, 12> bytes;
  write(bytes.data(), std::uint32_t{8});
  write(bytes.data() + 4, static_cast<std::uint64_t>(number));
  bytes_.append(bytes.data(), bytes.size());
  ++count_;
}

void binary_array::add(std::string_view text) {
  append32(bytes_, static_cast<std::uint32_t>(text.size()));
  bytes_.append(text);
  ++count_;
}

void binary_array::add_null() {
  write(bytes_.data() + nulls_at, std::uint32_t{1});
  append32(bytes_, null_length);
  ++count_;
}

const std::string& binary_array::finished() {
  write(bytes_.data() + dimensions_at, std::uint32_t{count_ > 0 ? 1u : 0u});
  write(bytes_.data() + count_at, count_);
  if (count_ == 0) bytes_.resize(count_at);
  return bytes_;
}

binary_answer::binary_answer(void* result) : result_(result, clear_result) {}

std::uint64_t binary_answer::affected() const {
  return core::number_from<std::uint64_t>(PQcmdTuples(result_of(result_))).value_or(0);
}
int binary_answer::rows() const { return PQntuples(result_of(result_)); }

std::int64_t binary_answer::number(int row, int column) const {
  return static_cast<std::int64_t>(read<std::uint64_t>(PQgetvalue(result_of(result_), row, column)));
}

std::vector<std::int64_t> binary_answer::numbers(int row, int column) const {
  std::vector<std::int64_t> found;
  PGresult* const result = result_of(result_);
  if (PQgetisnull(result, row, column) != 0) return found;
  const char* const bytes = PQgetvalue(result, row, column);
  if (read<std::uint32_t>(bytes + dimensions_at) == 0) return found;
  const auto count = read<std::uint32_t>(bytes + count_at);
  found.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    found.push_back(static_cast<std::int64_t>(read<std::uint64_t>(bytes + header + i * 12 + 4)));
  return found;
}

binary_statement& binary_statement::start() {
  count_ = 0;
  return *this;
}

binary_statement& binary_statement::put(std::int64_t number) {
  auto& bytes = numbers_.at(count_);
  write(bytes.data(), static_cast<std::uint64_t>(number));
  return put(std::string_view{bytes.data(), bytes.size()});
}

binary_statement& binary_statement::put(std::string_view text) {
  values_.at(count_) = text.empty() ? "" : text.data();  // nullptr is NULL
  lengths_[count_++] = static_cast<int>(text.size());
  return *this;
}

binary_statement& binary_statement::put_null() {
  values_.at(count_) = nullptr;
  lengths_[count_++] = 0;
  return *this;
}

binary_answer binary_statement::run(database& in) {
  return in.natively([this](::soci::session& session, std::uint64_t number) {
    PGconn* const connection = static_cast<::soci::postgresql_session_backend*>(session.get_backend())->conn_;
    if (prepared_on_ != number) checked(connection, PQprepare(connection, name_, sql_, 0, nullptr));
    prepared_on_ = number;
    constexpr auto binary = [] {
      std::array<int, most> formats{};
      formats.fill(1);
      return formats;
    }();
    return checked(connection, PQexecPrepared(connection, name_, static_cast<int>(count_), values_.data(),
                                              lengths_.data(), binary.data(), 1));
  });
}

}  // namespace greenroom::storage::soci
