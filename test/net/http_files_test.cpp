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
            "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; frame-ancestors 'none'; "
            "base-uri 'none'; form-action 'self'");
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

TEST(Files, AreOnlyThoseOfTheFolder) {
  served it;
  EXPECT_EQ(it.loaded->size(), 4u);
  for (const auto* path :
       {"/secret.txt", "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/img/../../secret.txt", "/link.txt",
        "/.hidden", "/.git/config", "/img", "/img/", "//index.html", "/index.html/"})
    EXPECT_EQ(status_of(it.server.get(path)), 404u) << path;
}

TEST(Files, AreAnErrorWithoutTheirFolder) { EXPECT_EQ(files::load("/no/such/folder").code(), core::ec::unavailable); }

}  // namespace
}  // namespace greenroom::net::http
