import AWS
import Crypto
import Formats
import IAMService
import World

/// What an instance can show of itself, signed by the server: who reads it knows which account and machine it is of.
///
/// - Source: EC2 User Guide, "Instance identity documents for your EC2 instances". What this machine has no image, kernel
///   or product codes for is null.
struct IdentityDocument {
    private let instance: Instance

    init(_ instance: Instance) { self.instance = instance }

    /// Zones have no meaning here, but clients cut the Region out of them.
    static func zone(_ region: Region) -> String { region.description + "a" }

    #if arch(arm64)
        private static let architecture = "arm64"
    #else
        private static let architecture = "x86_64"
    #endif
    static let machineType = "gatehouse.local"

    /// The members as AWS's documents have them, in their order, each on a line.
    private var bytes: [UInt8] {
        let region = instance.region
        let members: [(String, String?)] = [
            ("accountId", instance.account.description), ("architecture", IdentityDocument.architecture),
            ("availabilityZone", IdentityDocument.zone(region)), ("billingProducts", nil),
            ("devpayProductCodes", nil), ("marketplaceProductCodes", nil), ("imageId", nil),
            ("instanceId", instance.id), ("instanceType", IdentityDocument.machineType), ("kernelId", nil),
            ("pendingTime", instance.created.iso8601), ("privateIp", "127.0.0.1"), ("ramdiskId", nil),
            ("region", region.description), ("version", "2017-09-30"),
        ]
        let lines = members.map { name, value in "  \"\(name)\" : " + (value.map { "\"\($0)\"" } ?? "null") }
        return Array(("{\n" + lines.joined(separator: ",\n") + "\n}").utf8)
    }

    /// The answer to the machine that begins: its id, secret and document with the signatures.
    func told(with signer: DocumentSigner, _ started: RunInstance.Started) throws -> [UInt8] {
        let document = bytes
        let message = IdentityDocument.lines(try signer.message(document))
        return InstanceMessage.bytes([
            ("instanceId", instance.id), ("secret", started.secret), ("account", instance.account.description),
            ("region", instance.region.description), ("zone", IdentityDocument.zone(instance.region)),
            ("profileArn", started.profile.arn), ("document", String(decoding: document, as: UTF8.self)),
            ("signature", IdentityDocument.lines(try signer.signature(document))), ("pkcs7", message),
            ("rsa2048", message),
        ])
    }

    /// Base64 in lines of 64, as the metadata service shows signatures.
    private static func lines(_ bytes: [UInt8]) -> String {
        let text = Array(Base64.encode(bytes))
        return stride(from: 0, to: text.count, by: 64).map { String(text[$0..<min($0 + 64, text.count)]) }
            .joined(separator: "\n")
    }
}
