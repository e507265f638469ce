#include "users/passwords.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "actors/secrets.hpp"
#include "core/base64.hpp"
#include "core/text.hpp"
#include "users/scram.hpp"

namespace greenroom::users {
namespace {

constexpr std::size_t scram_salt_bytes = 16;

/// The two parts of what is stored.
struct stored_parts {
  std::string slow;                 ///< Argon2id's text
  std::optional<scram_keys> scram;  ///< nothing: it has none
};
stored_parts parts_of(std::string_view stored) {
  const auto slow = core::take_until(stored, '\n');
  return {std::string(slow), scram_keys_from(stored)};
}

}  // namespace

passwords::passwords(password_settings settings) : settings_(settings) {
  if (sodium_init() < 0) std::abort();  // no randomness, no salts
  settings_.operations = std::max<std::uint64_t>(settings_.operations, crypto_pwhash_argon2id_OPSLIMIT_MIN);
  settings_.memory_bytes = std::max<std::size_t>(settings_.memory_bytes, crypto_pwhash_argon2id_MEMLIMIT_MIN);
  if (auto made = make(actors::random_id())) nobodys_ = parts_of(*made).slow;
  for (std::size_t i = 0; i < std::max<std::size_t>(1, settings_.threads); ++i)
    threads_.emplace_back([this] { work(); });
}

passwords::~passwords() { stop(); }

void passwords::stop() {
  std::deque<job> dropped;
  {
    const std::lock_guard held{lock_};
    stopped_ = true;
    dropped.swap(jobs_);
  }
  more_.notify_all();
  for (auto& thread : std::exchange(threads_, {})) thread.join();
}

bool passwords::queue(job what) {
  {
    const std::lock_guard held{lock_};
    if (stopped_ || jobs_.size() >= settings_.max_waiting) return false;
    jobs_.push_back(std::move(what));
  }
  more_.notify_one();
  return true;
}

void passwords::work() {
  for (;;) {
    job next;
    {
      std::unique_lock held{lock_};
      more_.wait(held, [this] { return stopped_ || !jobs_.empty(); });
      if (stopped_) return;
      next = std::move(jobs_.front());
      jobs_.pop_front();
    }
    next();
  }
}

template <class Result, class Work>
void passwords::in_pool(Work work, const std::function<void(Result)>& then) {
  if (!queue([work = std::move(work), then] { then(work()); })) then(core::error{core::ec::overloaded, {}, 1});
}

void passwords::hash(std::string password, std::function<void(core::result<std::string>)> then) {
  in_pool<core::result<std::string>>([this, password = std::move(password)] { return make(password); }, then);
}

void passwords::verify(core::password_forms password, std::string stored,
                       std::function<void(core::result<verified>)> then) {
  in_pool<core::result<verified>>(
      [this, password = std::move(password), stored = std::move(stored)] { return compare(password, stored); }, then);
}

void passwords::prove(core::scram_proof proof, std::string stored, std::function<void(core::result<verified>)> then) {
  in_pool<core::result<verified>>(
      [proof = std::move(proof), stored = std::move(stored)] {
        const auto keys = parts_of(stored).scram;
        auto signature = keys ? judge(proof, *keys) : std::nullopt;
        const bool match = signature.has_value();
        return verified{match, {}, std::move(signature).value_or("")};
      },
      then);
}

std::optional<core::scram_found> passwords::scram_of(const std::string& stored) const {
  const auto keys = settings_.scram_rounds > 0 ? parts_of(stored).scram : std::nullopt;
  if (!keys) return std::nullopt;
  return core::scram_found{core::to_base64(keys->salt), keys->rounds, {}};
}

core::result<std::string> passwords::make(const std::string& password) const {
  char out[crypto_pwhash_argon2id_STRBYTES];
  // It fails only where the memory can't be allocated.
  if (crypto_pwhash_str_alg(out, password.data(), password.size(), settings_.operations, settings_.memory_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    return core::error{core::ec::overloaded, {}, 1};
  if (settings_.scram_rounds == 0) return std::string(out);
  return out +
         ("\n" + to_text(make_scram_keys(password, actors::random_bytes(scram_salt_bytes), settings_.scram_rounds)));
}

core::hasher::verified passwords::compare(const core::password_forms& password, const std::string& stored) const {
  const auto parts = parts_of(stored);
  const bool real = parts.slow.starts_with(crypto_pwhash_argon2id_STRPREFIX);
  const auto& against = real ? parts.slow : nobodys_;
  const auto same = [&](const std::string& form) {
    return crypto_pwhash_str_verify(against.c_str(), form.data(), form.size()) == 0 && real;
  };
  verified out;
  const bool prepared = same(password.prepared);
  out.match = prepared || (!password.typed.empty() && same(password.typed));
  if (!out.match) return out;
  const bool other_keys = (parts.scram ? parts.scram->rounds : 0) != settings_.scram_rounds;
  if (!prepared || other_keys ||
      crypto_pwhash_str_needs_rehash(parts.slow.c_str(), settings_.operations, settings_.memory_bytes) != 0)
    if (auto better = make(password.prepared)) out.better_hash = std::move(*better);
  return out;
}

}  // namespace greenroom::users
