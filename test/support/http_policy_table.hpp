#pragma once

#include <string>
#include <vector>

namespace greenroom::net::http {

/// One row: bytes as they come in, the status that goes out.
struct policy_row {
  std::string name;
  std::string bytes;
  unsigned status = 0;
  bool head_alone_decides = true;  ///< false: the head passes, and the body is what is wrong
};

inline std::vector<policy_row> policy_table() {
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
  const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n";
  const auto with_host = [](const std::string& host) { return "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"; };
  const auto target = [](const std::string& text) { return "GET " + text + " HTTP/1.1\r\nHost: a\r\n\r\n"; };
  const auto fields = [&](int count) {
    std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 1; i < count; ++i) text += "X: y\r\n";
    return text + "\r\n";
  };
  const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  return {
      // What is fine.
      {"get", get + "\r\n", 200},
      {"query", target("/a/b?c=d&e=%20f"), 200},
      {"longest target", target("/" + std::string(2047, 'a')), 200},
      {"64 fields", fields(64), 200},
      {"body", post + "Content-Length: 5\r\n\r\nhello", 200},
      {"get with a body", get + "Content-Length: 5\r\n\r\nhello", 200},
      {"biggest body", post + "Content-Length: 65536\r\n\r\n" + std::string(65536, 'x'), 200},
      {"chunks", chunked + "5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n", 200},
      {"Chunked in capitals", post + "Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n", 200},
      {"empty value", get + "X:\r\n\r\n", 200},
      {"tabs and obs-text in a value", get + "X: a\tb\xff\r\n\r\n", 200},
      {"1.0 without host", "GET / HTTP/1.0\r\n\r\n", 200},
      {"host with port", with_host("example.com:5000"), 200},
      {"host v6", with_host("[::1]:5000"), 200},
      // Framing (RFC 9112 section 6).
      {"gzip then length", post + "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhelloGET /x", 400},
      {"length then gzip", post + "Content-Length: 5\r\nTransfer-Encoding: gzip\r\n\r\nhelloGET /x", 400},
      {"length then chunked", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"chunked then length", post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
      {"gzip", post + "Transfer-Encoding: gzip\r\n\r\n", 501},
      {"identity, chunked", post + "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n", 501},
      {"chunked, identity", post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 501},
      {"unknown coding", post + "Transfer-Encoding: xchunked\r\n\r\nabc", 501},
      {"empty coding", post + "Transfer-Encoding:\r\n\r\n", 501},
      {"coding twice", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"coding after a vertical tab",
       post + "Transfer-Encoding: \x0b"
              "chunked\r\n\r\n0\r\n\r\n",
       400},
      {"1.0 chunked", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"length twice, same", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400},
      {"length twice, different", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", 400},
      {"list of lengths", post + "Content-Length: 5, 5\r\n\r\nhello", 400},
      {"length with a plus", post + "Content-Length: +5\r\n\r\nhello", 400},
      {"negative length", post + "Content-Length: -5\r\n\r\nhello", 400},
      {"hexadecimal length", post + "Content-Length: 0x5\r\n\r\nhello", 400},
      {"empty length", post + "Content-Length:\r\n\r\n", 400},
      {"length over 2^64", post + "Content-Length: 18446744073709551621\r\n\r\nhello", 400},
      {"body too big", post + "Content-Length: 65537\r\n\r\n", 413},
      {"chunk extension", chunked + "5;a=b\r\nhello\r\n0;c\r\n\r\n", 200},
      {"chunk extension with a bare line feed", chunked + "5;a\nhello\r\n0\r\n\r\n", 400, false},
      {"chunk extensions without end", chunked + "5;" + std::string(9000, 'a'), 431, false},
      {"chunk without its end", chunked + "5\r\nhelloXX0\r\n\r\n", 400, false},
      {"chunk size with a bare line feed", chunked + "5\nhello\r\n0\r\n\r\n", 400, false},
      {"chunk size over 2^64", chunked + "FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n", 400, false},
      {"chunk size that never ends", chunked + std::string(9000, '0'), 400, false},
      {"chunks too big", chunked + "10001\r\n" + std::string(65537, 'x') + "\r\n0\r\n\r\n", 413, false},
      {"trailer", chunked + "0\r\nAuthorization: Bearer x\r\n\r\n", 200},
      {"trailer that is no field", chunked + "0\r\nAuthorization\r\n\r\n", 400, false},
      {"trailers without end", chunked + "0\r\nX: " + std::string(9000, 'a'), 431, false},
      // Lines and bytes (RFC 9112 sections 2 to 5).
      {"empty lines first", "\r\n\r\n" + get + "\r\n", 200},
      {"empty line of a line feed first", "\n" + get + "\r\n", 400},
      {"carriage return first", "\r" + get + "\r\n", 400},
      {"bare line feeds", "POST / HTTP/1.1\nHost: a\nContent-Length: 0\n\n", 400},
      {"one bare line feed", get + "X: a\n\r\n", 400},
      {"bare carriage return", get + "X: a\rb\r\n\r\n", 400},
      {"NUL", get + std::string("X: a\0b\r\n\r\n", 10), 400},
      {"DEL", get + "X: a\x7f\r\n\r\n", 400},
      {"a TLS hello", std::string("\x16\x03\x01\x02\x00\x01", 6), 400},
      {"folded line", get + "X: a\r\n b\r\n\r\n", 400},
      {"folded with a tab", get + "X: a\r\n\tb\r\n\r\n", 400},
      {"space before the colon", get + "X : a\r\n\r\n", 400},
      {"space in a name", get + "X Y: a\r\n\r\n", 400},
      {"no name", get + ": a\r\n\r\n", 400},
      {"no colon", get + "X\r\n\r\n", 400},
      {"head too big", get + "X: " + std::string(9000, 'a') + "\r\n\r\n", 431},
      {"head that never ends", get + "X: " + std::string(9000, 'a'), 431},
      {"65 fields", fields(65), 431},
      // Fields that must be there once, or may be there only once.
      {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"empty host", with_host(""), 400},
      {"host with a path", with_host("a/b"), 400},
      {"host with a user", with_host("u@a"), 400},
      {"host with a bad port", with_host("a:b"), 400},
      {"host that is a list", with_host("a, b"), 400},
      {"host v6 without its end", with_host("[::1"), 400},
      {"port alone", with_host(":80"), 400},
      {"authorization twice", get + "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n", 400},
      {"origin twice", get + "Origin: http://a\r\nOrigin: http://b\r\n\r\n", 400},
      // Options of a connection (RFC 9110 section 7.6.1): none may be the name of a field for the far end.
      {"options of a connection", get + "Connection: keep-alive, TE,,\tUpgrade\r\nConnection: X\r\n\r\n", 200},
      {"Connection names Authorization", get + "Connection: close, Authorization\r\n\r\n", 400},
      {"Connection names it on its second line", get + "Connection: close\r\nConnection: ,\tauthorization\r\n\r\n",
       400},
      {"Connection has what is no token", get + "Connection: clo\x8dse\r\n\r\n", 400},
      {"Connection has a quoted string", get + "Connection: \"close, Authorization\"\r\n\r\n", 400},
      {"Connection names Origin", get + "Connection: Origin\r\n\r\n", 400},
      {"Connection names Host", get + "Connection: host\r\n\r\n", 400},
      {"Connection names Cookie", get + "Connection: Cookie\r\n\r\n", 400},
      {"Connection names Content-Type", get + "Connection: Content-Type\r\n\r\n", 400},
      {"Connection names Content-Length", get + "Connection: content-length\r\n\r\n", 400},
      {"Connection names Sec-WebSocket-Key", get + "Connection: Upgrade, Sec-WebSocket-Key\r\n\r\n", 400},
      {"Connection names X-Request-Id", get + "Connection: X-Request-Id\r\n\r\n", 400},
      {"Connection names If-None-Match", get + "Connection: If-None-Match\r\n\r\n", 400},
      {"Connection names Accept", get + "Connection: accept\r\n\r\n", 400},
      // The request line (RFC 9112 section 3).
      {"lower-case method", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"method that is no token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"absolute form", target("HTTP://example.com:5000/a?b"), 200},
      {"absolute form without a path", target("https://example.com"), 200},
      {"absolute form without a host header", "GET http://a/ HTTP/1.1\r\n\r\n", 400},
      {"absolute form with a user", target("http://u@a/"), 400},
      {"absolute form without a host", target("http:///a"), 400},
      {"absolute form with a query and no path", target("http://a?b"), 400},
      {"absolute form of another scheme", target("ftp://a/"), 400},
      {"authority form", target("a:80"), 400},
      {"asterisk form", target("*"), 400},
      {"fragment", target("/a#b"), 400},
      {"control character in the target", target("/\x01"), 400},
      {"UTF-8 in the target", target("/\xc3\xa9"), 400},
      {"escape cut short", target("/%4"), 400},
      {"escape that is none", target("/%zz"), 400},
      {"escaped NUL", target("/%00"), 400},
      {"space in the target", target("/a b"), 400},
      {"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"target too long", target("/" + std::string(2048, 'a')), 414},
      {"no version", "GET /\r\n\r\n", 400},
      {"half a version", "GET / HTTP/1\r\nHost: a\r\n\r\n", 400},
      {"something after the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
      {"lower-case version", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
      {"HTTP/2.0", "PRI * HTTP/2.0\r\n\r\n", 505},
  };
}

}  // namespace greenroom::net::http
