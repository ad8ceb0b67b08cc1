import SecretsManagerAPI

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

    /// Versions by label.
    private(set) var holders: [String: String]

    init(_ holders: [String: String] = [:]) { self.holders = holders }

    /// In the order of the labels.
    func labels(of version: String) -> [String] {
        holders.filter { $0.value == version }.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Puts labels on a version, wherever they were.
    mutating func put(_ labels: [String], on version: String) throws {
        for label in labels {
            if label == StagingLabels.current, let before = holders[label], before != version {
                holders[StagingLabels.previous] = before
            }
            holders[label] = version
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
        let holder = holders[label]
        if let old, holder != old {
            throw Refused.parameter("The staging label \(label) isn't attached to version \(old).")
        }
        guard let new else {
            guard label != StagingLabels.current else {
                throw Refused.parameter(
                    "You can only move staging label \(label) to a different secret version. It can't be completely "
                        + "removed.")
            }
            holders[label] = nil
            return
        }
        if old == nil, let holder, holder != new {
            throw Refused.parameter(
                "The parameter RemoveFromVersionId can't be empty. Staging label \(label) is currently attached to "
                    + "version \(holder), so you must explicitly reference that version in RemoveFromVersionId.")
        }
        try put([label], on: new)
    }
}
