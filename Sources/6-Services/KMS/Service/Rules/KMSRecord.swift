import AWS
import Door
import Journal
import KMSAPI
import Smithy

/// How CloudTrail tells of KMS calls: `resources` names the key, and the accounts of the keys have records of a foreign
/// caller.
/// - Source: KMS Developer Guide, "Logging AWS KMS API calls with AWS CloudTrail", the examples.
enum KMSRecord {
    static func of(
        _ keys: KMSKey?..., facts: RequestFacts, request: Recording.Elements = .shape, isReadOnly: Bool? = nil
    ) -> Recording {
        of(keys.compactMap { $0 }, facts, request: request, isReadOnly: isReadOnly)
    }

    static func of(_ key: KMSKey?, _ facts: RequestFacts, isReadOnly: Bool? = nil) -> Recording {
        of([key].compactMap { $0 }, facts, isReadOnly: isReadOnly)
    }

    /// Of a change. The records tell the key's ARN even where the answer does not. - Parameter isTold: whether it does.
    static func ofChange(_ key: KMSKey?, _ facts: RequestFacts, isTold: Bool = false) -> Recording {
        var recording = of(key, facts)
        if let key, !isTold { recording.answered = ["keyId": key.arn] }
        return recording
    }

    /// A request, shown by its shape: for those whose tokens of grants were taken out before.
    static func request(_ input: some Shape) -> Recording.Elements {
        var encoder = RecordEncoder(timeStyle: .sts, subjectTypes: [:])
        return encoder.encode(input).map { .json($0) } ?? .none
    }

    /// Of a change of an alias: it and its key are told.
    /// - Source: KMS Developer Guide, "CreateAlias", "DeleteAlias", "UpdateAlias", the log entries.
    static func ofAlias(_ target: AliasTarget?, _ facts: RequestFacts) -> Recording {
        guard let target else { return Recording() }
        var recording = ofChange(target.next?.key ?? target.current?.key, facts)
        recording.resources.insert(
            Event.Resource(account: target.account, type: "AWS::KMS::Alias", arn: target.arn), at: 0)
        recording.subjects.insert(Event.Subject(type: "AWS::KMS::Alias", name: target.arn), at: 0)
        return recording
    }

    private static func of(
        _ keys: [KMSKey], _ facts: RequestFacts, request: Recording.Elements = .shape, isReadOnly: Bool?
    ) -> Recording {
        var recording = Recording(
            isReadOnly: isReadOnly, request: request,
            resources: keys.map { Event.Resource(account: $0.account, type: "AWS::KMS::Key", arn: $0.arn) },
            subjects: keys.map { Event.Subject(type: "AWS::KMS::Key", name: $0.arn) })
        recording.owner = keys.first?.account
        recording.sharedWith = keys.map(\.account)
        return recording
    }
}
