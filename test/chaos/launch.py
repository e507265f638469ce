from processes import Postgres, Server
from stage import Stage


def launch():
    postgres = Postgres()
    server = Server(users_db=postgres.url("users"), chat_db=postgres.url("chat")).start()
    def remove():
        server.remove()
        postgres.remove()
    return Stage({"one": server}, {"gateway": ["one"], "chat": ["one"], "users": [], "discovery": []}, {"postgres": postgres}, "postgres", remove)
