"""Defends OpenID Connect providers in IAM: made, listed, changed, tagged and removed, with their rules and limits."""

import pytest

from callers import Clients
from errors import refused
from oidc_provider import OIDCProvider, self_signed, thumbprint
from patience import PATIENCE
from people import arn, policy, statement
from server import OTHER_ACCOUNT, ROOT_KEYS, Server

PRINT = "0123456789abcdef0123456789ABCDEF01234567"


def make(root, url="https://id.example.com/tenant", **more):
    return root.iam.create_open_id_connect_provider(Url=url, ThumbprintList=[PRINT], **more)["OpenIDConnectProviderArn"]


def test_a_provider_is_told_as_it_was_made(root):
    made = make(root, ClientIDList=["b", "a"], Tags=[{"Key": "team", "Value": "blue"}])
    assert made == arn("oidc-provider", "id.example.com/tenant")
    shown = root.iam.get_open_id_connect_provider(OpenIDConnectProviderArn=made)
    assert shown["Url"] == "id.example.com/tenant" and shown["ThumbprintList"] == [PRINT.lower()]
    assert shown["ClientIDList"] == ["b", "a"] and shown["Tags"] == [{"Key": "team", "Value": "blue"}]
    assert "CreateDate" in shown
    assert root.iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == [{"Arn": made}]
    assert root.iam.get_account_summary()["SummaryMap"]["Providers"] == 1


def test_a_provider_is_changed_and_removed(root):
    made = make(root)
    which = {"OpenIDConnectProviderArn": made}
    for _ in range(2):
        root.iam.add_client_id_to_open_id_connect_provider(ClientID="app", **which)
    assert root.iam.get_open_id_connect_provider(**which)["ClientIDList"] == ["app"]
    for _ in range(2):
        root.iam.remove_client_id_from_open_id_connect_provider(ClientID="app", **which)
    assert root.iam.get_open_id_connect_provider(**which)["ClientIDList"] == []
    root.iam.update_open_id_connect_provider_thumbprint(ThumbprintList=["f" * 40, "e" * 40], **which)
    assert root.iam.get_open_id_connect_provider(**which)["ThumbprintList"] == ["f" * 40, "e" * 40]
    root.iam.tag_open_id_connect_provider(Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}], **which)
    page = root.iam.list_open_id_connect_provider_tags(MaxItems=1, **which)
    assert page["IsTruncated"] and page["Tags"] == [{"Key": "a", "Value": "1"}]
    rest = root.iam.list_open_id_connect_provider_tags(Marker=page["Marker"], **which)
    assert rest["Tags"] == [{"Key": "b", "Value": "2"}] and not rest["IsTruncated"]
    root.iam.untag_open_id_connect_provider(TagKeys=["A", "a"], **which)
    assert root.iam.list_open_id_connect_provider_tags(**which)["Tags"] == [{"Key": "b", "Value": "2"}]
    root.iam.delete_open_id_connect_provider(**which)
    with refused("NoSuchEntity", f"OpenId connect Provider {made} cannot be found."):
        root.iam.delete_open_id_connect_provider(**which)
    with refused("NoSuchEntity", f"OpenIDConnect Provider not found for arn {made}"):
        root.iam.get_open_id_connect_provider(**which)
    # A namesake has nothing of it.
    make(root)
    shown = root.iam.get_open_id_connect_provider(**which)
    assert not shown.get("Tags") and shown["ClientIDList"] == []


@pytest.mark.parametrize("url", [
    "http://id.example.com", "id.example.com", "ftp://id.example.com", "https://", "https://a b.example.com",
    "https://me:secret@id.example.com", "https://id.example.com:port", "https://id.example.com/a/../b",
    "https://id.example.com/%2e", "http://127.0.0.1.example.com",
])
def test_urls_that_are_no_issuers_are_refused(root, url):
    with refused("ValidationError", "Invalid Open ID Connect Provider URL"):
        make(root, url)


