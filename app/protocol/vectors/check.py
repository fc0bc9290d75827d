#!/usr/bin/env python3
"""Reads the vectors beside it by PROTOCOL.md alone, with other libraries than the code's.

So the specification is tested, not the code against itself. Needs Python's `cryptography` with
Argon2id and ML-KEM; what OPAQUE computes between its messages is not repeated here.
"""

import hashlib
import hmac
import json
import pathlib
import struct
import sys
import unicodedata

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, mlkem, x25519
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

FOLDER = pathlib.Path(__file__).parent
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
checked = 0


def same(found, expected, what):
    global checked
    if found != expected:
        sys.exit(f"{what}: found {found!r}, expected {expected!r}")
    checked += 1


def cases(name):
    return json.loads((FOLDER / name).read_text())["cases"]


def raw(text):
    return bytes.fromhex(text)


# Section 1: postcard


def varint(number):
    out = b""
    while True:
        number, low = number >> 7, number & 0x7F
        out += bytes([low | (0x80 if number else 0)])
        if not number:
            return out


def string(data):
    return varint(len(data)) + data


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        part = self.data[self.at : self.at + count]
        if len(part) != count:
            raise ValueError("too short")
        self.at += count
        return part

    def number(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                return value

    def string(self):
        return self.take(self.number())

    def list(self, item):
        return [item() for _ in range(self.number())]

    def option(self, item):
        return item() if self.number() else None

    def end(self):
        if self.at != len(self.data):
            raise ValueError("trailing bytes")

    def locked(self):
        return self.take(24), self.take(32), self.string()

    def head(self):
        return self.number(), self.take(32)


# Section 2: suite 1


def label(name):
    return b"beistand/1/" + name.encode() + b"\0"


def digest(name, data):
    return hashlib.sha256(label(name) + data).digest()


def hkdf_raw(key, info):
    extracted = hmac.new(bytes(32), key, hashlib.sha256).digest()
    return hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()


def hkdf(key, name, context=b""):
    return hkdf_raw(key, label(name) + context)


def quarter(state, a, b, c, d):
    def rotate(value, bits):
        return ((value << bits) | (value >> (32 - bits))) & 0xFFFFFFFF

    for left, other, target, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        state[left] = (state[left] + state[other]) & 0xFFFFFFFF
        state[target] = rotate(state[target] ^ state[left], bits)


def xchacha_open(key, nonce, ciphertext, associated):
    state = list(struct.unpack("<4I", b"expand 32-byte k") + struct.unpack("<8I", key) + struct.unpack("<4I", nonce[:16]))
    for _ in range(10):
        for columns in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)):
            quarter(state, *columns)
        for diagonals in ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter(state, *diagonals)
    subkey = struct.pack("<8I", *state[:4], *state[12:])
    return ChaCha20Poly1305(subkey).decrypt(bytes(4) + nonce[16:], ciphertext, associated)


def ed25519_public(seed):
    key = ed25519.Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def verify(public, name, data, signature):
    global checked
    ed25519.Ed25519PublicKey.from_public_bytes(public).verify(signature, label(name) + data)
    checked += 1


class XWing:
    def __init__(self, seed):
        expanded = hashlib.shake_256(seed).digest(96)
        self.mlkem = mlkem.MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        self.x25519 = x25519.X25519PrivateKey.from_private_bytes(expanded[64:])
        self.public_x = self.x25519.public_key().public_bytes_raw()
        self.public = self.mlkem.public_key().public_bytes_raw() + self.public_x

    def decapsulate(self, sent):
        from_lattice = self.mlkem.decapsulate(sent[:1088])
        from_curve = self.x25519.exchange(x25519.X25519PublicKey.from_public_bytes(sent[1088:]))
        return hashlib.sha3_256(from_lattice + from_curve + sent[1088:] + self.public_x + b"\\.//^\\").digest()


def hpke_open(pair, info, sealed):
    suite = b"HPKE" + struct.pack(">HHH", 0x647A, 1, 3)

    def extract(salt, name, data):
        return hmac.new(salt or bytes(32), b"HPKE-v1" + suite + name + data, hashlib.sha256).digest()

    def expand(secret, name, context, length):
        data = struct.pack(">H", length) + b"HPKE-v1" + suite + name + context
        return hmac.new(secret, data + b"\x01", hashlib.sha256).digest()[:length]

    shared = pair.decapsulate(sealed[:1120])
    context = b"\0" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    secret = extract(shared, b"secret", b"")
    key, nonce = expand(secret, b"key", context, 32), expand(secret, b"base_nonce", context, 12)
    return ChaCha20Poly1305(key).decrypt(nonce, sealed[1120:], b"")


