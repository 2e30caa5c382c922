# What ordinary clients and servers say to each other.
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import dataclass

PING, PONG = b"PING\r\n", b"+PONG\r\n"


@dataclass(frozen=True)
class Speech:
    request: bytes
    answer: bytes
    long_answer: bytes
    server_banner: bytes
    client_banner: bytes
    greeting: bytes
    farewell: tuple

    def dialogue(self, name):
        """(who, what) in turn, by the name of a port."""
        return {"ssh": (("server", self.server_banner), ("client", self.client_banner)),
                "mail": (("server", self.greeting), ("client", self.farewell[0]), ("server", self.farewell[1])),
                "redis": (("client", PING), ("server", PONG)),
                }.get(name, (("client", self.request), ("server", self.answer)))


def answer(body, *headers):
    head = b"".join(header + b"\r\n" for header in headers)
    return b"HTTP/1.1 200 OK\r\n%bContent-Length: %d\r\n\r\n%b" % (head, len(body), body)


PLAIN = Speech(
    request=b"GET / HTTP/1.1\r\nHost: www.example.net\r\n\r\n",
    answer=answer(b"Nothing to see here\n"), long_answer=answer(b"All work and no play\r\n" * 1000),
    server_banner=b"SSH-2.0-OpenSSH_9.2\r\n", client_banner=b"SSH-2.0-OpenSSH_9.2\r\n",
    greeting=b"220 mail.example.net ESMTP\r\n", farewell=(b"QUIT\r\n", b"221 Bye\r\n"))

WORDY = Speech(
    request=b"POST /order/17 HTTP/1.1\r\nHost: shop.example.org\r\nAccept: */*\r\nUser-Agent: buyer/2.1\r\n"
            b"Content-Type: application/json\r\nContent-Length: 25\r\n\r\n{\"what\": 4711, \"n\": 12}\r\n",
    answer=answer(b"{\"order\": 90210}\n" * 30, b"Content-Type: application/json", b"Server: till"),
    long_answer=answer(b"0123456789abcdef\n" * 2000, b"Server: till"),
    server_banner=b"SSH-2.0-dropbear_2022.83\r\n", client_banner=b"SSH-2.0-PuTTY_Release_0.78\r\n",
    greeting=b"220-mx.example.org welcomes you\r\n220 ready when you are\r\n",
    farewell=(b"EHLO relay.example.org\r\n", b"250-mx.example.org\r\n250 SIZE 10485760\r\n"))
