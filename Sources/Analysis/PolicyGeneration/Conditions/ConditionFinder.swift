import Authorization
import Catalogue

/// Finds the conditions that every use of an action satisfied.
///
/// Only keys that AWS fills for every action, or that it declares for this one, and only where each use is known to have
/// had the key: a condition on a key that a request lacks would refuse it.
struct ConditionFinder {
    let action: KnownAction
    let uses: [Use]
    let caller: CallerFacts
    let most: Int

    /// In the order of their keys.
    func find() -> [ConditionSuggestion] { (ofConnection() + ofService()).sorted { $0.key < $1.key } }

    private func ofConnection() -> [ConditionSuggestion] {
        var found: [ConditionSuggestion] = []
        if has("aws:SourceIp"), !caller.networks.isEmpty {
            found.append(ConditionSuggestion("IpAddress", "aws:SourceIp", caller.networks.map { ExactText($0) }))
        }
        for key in ["aws:SecureTransport", "aws:MultiFactorAuthPresent"]
        where uses.allSatisfy({ $0.single(key) == "true" }) {
            found.append(ConditionSuggestion("Bool", key, "true"))
        }
        if has("aws:RequestedRegion"), isRegional {
            found.append(ConditionSuggestion("StringEquals", "aws:RequestedRegion", caller.regions(of: action)))
        }
        return found
    }

    private func has(_ key: String) -> Bool { uses.allSatisfy { $0.single(key) != nil } }

    /// Services whose resources lie in no Region answer from one, whose name says nothing of where the caller works; so do
    /// the listing and making of buckets, and STS where its global endpoint is used.
    private var isRegional: Bool {
        guard let service = action.service, !["sts", "support"].contains(service.prefix),
            !["s3:ListAllMyBuckets", "s3:CreateBucket"].contains(action.name)
        else { return false }
        return service.resourceTypes.contains { type in type.arns.contains { $0.contains("${Region}") } }
    }

    /// The keys that belong to the action on whatever resource, if they are about what was asked and not about how.
    private func ofService() -> [ConditionSuggestion] {
        guard let service = action.service, let entry = action.entry else { return [] }
        return entry.keys.compactMap { name in
            guard !ConditionFinder.incidental.contains(name.lowercased()), !name.hasPrefix("aws:"),
                !name.contains("$"), !name.contains("<"), let key = service.key(name), !key.isMultivalued
            else { return nil }
            return suggestion(key)
        }
    }

    /// How a request was made, or what changes with each one.
    private static let incidental: Set<String> = [
        "s3:authtype", "s3:signatureage", "s3:signatureversion", "s3:tlsversion", "s3:x-amz-content-sha256",
        "s3:max-keys", "s3:delimiter", "s3:versionid", "s3:if-match", "s3:if-none-match",
        "s3:x-amz-copy-source", "sts:rolesessionname",
    ]

    private func suggestion(_ key: ServiceAuthorization.Key) -> ConditionSuggestion? {
        let values = Set(uses.compactMap { $0.single(key.name) }.map { ExactText($0) })
        guard !values.isEmpty, has(key.name) else { return nil }
        switch key.type {
        case "String":
            if values.count <= most {
                return ConditionSuggestion("StringEquals", key.name, values.map { ExactText(Self.equal($0.text)) })
            }
            guard key.name == "s3:prefix" else { return nil }
            let covers = NameCover.cover(values, most: most).map {
                ExactText(PatternText.literal($0.prefix) + ($0.isOpen ? "*" : ""))
            }
            return ConditionSuggestion("StringLike", key.name, covers)
        case "ARN" where values.count <= most && values.allSatisfy({ $0.text.hasPrefix("arn:") }):
            return ConditionSuggestion("ArnEquals", key.name, values.map { ExactText(PatternText.literal($0.text)) })
        case "Bool" where values.count == 1:
            return ConditionSuggestion("Bool", key.name, values)
        default: return nil
        }
    }

    /// An operand of `StringEquals`: there wildcards are characters, and only what opens a variable must be written
    /// otherwise.
    private static func equal(_ text: String) -> String {
        var result = ""
        var wasDollar = false
        for scalar in text.unicodeScalars {
            if wasDollar { result += scalar == "{" ? "${$}" : "$" }
            wasDollar = scalar == "$"
            if !wasDollar { result.unicodeScalars.append(scalar) }
        }
        return wasDollar ? result + "$" : result
    }
}
