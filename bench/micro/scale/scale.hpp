#pragma once
#include <time.h>

#include <cstddef>
#include <fstream>
#include <string>

#include "core/messages/cluster.hpp"

/// Measures the costs that grow with a cluster, one at a time: docs/scaling.md has the figures.
namespace greenroom::bench::scale {

/// Where rooms live: how long it takes to say, how even it is, what moves, what a view costs a node.
void placement(std::size_t nodes, std::size_t rooms);
/// Bytes and time of what nodes tell each other about themselves.
void view(std::size_t nodes);
/// The cost of links that carry nothing but beats.
void links(std::size_t count);
/// The kernel's memory for idle connections.
void sockets(std::size_t count);
/// The cost of presence in a room of so many users: as they come, and when the room moves.
void presence(std::size_t members);
/// The statement that compares the epochs of all live rooms, on the chat database at `url`.
void epochs(const std::string& url, std::size_t rooms);

/// A view of so many chat nodes, named and addressed as they would be.
core::cluster_view view_of(std::size_t nodes);

/// Seconds of this process's processor time, in all threads.
inline double cpu_seconds() {
  timespec spent{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

/// A line of a file in /proc: its number; 0 where there is none.
inline double proc_number(const char* path, const std::string& name) {
  std::ifstream file{path};
  for (std::string word; file >> word;) {
    if (word != name) continue;
    double number = 0;
    file >> number;
    return number;
  }
  return 0;
}
inline double resident_kib() { return proc_number("/proc/self/status", "VmRSS:"); }

/// Seconds of processor time that this thread spent since it was made: what else the machine does doesn't count.
class stopwatch {
 public:
  [[nodiscard]] double seconds() const { return now() - began_; }

 private:
  static double now() {
    timespec spent{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
  }

  double began_ = now();
};

}  // namespace greenroom::bench::scale
