# Payloads of well-known protocols, just enough to be dissected without complaint.
# SPDX-License-Identifier: GPL-2.0-or-later

import struct


def http_get(path="/", host="www.example.com"):
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n\r\n".encode()


def http_post(path, length, host="www.example.com"):
    return (f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/octet-stream\r\n"
            f"Content-Length: {length}\r\nExpect: 100-continue\r\n\r\n").encode()


def http_ok(length):
    return (f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n"
            .encode() + text(length))


HTTP_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def text(length):
    line = b"The quick brown fox jumps over the lazy dog.\n"
    return (line * (length // len(line) + 1))[:length]


# [MS-RDPBCGR] 2.2.1.1 and 2.2.1.2: X.224 connection request and confirm in a TPKT.
RDP_REQUEST = bytes.fromhex("0300000b06e00000000000")
RDP_CONFIRM = bytes.fromhex("0300000b06d00000123400")


def smb(message):
    """The NetBIOS session header before an SMB message."""
    return struct.pack("!I", len(message)) + message


def smb_header(flags):
    """[MS-CIFS] 2.2.3.1: SMB_COM_NEGOTIATE, nothing signed, no user."""
    return b"\xffSMB\x72" + bytes(4) + struct.pack("<BH", flags, 0) + bytes(12) \
        + struct.pack("<HHHH", 0xffff, 1234, 0, 1)


# [MS-CIFS] 2.2.4.52: negotiate one dialect; the server takes it.
SMB_NEGOTIATE = smb(smb_header(0x08) + b"\0" + struct.pack("<H", 12) + b"\2NT LM 0.12\0"[:12])
SMB_NEGOTIATED = smb(smb_header(0x88) + b"\x11"
                     + struct.pack("<HBHHIIIIQhB", 0, 3, 50, 1, 16644, 65536, 0, 0x54,
                                   0x01ccdb60a0e52f80, 0, 8)
                     + struct.pack("<H", 8 + 10) + bytes(range(8)) + "LAB\0".encode("utf-16-le")
                     + b"\0\0")


def tls_extension(number, content):
    return struct.pack("!HH", number, len(content)) + content


def tls_record(kind, content):
    return struct.pack("!BHH", kind, 0x0303, len(content)) + content


def tls_client_hello(name, key_share=32):
    """RFC 8446 4.1.2, its server name behind the key share; 1216 bytes of that are post-quantum."""
    server_name = struct.pack("!HBH", len(name) + 3, 0, len(name)) + name.encode()
    group = 0x001d if key_share == 32 else 0x11ec
    extensions = b"".join([
        tls_extension(43, b"\2\3\4"),
        tls_extension(10, struct.pack("!HH", 2, group)),
        tls_extension(13, struct.pack("!HH", 2, 0x0403)),
        tls_extension(51, struct.pack("!HHH", key_share + 4, group, key_share) + bytes(range(1, 33))
                      + bytes(key_share - 32)),
        tls_extension(0, server_name)])
    body = b"\3\3" + bytes(range(32)) + b"\0" + struct.pack("!HH", 2, 0x1301) + b"\1\0" \
        + struct.pack("!H", len(extensions)) + extensions
    return tls_record(22, b"\1" + len(body).to_bytes(3, "big") + body)


def tls_server_hello():
    extensions = tls_extension(43, b"\3\4") + tls_extension(
        51, struct.pack("!HH", 0x001d, 32) + bytes(range(32)))
    body = b"\3\3" + bytes(range(32)) + b"\0" + struct.pack("!HB", 0x1301, 0) \
        + struct.pack("!H", len(extensions)) + extensions
    return tls_record(22, b"\2" + len(body).to_bytes(3, "big") + body)


def tls_alert(code):
    """RFC 8446 6.2, fatal."""
    return tls_record(21, bytes([2, code]))


SSH_BANNER = b"SSH-2.0-OpenSSH_9.2\r\n"
# RFC 1122 4.2.2.12: text in a reset, as F5 BIG-IP sends it; draft-ietf-tcpm-rst-diagnostic-payload.
BIG_IP = "BIG-IP: [0x2d7f3a1:1234] {}"
DIAGNOSTIC_NOT_AUTHORIZED = bytes.fromhex("33aa000900000000")
