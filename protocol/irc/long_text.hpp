#pragma once
#include <cstddef>
#include <string>
#include <string_view>

/// Texts of several lines, or of one that is too long for a line of IRC.
namespace greenroom::protocol::irc {

/// A text in pieces, each of which fits in a line: cut at newlines, which are in no piece, and longer lines behind
/// their last space that fits, or else between two characters.
class text_pieces {
 public:
  struct piece {
    std::string_view text;  ///< empty for an empty line
    bool goes_on = false;   ///< continues the line of the piece before
  };

  /// `most` bytes are in a piece: at least 4, for the longest character. `cuts`: the places where the sender cut lines,
  /// as `7,30`, in bytes of the text; those that are none are passed over.
  text_pieces(std::string_view text, std::size_t most, std::string_view cuts = {}) noexcept
      : text_(text), most_(most), cuts_(cuts) {}

  [[nodiscard]] bool ended() const noexcept { return ended_; }
  /// The next one. Only while not `ended`.
  piece next() noexcept;

 private:
  [[nodiscard]] std::size_t next_cut() noexcept;

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t most_;
  std::string_view cuts_;
  std::size_t cut_ = 0;  ///< the place of the cut that was read last
  bool goes_on_ = false;
  bool ended_ = false;
};

/// A number with a comma before each three digits, for people.
[[nodiscard]] std::string grouped(std::size_t number);

}  // namespace greenroom::protocol::irc
