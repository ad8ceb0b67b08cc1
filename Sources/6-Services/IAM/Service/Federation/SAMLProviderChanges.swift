import AWS
import Door
import IAMAPI
import Storage
import World

/// - Source: IAM API Reference, "CreateSAMLProvider".
struct CreateSAMLProvider: PreparedChange {
    typealias Shape = IAM.CreateSAMLProvider
    static let isLengthy = true
    static let largestDocument = SAMLReading.largestForm
    let naming: Naming
    let reading: SAMLReading

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> NewProvider {
        let account = try facts.signedAccount()
        return NewProvider(
            account: account, arn: SAMLProvider.arn(account, input.name),
            isTaken: try SAMLProvider.find(input.name, in: account, snapshot) != nil)
    }

    func access(_ input: Input, to target: NewProvider, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts, keys: Tags.requestKeys(input.tags))
            .tagging(input.tags, by: Action("iam", "TagSAMLProvider"), target.arn, facts)
    }

    func prepare(_ input: Input, under permit: borrowing Permit<NewProvider>) async throws -> SAMLReading.Read {
        let now = permit.facts.now
        try check(permit.target, input)
        return try await reading.read(input.sAMLMetadataDocument, input.addPrivateKey, at: now)
    }

    private func check(_ target: NewProvider, _ input: Input) throws {
        guard !target.isTaken else {
            throw IAM.EntityAlreadyExistsException(message: "Provider with name \(input.name) already exists.")
        }
        if input.assertionEncryptionMode?.rawValue == "Required", input.addPrivateKey == nil {
            throw IAM.InvalidInputException(
                message: "Encryption can be required only of a provider with a private key.")
        }
    }

    func perform(
        _ input: Input, _ read: SAMLReading.Read, under permit: borrowing Permit<NewProvider>,
        in transaction: inout Transaction
    ) throws -> Output {
        let (target, now) = (permit.target, permit.facts.now)
        try check(target, input)
        let count = try transaction.number(
            "SELECT count(*) FROM iam_saml_provider WHERE account = ?", .text(target.account.description))
        guard count < ProviderLimits.saml else {
            throw Quota.exceeded("SAMLProvidersPerAccount", ProviderLimits.saml)
        }
        let provider = SAMLProvider(
            account: target.account, name: input.name, id: naming.providerID(), created: now,
            encryption: input.assertionEncryptionMode?.rawValue, validUntil: read.end ?? now)
        try provider.insert(in: &transaction)
        try provider.setMetadata(input.sAMLMetadataDocument, in: &transaction)
        if let key = read.key {
            try SAMLKeys.insert(key.id, sealed: key.sealed, of: provider.id, now: now, &transaction)
        }
        if let tags = input.tags { try Tags.put(tags, on: .resource(provider.id), &transaction) }
        return Output(sAMLProviderArn: provider.arn, tags: input.tags)
    }

    func abandon(_ prepared: SAMLReading.Read) {}
}

/// Changes what is given, and nothing else; one key at a time.
/// - Source: IAM API Reference, "UpdateSAMLProvider"; that nothing, or two keys at once, is refused as captured from AWS in
///   radkawar/stackd, `internal/services/iam/testdata/federation/saml.json`, commit 9dc356f.
struct UpdateSAMLProvider: PreparedChange, OnProvider {
    typealias Shape = IAM.UpdateSAMLProvider
    typealias Record = SAMLProvider
    static let isLengthy = true
    static let largestDocument = SAMLReading.largestForm
    let reading: SAMLReading
    func providerARN(_ input: Input) -> String { input.sAMLProviderArn }

    func prepare(
        _ input: Input, under permit: borrowing Permit<FoundProvider<Record>>
    ) async throws -> SAMLReading.Read {
        let now = permit.facts.now
        _ = try permit.target.required()
        guard input.addPrivateKey == nil || input.removePrivateKey == nil else {
            throw Invalid(
                "Unable to add and remove private keys in the same request. Set a value for only one of the two "
                    + "parameters.")
        }
        let isEmpty = input.sAMLMetadataDocument == nil && input.assertionEncryptionMode == nil
        guard !isEmpty || input.addPrivateKey != nil || input.removePrivateKey != nil else {
            throw Invalid(
                "Unable to update identity provider. No updates are defined for metadata or encryption assertion.")
        }
        return try await reading.read(input.sAMLMetadataDocument, input.addPrivateKey, at: now)
    }

    func perform(
        _ input: Input, _ read: SAMLReading.Read, under permit: borrowing Permit<FoundProvider<Record>>,
        in transaction: inout Transaction
    ) throws -> Output {
        let (provider, now) = (try permit.target.required(), permit.facts.now)
        if let metadata = input.sAMLMetadataDocument, let end = read.end {
            try provider.setMetadata(metadata, in: &transaction)
            try transaction.run(
                "UPDATE iam_saml_provider SET valid_until = ?, document = document + 1 WHERE id = ?",
                .int(end.milliseconds), .text(provider.id))
        }
        if let mode = input.assertionEncryptionMode {
            try transaction.run(
                "UPDATE iam_saml_provider SET encryption = ? WHERE id = ?", .text(mode.rawValue), .text(provider.id))
        }
        if let key = input.removePrivateKey {
            let removed = try transaction.run(
                "DELETE FROM iam_saml_key WHERE provider = ? AND id = ?", .text(provider.id), .text(key))
            guard removed > 0 else {
                throw IAM.NoSuchEntityException(message: "The private key \(key) cannot be found.")
            }
            transaction.eraseTraces()
        }
        if let key = read.key {
            try SAMLKeys.insert(key.id, sealed: key.sealed, of: provider.id, now: now, &transaction)
        }
        let isRequired = input.assertionEncryptionMode?.rawValue ?? provider.encryption == "Required"
        if isRequired, try SAMLKeys.list(of: provider.id, transaction.snapshot).isEmpty {
            throw IAM.InvalidInputException(
                message: "Encryption can be required only of a provider with a private key.")
        }
        return Output(sAMLProviderArn: provider.arn)
    }

    func abandon(_ prepared: SAMLReading.Read) {}
}

/// Removes a provider with its keys. Roles that name it stay, and nobody assumes them by it any more.
/// - Source: IAM API Reference, "DeleteSAMLProvider".
struct DeleteSAMLProvider: Change, OnProvider {
    typealias Shape = IAM.DeleteSAMLProvider
    typealias Record = SAMLProvider
    func providerARN(_ input: Input) -> String { input.sAMLProviderArn }

    func perform(
        _ input: Input, under permit: borrowing Permit<FoundProvider<Record>>, in transaction: inout Transaction
    ) throws -> Output {
        let id = try permit.target.required().id
        try Tags.removeAll(of: id, &transaction)
        try transaction.run("DELETE FROM iam_saml_provider WHERE id = ?", .text(id))
        transaction.eraseTraces()
        return Output()
    }
}
