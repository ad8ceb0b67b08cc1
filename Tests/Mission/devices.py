"""Virtual devices, and the password of everybody here."""

import totp
from scene import ACCOUNT

PASSWORD = "Correct horse 7 battery"


def device(scene, name, user=None):
    """A virtual device, enabled for a user or for root; its serial and its seed."""
    made = scene.iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
    seed = made["Base32StringSeed"].decode() if isinstance(made["Base32StringSeed"], bytes) else made["Base32StringSeed"]
    first, second = totp.pair(scene, seed)
    scene.iam.enable_mfa_device(
        UserName=user or ACCOUNT, SerialNumber=made["SerialNumber"], AuthenticationCode1=first, AuthenticationCode2=second)
    return made["SerialNumber"], seed
