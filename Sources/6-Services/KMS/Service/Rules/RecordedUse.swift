import Door
import Formats
import KMSAPI

/// How CloudTrail tells of the use of a key: how it was used and for which context, never what went in or came out.
/// - Source: KMS Developer Guide, "Logging AWS KMS API calls with AWS CloudTrail", the examples of each operation.
struct RecordedUse {
    private var request = JSONWriter()

    init() { request.beginObject() }

    /// As the request named it; nil where it did not.
    init(keyID: String?) {
        self.init()
        text("keyId", keyID)
    }

    mutating func text(_ name: String, _ value: String?) {
        if let value { request.member(name, value) }
    }

    mutating func number(_ name: String, _ value: Int?) {
        guard let value else { return }
        request.key(name)
        request.integer(value)
    }

    mutating func context(_ name: String, _ context: [String: String]?) {
        guard let context else { return }
        request.key(name)
        request.beginObject()
        for pair in context.sorted(by: { $0.key < $1.key }) { request.member(pair.key, pair.value) }
        request.endObject()
    }

    mutating func dryRun(_ isDryRun: Bool?) {
        guard let isDryRun else { return }
        request.key("dryRun")
        request.bool(isDryRun)
    }

    /// - Parameter materials: what `additionalEventData` names of a call that succeeded; symmetric keys alone show theirs.
    consuming func recording(
        of key: KMSKey?, and second: KMSKey? = nil, _ facts: RequestFacts, materials: [(String, KeyMaterial?)] = []
    ) -> Recording {
        request.endObject()
        var recording = KMSRecord.of(key, second, facts: facts, request: .json(request.bytes), isReadOnly: true)
        recording.additionalDataOfSuccess = RecordedUse.object(materials)
        return recording
    }

    private static func object(_ materials: [(String, KeyMaterial?)]) -> [UInt8]? {
        guard materials.contains(where: { $0.1 != nil }) else { return nil }
        var json = JSONWriter(reserving: 96)
        json.beginObject()
        for (name, material) in materials { if let material { json.member(name, material.id) } }
        json.endObject()
        return json.bytes
    }
}

extension KMSKey {
    /// What records and answers name where a symmetric key encrypts; nil of pairs and HMAC keys.
    var shownMaterial: KeyMaterial? { spec == .symmetricDefault ? materials.last : nil }
}
