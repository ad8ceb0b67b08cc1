import AWS
import Door
import KMSAPI
import Storage

/// Adds tags to a key, or gives those it has another value.
/// - Source: KMS API Reference, "TagResource".
struct TagResource: KeyChange {
    typealias Shape = KMS.TagResource
    static var row: KeyOperation { .tag }
    let keys: Keys

    func keyID(_ input: Input) -> String { input.keyId }
    func bound(_ input: Input) throws { try KeyTags.bound(input.tags) }
    func conditions(_ input: Input, _ key: KMSKey?) -> [ConditionEntry] { KeyConditions.of(input.tags) }

    func change(_ key: KMSKey, _ input: Input, _ facts: RequestFacts, in transaction: inout Transaction) throws
        -> Output
    {
        try KeyTags.put(input.tags, on: key.account, key.region, key.id, &transaction)
        return Output()
    }
}

/// Takes tags from a key. Those it has not are no error.
/// - Source: KMS API Reference, "UntagResource".
struct UntagResource: KeyChange {
    typealias Shape = KMS.UntagResource
    static var row: KeyOperation { .tag }
    let keys: Keys

    func keyID(_ input: Input) -> String { input.keyId }

    func bound(_ input: Input) throws { try KeyTags.bound(names: input.tagKeys) }

    func conditions(_ input: Input, _ key: KMSKey?) -> [ConditionEntry] {
        [ConditionEntry(.awsTagKeys, input.tagKeys)]
    }

    func change(_ key: KMSKey, _ input: Input, _ facts: RequestFacts, in transaction: inout Transaction) throws
        -> Output
    {
        try KeyTags.remove(input.tagKeys, from: key, &transaction)
        return Output()
    }
}

/// A page of a key's tags.
/// - Source: KMS API Reference, "ListResourceTags".
struct ListResourceTags: Query, OnOwnKey {
    typealias Shape = KMS.ListResourceTags
    let keys: Keys

    func keyID(_ input: Input) -> String { input.keyId }

    func answer(
        _ input: Input, under permit: borrowing Permit<KeyTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let key = try permit.target.required()
        let page = try Page(input.limit, input.marker, ordinary: 50, most: 50)
        let rest = key.tags.filter { page.after.utf8.lexicographicallyPrecedes($0.tagKey.utf8) }
        let (some, marker) = page.cut(Array(rest.prefix(page.fetch)), key: \.tagKey)
        return Output(tags: some, nextMarker: marker, truncated: marker != nil)
    }
}
