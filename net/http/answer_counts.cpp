#include "net/http/answer_counts.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>

namespace greenroom::net::http {
namespace {

class counts_of_role {
 public:
  counts_of_role(std::string_view role, const telemetry::metrics& metrics)
      : role_(role), answers_(metrics.http_requests), seconds_(metrics.http_request_seconds.with({role})) {}

  void observe(unsigned status, double took) {
    seconds_.observe(took);
    if (status >= known_.size()) return look_up(status).add();
    auto& one = known_[status];
    if (!one.is_known.load(std::memory_order_acquire)) learn(one, status);
    one.answers.add();
  }

 private:
  struct by_status {
    std::atomic<bool> is_known{false};
    telemetry::counter answers;
  };

  [[nodiscard]] telemetry::counter look_up(unsigned status) const {
    return answers_.with({role_, std::to_string(status)});
  }
  void learn(by_status& one, unsigned status) {
    const std::lock_guard guard{lock_};
    if (one.is_known.load(std::memory_order_relaxed)) return;
    one.answers = look_up(status);
    one.is_known.store(true, std::memory_order_release);
  }

  const std::string role_;
  const telemetry::family<telemetry::counter, 2> answers_;
  const telemetry::histogram seconds_;
  std::mutex lock_;  // among those that look a counter up
  std::array<by_status, 600> known_;
};

}  // namespace

std::function<void(unsigned, double)> count_answers(std::string_view role, const telemetry::metrics& metrics) {
  return [counts = std::make_shared<counts_of_role>(role, metrics)](unsigned status, double took) {
    counts->observe(status, took);
  };
}

}  // namespace greenroom::net::http
