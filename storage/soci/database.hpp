#pragma once
#include <soci/soci.h>

#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <typeindex>
#include <utility>

#include "core/result.hpp"
#include "storage/soci/backend.hpp"
#include "storage/soci/errors.hpp"
#include "storage/soci/upkeep.hpp"
#include "storage/soci/watchdog.hpp"

namespace greenroom::storage::soci {

/// A named parameter: text, or a number that fits 63 bits.
template <class T>
struct parameter {
  const char* name;
  T value;
};
[[nodiscard]] inline parameter<std::string_view> with(const char* name, std::string_view text) { return {name, text}; }
template <class Number>
  requires std::is_integral_v<Number>
[[nodiscard]] parameter<long long> with(const char* name, Number number) {
  return {name, static_cast<long long>(number)};
}
template <class Tag>
[[nodiscard]] parameter<long long> with(const char* name, core::number_id<Tag> id) {
  return {name, static_cast<long long>(id.value)};
}
[[nodiscard]] inline parameter<long long> with(const char* name, core::wall_time at) {
  return {name, at.time_since_epoch().count()};
}

/// One connection: made when it is needed, remade when it was lost (at most each 500 ms; calls in between are
/// answered at once), with its prepared statements. Each connection first checks the server, and every 10 s again:
/// while that would lose what it confirms, or is another database than it was, no query is sent to it. Used by one
/// thread. SOCI's exceptions end here.
class database {
 public:
  database(std::unique_ptr<backend> words, std::shared_ptr<watchdog> dog, std::chrono::milliseconds statement_timeout,
           std::shared_ptr<upkeep> care, purpose why);

  /// Runs `body`, in which `rows`, `execute` and `run` may be called, and returns what went wrong.
  failure attempt(const std::function<void()>& body);

  /// Runs `body`, which reads and returns a `core::result`; once more if the connection was lost.
  template <class Body>
  std::invoke_result_t<Body> read(Body body) {
    std::optional<std::invoke_result_t<Body>> answer;
    const failure failed = attempt_read([&] { answer.emplace(body()); });
    if (failed.what != fault::none) return to_error(failed);
    return std::move(*answer);
  }

  /// Runs `body` in a transaction that is committed if the `core::result` that it returns is a value. Errors of `body`,
  /// `unavailable` (nothing happened), `unknown_outcome` (the connection broke during the commit), `internal`.
  template <class Body>
  std::invoke_result_t<Body> transaction(Body body) {
    std::optional<std::invoke_result_t<Body>> answer;
    const failure failed = attempt_transaction([&] {
      answer.emplace(body());
      return answer->ok();
    });
    if (failed.what != fault::none) return to_error(failed);
    return std::move(*answer);
  }

  /// As `transaction`, without the retry, for callers that need to know the fault. `body` says whether to commit.
  failure commit_once(const std::function<bool()>& body);
  /// As `commit_once`, for transactions that may take minutes: nothing cuts their statements off.
  failure commit_patiently(const std::function<bool()>& body);

  /// Calls `each` with every row that the statement returns. `sql` is a literal: its address is the statement's name.
  template <class... Columns, class Each, class... Values>
  void rows(const char* sql, Each each, const parameter<Values>&... parameters) {
    using kind = prepared<std::tuple<Columns...>, owned<Values>...>;
    const auto guard = watch();
    auto& statement = cached<kind>(sql, std::array<const char*, sizeof...(Values)>{parameters.name...});
    statement.set(parameters.value...);
    bool more = statement.execute(true);
    for (; more; more = statement.fetch()) std::apply(each, statement.out);
  }

  /// The first row, or nothing.
  template <class... Columns, class... Values>
  std::optional<std::tuple<Columns...>> row(const char* sql, const parameter<Values>&... parameters) {
    std::optional<std::tuple<Columns...>> first;
    rows<Columns...>(
        sql,
        [&](const Columns&... values) {
          if (!first) first.emplace(values...);
        },
        parameters...);
    return first;
  }

