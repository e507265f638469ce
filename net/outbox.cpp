#include "net/outbox.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>

namespace greenroom::net {
namespace {

// More slices a call save nothing, and this many fit the stack.
constexpr std::size_t gather = 64;
// An idle connection keeps room for this many slices.
constexpr std::size_t kept_slices = 16;

}  // namespace

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
  std::vector<slice>().swap(slices_);
  head_ = 0;
  bytes_ = 0;
}

void outbox::push(slice&& what) {
  if (what.length == 0) return;
  bytes_ += what.length;
  if (!empty()) {
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
  while (!empty()) {
    std::array<iovec, gather> parts;
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
      return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? flushed::blocked : flushed::broken;
    }
    written(static_cast<std::size_t>(sent));
    if (static_cast<std::size_t>(sent) < wanted) return flushed::blocked;
  }
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
  if (empty()) {
    slices_.clear();
    if (slices_.capacity() > kept_slices) std::vector<slice>().swap(slices_);
    head_ = 0;
  } else if (head_ >= 1024 && head_ * 2 >= slices_.size()) {
    slices_.erase(slices_.begin(), slices_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

}  // namespace greenroom::net
