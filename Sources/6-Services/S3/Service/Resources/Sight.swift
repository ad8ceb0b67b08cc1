import Door
import S3API

/// What a GET or HEAD tells of an object besides itself, to those who may see it.
/// - Source: S3 API Reference, "GetObject", `TagCount`; S3 User Guide, "Object Lock considerations", "Permissions for viewing
///   lock information".
enum Sight: CaseIterable {
    case tagCount, retention, legalHold

    /// Those that there is anything to tell of.
    static func of(_ target: ObjectTarget) -> [Sight] {
        guard target.object != nil else { return [] }
        return allCases.filter { sight in
            switch sight {
            case .tagCount: !target.tags.isEmpty
            case .retention: target.lock.retention != nil
            case .legalHold: target.lock.isHeld != nil
            }
        }
    }

    /// Of the leave to see a lock there is none for versions.
    func ask(_ target: ObjectTarget, version: String?) throws -> Ask {
        switch self {
        case .tagCount: try target.ask("GetObjectTagging", version: version)
        case .retention: try target.ask("GetObjectRetention")
        case .legalHold: try target.ask("GetObjectLegalHold")
        }
    }
}

extension ObjectOutput {
    /// - Parameter verdicts: on the questions that `ObjectTarget.reading` added.
    mutating func set(_ target: ObjectTarget, _ verdicts: [Verdict]) {
        for case (let sight, .allowed) in zip(Sight.of(target), verdicts) {
            switch sight {
            case .tagCount: tagCount = target.tags.count
            case .retention:
                objectLockMode = target.lock.retention.map { .init(rawValue: $0.mode.name) }
                objectLockRetainUntilDate = target.lock.retention?.until
            case .legalHold: objectLockLegalHoldStatus = target.lock.isHeld.map { $0 ? .on : .off }
            }
        }
    }
}
