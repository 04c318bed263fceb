"""The line to the office: what counts as an answer, and who is trusted."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.unit.link import NO_ANSWER, Link
from platewarden.unit.testing import Office, no, serving


@pytest.fixture
def office():
    office = Office()
    with serving(office):
        yield office


def ask(office, *answers):
    office.misbehave("/unit/v1/contact", *answers)
    with Link(office.server, timeout_s=0.5) as link:
        return link.post("/unit/v1/contact", b"hello")


def test_a_no_of_the_office_carries_its_sentence_and_clause(office):
    reply = ask(office, lambda _h, _b: (403, no("This unit was revoked.", "supervisor-manages")))
    assert (reply.status, reply.sentence, reply.clause) == (403, "This unit was revoked.", Clause.SUPERVISOR_MANAGES)
    assert ask(office, lambda _h, _b: (503, no("Try later.", "no-such-clause"))).clause is None


@pytest.mark.parametrize("status", [301, 401, 403, 404, 500])
def test_a_no_that_is_not_written_as_the_office_writes_it_is_no_answer(office, status):
    reply = ask(office, lambda _h, _b: (status, b"<html>Please log in to the free network</html>"))
    assert reply.status == NO_ANSWER
    assert "not the office" in reply.sentence


def test_an_office_that_hangs_up_in_the_middle_is_no_answer(office):
    def cut(handler, _body):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"half")

    assert ask(office, cut).status == NO_ANSWER
    assert ask(office, lambda _h, _b: None).status == NO_ANSWER


def test_an_office_that_is_not_there_is_no_answer():
    with Link("http://127.0.0.1:9", timeout_s=0.5) as link:
        reply = link.get("/unit/v1/office")
    assert reply.status == NO_ANSWER
    assert "does not answer" in reply.sentence


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        ("http://alpr.example.gov", "https only"),
        ("https://alpr.example.gov", "needs the office's certificate"),
        ("ftp://127.0.0.1", "not one like"),
        ("127.0.0.1:8000", "not one like"),
        ("https://me@alpr.example.gov", "not one like"),
    ],
)
def test_it_refuses_an_address_that_would_not_be_safe(server, sentence):
    with pytest.raises(Malformed, match=sentence):
        Link(server)


def test_it_says_when_the_certificate_cannot_be_read(tmp_path):
    (tmp_path / "office.pem").write_text("not a certificate")
    with pytest.raises(Unavailable, match="certificate"):
        Link("https://alpr.example.gov", certificate=tmp_path / "office.pem")


# TLS: a server of its own, with a certificate made here


def certificate(folder, name, **names):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(made - timedelta(days=1))
        .not_valid_after(made + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(names.get("host", "localhost"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / f"{name}.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / f"{name}.pem"


def greeting(tmp_path, served, trusted):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(served, served.with_suffix(".key"))
    office = Office()
    with serving(office, tls=context) as address, Link(address, certificate=trusted, timeout_s=2) as link:
        return link.get("/unit/v1/office")


def test_over_https_the_pinned_certificate_is_believed_and_no_other(tmp_path):
    pinned, other = certificate(tmp_path, "office"), certificate(tmp_path, "other")
    assert greeting(tmp_path, pinned, pinned).status == 200
    reply = greeting(tmp_path, other, pinned)
    assert (reply.status, "does not answer" in reply.sentence) == (NO_ANSWER, True)


def test_over_https_the_pinned_certificate_must_be_for_the_address(tmp_path):
    elsewhere = certificate(tmp_path, "office", host="elsewhere.example.gov")
    assert greeting(tmp_path, elsewhere, elsewhere).status == NO_ANSWER
