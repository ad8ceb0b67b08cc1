"""Virtual MFA devices over the wire: made, enabled by the codes of an app, listed, tagged, taken away."""

import base64
import json
import struct
import subprocess
import zlib

from audit import records
from authenticator import Authenticator, code, codes, within_a_step
from errors import refused
from patience import PATIENCE
from server import ACCOUNT, OTHER_ACCOUNT, ROOT_KEYS, Keys, Server
from callers import Clients


def test_a_user_enables_an_app(server, root, people):
    people.user("ann")
    app = Authenticator(server, root.iam, "phone", Path="/staff/", Tags=[{"Key": "team", "Value": "red"}])
    assert app.serial == f"arn:aws:iam::{ACCOUNT}:mfa/staff/phone"
    assert len(app.seed) == 64 and app.picture.startswith(b"\x89PNG\r\n\x1a\n")
    app.enable("ann")
    (device,) = root.iam.list_mfa_devices(UserName="ann")["MFADevices"]
    assert (device["UserName"], device["SerialNumber"]) == ("ann", app.serial) and device["EnableDate"]
    (listed,) = root.iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"]
    assert listed["User"]["UserName"] == "ann" and listed["EnableDate"] == device["EnableDate"]
    assert "Base32StringSeed" not in listed and "QRCodePNG" not in listed
    summary = root.iam.get_account_summary()["SummaryMap"]
    assert (summary["MFADevices"], summary["MFADevicesInUse"], summary["AccountMFAEnabled"]) == (1, 1, 0)


