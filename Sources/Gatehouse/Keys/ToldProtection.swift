import Formats
import KeyEngine

/// What a running server answers to `GET /_gatehouse/kms/protection`, as far as `gatehouse doctor` says it on.
struct ToldProtection {
    /// One line.
    var text: String { ProtectionStatus(status).text }
    /// Why the device cannot be used; nil where it can.
    let problem: String?
    let isMemoryLocked: Bool
    private let status: EngineStatus

    init(_ bytes: [UInt8]) throws {
        var json = JSONReader(bytes)
        var (members, isLocked): ([String: String], Bool) = ([:], true)
        let texts: Set<String> = [
            "root", "status", "reason", "validation", "module", "library", "token", "manufacturer", "model",
            "serialNumber",
            "hardwareVersion", "firmwareVersion",
        ]
        try json.beginObject()
        while let key = try json.nextKey() {
            if texts.contains(key) {
                members[key] = try json.readString()
            } else if key == "memory" {
                try json.beginObject()
                while let name = try json.nextKey() {
                    if name == "locked" { isLocked = try json.readBool() } else { try json.skipValue() }
                }
            } else {
                try json.skipValue()
            }
        }
        try json.finish()
        isMemoryLocked = isLocked
        let isAvailable = members["status"] == "available"
        problem = isAvailable ? nil : members["reason"] ?? "it cannot be used at this moment"
        let root = members["root"].flatMap(EngineStatus.Root.init) ?? .software
        status = EngineStatus(
            root: root, isAvailable: isAvailable, reason: members["reason"], device: ToldProtection.device(members))
    }

    private static func device(_ members: [String: String]) -> DeviceDescription? {
        guard let module = members["module"] else { return nil }
        func text(_ name: String) -> String { members[name] ?? "" }
        return DeviceDescription(
            module: module, library: text("library"), tokenLabel: text("token"), manufacturer: text("manufacturer"),
            model: text("model"), serialNumber: text("serialNumber"), hardwareVersion: text("hardwareVersion"),
            firmwareVersion: text("firmwareVersion"),
            validation: members["validation"] == ProtectionStatus.noValidation ? nil : members["validation"])
    }
}