# Section 6: sealing under a key, padding


def unlock(key, name, associated, locked):
    nonce, commitment, ciphertext = locked
    base = hkdf(key, name)
    same(hkdf(base, "lock-commitment", nonce), commitment, "commitment")
    return xchacha_open(hkdf(base, "lock-key", nonce), nonce, ciphertext, associated)


def padded_length(length):
    length += 1
    if length <= 512:
        return 512
    exponent = length.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (length + mask) & ~mask


def unpad(data):
    stripped = data.rstrip(b"\0")
    same(stripped[-1:], b"\x80", "padding's marker")
    return stripped[:-1]


# Section 4: codes


def code_bits(shown):
    number = 0
    for symbol in shown.replace("-", ""):
        number = number << 5 | ALPHABET.index(symbol)
    bits = (number >> 12).to_bytes(16, "big")
    same(number & 0xFFF, int.from_bytes(digest("code-check", bits)[:2], "big") >> 4, "check sum")
    return bits


# What shows nothing, as first and last of each range
INVISIBLE = [
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800), (0x3164, 0x3164), (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
]


def name_form(typed):
    form = unicodedata.normalize("NFKC", typed)
    if any(unicodedata.category(c) == "Cc" and not c.isspace() for c in form):
        return None
    for _ in range(2):
        form = unicodedata.normalize("NFKC", form.casefold())
    words = form.replace("\ufe0e", "").replace("\ufe0f", "").split()
    shows = any(not any(first <= ord(c) <= last for first, last in INVISIBLE) for c in "".join(words))
    return " ".join(words) if shows else None


def check_names():
    for case in cases("names_refused.json"):
        same(name_form(case["typed"]), None, "refused name")
    for case in cases("names.json"):
        form = name_form(case["typed"])
        same(form, case["normalised"], "name")
        salt = digest("lookup-salt", raw(case["organisation"]) + raw(case["realm"]))
        value = Argon2id(salt=salt, length=32, iterations=2, lanes=1, memory_cost=19 * 1024).derive(form.encode())
        same(value.hex(), case["lookup_value"], "look-up value")
    for case in cases("passwords.json"):
        form = "".join(" " if c.isspace() else c for c in case["typed"])
        same(unicodedata.normalize("NFC", form), case["normalised"], "password")


def check_codes():
    for case in cases("codes.json"):
        bits = code_bits(case["shown"])
        same(bits.hex(), case["bits"], "code")
        same(hkdf(bits, "recovery-wrap").hex(), case["recovery_wrap_key"], "recovery wrap key")
        same(ed25519_public(hkdf(bits, "recovery-proof")).hex(), case["recovery_proof_key"], "recovery key")
    for case in cases("padding.json"):
        if "length" in case:
            same(padded_length(int(case["length"])), int(case["padded_length"]), "padded length")
        else:
            same(unpad(raw(case["padded"])).hex(), case["bytes"], "padding")


def check_keys():
    (case,) = cases("keys.json")
    secret, conversation = raw(case["account_secret"]), raw(case["conversation"])
    same(ed25519_public(hkdf(secret, "account-signing")).hex(), case["account_key"], "account key")
    person = ed25519_public(hkdf(secret, "person-signing"))
    same(person.hex(), case["person_signing_key"], "person's key")
    same(digest("key-id", person)[:16].hex(), case["person_key_id"], "key id")
    same(XWing(hkdf(secret, "person-kem")).public.hex(), case["person_kem_key"], "person's KEM key")
    seeker = hkdf(secret, "seeker-signing", conversation)
    same(ed25519_public(seeker).hex(), case["seeker_signing_key"], "seeker's key")
    same(XWing(hkdf(secret, "seeker-kem", conversation)).public.hex(), case["seeker_kem_key"], "seeker's KEM key")
    for name, field in (("account-state", "state_key"), ("notes", "notes_key"), ("search-index", "search_key")):
        same(hkdf(secret, name).hex(), case[field], field)


