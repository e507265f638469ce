#include "test/simulation/wire.hpp"

#include <algorithm>

#include "test/simulation/world.hpp"

namespace greenroom::simulation {

wire::wire(world& of, process& edge, std::size_t window) : world_(of), edge_(edge), window_(window) {}

void wire::serve(std::weak_ptr<wire_server> server) {
  server_ = std::move(server);
  edge_.when_dead([me = weak_from_this()] {
    if (const auto self = me.lock()) self->close();
  });
}

void wire::use(wire_client* client) {
  client_ = client;
  read_on();
}

void wire::say(core::client_command what) {
  last_up_ = std::max(last_up_, world_.time.now() + world_.wire_time());
  world_.time.at(last_up_, [me = shared_from_this(), what = std::move(what)]() mutable {
    world& all = me->world_;
    all.count();
    me->edge_.later({}, [me, what = std::move(what)]() mutable {
      if (const auto server = me->server_.lock()) server->said(std::move(what));
    });
  });
}

void wire::hang_up(microseconds most) {
  client_ = nullptr;
  given_up_ = true;
  unread_.clear();
  last_up_ = std::max(last_up_, world_.time.now() + world_.random.between(microseconds{100}, most));
  world_.time.at(last_up_, [me = shared_from_this()] {
    me->edge_.later({}, [me] {
      if (const auto server = me->server_.lock()) server->hung_up();
    });
  });
}

bool wire::put(frame_ptr what) {
  if (under_way_ >= window_) return false;
  ++under_way_;
  last_down_ = std::max(last_down_, world_.time.now() + world_.wire_time());
  world_.time.at(last_down_,
                 [me = shared_from_this(), what = std::move(what)]() mutable { me->arrive(std::move(what)); });
  return true;
}

void wire::arrive(frame_ptr what) {
  if (given_up_) return;
  unread_.push_back(std::move(what));
  read_on();
}

void wire::read(bool on) {
  reads_ = on;
  read_on();
}

void wire::read_on() {
  const auto keep = shared_from_this();
  bool freed = false;
  while (reads_ && client_ != nullptr && !unread_.empty()) {
    const auto next = std::move(unread_.front());
    unread_.pop_front();
    --under_way_;
    freed = true;
    world_.count();
    client_->told(*next);
  }
  if (ended_ && reads_ && unread_.empty())
    if (auto* const client = std::exchange(client_, nullptr)) client->wire_lost();
  if (freed)
    edge_.later(world_.wire_time(), [me = keep] {
      if (const auto server = me->server_.lock()) server->writable();
    });
}

void wire::close() {
  if (std::exchange(closed_, true)) return;
  last_down_ = std::max(last_down_, world_.time.now() + world_.wire_time());
  world_.time.at(last_down_, [me = shared_from_this()] {
    me->ended_ = true;
    me->read_on();
  });
}

}  // namespace greenroom::simulation
