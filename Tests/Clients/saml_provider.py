"""A real SAML identity provider made with pysaml2, which signs and encrypts with xmlsec1."""

import base64
import datetime
import re
import shutil
import subprocess
import tempfile
import warnings

warnings.filterwarnings("ignore", module="saml2")

from saml2 import BINDING_HTTP_REDIRECT, saml  # noqa: E402
from saml2.config import IdPConfig  # noqa: E402
from saml2.metadata import create_metadata_string  # noqa: E402
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID  # noqa: E402
from saml2.server import Server  # noqa: E402

ENDPOINT = "https://signin.aws.amazon.com/saml"
SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
DIGEST = "http://www.w3.org/2001/04/xmlenc#sha256"
ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/"

SERVICE = """<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{audience}">
<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<md:AssertionConsumerService index="1" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{endpoint}"/>
</md:SPSSODescriptor></md:EntityDescriptor>"""


def certificate(folder, name, *options):
    """A self-signed certificate and its key, as files."""
    files = (f"{folder}/{name}.crt", f"{folder}/{name}.key")
    subprocess.run(
        ["openssl", "req", "-x509", *(options or ("-newkey", "rsa:2048")), "-nodes", "-days", "9", "-subj", f"/CN={name}",
         "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    return files


class SAMLProvider:
    def __init__(self, entity="https://idp.example.com/metadata", audience=ENDPOINT):
        self.folder, self.audience = tempfile.mkdtemp(), audience
        self.cert, self.key = certificate(self.folder, "idp")
        self.config = IdPConfig().load({
            "entityid": entity, "key_file": self.key, "cert_file": self.cert, "xmlsec_binary": shutil.which("xmlsec1"),
            "metadata": {"inline": [SERVICE.format(audience=audience, endpoint=ENDPOINT)]},
            "service": {"idp": {
                "endpoints": {"single_sign_on_service": [("https://idp.example.com/sso", BINDING_HTTP_REDIRECT)]},
                "policy": {"default": {"lifetime": {"minutes": 5}, "attribute_restrictions": None, "name_form":
                           "urn:oasis:names:tc:SAML:2.0:attrname-format:uri", "fail_on_missing_requested": False}}}}})
        self.server = Server(config=self.config)

    @property
    def metadata(self):
        return create_metadata_string(None, config=self.config, valid=None).decode()

    def response(self, role, provider, sign="assertion", encrypt=None, name="alice", destination=ENDPOINT, session=None, **more):
        """The text of a response. `sign`: assertion, response or both; `encrypt`: a certificate's file."""
        attributes = {"Role": [f"{role},{provider}"], "RoleSessionName": ["visit"]} | more.pop("attributes", {})
        identity = {ATTRIBUTES + key: value for key, value in attributes.items() if value is not None}
        identity |= more.pop("others", {})
        made = self.server.create_authn_response(
            identity, in_response_to=None, destination=destination, sp_entity_id=self.audience, userid=name,
            name_id=NameID(format=more.pop("format", NAMEID_FORMAT_PERSISTENT), text=name),
            authn={"class_ref": saml.AUTHN_PASSWORD, "authn_auth": "https://idp.example.com"},
            sign_assertion=sign in ("assertion", "both"), sign_response=sign in ("response", "both"),
            sign_alg=more.pop("sign_alg", SHA256), digest_alg=more.pop("digest_alg", DIGEST),
            encrypt_assertion=bool(encrypt), encrypt_cert_assertion=encrypt and pem_body(encrypt),
            session_not_on_or_after=session, **more)
        return str(made)

    def resign(self, text, element="urn:oasis:names:tc:SAML:2.0:assertion:Assertion"):
        """Signs a response of which something was changed."""
        return sign(text, self.key, element)


def sign(text, key, element):
    with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
        file.write(text)
        file.flush()
        done = subprocess.run(
            ["xmlsec1", "--sign", "--privkey-pem", key, "--id-attr:ID", element, file.name], capture_output=True, text=True, check=True)
    return done.stdout


def pem_body(file):
    with open(file) as lines:
        return "".join(line.strip() for line in lines if "-----" not in line)


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def unsigned(text):
    """Without its signatures."""
    return re.sub(r"<(\w+:)?Signature[ >].*?</(\w+:)?Signature>", "", text, flags=re.S)


def assertion_of(text):
    return re.search(r"<(\w+:)?Assertion[ >].*</(\w+:)?Assertion>", text, re.S).group()


def signature_of(text):
    return re.search(r"<(\w+:)?Signature[ >].*?</(\w+:)?Signature>", text, re.S).group()


def moment(seconds):
    when = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")



TEMPLATE = """<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Type="http://www.w3.org/2001/04/xmlenc#Element">
<xenc:EncryptionMethod Algorithm="{content}"/><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><xenc:EncryptedKey>
<xenc:EncryptionMethod Algorithm="{transport}"/><ds:KeyInfo><ds:KeyName/></ds:KeyInfo><xenc:CipherData><xenc:CipherValue/>
</xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>"""


def encrypted(text, certificate, content="http://www.w3.org/2009/xmlenc11#aes256-gcm", session="aes-256",
              transport="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"):
    """The response with its assertion encrypted for a certificate; any signature over the response is to be made after."""
    plain = assertion_of(text)
    spaces = re.search(r"<ns0:Response ([^>]*?)ID=", text).group(1)
    alone = re.sub(r"^<(\w+:)?Assertion", lambda found: f"{found.group()} {spaces}", plain)
    with tempfile.NamedTemporaryFile("w", suffix=".xml") as data, tempfile.NamedTemporaryFile("w", suffix=".xml") as template:
        data.write(alone)
        data.flush()
        template.write(TEMPLATE.format(content=content, transport=transport))
        template.flush()
        done = subprocess.run(
            ["xmlsec1", "--encrypt", "--pubkey-cert-pem", certificate, "--session-key", session, "--xml-data", data.name,
             template.name], capture_output=True, text=True, check=True)
    hidden = re.sub(r"<\?xml.*?\?>\s*", "", done.stdout)
    return text.replace(plain, f"<ns1:EncryptedAssertion>{hidden}</ns1:EncryptedAssertion>")
