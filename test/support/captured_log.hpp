#pragma once
#include <sstream>
#include <string>
#include <utility>

#include "telemetry/log.hpp"

namespace greenroom::test {

/// Takes the process's log for as long as it lives, instead of stderr.
class captured_log {
 public:
  explicit captured_log(telemetry::log::format shape = telemetry::log::format::text) {
    telemetry::log::options chosen;
    chosen.shape = shape;
    chosen.stream = &out_;
    telemetry::log::configure(std::move(chosen));
  }
  captured_log(const captured_log&) = delete;
  captured_log& operator=(const captured_log&) = delete;
  ~captured_log() { telemetry::log::configure({}); }

  /// Every line since the last call.
  std::string take() {
    auto text = out_.str();
    out_.str({});
    return text;
  }

 private:
  std::ostringstream out_;
};

}  // namespace greenroom::test
