#!/usr/bin/python3
"""The files of the web client over HTTP: compressed where there are such forms, kept where their names say so; and what is
served of the page that was built."""

import http.client
import pathlib
import tempfile
import unittest
import urllib.parse

import witness
from harness import EndToEnd
from processes import EXECUTABLE, ROOT

SECURE = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
          "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}


def get(server, path, **fields):
    """(status, headers, body as it came)"""
    fields = {name.replace("_", "-"): value for name, value in fields.items()}
    at = urllib.parse.urlsplit(server.gateway_url)
    connection = http.client.HTTPConnection(at.hostname, at.port, timeout=10)
    try:
        # By itself it would say that it takes nothing compressed.
        connection.putrequest("GET", path, skip_accept_encoding=True)
        for name, value in fields.items():
            connection.putheader(name, value)
        connection.endheaders()
        got = connection.getresponse()
        body = got.read()
    finally:
        connection.close()
    url = server.gateway_url + path
    # A compressed body is no text to compare.
    witness.answered(url, witness.asked("GET", url, fields, None), got.status, got.headers,
                     None if got.headers.get("Content-Encoding") or got.status == 304 else body)
    return got.status, got.headers, body


class PageFiles(EndToEnd):
    def site(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name, text in {"index.html": "<p>page", "index.html.br": "page in br", "index.html.gz": "page in gz",
                           "main-7QJ5XKZA.js": "script", "main-7QJ5XKZA.js.br": "script in br", "plain.js": "plain",
                           "README.md": "secret", "package.json": "secret"}.items():
            (pathlib.Path(folder.name) / name).write_text(text)
        return self.serve("--web-root", folder.name)

    def test_the_sources_have_the_client_beside_them(self):
        server = self.serve("--web-root", str(ROOT / "web"))
        status, headers, body = get(server, "/clients/js/src/conversation.js")
        self.assertEqual((status, headers["Content-Type"]), (200, "text/javascript; charset=utf-8"))
        self.assertEqual(body, (ROOT / "clients/js/src/conversation.js").read_bytes())
        self.assertEqual(get(server, "/clients/js/src/conversation.js", If_None_Match=headers["ETag"])[0], 304)
        self.assertEqual(get(server, "/clients/js/src/README.md")[0], 404)

    def test_they_are_sent_in_the_form_that_the_client_likes_best(self):
        server = self.site()
        for accept, coding, text in ((None, None, "<p>page"), ("gzip, deflate, br", "br", "page in br"), ("gzip", "gzip", "page in gz"),
                                     ("br;q=0, gzip;q=0.5", "gzip", "page in gz"), ("identity, br;q=0.5", None, "<p>page")):
            with self.subTest(accept):
                fields = {"Accept_Encoding": accept} if accept else {}
                status, headers, body = get(server, "/", **fields)
                self.assertEqual((status, headers.get("Content-Encoding"), body.decode()), (200, coding, text))
                self.assertEqual((headers["Vary"], headers["Cache-Control"]), ("Accept-Encoding", "no-cache"))
                again = get(server, "/", If_None_Match=headers["ETag"], **fields)
                self.assertEqual((again[0], again[2]), (304, b""))
                other = get(server, "/", If_None_Match=headers["ETag"], Accept_Encoding="br" if coding != "br" else "gzip")
                self.assertEqual(other[0], 200, "one form is not the other")
        _, headers, body = get(server, "/main-7QJ5XKZA.js", Accept_Encoding="gzip, br")
        self.assertEqual((headers["Cache-Control"], body), ("public, max-age=31536000, immutable", b"script in br"))
        self.assertEqual(get(server, "/main-7QJ5XKZA.js", Accept_Encoding="gzip", If_None_Match='"x"')[2], b"script")
        self.assertEqual(get(server, "/plain.js", Accept_Encoding="br")[1]["Cache-Control"], "no-cache")
        for path in ("/README.md", "/package.json", "/index.html.br"):
            self.assertEqual(get(server, path)[0], 404, path)

    def test_the_page_that_was_built_may_do_only_what_it_needs(self):
        server = self.serve()
        status, headers, body = get(server, "/")
        self.assertEqual(status, 200)
        self.assertIn(b"Greenroom", body)
        for name, value in SECURE.items():
            self.assertEqual(headers[name], value)
        policy = headers["Content-Security-Policy"]
        for word in ("connect-src 'self';", "require-trusted-types-for 'script'", "trusted-types greenroom", "frame-ancestors 'none'"):
            self.assertIn(word, policy)
        self.assertIn("camera=()", headers["Permissions-Policy"])
        built = pathlib.Path(EXECUTABLE).parent / "web"
        names = [each.name for each in built.iterdir() if each.is_file() and each.suffix not in (".br", ".gz", ".html")]
        self.assertIn("sw.js", names)
        for name in names:
            self.assertEqual(get(server, "/" + name)[0], 200, name)
        for name in ("README.md", "package.json", "tools/bundle.mjs", "tools/package-lock.json"):
            self.assertEqual(get(server, "/" + name)[0], 404, name)


if __name__ == "__main__":
    unittest.main()
