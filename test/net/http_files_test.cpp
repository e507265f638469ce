#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "net/http/files.hpp"
#include "test/net/http_fixture.hpp"

namespace greenroom::net::http {
namespace {

namespace fs = std::filesystem;

// A folder with a few files, and one beside it that must not be found.
class site {
 public:
  site() : root_(fs::temp_directory_path() / ("greenroom-files-" + std::to_string(::getpid()))) {
    write("site/index.html", "<p>hello");
    write("site/app.js", "alert()");
    write("site/app.js.gz", "gzipped");
    write("site/app.js.br", "brotli");
    write("site/page-7QJ5XKZA.css", "p{}");
    write("site/page-7QJ5XKZA.css.gz", "gzipped p");
    write("site/alone.txt.gz", "of no other file");
    for (const char* const name : {"README.md", "package.json", "package-lock.json", "tools/build.mjs",
                                   "node_modules/x/index.js", "img/README.md"})
      write("site/" + std::string(name), "for developers");
    write("site/img/logo.svg", "<svg/>");
    write("site/a b.txt", "spaced");
    write("site/.hidden", "secret");
    write("site/.git/config", "secret");
    write("secret.txt", "secret");
    fs::create_symlink(root_ / "secret.txt", folder() / "link.txt");
  }
  ~site() { fs::remove_all(root_); }
  fs::path folder() const { return root_ / "site"; }

