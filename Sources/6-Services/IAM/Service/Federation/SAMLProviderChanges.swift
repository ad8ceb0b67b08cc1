import AWS
import Door
import Federation
import IAMAPI
import Storage
import World

/// What a metadata document must be before it is stored.
enum SAMLDocument {
    /// A provider whose metadata names no end is valid for a hundred years, as AWS shows it.
    private static let lifetime = Duration.seconds(100 * 365 * 86_400)

    static func end(of metadata: String, now: Instant) throws -> Instant {
        do throws(SAMLMetadata.Malformed) {
            return try SAMLMetadata(metadata).validUntil ?? now + lifetime
        } catch { throw IAM.InvalidInputException(message: "Could not parse metadata") }
    }
}

/// - Source: IAM API Reference, "CreateSAMLProvider".
struct CreateSAMLProvider: Change {
    typealias Shape = IAM.CreateSAMLProvider
    let naming: Naming
    let keys: SAMLKeys

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

    func perform(
        _ input: Input, under permit: borrowing Permit<NewProvider>, in transaction: inout Transaction
    ) throws -> Output {
        let (target, now) = (permit.target, permit.facts.now)
        guard !target.isTaken else {
            throw IAM.EntityAlreadyExistsException(message: "Provider with name \(input.name) already exists.")
        }
        let count = try transaction.number(
            "SELECT count(*) FROM iam_saml_provider WHERE account = ?", .text(target.account.description))
        guard count < ProviderLimits.saml else {
            throw Quota.exceeded("SAMLProvidersPerAccount", ProviderLimits.saml)
        }
        if input.assertionEncryptionMode?.rawValue == "Required", input.addPrivateKey == nil {
            throw IAM.InvalidInputException(
                message: "Encryption can be required only of a provider with a private key.")
        }
        let provider = SAMLProvider(
            account: target.account, name: input.name, id: naming.providerID(), created: now,
            metadata: input.sAMLMetadataDocument, encryption: input.assertionEncryptionMode?.rawValue,
            validUntil: try SAMLDocument.end(of: input.sAMLMetadataDocument, now: now))
        try provider.insert(in: &transaction)
        if let pem = input.addPrivateKey {
            let id = naming.providerID()
            try SAMLKeys.insert(id, sealed: keys.sealed(pem, for: id), of: provider.id, now: now, &transaction)
        }
        if let tags = input.tags { try Tags.put(tags, on: .resource(provider.id), &transaction) }
        return Output(sAMLProviderArn: provider.arn, tags: input.tags)
    }
}

/// Changes what is given, and nothing else; one key at a time.
/// - Source: IAM API Reference, "UpdateSAMLProvider"; that nothing, or two keys at once, is refused as captured from AWS in
///   radkawar/stackd, `internal/services/iam/testdata/federation/saml.json`, commit 9dc356f.
struct UpdateSAMLProvider: Change, OnProvider {
    typealias Shape = IAM.UpdateSAMLProvider
    typealias Record = SAMLProvider
    let naming: Naming
    let keys: SAMLKeys
    func providerARN(_ input: Input) -> String { input.sAMLProviderArn }

    func perform(
        _ input: Input, under permit: borrowing Permit<FoundProvider<Record>>, in transaction: inout Transaction
    ) throws -> Output {
        let (provider, now) = (try permit.target.required(), permit.facts.now)
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
        if let metadata = input.sAMLMetadataDocument {
            try transaction.run(
                "UPDATE iam_saml_provider SET metadata = ?, valid_until = ? WHERE id = ?", .text(metadata),
                .int(try SAMLDocument.end(of: metadata, now: now).milliseconds), .text(provider.id))
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
        if let pem = input.addPrivateKey {
            let id = naming.providerID()
            try SAMLKeys.insert(id, sealed: keys.sealed(pem, for: id), of: provider.id, now: now, &transaction)
        }
        let isRequired = input.assertionEncryptionMode?.rawValue ?? provider.encryption == "Required"
        if isRequired, try SAMLKeys.list(of: provider.id, transaction.snapshot).isEmpty {
            throw IAM.InvalidInputException(
                message: "Encryption can be required only of a provider with a private key.")
        }
        return Output(sAMLProviderArn: provider.arn)
    }
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