  /// Runs a statement that changes rows, and returns how many.
  template <class... Values>
  std::uint64_t execute(const char* sql, const parameter<Values>&... parameters) {
    using kind = prepared<std::tuple<>, owned<Values>...>;
    const auto guard = watch();
    auto& statement = cached<kind>(sql, std::array<const char*, sizeof...(Values)>{parameters.name...});
    statement.set(parameters.value...);
    statement.execute(true);
    return static_cast<std::uint64_t>(statement.affected());
  }

  /// Runs a statement that isn't worth preparing.
  void run(const std::string& sql);

  /// For features that SOCI lacks: calls `body` with the session and the number of its connection, from 1, by which
  /// it can tell what it prepared on an earlier one. Inside `attempt`.
  template <class Body>
  auto natively(Body body) {
    const auto guard = watch();
    return body(*session_, connections_);
  }

  [[nodiscard]] backend& words() { return *backend_; }
  [[nodiscard]] upkeep& care() { return *care_; }

 private:
  template <class T>
  using owned = std::conditional_t<std::is_same_v<T, std::string_view>, std::string, T>;

  struct prepared_base {
    explicit prepared_base(::soci::session& session) : statement(session) {}
    virtual ~prepared_base() = default;
    prepared_base(const prepared_base&) = delete;
    prepared_base& operator=(const prepared_base&) = delete;

    bool execute(bool exchange) { return statement.execute(exchange); }
    bool fetch() { return statement.fetch(); }
    long long affected() { return statement.get_affected_rows(); }

    ::soci::statement statement;
  };

  template <class Out, class... In>
  struct prepared final : prepared_base {
    prepared(::soci::session& session, const std::string& sql, const std::array<const char*, sizeof...(In)>& names)
        : prepared_base(session) {
      std::size_t next = 0;
      std::apply([&](auto&... value) { (statement.exchange(::soci::use(value, names[next++])), ...); }, in);
      std::apply([&](auto&... value) { (statement.exchange(::soci::into(value)), ...); }, out);
      statement.alloc();
      statement.prepare(sql);
      statement.define_and_bind();
    }
    template <class... Given>
    void set(const Given&... given) {
      std::apply([&](auto&... held) { ((held = given), ...); }, in);
    }

    std::tuple<In...> in;
    Out out;
  };

  template <class Kind, std::size_t Count>
  Kind& cached(const char* sql, const std::array<const char*, Count>& names) {
    auto& slot = statements_[{sql, std::type_index(typeid(Kind))}];
    if (!slot) slot = std::make_unique<Kind>(*session_, backend_->translate(sql), names);
    return static_cast<Kind&>(*slot);
  }

  // Each statement has its own patience, and a transaction may have many.
  watchdog::guard watch() { return {*dog_, backend_->socket(*session_), patience_}; }
  failure attempt_read(const std::function<void()>& body);
  failure attempt_transaction(const std::function<bool()>& body);
  failure connect();
  failure look();
  failure judge();
  void care_for_place();
  void roll_back();
  void disconnect();
  failure failed(const std::exception& thrown);

  std::unique_ptr<backend> backend_;
  std::shared_ptr<watchdog> dog_;
  std::chrono::milliseconds patience_;
  std::unique_ptr<::soci::session> session_;
  std::uint64_t connections_ = 0;  ///< how many there were
  std::map<std::pair<const char*, std::type_index>, std::unique_ptr<prepared_base>> statements_;
  std::chrono::steady_clock::time_point next_connect_{};
  bool was_away_ = false;  ///< so that the log has one line, not one per call
  std::shared_ptr<upkeep> care_;
  purpose why_;
  failure refusal_;        ///< the result of the last check
  bool settling_ = false;  ///< renewing a database that is refused
  std::chrono::steady_clock::time_point looked_{};
  std::chrono::steady_clock::time_point cared_{};
};

}  // namespace greenroom::storage::soci
