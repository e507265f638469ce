#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/ports.hpp"
#include "net/http/exchange.hpp"

namespace greenroom::net::http {

/// A role's HTTP table. Built once, then asked from every io thread.
class routes {
 public:
  using handler = std::function<void(const exchange_ptr&)>;

  /// `limits` may be null: nothing is limited then. Outlives this.
  explicit routes(core::limits* limits = nullptr) : limits_(limits) {}

  /// Adds a row. `method` is `GET` (HEAD comes with it), another one, or `*` for any. A pattern is segments: literal,
  /// `{name}` for one segment that isn't empty, and at the end `{name...}` for the rest, which may be empty
  /// or have slashes; `{...}` where it isn't read. Literals win over names, names over the rest. Rows of one
  /// path share its 405.
  routes& add(std::string_view method, std::string_view pattern, core::limit_class limit, handler handle);

  /// Runs the row's handler: 404 without a row, 405 with `Allow` without one of that method, 429 over the row's
  /// limit for the client's address, unless a gateway has counted it in that class. A body in a coding, such as gzip,
  /// is 415. OPTIONS, where no row has it, is 204 with `Allow`: of the path, or of all rows for `*`, and for `/` where
  /// no row has that path (RFC 9110 section 9.3.7); it isn't limited, for load balancers use it as a probe.
  void operator()(const exchange_ptr& ask) const;

 private:
  struct segment {
    enum class kind { literal, one, rest } is;
    std::string text;  // the literal, or the parameter's name
  };
  struct row {
    std::string method;
    std::vector<segment> pattern;
    core::limit_class limit;
    handler handle;
  };
  using params = std::vector<std::pair<std::string, std::string>>;

  static bool matches(const row& candidate, std::string_view path, params& found);
  void run(const row& chosen, const exchange_ptr& ask) const;
  [[nodiscard]] std::vector<std::string> all_methods() const;
  // Returns whether the request may go on; otherwise it is answered.
  [[nodiscard]] bool count(const exchange_ptr& ask, core::limit_class which) const;

  core::limits* limits_;
  std::vector<row> rows_;  // most specific first
};

}  // namespace greenroom::net::http
