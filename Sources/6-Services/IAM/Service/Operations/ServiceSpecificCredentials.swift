import AWS
import Door
import IAMAPI
import Storage

/// A user's credentials or those of all users, for one service or for all.
/// - Source: IAM API Reference, "ListServiceSpecificCredentials"; the rest as `ServiceCredential`.
struct ListServiceSpecificCredentials: Query {
    typealias Shape = IAM.ListServiceSpecificCredentials

    /// One user, or everybody of an account.
    enum Target: Sendable {
        case user(KeyOwner)
        case everybody(AccountID)
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        guard input.allUsers == true else { return .user(try KeyOwner(input.userName, facts, snapshot)) }
        return .everybody(try facts.signedAccount())
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        switch target {
        case .user(let owner): try ask(on: owner.arn, facts, keys: owner.tagKeys, as: owner.title)
        case .everybody(let account): try ask(on: EntityKind.user.arn(account, name: "*"), facts)
        }
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<Target>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        let service = try input.serviceName.flatMap { try $0.isEmpty ? nil : ServiceCredential.Service(name: $0) }
        let found: [ServiceCredential]
        switch permit.target {
        case .user(let owner):
            found = try ServiceCredential.all(of: owner.required(), snapshot)
                .filter { $0.id > page.after && (service ?? $0.service) == $0.service }
        case .everybody(let account):
            guard input.userName == nil else {
                throw IAM.InvalidInputException(
                    message: "Cannot list credentials for all users if a username is given")
            }
            found = try ServiceCredential.all(
                in: account, for: service, after: page.after, limit: page.fetch, snapshot)
        }
        let (items, marker) = page.cut(Array(found.prefix(page.fetch))) { $0.id }
        let now = permit.facts.now
        return Output(
            serviceSpecificCredentials: try items.map {
                $0.metadata(try User.find(id: $0.owner, snapshot)?.name ?? "", at: now)
            }, marker: marker, isTruncated: marker != nil)
    }
}

/// An operation on one credential of a user, or of whoever calls.
protocol OnServiceCredential: Operation where Target == ServiceCredentialTarget {
    func userName(_ input: Input) -> String?
    func credentialID(_ input: Input) -> String
}

/// A credential, if it is the user's.
struct ServiceCredentialTarget: Sendable {
    let owner: KeyOwner
    let credential: ServiceCredential?
    let id: String
    /// Whether it is another's of the account.
    let isAnothers: Bool

    func required() throws -> ServiceCredential {
        _ = try owner.required()
        if isAnothers {
            let name = owner.userName ?? "root"
            throw Invalid("User \(name) does not have a service specific credential with id \(id)")
        }
        guard let credential else {
            throw IAM.NoSuchEntityException(message: "No such credential \(id) exists")
        }
        return credential
    }
}

extension OnServiceCredential {
    func resolve(
        _ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot
    ) throws -> ServiceCredentialTarget {
        let owner = try KeyOwner(userName(input), facts, snapshot)
        let found = try ServiceCredential.find(credentialID(input), snapshot).flatMap {
            $0.account == owner.account ? $0 : nil
        }
        let isOwn = found?.owner == owner.id
        return ServiceCredentialTarget(
            owner: owner, credential: isOwn ? found : nil, id: credentialID(input), isAnothers: found != nil && !isOwn)
    }

    func access(_ input: Input, to target: ServiceCredentialTarget, for facts: RequestFacts) throws -> Access {
        let service = target.credential?.service.rawValue
        let keys = [ConditionEntry(.iamServiceSpecificCredentialServiceName, service)].compactMap { $0 }
        return try ask(on: target.owner.arn, facts, keys: keys + target.owner.tagKeys, as: target.owner.title)
    }
}

/// Switches a credential on or off.
/// - Source: IAM API Reference, "UpdateServiceSpecificCredential".
struct UpdateServiceSpecificCredential: Change, OnServiceCredential {
    typealias Shape = IAM.UpdateServiceSpecificCredential
    func userName(_ input: Input) -> String? { input.userName }
    func credentialID(_ input: Input) -> String { input.serviceSpecificCredentialId }

    /// A leaked one must be stopped on a full disk too.
    func freesRoom(_ input: Input) -> Bool { input.status == .inactive }

    func perform(
        _ input: Input, under permit: borrowing Permit<ServiceCredentialTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let credential = try permit.target.required()
        try transaction.run(
            "UPDATE iam_service_credential SET active = ? WHERE id = ?",
            .bool(try CredentialStatus.isActive(input.status)), .text(credential.id))
        return Output()
    }
}

/// Gives a credential another secret; the one before is good for nothing from then on.
/// - Source: IAM API Reference, "ResetServiceSpecificCredential".
struct ResetServiceSpecificCredential: Change, OnServiceCredential {
    typealias Shape = IAM.ResetServiceSpecificCredential
    func userName(_ input: Input) -> String? { input.userName }
    func credentialID(_ input: Input) -> String { input.serviceSpecificCredentialId }

    func perform(
        _ input: Input, under permit: borrowing Permit<ServiceCredentialTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let credential = try permit.target.required()
        let (secret, digest) = credential.makeSecret()
        try transaction.run(
            "UPDATE iam_service_credential SET digest = ? WHERE id = ?", .blob(digest), .text(credential.id))
        transaction.eraseTraces()
        return Output(
            serviceSpecificCredential: credential.shape(
                permit.target.owner.userName ?? "", secret: secret, at: permit.facts.now))
    }
}

/// - Source: IAM API Reference, "DeleteServiceSpecificCredential".
struct DeleteServiceSpecificCredential: Change, OnServiceCredential {
    typealias Shape = IAM.DeleteServiceSpecificCredential
    func userName(_ input: Input) -> String? { input.userName }
    func credentialID(_ input: Input) -> String { input.serviceSpecificCredentialId }

    func perform(
        _ input: Input, under permit: borrowing Permit<ServiceCredentialTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try transaction.run(
            "DELETE FROM iam_service_credential WHERE id = ?", .text(try permit.target.required().id))
        transaction.eraseTraces()
        return Output()
    }
}
