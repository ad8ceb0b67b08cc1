import AWS
import Door
import IAMAPI
import Storage

/// - Source: IAM API Reference, "TagOpenIDConnectProvider".
struct TagOpenIDConnectProvider: Change, OnProvider {
    typealias Shape = IAM.TagOpenIDConnectProvider
    typealias Record = OpenIDConnectProvider
    func providerARN(_ input: Input) -> String { input.openIDConnectProviderArn }
    func keys(_ input: Input) -> [ConditionEntry] { Tags.requestKeys(input.tags) }

    func perform(
        _ input: Input, under permit: borrowing Permit<FoundProvider<Record>>, in transaction: inout Transaction
    ) throws -> Output {
        try Tags.put(input.tags, on: permit.target.required().id, &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "UntagOpenIDConnectProvider".
struct UntagOpenIDConnectProvider: Change, OnProvider {
    typealias Shape = IAM.UntagOpenIDConnectProvider
    typealias Record = OpenIDConnectProvider
    func providerARN(_ input: Input) -> String { input.openIDConnectProviderArn }
    func keys(_ input: Input) -> [ConditionEntry] { [ConditionEntry(.awsTagKeys, input.tagKeys)] }

    func perform(
        _ input: Input, under permit: borrowing Permit<FoundProvider<Record>>, in transaction: inout Transaction
    ) throws -> Output {
        try Tags.remove(input.tagKeys, from: permit.target.required().id, &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "ListOpenIDConnectProviderTags".
struct ListOpenIDConnectProviderTags: Query, OnProvider {
    typealias Shape = IAM.ListOpenIDConnectProviderTags
    typealias Record = OpenIDConnectProvider
    func providerARN(_ input: Input) -> String { input.openIDConnectProviderArn }

    func answer(
        _ input: Input, under permit: borrowing Permit<FoundProvider<Record>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        let (tags, marker) = try page.tags(of: permit.target.required().id, snapshot)
        return Output(tags: tags, isTruncated: marker != nil, marker: marker)
    }
}

/// - Source: IAM API Reference, "TagSAMLProvider".
struct TagSAMLProvider: Change, OnProvider {
    typealias Shape = IAM.TagSAMLProvider
    typealias Record = SAMLProvider
    func providerARN(_ input: Input) -> String { input.sAMLProviderArn }
    func keys(_ input: Input) -> [ConditionEntry] { Tags.requestKeys(input.tags) }

    func perform(
        _ input: Input, under permit: borrowing Permit<FoundProvider<Record>>, in transaction: inout Transaction
    ) throws -> Output {
        try Tags.put(input.tags, on: permit.target.required().id, &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "UntagSAMLProvider".
struct UntagSAMLProvider: Change, OnProvider {
    typealias Shape = IAM.UntagSAMLProvider
    typealias Record = SAMLProvider
    func providerARN(_ input: Input) -> String { input.sAMLProviderArn }
    func keys(_ input: Input) -> [ConditionEntry] { [ConditionEntry(.awsTagKeys, input.tagKeys)] }

    func perform(
        _ input: Input, under permit: borrowing Permit<FoundProvider<Record>>, in transaction: inout Transaction
    ) throws -> Output {
        try Tags.remove(input.tagKeys, from: permit.target.required().id, &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "ListSAMLProviderTags".
struct ListSAMLProviderTags: Query, OnProvider {
    typealias Shape = IAM.ListSAMLProviderTags
    typealias Record = SAMLProvider
    func providerARN(_ input: Input) -> String { input.sAMLProviderArn }

    func answer(
        _ input: Input, under permit: borrowing Permit<FoundProvider<Record>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        let (tags, marker) = try page.tags(of: permit.target.required().id, snapshot)
        return Output(tags: tags, isTruncated: marker != nil, marker: marker)
    }
}
