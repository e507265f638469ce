#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "net/http/chunks.hpp"

namespace greenroom::net::http {
namespace {

struct read_body {
  std::string body;
  std::size_t used = 0;
  bool done = false;
  core::ec wrong = core::ec::none;
  friend bool operator==(const read_body&, const read_body&) = default;
};

read_body read_in_pieces(std::string_view bytes, std::size_t piece) {
  chunk_reader reader{request_limits{}};
  read_body out;
  while (out.used < bytes.size() && !reader.done() && reader.wrong() == core::ec::none)
    out.used += reader.take(bytes.substr(out.used, piece), out.body);
  out.done = reader.done();
  out.wrong = reader.wrong();
  return out;
}

// The same in one piece and byte by byte.
read_body read(std::string_view bytes) {
  const auto whole = read_in_pieces(bytes, bytes.size());
  EXPECT_EQ(read_in_pieces(bytes, 1), whole) << bytes.substr(0, 80);
  return whole;
}

TEST(Chunks, ReadDataAndStopBehindTheLast) {
  const auto got = read("5\r\nhello\r\n00A\r\n0123456789\r\n0\r\n\r\nGET / HTTP/1.1");
  EXPECT_EQ(got.body, "hello0123456789");
  EXPECT_TRUE(got.done);
  EXPECT_EQ(got.used, 32u);
  EXPECT_FALSE(read("5\r\nhello\r\n0\r\n\r").done);
}

TEST(Chunks, IgnoreExtensionsAndDropTrailers) {
  for (const std::string_view bytes :
       {"5;a=b\r\nhello\r\n0\r\n\r\n", "5 ; a=\"x;y,\\\"z\";b\r\nhello\r\n0;last\r\n\r\n",
        "5\t;a\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\nAuthorization: Bearer x\r\nContent-Length: 3\r\n\r\n",
        "5;\r\nhello\r\n0\r\nX:\r\n\r\n"}) {
    const auto got = read(bytes);
    EXPECT_EQ(got.body, "hello") << bytes;
    EXPECT_TRUE(got.done) << bytes;
    EXPECT_EQ(got.used, bytes.size()) << bytes;
  }
}

TEST(Chunks, RefuseWhatIsNoChunk) {
  for (const std::string_view bytes : {"\r\n",
                                       "x\r\n",
                                       ";a\r\n",
                                       " 5\r\n",
                                       "-5\r\n",
                                       "0x5\r\n",
                                       "5 \r\nhello",
                                       "5 5\r\nhello",
                                       "5\nhello",
                                       "5\rhello",
                                       "5;a\nhello",
                                       "5;a\rb\r\nhello",
                                       "5;\x01\r\n",
                                       "5\r\nhelloXX0\r\n",
                                       "5\r\nhello\n0\r\n",
                                       "5\r\nhello\r0\r\n",
                                       "FFFFFFFFFFFFFFFFF\r\n",
                                       "00000000000000001\r\nx\r\n",
                                       "0\r\nno colon\r\n\r\n",
                                       "0\r\n folded: x\r\n\r\n",
                                       "0\r\nX : y\r\n\r\n",
                                       "0\r\nX: a\x01\r\n\r\n",
                                       "0\r\nX: y\n\r\n",
                                       "0\r\nX: y\rz\r\n\r\n",
                                       "0\r\n\n"}) {
    const auto got = read(bytes);
    EXPECT_EQ(got.wrong, core::ec::bad_request) << bytes;
    EXPECT_FALSE(got.done) << bytes;
  }
}

TEST(Chunks, HoldEveryLimit) {
  const std::string biggest(64 * 1024, 'x');
  EXPECT_TRUE(read("10000\r\n" + biggest + "\r\n0\r\n\r\n").done);
  EXPECT_EQ(read("10000\r\n" + biggest + "\r\n1\r\nx\r\n0\r\n\r\n").wrong, core::ec::too_big);
  EXPECT_EQ(read("FFFFFFFFFFFFFFFF\r\n").wrong, core::ec::too_big);
  std::string extended, trailed = "0\r\n";
  for (int i = 0; i < 100; ++i) extended += "1;" + std::string(100, 'a') + "\r\nx\r\n";
  for (int i = 0; i < 65; ++i) trailed += "X: y\r\n";
  EXPECT_EQ(read(extended).wrong, core::ec::headers_too_big) << "all extensions together";
  EXPECT_EQ(read(trailed + "\r\n").wrong, core::ec::headers_too_big) << "65 trailers";
  EXPECT_EQ(read("0\r\nX: " + std::string(9000, 'a')).wrong, core::ec::headers_too_big);
}

}  // namespace
}  // namespace greenroom::net::http