 private:
  void write(const std::string& name, const std::string& text) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream{root_ / name} << text;
  }
  fs::path root_;
};

struct served {
  site where;
  core::result<files> loaded = files::load(where.folder());
  running_server server{[this](const exchange_ptr& ask) { loaded->serve(ask); }};
};

TEST(Files, AreServedWithTypeTagAndPolicy) {
  served it;
  const std::string index = it.server.get("/");
  EXPECT_EQ(status_of(index), 200u);
  EXPECT_EQ(body_of(index), "<p>hello");
  EXPECT_EQ(field_of(index, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(field_of(index, "Cache-Control"), "no-cache");
  EXPECT_EQ(field_of(index, "Content-Security-Policy"),
            "default-src 'self'; connect-src 'self'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; "
            "base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types greenroom");
  EXPECT_EQ(field_of(index, "Cross-Origin-Opener-Policy"), "same-origin");
  EXPECT_EQ(field_of(index, "Cross-Origin-Resource-Policy"), "same-origin");
  EXPECT_EQ(field_of(index, "Referrer-Policy"), "no-referrer");
  EXPECT_EQ(field_of(index, "X-Content-Type-Options"), "nosniff");
  for (const char* const feature : {"camera=()", "microphone=()", "geolocation=()", "usb=()"})
    EXPECT_NE(field_of(index, "Permissions-Policy").find(feature), std::string::npos) << feature;
  EXPECT_EQ(field_of(it.server.get("/app.js?v=1"), "Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(field_of(it.server.get("/img/logo.svg"), "Content-Type"), "image/svg+xml");
  EXPECT_EQ(body_of(it.server.get("/a%20b.txt")), "spaced");
}

TEST(Files, AreNotSentAgainToWhoHasThem) {
  served it;
  const std::string tag = field_of(it.server.get("/"), "ETag");
  EXPECT_EQ(tag.front(), '"');
  EXPECT_NE(tag, field_of(it.server.get("/app.js"), "ETag"));
  for (const std::string& match : {tag, "W/" + tag, "\"x\", " + tag + ", \"y\"", std::string{"*"},
                                   "\"a,b\",\tW/" + tag + "\t", "\"x\"\r\nIf-None-Match: W/\"y\", " + tag}) {
    const std::string answer = it.server.ask("HEAD / HTTP/1.1\r\nHost: a\r\nIf-None-Match: " + match + "\r\n\r\n");
    EXPECT_EQ(status_of(answer), 304u) << match;
    EXPECT_EQ(field_of(answer, "ETag"), tag);
  }
  EXPECT_EQ(status_of(it.server.get("/", "If-None-Match: \"x\"\r\n")), 200u);
  EXPECT_EQ(status_of(it.server.get("/", "If-None-Match: \"x, " + tag + "\r\n")), 200u) << "a quote that stays open";
}

TEST(Files, HaveNoBodyIn304) {
  served it;
  raw_client client = it.server.connect();
  const std::string ask = "GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\n\r\n";
  client.write(ask + ask);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(status_of(client.read_answer()), 304u);
}

TEST(Files, AreSentCompressedToWhoTakesThemSo) {
  served it;
  const auto asked = [&](const char* path, const std::string& accept) {
    return it.server.get(path, "Accept-Encoding: " + accept + "\r\n");
  };
  const std::string br = asked("/app.js", "gzip, br"), gzip = asked("/app.js", "gzip\r\nAccept-Encoding: br;q=0");
  const std::string plain = it.server.get("/app.js");
  EXPECT_EQ(body_of(br), "brotli");
  EXPECT_EQ(body_of(gzip), "gzipped");
  EXPECT_EQ(body_of(plain), "alert()");
  EXPECT_EQ(field_of(br, "Content-Encoding"), "br");
  EXPECT_EQ(field_of(gzip, "Content-Encoding"), "gzip");
  EXPECT_EQ(field_of(plain, "Content-Encoding"), "(none)");
  for (const std::string& each : {br, gzip, plain}) {
    EXPECT_EQ(field_of(each, "Vary"), "Accept-Encoding");
    EXPECT_EQ(field_of(each, "Content-Type"), "text/javascript; charset=utf-8");
    EXPECT_EQ(field_of(each, "Content-Length"), std::to_string(body_of(each).size()));
  }
  EXPECT_EQ(body_of(asked("/page-7QJ5XKZA.css", "br, gzip")), "gzipped p") << "there is no other";
  const std::string only_so = asked("/", "gzip, br");
  EXPECT_EQ(body_of(only_so), "<p>hello");
  EXPECT_EQ(field_of(only_so, "Vary"), "(none)") << "there is but one form";
  EXPECT_EQ(status_of(it.server.get("/app.js.br")), 404u) << "it is no file of its own";
  EXPECT_EQ(body_of(it.server.get("/alone.txt.gz")), "of no other file");
}

TEST(Files, HaveATagForEachCoding) {
  served it;
  const std::string accept = "Accept-Encoding: br\r\n";
  const std::string br = field_of(it.server.get("/app.js", accept), "ETag");
  const std::string plain = field_of(it.server.get("/app.js"), "ETag");
  EXPECT_NE(br, plain);
  const std::string known = it.server.get("/app.js", accept + "If-None-Match: " + br + "\r\n");
  EXPECT_EQ(status_of(known), 304u);
  EXPECT_EQ(field_of(known, "Vary"), "Accept-Encoding");
  EXPECT_EQ(field_of(known, "Content-Encoding"), "(none)");
  EXPECT_EQ(status_of(it.server.get("/app.js", accept + "If-None-Match: " + plain + "\r\n")), 200u);
  EXPECT_EQ(status_of(it.server.get("/app.js", "If-None-Match: " + br + "\r\n")), 200u);
  const std::string head = it.server.ask("HEAD /app.js HTTP/1.1\r\nHost: a\r\n" + accept + "\r\n");
  EXPECT_EQ(field_of(head, "Content-Length"), "6");
  EXPECT_EQ(field_of(head, "ETag"), br);
}

TEST(Files, AreKeptForAYearWhereTheirNameHasTheirHash) {
  served it;
  EXPECT_EQ(field_of(it.server.get("/page-7QJ5XKZA.css"), "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(field_of(it.server.get("/app.js"), "Cache-Control"), "no-cache");
}

TEST(Files, AreOnlyThoseOfTheFolder) {
  served it;
  EXPECT_EQ(it.loaded->size(), 6u);
  for (const auto* path :
       {"/secret.txt", "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/img/../../secret.txt", "/link.txt",
        "/.hidden", "/.git/config", "/img", "/img/", "//index.html", "/index.html/", "/README.md", "/img/README.md",
        "/package.json", "/package-lock.json", "/tools/build.mjs", "/node_modules/x/index.js"})
    EXPECT_EQ(status_of(it.server.get(path)), 404u) << path;
}

TEST(Files, OfAnotherFolderStandUnderAnotherPath) {
  site where;
  auto loaded = files::load(where.folder());
  ASSERT_TRUE(loaded);
  ASSERT_TRUE(loaded->add(where.folder() / "img", "/more"));
  running_server server{[&](const exchange_ptr& ask) { loaded->serve(ask); }};
  EXPECT_EQ(field_of(server.get("/more/logo.svg"), "Content-Type"), "image/svg+xml");
  EXPECT_EQ(body_of(server.get("/")), "<p>hello");
  EXPECT_EQ(status_of(server.get("/more")), 404u);
}

TEST(Files, AreAnErrorWithoutTheirFolder) {
  EXPECT_EQ(files::load("/no/such/folder").code(), core::ec::unavailable);
  site where;
  auto loaded = files::load(where.folder());
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->add("/no/such/folder", "/more").code(), core::ec::unavailable);
}

}  // namespace
}  // namespace greenroom::net::http