def check_sealing():
    under_key, to_key = cases("sealing.json")
    locked = Reader(raw(under_key["encoded"])).locked()
    opened = unlock(raw(under_key["key"]), "example", raw(under_key["associated"]), locked)
    same(opened.hex(), under_key["plaintext"], "locked")
    pair = XWing(raw(to_key["kem_seed"]))
    same(pair.public.hex(), to_key["kem_key"], "KEM key")
    same(hpke_open(pair, raw(to_key["info"]), raw(to_key["sealed"])).hex(), to_key["plaintext"], "HPKE")


def check_login_and_account():
    (case,) = cases("login.json")
    organisation, realm = raw(case["organisation"]), raw(case["realm"])
    context = label("login-context") + varint(1) + organisation + realm + raw(case["lookup_value"])
    same(context.hex(), case["context"], "OPAQUE context")
    token = hkdf_raw(raw(case["session_key"]), b"beistand/1/login-token")
    same(token.hex(), case["session_token"], "session token")

    (case,) = cases("account.json")
    organisation, realm, account = (raw(case[name]) for name in ("organisation", "realm", "account"))
    secret = raw(case["account_secret"])
    wraps = (("password_wrap", raw(case["password_wrap_key"])), ("recovery_wrap", hkdf(code_bits(case["recovery_code"]), "recovery-wrap")))
    for number, (field, key) in enumerate(wraps):
        wrap = Reader(raw(case[field]))
        same(wrap.number(), 1, "suite")
        identity, purpose, generation, locked = wrap.take(16), wrap.number(), wrap.number(), wrap.locked()
        wrap.end()
        same(purpose, number, "purpose")
        associated = label("wrap") + varint(1) + account + varint(purpose) + varint(generation) + identity
        content = Reader(unpad(unlock(key, "wrap", associated, locked)))
        same(content.take(32), secret, "wrapped secret")
        same((content.number(), content.take(32)), (1, organisation), "generation and organisation")
        content.take(32), content.head(), content.end()
    associated = varint(1) + organisation + realm + account + varint(1)
    state = unlock(hkdf(secret, "account-state"), "account-state-seal", associated, Reader(raw(case["sealed_state"])).locked())
    state = Reader(unpad(state))
    same((state.number(), state.string()), (0, "Blaue Wolke".encode()), "state")
    signed = Reader(raw(case["signed_account_change"]))
    change, signer, signature = signed.string(), signed.number(), signed.take(64)
    same((change.hex(), signer), (case["account_change"], 0), "account change")
    verify(ed25519_public(hkdf(secret, "account-signing")), "account-change", change, signature)


def check_log():
    before, organisation = None, None
    for position, case in enumerate(cases("log.json")):
        entry = raw(case["entry"])
        found = hashlib.sha256(entry).digest()
        same(found.hex(), case["digest"], "entry's digest")
        signed = Reader(entry)
        statement = signed.string()
        signatures = signed.list(lambda: (signed.take(16), signed.take(64)))
        signed.end()
        content = Reader(statement)
        same(content.number(), 1, "suite")
        same(content.option(lambda: content.take(32)), organisation, "organisation")
        same(content.number(), position, "position")
        same(content.option(lambda: content.take(32)), before, "digest before")
        content.number()
        if position == 0:
            same(content.number(), 0, "root entry")
            root = content.take(32)
            organisation = found
            root_id = digest("key-id", root)[:16]
        for key, signature in signatures:
            if key == root_id:
                verify(root, "log-statement", statement, signature)
        before = found
    return organisation


def check_team(organisation):
    (case,) = cases("team.json")
    header, secret = raw(case["header"]), raw(case["team_secret"])
    header_digest = digest("team-header", header)
    same(header_digest.hex(), case["header_digest"], "header's digest")
    statement = header_digest + digest("team-boxes", raw(case["boxes"]))
    same(digest("team-statement", statement).hex(), case["digest"], "generation's digest")
    content = Reader(header)
    same((content.number(), content.take(32)), (1, organisation), "suite and organisation")
    team, number = content.take(16), content.number()
    content.option(lambda: content.take(32)), content.head()
    members = content.list(lambda: (content.take(16), content.take(16)))
    same(members, sorted(members), "members' order")
    content.take(32), content.number()
    same(content.take(32), hkdf(secret, "team-commitment", team + varint(number)), "commitment")
    same(content.string(), XWing(hkdf(secret, "team-kem")).public, "team's KEM key")
    content.option(content.locked), content.end()


# Kinds of conversations among staff.
THREAD, ROOM = 1, 3


