#pragma once
#include <caf/make_message.hpp>
#include <caf/result.hpp>

#include <exception>
#include <string_view>
#include <type_traits>
#include <utility>

#include "actors/errors.hpp"
#include "telemetry/log.hpp"

namespace greenroom::actors {

/// Reports once, in the log, that a handler threw; never its input.
inline void report_exception(std::string_view where, const std::exception& what) {
  telemetry::log::error("handler_exception", {{"actor", std::string(where)}, {"what", std::string(what.what())}});
}

/// Runs a handler's body: an exception becomes `ec::internal` and a log line, and the actor lives on. CAF would end it.
template <class Body>
auto guarded(std::string_view actor, Body&& body) -> std::invoke_result_t<Body> {
  using answer_type = std::invoke_result_t<Body>;
  try {
    return std::forward<Body>(body)();
  } catch (const std::exception& what) {
    report_exception(actor, what);
    if constexpr (!std::is_void_v<answer_type>) return answer_type{to_caf({ec::internal, {}, 0})};
  }
}

}  // namespace greenroom::actors
