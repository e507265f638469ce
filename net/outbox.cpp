#include "net/outbox.hpp"

#include <openssl/ssl3.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "net/tls_session.hpp"

namespace greenroom::net {
namespace {

// More slices per call save nothing, and this many fit the stack.
constexpr std::size_t gather = 64;
// An idle connection keeps capacity for this many slices.
constexpr std::size_t kept_slices = 16;
// The size of one record, and the end of a train of them.
constexpr std::size_t record_bytes = SSL3_RT_MAX_PLAIN_LENGTH;
constexpr std::size_t train_bytes = 64 * 1024;

bool would_block(int error) noexcept { return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS; }

// Less than 0 where the socket is broken; 0 where it takes nothing now.
ssize_t send_some(int fd, std::string_view bytes) {
  for (;;) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) return sent;
    if (errno != EINTR) return would_block(errno) ? 0 : -1;
  }
}

}  // namespace

/// Records that the socket has not taken yet.
struct outbox::record_train {
  std::string bytes;
  std::size_t at = 0;  ///< earlier ones are out
};

void outbox::free_train::operator()(record_train* one) const noexcept { delete one; }

bool outbox::take_message(slice what) {
  if (what.length > room()) return false;
  push(std::move(what));
  return true;
}

bool outbox::take_answer(slice what) {
  if (sealed_) return false;
  push(std::move(what));
  return true;
}

bool outbox::take_latest(slice what) {
  if (sealed_ || bytes_ + what.length + sizeof(slice) > limit_ / 2) return false;
  push(std::move(what));
  return true;
}

void outbox::seal(slice last) {
  if (sealed_) return;
  push(std::move(last));
  sealed_ = true;
}

void outbox::forget_unbegun() {
  while (slices_.size() > head_ + 1) {
    bytes_ -= slices_.back().length + sizeof(slice);
    slices_.pop_back();
  }
}

void outbox::abandon() {
  sealed_ = true;
  records_.reset();
  std::vector<slice>().swap(slices_);
  head_ = 0;
  bytes_ = 0;
}

void outbox::push(slice&& what) {
  if (what.length == 0) return;
  bytes_ += what.length;
  if (head_ < slices_.size()) {
    slice& last = slices_.back();
    if (last.buffer == what.buffer && last.offset + last.length == what.offset) {
      last.length += what.length;
      return;
    }
  }
  bytes_ += sizeof(slice);
  slices_.push_back(std::move(what));
}

outbox::flushed outbox::flush(int fd) {
  while (head_ < slices_.size()) {
    // Else hardened builds clear it at every write; as many as are sent are set below.
    __attribute__((uninitialized)) std::array<iovec, gather> parts;
    std::size_t count = 0;
    std::size_t wanted = 0;
    for (std::size_t i = head_; i < slices_.size() && count < gather; ++i, ++count) {
      const slice& one = slices_[i];
      // sendmsg only reads.
      parts[count] = {const_cast<char*>(one.buffer->data() + one.offset), one.length};
      wanted += one.length;
    }
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = count;
    const ssize_t sent = ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return would_block(errno) ? flushed::blocked : flushed::broken;
    }
    written(static_cast<std::size_t>(sent));
    if (static_cast<std::size_t>(sent) < wanted) return flushed::blocked;
  }
  return flushed::all;
}

outbox::flushed outbox::flush(int fd, tls_session& under) {
  // The buffer is the thread's: a connection that waits for nothing holds none.
  thread_local std::string train;
  for (;;) {
    if (records_)
      if (const flushed how = send_records(fd); how != flushed::all) return how;
    if (empty()) return flushed::all;
    train.clear();
    if (!encrypt(under, train)) return flushed::broken;
    const ssize_t sent = send_some(fd, train);
    if (sent < 0) return flushed::broken;
    if (static_cast<std::size_t>(sent) < train.size()) {
      take_records(std::string_view(train).substr(static_cast<std::size_t>(sent)));
      return flushed::blocked;
    }
  }
}

// Small slices share a record, long ones are cut into records: as few of them as there can be.
bool outbox::encrypt(tls_session& under, std::string& train) {
  thread_local std::array<char, record_bytes> record;
  under.output().swap(train);
  bool good = true;
  while (good && head_ < slices_.size() && under.output().size() < train_bytes) {
    const slice& first = slices_[head_];
    std::string_view plain(first.buffer->data() + first.offset, std::min<std::size_t>(first.length, record_bytes));
    if (plain.size() < record_bytes && head_ + 1 < slices_.size()) {
      std::size_t filled = 0;
      for (std::size_t i = head_; i < slices_.size() && filled < record_bytes; ++i) {
        const std::size_t part = std::min<std::size_t>(slices_[i].length, record_bytes - filled);
        std::copy_n(slices_[i].buffer->data() + slices_[i].offset, part, record.data() + filled);
        filled += part;
      }
      plain = {record.data(), filled};
    }
    boost::system::error_code wrong;
    good = under.write_some(plain.data(), plain.size(), wrong) == plain.size();
    if (good) written(plain.size());
  }
  under.output().swap(train);
  return good;
}

void outbox::take_records(std::string_view records) {
  if (records.empty()) return;
  if (!records_) records_.reset(new record_train);
  records_->bytes.append(records);
  bytes_ += records.size();
}

outbox::flushed outbox::send_records(int fd) {
  const ssize_t sent = send_some(fd, std::string_view(records_->bytes).substr(records_->at));
  if (sent < 0) return flushed::broken;
  taken_ += static_cast<std::size_t>(sent);
  bytes_ -= static_cast<std::size_t>(sent);
  records_->at += static_cast<std::size_t>(sent);
  if (records_->at < records_->bytes.size()) return flushed::blocked;
  records_.reset();
  return flushed::all;
}

void outbox::written(std::size_t bytes) {
  taken_ += bytes;
  while (bytes > 0) {
    slice& first = slices_[head_];
    if (bytes < first.length) {
      first.offset += static_cast<std::uint32_t>(bytes);
      first.length -= static_cast<std::uint32_t>(bytes);
      bytes_ -= bytes;
      break;
    }
    bytes -= first.length;
    bytes_ -= first.length + sizeof(slice);
    first.buffer.reset();
    ++head_;
  }
  forget_written();
}

void outbox::forget_written() {
  if (head_ == slices_.size()) {
    slices_.clear();
    if (slices_.capacity() > kept_slices) std::vector<slice>().swap(slices_);
    head_ = 0;
  } else if (head_ >= 1024 && head_ * 2 >= slices_.size()) {
    slices_.erase(slices_.begin(), slices_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

}  // namespace greenroom::net
