import SecretsManagerAPI
import World

/// Which version of a secret has which staging label. A label is on one version at most.
///
/// `AWSCURRENT` is always somewhere once there is a version; where it was before, `AWSPREVIOUS` is.
/// - Source: Secrets Manager User Guide, "What's in a Secrets Manager secret?", "Version".
struct StagingLabels: Sendable, Equatable {
    static let current = "AWSCURRENT"
    static let previous = "AWSPREVIOUS"
    static let pending = "AWSPENDING"

    /// Of all versions of a secret together.
    /// - Source: Secrets Manager User Guide, "Quotas".
    static let limit = 20

    /// A label, or the id of a version. Each is its bytes: texts that only look alike are two.
    private struct Name: Hashable, Sendable {
        let bytes: [UInt8]
        init(_ text: String) { bytes = Array(text.utf8) }
        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// Versions by label.
    private var holders: [Name: Name]

    init(_ pairs: [(label: String, version: String)] = []) {
        holders = Dictionary(pairs.map { (Name($0.label), Name($0.version)) }) { first, _ in first }
    }

    /// In the order of the labels.
    var pairs: [(label: String, version: String)] {
        holders.sorted { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) }.map { ($0.key.text, $0.value.text) }
    }

    /// The version that has the label; nil where none has.
    func holder(of label: String) -> String? { holders[Name(label)]?.text }

    /// In the order of the labels.
    func labels(of version: String) -> [String] { pairs.filter { $0.version.hasSameBytes(as: version) }.map(\.label) }

    /// Puts labels on a version, wherever they were.
    mutating func put(_ labels: [String], on version: String) throws {
        for label in labels {
            let (name, version) = (Name(label), Name(version))
            if name == Name(StagingLabels.current), let before = holders[name], before != version {
                holders[Name(StagingLabels.previous)] = before
            }
            holders[name] = version
        }
        guard holders.count <= StagingLabels.limit else {
            throw SecretsManager.LimitExceededException(
                message: "You can't have more than \(StagingLabels.limit) staging labels on the versions of a secret.")
        }
    }

    /// Takes a label from one version, puts it on another, or both.
    mutating func move(_ label: String, from old: String?, to new: String?) throws {
        guard old != nil || new != nil else {
            throw Refused.parameter("You must specify RemoveFromVersionId, MoveToVersionId, or both.")
        }
        let holder = holder(of: label)
        if let old, holder?.hasSameBytes(as: old) != true {
            throw Refused.parameter("The staging label \(label) isn't attached to version \(old).")
        }
        guard let new else {
            guard !label.hasSameBytes(as: StagingLabels.current) else {
                throw Refused.parameter(
                    "You can only move staging label \(label) to a different secret version. It can't be completely "
                        + "removed.")
            }
            holders[Name(label)] = nil
            return
        }
        if old == nil, let holder, !holder.hasSameBytes(as: new) {
            throw Refused.parameter(
                "The parameter RemoveFromVersionId can't be empty. Staging label \(label) is currently attached to "
                    + "version \(holder), so you must explicitly reference that version in RemoveFromVersionId.")
        }
        try put([label], on: new)
    }
}
