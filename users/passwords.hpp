#pragma once
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/ports.hpp"

namespace greenroom::users {

/// The cost of a hash, and how many run at a time. Each thread needs `memory_bytes` while it hashes.
struct password_settings {
  std::uint64_t operations = 2;                 ///< Argon2id's passes; at least 1
  std::size_t memory_bytes = 64 * 1024 * 1024;  ///< at least 8192
  std::size_t threads = 2;
  std::size_t max_waiting = 64;    ///< more is refused as `overloaded`
  std::uint32_t scram_rounds = 0;  ///< of the keys for SCRAM that a hash brings; 0: it has none
};

/// Argon2id (RFC 9106) in a bounded pool of threads of its own. About 60 ms per password with the default settings. A
/// password is compared with the settings of its hash; where they aren't today's, or the hash is of the
/// password as it was typed rather than of its prepared form, there is a better hash.
///
/// Its hashes are Argon2id's text, and behind a line break the keys for SCRAM, where these are wanted: they are
/// weaker, for a client that has only proved to know the password can't be asked for anything that takes long.
class passwords final : public core::hasher {
 public:
  /// Starts the threads, and makes the hash that stands in for users who don't exist.
  explicit passwords(password_settings settings);
  /// Stops.
  ~passwords() override;
  passwords(const passwords&) = delete;
  passwords& operator=(const passwords&) = delete;

  void hash(std::string password, std::function<void(core::result<std::string>)> then) override;
  /// A text that isn't a hash of Argon2id takes as long as any and never matches, like an empty one.
  void verify(core::password_forms password, std::string stored,
              std::function<void(core::result<verified>)> then) override;
  void prove(core::scram_proof proof, std::string stored, std::function<void(core::result<verified>)> then) override;
  [[nodiscard]] std::optional<core::scram_found> scram_of(const std::string& stored) const override;

  /// Ends hashes under way, drops waiting ones without calling back, refuses later ones.
  void stop();

 private:
  using job = std::function<void()>;
  bool queue(job what);
  template <class Result, class Work>
  void in_pool(Work work, const std::function<void(Result)>& then);
  void work();
  [[nodiscard]] core::result<std::string> make(const std::string& password) const;
  [[nodiscard]] verified compare(const core::password_forms& password, const std::string& stored) const;

  password_settings settings_;
  std::string nobodys_;  ///< a hash of no password that anyone knows
  std::mutex lock_;
  std::condition_variable more_;
  std::deque<job> jobs_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace greenroom::users
