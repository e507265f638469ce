#include "gateway/proxy.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "gateway/headers.hpp"
#include "telemetry/log_sparse.hpp"

namespace greenroom::gateway {

using core::ec;

struct proxy::shared {
  std::shared_ptr<upstreams> to;
  proxy_options options;
  telemetry::counter ok, retried, failed, late;
};

namespace {

/// One request on its way.
class passage : public std::enable_shared_from_this<passage> {
 public:
  passage(std::shared_ptr<const proxy::shared> common, upstream_role role, std::string_view prefix,
          net::http::exchange_ptr ask)
      : common_(std::move(common)), role_(role), ask_(std::move(ask)) {
    safe_ = ask_->method() == "GET" || ask_->method() == "HEAD";
    // A HEAD becomes a GET, because its answer's length is known only with the body; the server leaves the body out.
    call_ = {.method = std::string(safe_ ? "GET" : ask_->method()),
             .path = stripped_target(ask_->target(), prefix),
             .body = std::string(ask_->body()),
             .bare = true};
    call_.fields = request_fields(*ask_, prefix, common_->options.secret, call_.method, call_.path);
    end_ = common_->to->now() + common_->options.whole_deadline;
  }

  void begin_instance() {
    at_ = common_->to->pick(role_, {tried_.data(), tried_count_});
    if (!at_) return give_up();
    tried_[tried_count_++] = at_->life.name;
    tries_ = 0;
    attempt();
  }

 private:
  void attempt() {
    ++tries_;
    const bool is_first = tries_ == 1 && tried_count_ == 1;
    const auto left = is_first ? common_->options.whole_deadline
                               : std::chrono::duration_cast<core::milliseconds>(end_ - common_->to->now());
    common_->to->client().send(
        ask_->slot(), std::shared_ptr<const net::http::call>(shared_from_this(), &call_), at_->at,
        std::min(common_->options.attempt_deadline, left),
        [self = shared_from_this()](net::http::outcome ended) { self->ended(std::move(ended)); });
  }

  void ended(net::http::outcome how) {
    // A final answer is expected, not an interim one.
    if (how.reply && how.reply->status < 200) how.reply = ec::upstream_failed;
    if (how.reply) return pass_on(std::move(*how.reply));
    written_ = written_ || how.written;
    last_ = how.reply.code();
    if (last_ == ec::too_big || last_ == ec::bad_request) {
      // The instance is well: the request itself is at fault.
      common_->to->succeeded(*at_);
      return refuse(ec::upstream_failed);
    }
    common_->to->failed(*at_);
    const bool may_retry = (safe_ || !how.written) && common_->to->now() < end_;
    if (!may_retry) return give_up();
    common_->retried.add();
    if (tries_ < tries_per_instance) {
      common_->to->again(*at_);
      return attempt();
    }
    tried_count_ < tried_.size() ? begin_instance() : give_up();
  }

  void pass_on(net::http::response reply) {
    common_->to->succeeded(*at_);
    common_->ok.add();
    ask_->send(passed_on(reply.status, reply.fields, std::move(reply.body)));
  }

  void give_up() {
    if (last_ == ec::upstream_late) return refuse(ec::upstream_late);
    refuse(written_ ? ec::upstream_failed : ec::no_upstream);
  }

  void refuse(ec why) {
    (why == ec::upstream_late ? common_->late : common_->failed).add();
    telemetry::log::write_sparsely(telemetry::log::level::warn, "upstream_request_failed", core::to_string(why),
                                   {{"role", to_string(role_)}, {"request_id", ask_->request_id()}});
    ask_->problem({why, {}, 0});
  }

  std::shared_ptr<const proxy::shared> common_;
  upstream_role role_;
  net::http::exchange_ptr ask_;
  bool safe_ = false;
  net::http::call call_;
  core::mono_time end_{};
  std::array<core::node_name, instances_per_request> tried_;
  unsigned tried_count_ = 0;
  std::optional<upstreams::instance> at_;
  unsigned tries_ = 0;
  bool written_ = false;
  ec last_ = ec::no_upstream;
};

}  // namespace

proxy::proxy(std::shared_ptr<upstreams> to, proxy_options options, const telemetry::metrics& metrics)
    : shared_(std::make_shared<const shared>(
          shared{std::move(to), std::move(options), metrics.upstream_requests.with({"ok"}),
                 metrics.upstream_requests.with({"retried"}), metrics.upstream_requests.with({"failed"}),
                 metrics.upstream_requests.with({"timeout"})})) {}

void proxy::forward(upstream_role role, std::string_view prefix, const net::http::exchange_ptr& ask) const {
  std::make_shared<passage>(shared_, role, prefix, ask)->begin_instance();
}

}  // namespace greenroom::gateway
