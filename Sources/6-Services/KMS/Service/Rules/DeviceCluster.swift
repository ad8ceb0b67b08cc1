import Crypto
import Formats
import KMSAPI
public import KeyEngine

/// The PKCS#11 device of this server, called as AWS calls a CloudHSM cluster: `cluster-` and eleven letters that follow
/// from the token's label and serial number. A server without a device has no cluster.
public enum DeviceCluster {
    /// Nil without a device.
    public static func id(_ status: EngineStatus) -> String? {
        guard status.root == .hsm, let device = status.device else { return nil }
        let digest = SHA256.hash(Array("\(device.tokenLabel)\u{0}\(device.serialNumber)".utf8))
        return "cluster-" + String(decoding: Base32.encodeBytes(digest).prefix(11), as: UTF8.self).lowercased()
    }

    /// - Throws: `CloudHsmClusterNotFoundException` where the id is not the device's.
    static func require(_ id: String, _ status: EngineStatus) throws {
        guard DeviceCluster.id(status) == id else {
            throw KMS.CloudHsmClusterNotFoundException(
                message: "The AWS CloudHSM cluster \(id) is not found: it is no PKCS#11 device of this server.")
        }
    }
}
