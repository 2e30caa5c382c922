# What ordinary clients and servers say to each other, by port.
# SPDX-License-Identifier: GPL-2.0-or-later

REQUEST = b"GET / HTTP/1.1\r\nHost: www.example.net\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nNothing to see here\n"
LONG_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 22000\r\n\r\n" + b"All work and no play\r\n" * 1000
HTTP = (("client", REQUEST), ("server", ANSWER))
BANNER = b"SSH-2.0-OpenSSH_9.2\r\n"
SSH = (("server", BANNER), ("client", BANNER))
SMTP = (("server", b"220 mail.example.net ESMTP\r\n"), ("client", b"QUIT\r\n"), ("server", b"221 Bye\r\n"))
PING, PONG = b"PING\r\n", b"+PONG\r\n"
REDIS = (("client", PING), ("server", PONG))
OTHER = {22: SSH, 25: SMTP, 6379: REDIS}


def of(port):
    """(who, what) in turn."""
    return OTHER.get(port, HTTP)