def test_the_picture_tells_the_seed(server, root):
    """Read back, the QR code is the address that apps know. Needs no camera: the modules are drawn again and compared."""
    app = Authenticator(server, root.iam, "phone")
    address = f"otpauth://totp/phone@{ACCOUNT}?secret={app.seed}"
    width, rows = gray(app.picture)
    assert width == len(rows) and rows[0] == b"\xff" * width
    words = ["qrencode", "-8", "-l", "M", "-m", "4", "-t", "ASCII", "-o", "-", address]
    drawn = subprocess.run(words, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout
    wanted = [[cell == "#" for cell in line[::2]] for line in drawn.splitlines()]
    assert [[rows[y * 5][x * 5] == 0 for x in range(width // 5)] for y in range(width // 5)] == wanted


def gray(picture):
    """The rows of a gray PNG of eight bits."""
    width, height, depth, color = struct.unpack(">IIBB", picture[16:26])
    assert (depth, color) == (8, 0)
    data, at = b"", 8
    while at < len(picture):
        size, kind = struct.unpack(">I4s", picture[at:at + 8])
        if kind == b"IDAT":
            data += picture[at + 8:at + 8 + size]
        at += size + 12
    raw, rows, before = zlib.decompress(data), [], bytes(width)
    for y in range(height):
        kind, line = raw[y * (width + 1)], bytearray(raw[y * (width + 1) + 1:(y + 1) * (width + 1)])
        for x in range(width):
            left, up, corner = line[x - 1] if x else 0, before[x], before[x - 1] if x else 0
            if kind == 4:
                guess = left + up - corner
                near = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
            else:
                near = (0, left, up, (left + up) // 2)[kind]
            line[x] = (line[x] + near) & 255
        before = bytes(line)
        rows.append(before)
    return width, rows


def test_wrong_codes_enable_nothing(server, root, people):
    people.user("ann")
    app, other = (Authenticator(server, root.iam, name) for name in ("phone", "tablet"))
    # Codes that are the same by chance would make a good pair of a wrong one.
    while len(set(shown := codes(app.seed, within_a_step(server), -3, 4))) < 4:
        server.advance(minutes=5)
    first, second, third, fourth = shown
    good = {"AuthenticationCode1": second, "AuthenticationCode2": third}
    swapped, apart, same = (third, second), (first, third), (fourth, fourth)
    for pair in (swapped, apart, same, *(tuple(one.values()) for one in (other.pair(-2), app.pair(-200), app.pair(200)))):
        with refused("InvalidAuthenticationCode", "Authentication code for device is not valid.", status=403):
            root.iam.enable_mfa_device(
                UserName="ann", SerialNumber=app.serial, AuthenticationCode1=pair[0], AuthenticationCode2=pair[1])
    assert root.iam.list_mfa_devices(UserName="ann")["MFADevices"] == []
    app.enable("ann")
    with refused("EntityAlreadyExists", "MFA Device for user ann already exists."):
        app.enable("ann")
    root.iam.create_user(UserName="ben")
    with refused("EntityAlreadyExists", "MFA Device is already in use."):
        app.enable("ben")
    for name in ("ben", "ann"):
        with refused("NoSuchEntity", "MFA Device invalid for user."):
            root.iam.deactivate_mfa_device(UserName=name, SerialNumber=(other if name == "ann" else app).serial)
    with refused("NoSuchEntity", "does not exist"):
        root.iam.enable_mfa_device(UserName="ann", SerialNumber=app.serial + "x", **good)
    for record in records(root, "EnableMFADevice"):
        assert set(record["requestParameters"]) == {"userName", "serialNumber"}


def test_errors_have_awss_words(server, root, people):
    people.user("ann")
    app = Authenticator(server, root.iam, "phone").enable("ann")
    with refused("EntityAlreadyExists", "MFA device already exists."):
        root.iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")
    with refused("DeleteConflict", "MFA VirtualDevice in use. Must deactivate first."):
        root.iam.delete_virtual_mfa_device(SerialNumber=app.serial)
    root.iam.delete_access_key(
        UserName="ann", AccessKeyId=root.iam.list_access_keys(UserName="ann")["AccessKeyMetadata"][0]["AccessKeyId"])
    with refused("DeleteConflict", "Cannot delete entity, must remove tokens from principal first."):
        root.iam.delete_user(UserName="ann")
    root.iam.deactivate_mfa_device(UserName="ann", SerialNumber=app.serial)
    with refused("NoSuchEntity"):
        root.iam.deactivate_mfa_device(UserName="ann", SerialNumber=app.serial)
    root.iam.delete_virtual_mfa_device(SerialNumber=app.serial)
    with refused("NoSuchEntity", f"MFA Device with serial number {app.serial} does not exist."):
        root.iam.delete_virtual_mfa_device(SerialNumber=app.serial)
    root.iam.delete_user(UserName="ann")


def test_another_accounts_device_is_not_there(server, root, other):
    other.iam.create_user(UserName="olaf")
    app = Authenticator(server, root.iam, "phone")
    for call in (
        lambda: other.iam.delete_virtual_mfa_device(SerialNumber=app.serial),
        lambda: other.iam.list_mfa_device_tags(SerialNumber=app.serial),
        lambda: other.iam.tag_mfa_device(SerialNumber=app.serial, Tags=[{"Key": "a", "Value": "b"}]),
        lambda: other.iam.enable_mfa_device(UserName="olaf", SerialNumber=app.serial, **app.pair(-2)),
    ):
        with refused("NoSuchEntity"):
            call()
    assert Authenticator(server, other.iam, "phone").serial == f"arn:aws:iam::{OTHER_ACCOUNT}:mfa/phone"


def test_lists_are_paged_and_sorted(server, root, people):
    people.user("ann")
    names = ["a", "b", "c", "d", "e"]
    apps = [Authenticator(server, root.iam, name) for name in reversed(names)]
    for app in apps[:3]:
        app.enable("ann")

    def serials(operation, key, **more):
        pages = root.iam.get_paginator(operation).paginate(PaginationConfig={"PageSize": 2}, **more)
        return [device["SerialNumber"].rsplit("/", 1)[1] for page in pages for device in page[key]]

    assert serials("list_virtual_mfa_devices", "VirtualMFADevices") == names
    assert serials("list_virtual_mfa_devices", "VirtualMFADevices", AssignmentStatus="Assigned") == ["c", "d", "e"]
    assert serials("list_virtual_mfa_devices", "VirtualMFADevices", AssignmentStatus="Unassigned") == ["a", "b"]
    assert serials("list_mfa_devices", "MFADevices", UserName="ann") == ["c", "d", "e"]


def test_tags_guard_a_device(server, root, people):
    app = Authenticator(server, root.iam, "phone")
    root.iam.tag_mfa_device(SerialNumber=app.serial, Tags=[{"Key": "a", "Value": "1"}])
    root.iam.tag_mfa_device(SerialNumber=app.serial, Tags=[{"Key": "team", "Value": "blue"}])
    assert root.iam.list_mfa_device_tags(SerialNumber=app.serial)["Tags"] == [
        {"Key": "a", "Value": "1"}, {"Key": "team", "Value": "blue"}]
    root.iam.untag_mfa_device(SerialNumber=app.serial, TagKeys=["A", "a", "Team"])
    assert [tag["Key"] for tag in root.iam.list_mfa_device_tags(SerialNumber=app.serial)["Tags"]] == ["team"]
    only_red = json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "iam:DeleteVirtualMFADevice", "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceTag/team": "red"}}}]})
    ann = people.user("ann", only_red)
    with refused("AccessDenied"):
        ann.iam.delete_virtual_mfa_device(SerialNumber=app.serial)
    root.iam.tag_mfa_device(SerialNumber=app.serial, Tags=[{"Key": "team", "Value": "red"}])
    ann.iam.delete_virtual_mfa_device(SerialNumber=app.serial)


