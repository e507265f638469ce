#include "net/io_pool.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <exception>
#include <fstream>
#include <random>
#include <string>

#include "telemetry/log.hpp"

namespace greenroom::net {
namespace {

constexpr std::size_t max_slots = 256;  // the slot is 8 bits of a connection's id

// "200000 100000" is two processors, "max 100000" no limit; rounded up.
std::size_t cgroup_cores() {
  std::ifstream file{"/sys/fs/cgroup/cpu.max"};
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || period <= 0) return max_slots;
  try {
    return static_cast<std::size_t>(std::stod(quota) / period + 0.999);
  } catch (const std::exception&) {
    return max_slots;
  }
}

std::size_t affinity_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return std::max(1u, std::thread::hardware_concurrency());
  return static_cast<std::size_t>(CPU_COUNT(&set));
}

// An exception that reaches here came from a handler that should have caught it: one event is lost, not the process.
void run(boost::asio::io_context& context) {
  for (;;) {
    try {
      context.run();
      return;
    } catch (const std::exception& problem) {
      telemetry::log::error("io_handler_threw", {{"what", problem.what()}});
    } catch (...) {
      telemetry::log::error("io_handler_threw", {{"what", "not an exception"}});
    }
  }
}

}  // namespace

std::size_t available_cores() { return std::max<std::size_t>(1, std::min(affinity_cores(), cgroup_cores())); }

io_pool::io_pool(std::size_t threads, unsent_bounds waiting)
    : process_bits_{std::uint64_t{std::random_device{}() & 0xffffffu} << 40}, waiting_(unsent::make(waiting)) {
  const std::size_t count = std::clamp<std::size_t>(threads == 0 ? available_cores() : threads, 1, max_slots);
  slots_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) slots_.push_back(std::make_unique<slot_state>());
}

io_pool::~io_pool() {
  stop();
  for (auto& slot : slots_) slot->context.shut_down();
}

void io_pool::start() {
  running_.store(true, std::memory_order_release);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    slots_[i]->thread = std::thread{[&context = slots_[i]->context] { run(context); }};
    pthread_setname_np(slots_[i]->thread.native_handle(), ("io-" + std::to_string(i)).c_str());
  }
}

void io_pool::stop() {
  running_.store(false, std::memory_order_release);
  for (auto& slot : slots_) slot->context.stop();
  for (auto& slot : slots_)
    if (slot->thread.joinable()) slot->thread.join();
}

core::connection_id io_pool::next_connection_id(std::size_t slot) noexcept {
  std::uint32_t number = counter_.fetch_add(1, std::memory_order_relaxed) + 1;
  return {process_bits_ | (std::uint64_t{number} << 8) | slot};
}

}  // namespace greenroom::net
