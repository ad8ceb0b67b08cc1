import AWS
import Crypto
import Door
import IAMAPI
import Storage
import World

/// Takes a certificate for servers with its private key, and seals the key.
/// - Source: IAM API Reference, "UploadServerCertificate".
struct UploadServerCertificate: PreparedChange {
    typealias Shape = IAM.UploadServerCertificate
    let naming: Naming
    let secrets: KeySecrets

    /// What is stored if the name is free still.
    struct Prepared: Sendable {
        let certificate: ServerCertificate
        let sealedKey: [UInt8]
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> NewEntity {
        let account = try facts.signedAccount()
        let taken = try ServerCertificate.find(input.serverCertificateName, in: account, snapshot).record != nil
        return NewEntity(
            .serverCertificate, account, path: input.path, name: input.serverCertificateName, isTaken: taken)
    }

    func access(_ input: Input, to target: NewEntity, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts, keys: Tags.requestKeys(input.tags))
            .with(tagging: input.tags, .serverCertificate, target.arn, facts)
    }

    /// A chain may be long: it is verified before the transaction.
    func prepare(_ input: Input, under permit: borrowing Permit<NewEntity>) async throws -> Prepared {
        let certificate = try CertificateText.single(input.certificateBody, at: permit.facts.now)
        try CertificateText.checkPair(certificate, input.privateKey)
        if let chain = input.certificateChain { try CertificateText.checkChain(certificate, chain) }
        let id = naming.id(.serverCertificate)
        return Prepared(
            certificate: ServerCertificate(
                account: permit.target.account, name: input.serverCertificateName, path: input.path ?? "/", id: id,
                body: input.certificateBody, chain: input.certificateChain, uploaded: permit.facts.now,
                expires: Instant(seconds: certificate.validity?.upperBound ?? 0)),
            sealedKey: try secrets.seal(privateKey: input.privateKey, of: id))
    }

    func perform(
        _ input: Input, _ prepared: Prepared, under permit: borrowing Permit<NewEntity>,
        in transaction: inout Transaction
    ) throws -> Output {
        guard !permit.target.isTaken else {
            throw IAM.EntityAlreadyExistsException(
                message: EntityKind.serverCertificate.exists(input.serverCertificateName))
        }
        let count = try ServerCertificate.count(in: permit.target.account, transaction.snapshot)
        guard count < ServerCertificate.limit else {
            throw Quota.exceeded("ServerCertificatesPerAccount", ServerCertificate.limit)
        }
        try prepared.certificate.insert(sealedKey: prepared.sealedKey, &transaction)
        if let tags = input.tags { try Tags.put(tags, on: .resource(prepared.certificate.id), &transaction) }
        return Output(
            serverCertificateMetadata: prepared.certificate.metadata,
            tags: input.tags?.sorted { $0.key < $1.key })
    }

    func abandon(_ prepared: Prepared) async {}
}
