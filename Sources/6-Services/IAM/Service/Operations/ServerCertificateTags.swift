import AWS
import Door
import IAMAPI
import Storage

/// - Source: IAM API Reference, "TagServerCertificate".
struct TagServerCertificate: Change, OnServerCertificate {
    typealias Shape = IAM.TagServerCertificate
    func certificateName(_ input: Input) -> String { input.serverCertificateName }
    func keys(_ input: Input) -> [ConditionEntry] { Tags.requestKeys(input.tags) }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<ServerCertificate>>, in transaction: inout Transaction
    ) throws -> Output {
        try Tags.put(input.tags, on: permit.target.required().id, &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "UntagServerCertificate".
struct UntagServerCertificate: Change, OnServerCertificate {
    typealias Shape = IAM.UntagServerCertificate
    func certificateName(_ input: Input) -> String { input.serverCertificateName }
    func keys(_ input: Input) -> [ConditionEntry] { [ConditionEntry(.awsTagKeys, input.tagKeys)] }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<ServerCertificate>>, in transaction: inout Transaction
    ) throws -> Output {
        try Tags.remove(input.tagKeys, from: permit.target.required().id, &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "ListServerCertificateTags".
struct ListServerCertificateTags: Query, OnServerCertificate {
    typealias Shape = IAM.ListServerCertificateTags
    func certificateName(_ input: Input) -> String { input.serverCertificateName }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<ServerCertificate>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let owner = try permit.target.required().id
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        let (tags, marker) = try page.tags(of: owner, snapshot)
        return Output(tags: tags, isTruncated: marker != nil, marker: marker)
    }
}
