import AWS
import Formats
import Journal
import KMSAPI
import World

/// What AWS itself does with keys, as CloudTrail tells it.
/// - Source: KMS Developer Guide, "RotateKey", "DeleteKey", "DeleteExpiredKeyMaterial", the log entries.
struct KeyEvents: Sendable {
    let identifiers: Identifiers

    /// - Parameter details: what was done, besides to which key; nil where the name says it all.
    func event(
        _ name: String, on key: KMSKey, _ now: Instant, _ details: KeyValuePairs<String, String?>?
    ) -> Event {
        Event(
            kind: .service, id: identifiers.uuid(), time: now, account: key.account, region: key.region,
            source: "kms.amazonaws.com", name: name, isReadOnly: false, category: .management,
            identity: EventIdentity(internalTo: key.account), sourceAddress: EventIdentity.internalName,
            userAgent: EventIdentity.internalName, requestID: "",
            responseElements: details == nil ? KeyEvents.object(["keyId": key.arn]) : nil,
            serviceDetails: details.map { KeyEvents.object(["keyId": key.id], $0) },
            resources: [Event.Resource(account: key.account, type: "AWS::KMS::Key", arn: key.arn)],
            subjects: [Event.Subject(type: "AWS::KMS::Key", name: key.arn)])
    }

    private static func object(
        _ members: KeyValuePairs<String, String>, _ more: KeyValuePairs<String, String?> = [:]
    ) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        for (name, value) in members { json.member(name, value) }
        for (name, value) in more { if let value { json.member(name, value) } }
        json.endObject()
        return json.bytes
    }

    func rotation(_ key: KMSKey, to material: String, _ type: KMS.RotationType, _ now: Instant) -> Event {
        event(
            "RotateKey", on: key, now,
            [
                "rotationType": type.rawValue, "keyOrigin": key.origin.rawValue, "currentKeyMaterialId": material,
                "previousKeyMaterialId": key.materials.last?.id,
            ])
    }
}