def check_conversation(organisation):
    first, *envelopes = cases("conversation.json")
    secret, conversation = raw(first["account_secret"]), raw(first["conversation"])
    pair = XWing(hkdf(secret, "seeker-kem", conversation))
    seeker = ed25519_public(hkdf(secret, "seeker-signing", conversation))
    said = ("Hallo, ist da jemand?", "Ja.")
    epochs = check_envelopes(envelopes, organisation, conversation, lambda case: (pair, seeker, None), said)

    # The staff's thread about it.
    first, *envelopes = cases("thread.json")
    same(raw(first["talk"]), conversation, "talk")
    thread = b"\xff" * 4 + digest("thread", conversation)[:12]
    same(thread.hex(), first["thread"], "thread's id")
    named = [case["talk_epoch"] for case in envelopes if "talk_epoch" in case]
    same(named, [epochs[0][0].hex(), epochs[max(epochs)][0].hex()], "epochs of the talk, in order")

    def staff(case):
        pair = XWing(raw(case["kem_seed"])) if "kem_seed" in case else None
        return pair, raw(case["author_key"]), (THREAD, conversation, raw(case.get("talk_epoch", "")))

    check_envelopes(envelopes, organisation, thread, staff, ("Wer liest mit?", "Ich."))

    # The team's room.
    first, *envelopes = cases("room.json")
    month = int(first["month"])
    room = b"\xff" * 4 + digest("team-room", raw(first["team"]) + varint(month))[:12]
    same(room.hex(), first["room"], "room's id")

    def member(case):
        pair = XWing(raw(case["kem_seed"])) if "kem_seed" in case else None
        return pair, raw(case["author_key"]), (ROOM, month, None)

    check_envelopes(envelopes, organisation, room, member, ("Wer kann Freitag?", "Ich."))


def check_envelopes(envelopes, organisation, conversation, author_of, said):
    epochs = {}
    for case in envelopes:
        pair, author, about = author_of(case)
        envelope = Reader(raw(case["envelope"]))
        head = envelope.take(16) + varint(envelope.number()) + varint(envelope.number())
        kind, number = head[16], head[17]
        assignee = envelope.option(lambda: envelope.take(16))
        head += b"\0" if assignee is None else b"\1" + assignee
        sealed = envelope.string()
        envelope.end()
        key = raw(case["epoch_key"])
        if kind == 0:
            epochs[number] = check_epoch(case, sealed, key, pair, author, organisation, conversation, epochs.get(number - 1), about)
            continue
        same(digest("message-envelope", conversation + raw(case["envelope"])).hex(), case["digest"], "envelope's digest")
        message = Reader(sealed)
        nonce, ciphertext = message.take(24), message.string()
        message.end()
        purpose = {1: 0, 2: 2}.get(kind, 1)
        opened = xchacha_open(hkdf(key, "epoch-message", bytes([purpose])), nonce, ciphertext, conversation + head)
        signed = Reader(opened if purpose == 0 else unpad(opened))
        same(purpose == 0 or len(opened) == 1024, True, "one size")
        content, signature = signed.string(), signed.take(64)
        signed.end()
        inside = Reader(content)
        same((inside.number(), inside.take(32)), (1, organisation), "suite and organisation")
        inside.take(16)
        same((inside.take(16), inside.take(32)), (conversation, epochs[number][0]), "conversation and epoch")
        same(inside.take(16), head[:16], "id")
        seeker = inside.number() == 0
        if not seeker:
            inside.take(32)
        if seeker or about:
            verify(author, "message-content", content, signature)
        same(seeker and bool(about), False, "what is said among staff is theirs")
        inside.take(16), inside.number(), inside.option(lambda: inside.take(32))
        heads = inside.list(lambda: inside.take(32))
        same(heads, sorted(heads), "heads' order")
        inside.head(), inside.number()
        body = inside.string()
        inside.end()
        if purpose == 0:
            same(len(body), 512, "short text's size")
            text = Reader(unpad(body))
            same(text.number(), 1, "text")
            same(text.string().decode() in said, True, "words")
    return epochs


