@_spi(Declared) import AWS
import Door
import KMSAPI

/// The condition keys of calls about keys.
/// - Source: KMS Developer Guide, "AWS KMS condition keys".
enum KeyConditions {
    /// Of every call.
    static func ofCall(_ facts: RequestFacts, _ name: KeyName? = nil) -> [ConditionEntry] {
        var entries: [ConditionEntry] = []
        if let account = facts.account { entries.append(ConditionEntry(.kmsCallerAccount, account.description)) }
        if let via = via(facts) { entries.append(ConditionEntry(.kmsViaService, via)) }
        if case .alias(let alias) = name?.part { entries.append(ConditionEntry(.kmsRequestAlias, alias)) }
        return entries
    }

    /// Of calls that are about no key.
    static func ofService(_ facts: RequestFacts) -> [ConditionEntry] {
        [ConditionEntry(.kmsViaService, via(facts))].compactMap { $0 }
    }

    /// `s3.us-east-1.amazonaws.com`
    static func via(_ facts: RequestFacts) -> String? {
        facts.calledVia.last?.split(separator: ".").first.map { "\($0).\(facts.region).amazonaws.com" }
    }

    /// Of the kind of a key, by its names of today and by those that it had before.
    static func of(_ spec: KeySpecification, _ usage: KMS.KeyUsageType) -> [ConditionEntry] {
        [
            ConditionEntry(.kmsKeySpec, spec.rawValue), ConditionEntry(.kmsKeyUsage, usage.rawValue),
            ConditionEntry(.kmsCustomerMasterKeySpec, spec.rawValue),
            ConditionEntry(.kmsCustomerMasterKeyUsage, usage.rawValue),
        ]
    }

    /// Of what the key is.
    static func of(
        _ spec: KeySpecification, _ usage: KMS.KeyUsageType, _ origin: KMS.OriginType, region: Region,
        primary: Region?, aliases: [String], tags: [KMS.Tag]
    ) -> [ConditionEntry] {
        var entries =
            [
                ConditionEntry(.kmsKeyOrigin, origin.rawValue),
                ConditionEntry(.kmsMultiRegion, primary == nil ? "false" : "true"),
            ] + of(spec, usage)
        if let primary {
            entries.append(ConditionEntry(.kmsMultiRegionKeyType, primary == region ? "PRIMARY" : "REPLICA"))
        }
        if !aliases.isEmpty { entries.append(ConditionEntry(.kmsResourceAliases, aliases)) }
        entries += tags.map { ConditionEntry(.awsResourceTag($0.tagKey), $0.tagValue) }
        return entries
    }

    /// Of a key about to be made: the tags are to be its own.
    static func ofKey(tagged tags: [KMS.Tag]?) -> [ConditionEntry] {
        (tags ?? []).map { ConditionEntry(.awsResourceTag($0.tagKey), $0.tagValue) }
    }

    /// Of a request that brings tags.
    static func of(_ tags: [KMS.Tag]?) -> [ConditionEntry] {
        guard let tags, !tags.isEmpty else { return [] }
        return tags.map { ConditionEntry(.awsRequestTag($0.tagKey), $0.tagValue) } + [
            ConditionEntry(.awsTagKeys, tags.map(\.tagKey))
        ]
    }

    /// Of an encryption context, in the order of its names. `EncryptionContext.check` saw to it that no two are one key.
    static func of(context: [String: String]?) -> [ConditionEntry] {
        guard let context, !context.isEmpty else { return [] }
        let pairs = context.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return pairs.map { ConditionEntry(SingleValuedKey("kms:EncryptionContext:" + $0.key), $0.value) } + [
            ConditionEntry(.kmsEncryptionContextKeys, pairs.map(\.key))
        ]
    }
}