def test_the_command_line_writes_the_picture(server, aws, tmp_path, root, people):
    people.user("ann")
    for method in ("QRCodePNG", "Base32StringSeed"):
        out = tmp_path / method
        made = aws("iam", "create-virtual-mfa-device", "--virtual-mfa-device-name", method, "--outfile", str(out),
                   "--bootstrap-method", method)
        assert made["VirtualMFADevice"] == {"SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/{method}"}
    assert (tmp_path / "QRCodePNG").read_bytes().startswith(b"\x89PNG")
    seed = (tmp_path / "Base32StringSeed").read_text()
    time = within_a_step(server)
    serial = f"arn:aws:iam::{ACCOUNT}:mfa/Base32StringSeed"
    aws("iam", "enable-mfa-device", "--user-name", "ann", "--serial-number", serial,
        "--authentication-code1", code(seed, time, -2), "--authentication-code2", code(seed, time, -1))
    assert aws("iam", "list-mfa-devices", "--user-name", "ann")["MFADevices"][0]["SerialNumber"] == serial


def test_used_codes_stay_used_after_a_crash(tmp_path):
    server = Server(tmp_path / "data")
    try:
        root = Clients(server, ROOT_KEYS)
        root.iam.create_user(UserName="ann")
        ann = Keys.of(root.iam.create_access_key(UserName="ann"))
        app = Authenticator(server, root.iam, "phone").enable("ann")
        factor = app.factor()
        Clients(server, ann).sts.get_session_token(**factor)
        session = Keys.of(Clients(server, ann).sts.get_session_token(**app.factor(1)))
        server.kill()
        server = Server(tmp_path / "data")
        clients = Clients(server, ann)
        with refused("AccessDenied", "invalid MFA one time pass code"):
            clients.sts.get_session_token(**factor)
        assert Clients(server, session).sts.get_caller_identity()["Arn"].endswith(":user/ann")
    finally:
        server.stop()


def test_no_seed_lies_about(tmp_path):
    server = Server(tmp_path / "data")
    root = Clients(server, ROOT_KEYS)
    app = Authenticator(server, root.iam, "phone")
    assert server.stop() == 0
    for seed in (app.seed.encode(), base64.b32decode(app.seed), base64.b64encode(app.seed.encode())):
        for path in (tmp_path / "data").rglob("*"):
            assert not path.is_file() or seed not in path.read_bytes(), path