def check_epoch(case, sealed, key, pair, author, organisation, conversation, before, about):
    signed = Reader(sealed)
    header, boxes_digest, signature = signed.string(), signed.take(32), signed.take(64)
    start = signed.at
    boxes = signed.list(signed.string)
    signed.list(lambda: (signed.number(), signed.number(), signed.string()))
    signed.end()
    same(digest("epoch-boxes", sealed[start:]), boxes_digest, "boxes' digest")
    header_digest = digest("epoch-header", header)
    statement = header_digest + boxes_digest
    found = digest("epoch-statement", statement)
    same(found.hex(), case["digest"], "epoch's digest")
    same(hpke_open(pair, header_digest, boxes[0]), key, "first box")
    content = Reader(header)
    same((content.number(), content.take(32)), (1, organisation), "suite and organisation")
    kind, fact, named = about or (0, None, None)
    site = content.take(16)
    same(site == bytes(16), kind == ROOM, "site")
    same((content.take(16), content.number()), (conversation, kind), "conversation and kind")
    if kind == THREAD:
        same(content.option(lambda: content.take(16)), fact, "the talk that it is about")
    if kind == ROOM:
        same(content.number(), fact, "month")
    number = content.number()
    same(content.number(), int(case["position"]), "position")
    same(content.option(lambda: content.take(32)), before and before[0], "epoch before")
    content.head(), content.number(), content.take(16)
    content.option(lambda: content.take(16))
    cause = content.option(lambda: content.take(32))
    if about:
        same(cause, named, "epoch of the talk")

    def reader():
        kind = content.number()
        if kind == 0:
            same((about, content.take(32)), (None, author), "seeker reads a talk")
            return kind, content.string()
        if kind == 1:
            return kind, content.take(16), content.number(), content.take(32)
        return kind, content.take(16), content.take(16), content.number()

    readers = content.list(reader)
    same(len(readers), len(boxes), "one box a reader")
    if not about:
        same(readers[0][1], pair.public, "seeker's key")
    content.number(), content.list(lambda: content.take(32))
    seeker = content.number() == 0
    if not seeker:
        content.take(32)
    if seeker or about:
        verify(author, "epoch-statement", statement, signature)
    content.number()
    same(content.take(32), hkdf(key, "epoch-commitment", conversation + varint(number)), "commitment")
    history = content.option(content.locked)
    content.end()
    if history:
        opened = unlock(hkdf(key, "epoch-history"), "epoch-history-seal", before[0], history)
        same(opened, before[1], "key of the epoch before")
    return found, key


def check_blocks(organisation):
    before = None
    for version, case in zip((1, 2, 1), cases("blocks.json")):
        edition = Reader(raw(case["edition"]))
        header, sealed, signature = edition.string(), edition.string(), edition.take(64)
        edition.end()
        same((header.hex(), sealed.hex()), (case["header"], case["sealed"]), "edition")
        header_digest = digest("blocks-header", header)
        same(header_digest.hex(), case["header_digest"], "header's digest")
        statement = header_digest + digest("blocks-sealed", sealed)
        found = digest("blocks-statement", statement)
        same(found.hex(), case["digest"], "edition's digest")
        author = raw(case["author_key"])
        verify(author, "blocks-statement", statement, signature)
        content = Reader(header)
        same((content.number(), content.take(32)), (1, organisation), "suite and organisation")
        own, owner = content.number(), content.take(16)
        same(content.number(), version, "version")
        same(content.option(lambda: content.take(32)), before if version > 1 else None, "edition before")
        content.head()
        sealed_to = content.option(lambda: (content.number(), content.take(32)))
        same((own, sealed_to is None), (1, True) if own else (0, False), "sealed to the team or to the owner")
        person, key = content.take(16), content.take(16)
        same(key, digest("key-id", author)[:16], "author's key")
        same(not own or person == owner, True, "owner")
        content.number(), content.end()
        blocks = unpad(hpke_open(XWing(raw(case["kem_seed"])), header_digest, sealed))
        same(blocks.hex(), case["blocks"], "blocks")
        inside = Reader(blocks)
        same((inside.number(), inside.number(), inside.take(16)), (0, 1, b"\xb1" * 16), "one block")
        same([inside.string().decode() for _ in range(2)], ["Anfang", "Begrüßung"], "folder and title")
        same((inside.option(inside.number), inside.string().decode()), (0, "Hallo {{pseudonym}}."), "language and text")
        same(inside.number(), 1, "version of the change")
        inside.take(16), inside.number()
        same((inside.number(), inside.number()), (0, 0), "not removed, nothing before")
        inside.end()
        before = found


def main():
    check_names()
    check_codes()
    check_keys()
    check_sealing()
    check_login_and_account()
    organisation = check_log()
    check_team(organisation)
    check_conversation(organisation)
    check_blocks(organisation)
    print(f"{checked} values as PROTOCOL.md says")


main()
