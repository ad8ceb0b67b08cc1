import Crypto
import Formats
import KMSService
import KeyEngine
import World

/// What protects the keys, as `GET /_gatehouse/kms/protection` and `gatehouse doctor` tell it: what the device reports, and
/// no validation that it does not.
struct ProtectionStatus {
    static let path = "/_gatehouse/kms/protection"

    private let status: EngineStatus
    private let change: RootChange.Status?

    /// - Parameter change: of the root, where one is under way or was finished since the start.
    init(_ status: EngineStatus, _ change: RootChange.Status? = nil) { (self.status, self.change) = (status, change) }

    private var validation: String { status.device?.validation ?? ProtectionStatus.noValidation }
    static let noValidation = "none claimed"

    /// What to do where the memory of keys cannot be locked.
    static let remedyOfMemory =
        "allow 32 MiB of locked memory (LimitMEMLOCK=32M in the service's unit, ulimit -l 32768 in a shell, --ulimit "
        + "memlock=33554432 for a container)"

    /// Once, at the start.
    static func warnOfMemory(_ log: Log) {
        guard !SecretMemory.isLocked else { return }
        log(.warning, "the memory of keys cannot be locked, and may reach the swap", ["remedy": remedyOfMemory])
    }

    var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("root", status.root.rawValue)
        json.member("status", status.isAvailable ? "available" : "unavailable")
        if let reason = status.reason { json.member("reason", reason) }
        json.member("validation", validation)
        if let device = status.device {
            json.member("module", device.module)
            json.member("library", device.library)
            json.member("token", device.tokenLabel)
            json.member("manufacturer", device.manufacturer)
            json.member("model", device.model)
            json.member("serialNumber", device.serialNumber)
            json.member("hardwareVersion", device.hardwareVersion)
            json.member("firmwareVersion", device.firmwareVersion)
            if let cluster = DeviceCluster.id(status) { json.member("cloudHsmClusterId", cluster) }
        }
        json.key("memory")
        json.beginObject()
        json.key("locked")
        json.bool(SecretMemory.isLocked)
        json.key("overflows")
        json.integer(SecretMemory.overflows)
        json.endObject()
        if let change {
            json.key("rotation")
            json.beginObject()
            json.member("status", change.isFinished ? "finished" : "running")
            json.key("keys")
            json.integer(change.total)
            json.key("done")
            json.integer(change.done)
            if let name = change.formerRoot { json.member("formerRoot", name) }
            if let problem = change.problem { json.member("problem", problem) }
            json.endObject()
        }
        json.endObject()
        return json.bytes
    }

    /// One line.
    var text: String {
        guard let device = status.device else {
            return "root key in software, in this machine's memory; validation: \(validation)"
        }
        return "root key in an HSM: token \"\(device.tokenLabel)\" of \(device.manufacturer), model \(device.model), "
            + "firmware \(device.firmwareVersion), module \(device.module) (\(device.library)); validation: \(validation)"
            + (DeviceCluster.id(status).map { "; for custom key stores of KMS it is \($0)" } ?? "")
    }
}
