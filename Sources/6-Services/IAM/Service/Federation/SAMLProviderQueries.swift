import AWS
import Door
import Formats
import IAMAPI
import Storage

/// - Source: IAM API Reference, "GetSAMLProvider".
struct GetSAMLProvider: Query, OnProvider {
    typealias Shape = IAM.GetSAMLProvider
    typealias Record = SAMLProvider
    static let isLengthy = true
    func providerARN(_ input: Input) -> String { input.sAMLProviderArn }

    func answer(
        _ input: Input, under permit: borrowing Permit<FoundProvider<Record>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let provider = try permit.target.required()
        let metadata = try provider.metadata(snapshot)
        try permit.facts.takeRoom(forAnswerOf: XMLWriter.length(of: metadata))
        return Output(
            sAMLProviderUUID: provider.id, sAMLMetadataDocument: metadata,
            createDate: provider.created, validUntil: provider.validUntil, tags: permit.target.tags,
            assertionEncryptionMode: provider.mode, privateKeyList: try SAMLKeys.list(of: provider.id, snapshot))
    }
}

/// - Source: IAM API Reference, "ListSAMLProviders".
struct ListSAMLProviders: Query {
    typealias Shape = IAM.ListSAMLProviders

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        try ask(on: SAMLProvider.arn(target, "*"), facts)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        Output(
            sAMLProviderList: try SAMLProvider.all(in: permit.target, snapshot).map {
                IAM.SAMLProviderListEntry(arn: $0.arn, validUntil: $0.validUntil, createDate: $0.created)
            })
    }
}
