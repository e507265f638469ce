#include "net/ws_reader.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "test/net/ws_fixture.hpp"

namespace greenroom::net::test {
namespace {

using kind = ws_reader::kind;
constexpr std::size_t limit = 70'000;
using bytes_of = std::initializer_list<unsigned char>;

struct said {
  kind what;
  unsigned code;
  std::string bytes;
  friend bool operator==(const said&, const said&) = default;
};

std::ostream& operator<<(std::ostream& out, const said& one) {
  return out << static_cast<int>(one.what) << ' ' << one.code << " '" << one.bytes.substr(0, 40) << "' of "
             << one.bytes.size();
}

// What the bytes mean when they come in pieces of `piece` bytes, which are overwritten as soon as they may be.
std::vector<said> read(std::string_view all, std::size_t piece, std::size_t message_bytes = limit,
                       ws_messages which = ws_messages::text) {
  ws_reader reader(message_bytes, which);
  std::vector<said> out;
  for (std::size_t at = 0; at < all.size(); at += piece) {
    std::string bytes(all.substr(at, piece));
    reader.take(bytes);
    while (const auto one = reader.next()) out.push_back({one.what, one.code, std::string(one.bytes)});
    reader.keep();
    bytes.assign(bytes.size(), '#');
  }
  return out;
}

// The same, held to mean the same however it is cut in two, and byte by byte.
std::vector<said> read(const std::string& all) {
  const auto whole = read(all, all.size());
  for (std::size_t cut = 1; cut < std::min<std::size_t>(all.size(), 400); ++cut)
    EXPECT_EQ(read(all, cut), whole) << cut;
  return whole;
}

said text(std::string bytes) { return {kind::message, 0, std::move(bytes)}; }
std::vector<said> wrong(unsigned code) { return {{kind::wrong, code, {}}}; }

TEST(WsReader, GivesAllMessagesOfOneRead) {
  EXPECT_EQ(read(text_frame("one") + text_frame("") + text_frame("three")),
            (std::vector<said>{text("one"), text(""), text("three")}));
}

TEST(WsReader, ReadsEveryWayToWriteALength) {
  for (const std::size_t size : {0u, 1u, 7u, 8u, 9u, 125u, 126u, 127u, 65'535u, 65'536u, 70'000u}) {
    std::string plain(size, ' ');
    for (std::size_t i = 0; i < size; ++i) plain[i] = static_cast<char>('a' + i % 26);
    EXPECT_EQ(read(text_frame(plain), 1'000), std::vector<said>{text(plain)}) << size;
  }
}

TEST(WsReader, RefusesALengthThatIsLongerThanItMustBe) {
  EXPECT_EQ(read("\x81\xfe\x00\x7d"s), wrong(1002));
  EXPECT_EQ(read("\x81\xff\x00\x00\x00\x00\x00\x00\xff\xff"s), wrong(1002));
  EXPECT_EQ(read("\x81\xff\x80\x00\x00\x00\x00\x01\x00\x00"s), wrong(1002));
}

TEST(WsReader, RefusesATooLongMessageByItsHeader) {
  EXPECT_EQ(read("\x81\xff\x00\x00\x00\x00\x00\x01\x11\x71"s), wrong(1009));
  EXPECT_EQ(read("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff"s), wrong(1009));
  EXPECT_EQ(read(masked(0x01, "12345678") + masked(0x00, "9") + masked(0x80, "ab").substr(0, 2), 1, 10), wrong(1009));
  EXPECT_EQ(read(masked(0x01, "12345678") + masked(0x80, "9a"), 1, 10), std::vector<said>{text("123456789a")});
}

TEST(WsReader, CountsEachMessageForItself) {
  const std::string twice = masked(0x01, "1234567") + masked(0x80, "89");
  EXPECT_EQ(read(twice + twice, 3, 10), (std::vector<said>{text("123456789"), text("123456789")}));
}

TEST(WsReader, RefusesWhatIsNotMasked) { EXPECT_EQ(read("\x81\x01x"s), wrong(1002)); }

TEST(WsReader, RefusesReservedBitsAndOpcodes) {
  for (const unsigned char first : bytes_of{0x91, 0xa1, 0xc1, 0x99, 0xa9, 0xc9})
    EXPECT_EQ(read(masked(first, "x")), wrong(1002)) << int{first};
  for (const unsigned char first : bytes_of{0x83, 0x84, 0x85, 0x86, 0x87, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f})
    EXPECT_EQ(read(masked(first, "x")), wrong(1002)) << int{first};
}

TEST(WsReader, RefusesBinaryMessages) {
  EXPECT_EQ(read(masked(0x82, "x")), wrong(1003));
  EXPECT_EQ(read(masked(0x02, "x")), wrong(1003));
}

TEST(WsReader, TakesBinaryMessagesAloneWhereThatIsItsKind) {
  const auto binary = [](const std::string& all) { return read(all, 3, limit, ws_messages::binary); };
  EXPECT_EQ(binary(masked(0x82, "\xff\x00x"s) + masked(0x02, "\xc3") + masked(0x80, "(")),
            (std::vector<said>{text("\xff\x00x"s), text("\xc3(")}));
  EXPECT_EQ(binary(text_frame("x")), wrong(1003));
}

TEST(WsReader, PutsFragmentsTogetherWithControlFramesAmongThem) {
  EXPECT_EQ(read(masked(0x01, "frag") + masked(0x89, "ping") + masked(0x00, "") + masked(0x8a, "pong") +
                 masked(0x80, "ment") + text_frame("next")),
            (std::vector<said>{{kind::ping, 0, "ping"}, text("fragment"), text("next")}));
  EXPECT_EQ(read(masked(0x01, "") + masked(0x80, "")), std::vector<said>{text("")});
}

TEST(WsReader, RefusesFragmentsOutOfPlace) {
  EXPECT_EQ(read(masked(0x80, "x")), wrong(1002));
  EXPECT_EQ(read(masked(0x00, "x")), wrong(1002));
  EXPECT_EQ(read(masked(0x01, "x") + text_frame("y")), wrong(1002));
  EXPECT_EQ(read(masked(0x01, "x") + masked(0x80, "y") + masked(0x80, "z")),
            (std::vector<said>{text("xy"), {kind::wrong, 1002, {}}}));
}

TEST(WsReader, RefusesControlFramesThatAreLongOrInPieces) {
  EXPECT_EQ(read(masked(0x89, std::string(125, 'p'))), (std::vector<said>{{kind::ping, 0, std::string(125, 'p')}}));
  for (const unsigned char first : bytes_of{0x88, 0x89, 0x8a})
    EXPECT_EQ(read(masked(first, std::string(126, 'p'))), wrong(1002));
  for (const unsigned char first : bytes_of{0x08, 0x09, 0x0a}) EXPECT_EQ(read(masked(first, "xx")), wrong(1002));
}

TEST(WsReader, RefusesTextThatIsNotUtf8AsSoonAsAFragmentShowsIt) {
  for (const auto& bad :
       {"\xc0\xaf"s, "\xed\xa0\x80"s, "\xf4\x90\x80\x80"s, "\x80"s, "\xff"s, "\xe2\x82"s, "x\xf0\x9f\x98"s})
    EXPECT_EQ(read(text_frame(bad)), wrong(1007));
  EXPECT_EQ(read(masked(0x01, "0123456789\xed\xa0\x80")), wrong(1007));
  EXPECT_EQ(read(masked(0x01, "\xce") + masked(0x80, "")), wrong(1007));
  EXPECT_EQ(read(masked(0x01, "\xce") + masked(0x00, "x")), wrong(1007));
}

TEST(WsReader, LetsFragmentsCutCharacters) {
  const std::string signs = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
  for (std::size_t cut = 0; cut <= signs.size(); ++cut)
    for (std::size_t again = cut; again <= signs.size(); ++again)
      EXPECT_EQ(read(masked(0x01, signs.substr(0, cut)) + masked(0x00, signs.substr(cut, again - cut)) +
                     masked(0x80, signs.substr(again))),
                std::vector<said>{text(signs)});
}

TEST(WsReader, AnswersACloseWithItsCode) {
  for (const unsigned code : {1000u, 1001u, 1003u, 1007u, 1013u, 1014u, 3000u, 4999u})
    EXPECT_EQ(read(masked(0x88, close_payload(code, "why"))), (std::vector<said>{{kind::close, code, {}}}));
  EXPECT_EQ(read(masked(0x88, "")), (std::vector<said>{{kind::close, 1000, {}}}));
}

TEST(WsReader, RefusesClosesThatMustNotBe) {
  for (const unsigned code : {0u, 999u, 1004u, 1005u, 1006u, 1015u, 1016u, 2999u, 5000u, 65535u})
    EXPECT_EQ(read(masked(0x88, close_payload(code))), wrong(1002)) << code;
  EXPECT_EQ(read(masked(0x88, "x")), wrong(1002));
  EXPECT_EQ(read(masked(0x88, close_payload(1000, "\xed\xa0\x80"))), wrong(1002));
}

TEST(WsReader, SaysNothingAfterTheEnd) {
  EXPECT_EQ(read(masked(0x88, "") + text_frame("x")), (std::vector<said>{{kind::close, 1000, {}}}));
  EXPECT_EQ(read(masked(0x82, "") + text_frame("x")), wrong(1003));
  ws_reader stopped(limit);
  stopped.stop();
  std::string late = text_frame("x");
  stopped.take(late);
  EXPECT_FALSE(stopped.next());
}

TEST(WsReader, KeepsWhatItWasNotAskedFor) {
  std::string all;
  for (int i = 0; i < 100; ++i) all += text_frame(std::to_string(i));
  ws_reader reader(limit);
  reader.take(all);
  std::vector<std::string> seen;
  for (int turn = 0; seen.size() < 100 && turn < 100; ++turn) {
    for (int i = 0; i < 7; ++i)
      if (const auto one = reader.next()) seen.emplace_back(one.bytes);
    reader.keep();
    if (turn == 0) all.assign(all.size(), '#');
  }
  ASSERT_EQ(seen.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(seen[static_cast<std::size_t>(i)], std::to_string(i));
  EXPECT_EQ(reader.held(), 0u);
}

TEST(WsReader, HoldsNothingBetweenMessages) {
  ws_reader reader(limit);
  std::string most = masked(0x01, std::string(1'000, 'x')) + masked(0x80, std::string(1'000, 'x'));
  std::string last(1, most.back());
  most.pop_back();
  reader.take(most);
  EXPECT_FALSE(reader.next());
  reader.keep();
  EXPECT_GT(reader.held(), 2'000u);
  EXPECT_LT(reader.held(), 2'020u);
  reader.take(last);
  EXPECT_EQ(reader.next().bytes.size(), 2'000u);
  EXPECT_FALSE(reader.next());
  reader.keep();
  EXPECT_EQ(reader.held(), 0u);
}

}  // namespace
}  // namespace greenroom::net::test