@pytest.mark.parametrize("url", ["https://id.example.com?x=1", "https://id.example.com/?x=1", "https://id.example.com/#part"])
def test_urls_with_more_than_a_path_are_refused(root, url):
    with refused("InvalidInput", "Invalid Open ID Connect Provider URL"):
        make(root, url)


def test_lists_are_told_in_their_order(root):
    made = make(root, ClientIDList=["z-client", "a-client", "z-client"])
    which = {"OpenIDConnectProviderArn": made}
    for client in ["m-client", "a-client"]:
        root.iam.add_client_id_to_open_id_connect_provider(ClientID=client, **which)
    root.iam.update_open_id_connect_provider_thumbprint(ThumbprintList=["C" * 40, "a" * 40, "C" * 40], **which)
    shown = root.iam.get_open_id_connect_provider(**which)
    assert shown["ClientIDList"] == ["z-client", "a-client", "m-client"]
    assert shown["ThumbprintList"] == ["c" * 40, "a" * 40, "c" * 40]
    root.iam.remove_client_id_from_open_id_connect_provider(ClientID="z-client", **which)
    root.iam.add_client_id_to_open_id_connect_provider(ClientID="z-client", **which)
    assert root.iam.get_open_id_connect_provider(**which)["ClientIDList"] == ["a-client", "m-client", "z-client"]
    with refused("InvalidInput", "Thumbprint list must contain at least one entry."):
        root.iam.update_open_id_connect_provider_thumbprint(ThumbprintList=[], **which)


def test_names_of_providers(root):
    """A slash at the end and the case of the host are part of the name; the port that goes without saying is not."""
    names = ["id.example.com/path/", "id.example.com/path", "ID.EXAMPLE.COM/MixedCase", "id.example.com:8443/path"]
    for name in names:
        made = make(root, "https://" + name)
        assert made == arn("oidc-provider", name)
        assert root.iam.get_open_id_connect_provider(OpenIDConnectProviderArn=made)["Url"] == name
    for url in ["https://id.example.com:443", "https://id.example.com:443/deep"]:
        name = url.removeprefix("https://").replace(":443", "")
        assert make(root, url) == arn("oidc-provider", name)
        with refused("EntityAlreadyExists"):
            make(root, "https://" + name)


def test_limits_and_duplicates(root):
    made = make(root, ClientIDList=[f"client-{number}" for number in range(100)])
    which = {"OpenIDConnectProviderArn": made}
    with refused("LimitExceeded"):
        root.iam.add_client_id_to_open_id_connect_provider(ClientID="one-more", **which)
    with refused("EntityAlreadyExists"):
        make(root)
    with refused("InvalidInput"):
        root.iam.update_open_id_connect_provider_thumbprint(ThumbprintList=["f" * 40] * 6, **which)
    with refused("InvalidInput"):
        root.iam.update_open_id_connect_provider_thumbprint(ThumbprintList=["z" * 40], **which)
    with refused("ValidationError"):
        root.iam.update_open_id_connect_provider_thumbprint(ThumbprintList=["f" * 39], **which)
    with refused("InvalidInput"):
        root.iam.tag_open_id_connect_provider(Tags=[{"Key": "aws:x", "Value": "1"}], **which)
    for number in range(99):
        make(root, f"https://id{number}.example.com")
    with refused("LimitExceeded"):
        make(root, "https://one-more.example.com")


def test_what_is_not_there_and_what_is_no_arn(root):
    for call in [root.iam.get_open_id_connect_provider, root.iam.list_open_id_connect_provider_tags]:
        with refused("NoSuchEntity"):
            call(OpenIDConnectProviderArn=arn("oidc-provider", "nobody.example.com"))
        with refused("ValidationError"):
            call(OpenIDConnectProviderArn=arn("user", "somebody-of-no-kind"))
        with refused("AccessDenied"):
            call(OpenIDConnectProviderArn=arn("oidc-provider", "id.example.com", OTHER_ACCOUNT))


