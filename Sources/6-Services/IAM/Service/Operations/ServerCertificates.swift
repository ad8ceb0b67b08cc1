import AWS
import Door
import IAMAPI
import Storage

/// An operation on a server certificate by its name.
protocol OnServerCertificate: OnTagged where Target == Found<ServerCertificate> {
    func certificateName(_ input: Input) -> String
}

extension OnServerCertificate {
    func resolve(
        _ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot
    ) throws -> Found<ServerCertificate> {
        try ServerCertificate.find(certificateName(input), in: facts.signedAccount(), snapshot)
    }

    func access(_ input: Input, to target: Found<ServerCertificate>, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts, keys: keys(input) + target.tagKeys, as: target.title)
    }
}

/// A certificate with its chain and tags, without its key.
/// - Source: IAM API Reference, "GetServerCertificate".
struct GetServerCertificate: Query, OnServerCertificate {
    typealias Shape = IAM.GetServerCertificate
    func certificateName(_ input: Input) -> String { input.serverCertificateName }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<ServerCertificate>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let found = try permit.target.required()
        return Output(
            serverCertificate: IAM.ServerCertificate(
                serverCertificateMetadata: found.metadata, certificateBody: found.body, certificateChain: found.chain,
                tags: permit.target.tags))
    }
}

/// Certificates whose path begins with a prefix.
/// - Source: IAM API Reference, "ListServerCertificates".
struct ListServerCertificates: Query {
    typealias Shape = IAM.ListServerCertificates

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Listing {
        try Listing(.serverCertificate, pathPrefix: input.pathPrefix, input.marker, input.maxItems, facts)
    }

    /// The action has no resource type.
    func access(_ input: Input, to target: Listing, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<Listing>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let (target, page) = (permit.target, permit.target.page)
        let (items, marker) = page.cut(
            try ServerCertificate.list(
                in: target.account, pathPrefix: target.pathPrefix, after: page.after, limit: page.fetch, snapshot)
        ) { $0.name.lowercased() }
        return Output(
            serverCertificateMetadataList: items.map(\.metadata), isTruncated: marker != nil, marker: marker)
    }
}

/// Renames a certificate or moves it to another path. Its id, key and tags stay.
/// - Source: IAM API Reference, "UpdateServerCertificate".
struct UpdateServerCertificate: Change {
    typealias Shape = IAM.UpdateServerCertificate

    /// The certificate as it is, and what it is to become.
    struct Target: Sendable {
        let found: Found<ServerCertificate>
        let newARN: String
        let isTaken: Bool
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        let account = try facts.signedAccount()
        let found = try ServerCertificate.find(input.serverCertificateName, in: account, snapshot)
        let name = input.newServerCertificateName ?? found.record?.name ?? input.serverCertificateName
        let holder = try ServerCertificate.find(name, in: account, snapshot).record
        let path = input.newPath ?? found.record?.path ?? "/"
        return Target(
            found: found, newARN: EntityKind.serverCertificate.arn(account, path: path, name: name),
            isTaken: holder != nil && holder?.id != found.record?.id)
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        let owner = try facts.signedAccount()
        let (action, found) = (Action("iam", "UpdateServerCertificate"), target.found)
        return .ask([
            Ask(action, on: found.arn, of: owner, keys: found.tagKeys, title: found.title),
            Ask(action, on: target.newARN, of: owner, keys: found.tagKeys),
        ])
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<Target>, in transaction: inout Transaction
    ) throws -> Output {
        let found = try permit.target.found.required()
        let name = input.newServerCertificateName ?? found.name
        guard !permit.target.isTaken else {
            throw IAM.EntityAlreadyExistsException(message: EntityKind.serverCertificate.exists(name))
        }
        try transaction.run(
            "UPDATE iam_server_certificate SET name = ?, name_key = ?, path = ? WHERE id = ?", .text(name),
            .text(name.lowercased()), .text(input.newPath ?? found.path), .text(found.id))
        return Output()
    }
}

/// Removes a certificate, and its sealed key with it. No service of this server holds on to one.
/// - Source: IAM API Reference, "DeleteServerCertificate".
struct DeleteServerCertificate: Change, OnServerCertificate {
    typealias Shape = IAM.DeleteServerCertificate
    func certificateName(_ input: Input) -> String { input.serverCertificateName }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<ServerCertificate>>, in transaction: inout Transaction
    ) throws -> Output {
        let found = try permit.target.required()
        try Tags.removeAll(of: found.id, &transaction)
        try transaction.run("DELETE FROM iam_server_certificate WHERE id = ?", .text(found.id))
        transaction.eraseTraces()
        return Output()
    }
}