def test_the_thumbprint_is_fetched_where_none_is_given(root, tmp_path):
    certificate = self_signed(tmp_path)
    provider = OIDCProvider(certificate=certificate)
    try:
        made = root.iam.create_open_id_connect_provider(Url=provider.url)["OpenIDConnectProviderArn"]
        shown = root.iam.get_open_id_connect_provider(OpenIDConnectProviderArn=made)
        assert shown["ThumbprintList"] == [thumbprint(certificate[0])]
        # Nothing was asked for but a handshake.
        assert provider.asked == []
    finally:
        provider.close()
    with refused("OpenIdIdpCommunicationError", "Unable to connect"):
        root.iam.create_open_id_connect_provider(Url=provider.url + "/closed")


@pytest.mark.parametrize("options, message", [
    (["--issuer-networks", "none"], "does not name loopback"), (["--issuer-networks", "10.0.0.0/8"], "does not name loopback"),
    (["--issuer-networks", "10.0.0.0/8,loopback"], None)])
def test_issuers_on_the_servers_machine_are_the_operators_to_allow(options, message, tmp_path):
    log = tmp_path / "log"
    with open(log, "w") as file:
        own = Server(options=options, log=file)
    try:
        clients = Clients(own, ROOT_KEYS)
        for url in ["http://127.0.0.1:9", "https://localhost/a"]:
            if message:
                for more in [{"ThumbprintList": ["f" * 40]}, {}]:
                    with refused("ValidationError", message):
                        clients.iam.create_open_id_connect_provider(Url=url, **more)
            else:
                clients.iam.create_open_id_connect_provider(Url=url, ThumbprintList=["f" * 40])
        # An address that nobody named, and that is not spoken to: told apart from a name that nobody has in the log alone.
        for host in ["100.64.0.1", "nobody.invalid"]:
            with refused("OpenIdIdpCommunicationError", f"Unable to connect to https://{host} to retrieve its certificate"):
                clients.iam.create_open_id_connect_provider(Url=f"https://{host}")
        assert "the setting issuer-networks does not name" in log.read_text()
    finally:
        own.stop()


def test_a_server_that_keeps_its_data_takes_no_issuer_on_its_machine_unasked(tmp_path):
    own = Server(tmp_path / "data")
    try:
        with refused("ValidationError", "issuer-networks does not name loopback"):
            Clients(own, ROOT_KEYS).iam.create_open_id_connect_provider(Url="http://127.0.0.1:9")
    finally:
        own.stop()


def test_a_list_that_is_none_stops_the_start():
    own = Server(options=["--issuer-networks", "private"], waits=False)
    assert own.process.wait(timeout=PATIENCE) != 0


def test_policies_decide_by_arn_and_tags(root, people):
    made = make(root, Tags=[{"Key": "team", "Value": "blue"}])
    other = make(root, "https://other.example.com")
    blue = {"StringEquals": {"aws:ResourceTag/team": "blue"}}
    alice = people.user("alice", policy(statement("Allow", "iam:GetOpenIDConnectProvider", Condition=blue)))
    alice.iam.get_open_id_connect_provider(OpenIDConnectProviderArn=made)
    with refused("AccessDenied", f"is not authorized to perform: iam:GetOpenIDConnectProvider on resource: {other}"):
        alice.iam.get_open_id_connect_provider(OpenIDConnectProviderArn=other)
    bob = people.user("bob", policy(statement("Allow", "iam:CreateOpenIDConnectProvider")))
    with refused("AccessDenied", "iam:TagOpenIDConnectProvider"):
        make(bob, "https://third.example.com", Tags=[{"Key": "team", "Value": "blue"}])


def test_the_command_line_lists_them(root, aws):
    made = make(root)
    assert aws("iam", "list-open-id-connect-providers")["OpenIDConnectProviderList"] == [{"Arn": made}]
