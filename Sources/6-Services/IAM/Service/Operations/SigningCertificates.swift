import Crypto
import Door
import IAMAPI
import Storage

/// Takes a certificate for a user, or for root where root calls without a name.
///
/// AWS repeats what it cannot read. Here it is not repeated: somebody may have sent the private key in its place.
/// One that the owner has already is told as it is, with its status; AWS then says `Active` of one that it keeps inactive.
/// - Source: IAM API Reference, "UploadSigningCertificate"; its id, and what is said of one that is there already, as
///   captured from AWS in radkawar/stackd, `docs/iam-certificates.md`, commit 9dc356f.
struct UploadSigningCertificate: Change, OnKeys {
    typealias Shape = IAM.UploadSigningCertificate
    func userName(_ input: Input) -> String? { input.userName }

    func perform(
        _ input: Input, under permit: borrowing Permit<KeyOwner>, in transaction: inout Transaction
    ) throws -> Output {
        let target = permit.target
        let owner = try target.required()
        let certificate = try CertificateText.single(
            input.certificateBody, at: permit.facts.now, complaint: "Certificate is malformed.")
        try CertificateText.checkKey(certificate)
        let digest = certificate.digest
        if let (kept, holder) = try SigningCertificate.find(digest, in: target.account, transaction.snapshot) {
            guard holder == owner else {
                throw IAM.DuplicateCertificateException(message: "Duplicate certificate uploaded.")
            }
            return Output(certificate: kept.shape(target.userName ?? ""))
        }
        guard try SigningCertificate.all(of: owner, transaction.snapshot).count < SigningCertificate.limit else {
            throw Quota.exceeded("CertificatesPerUser", SigningCertificate.limit)
        }
        let made = SigningCertificate(
            id: SigningCertificate.id(of: certificate), body: input.certificateBody, uploaded: permit.facts.now)
        try made.insert(for: owner, digest, in: target.account, &transaction)
        return Output(certificate: made.shape(target.userName ?? ""))
    }
}

/// - Source: IAM API Reference, "ListSigningCertificates".
struct ListSigningCertificates: Query, OnKeys {
    typealias Shape = IAM.ListSigningCertificates
    func userName(_ input: Input) -> String? { input.userName }

    func answer(
        _ input: Input, under permit: borrowing Permit<KeyOwner>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let target = permit.target
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        let all = try SigningCertificate.all(of: target.required(), snapshot).filter { $0.id > page.after }
        let (items, marker) = page.cut(Array(all.prefix(page.fetch))) { $0.id }
        return Output(
            certificates: items.map { $0.shape(target.userName ?? "") }, isTruncated: marker != nil, marker: marker)
    }
}

/// Switches a certificate on or off.
/// - Source: IAM API Reference, "UpdateSigningCertificate".
struct UpdateSigningCertificate: Change, OnKeys {
    typealias Shape = IAM.UpdateSigningCertificate
    func userName(_ input: Input) -> String? { input.userName }

    /// What is to be stopped must be stopped on a full disk too.
    func freesRoom(_ input: Input) -> Bool { input.status == .inactive }

    func perform(
        _ input: Input, under permit: borrowing Permit<KeyOwner>, in transaction: inout Transaction
    ) throws -> Output {
        let isActive = try CredentialStatus.isActive(input.status)
        let owner = try permit.target.required()
        let found = try SigningCertificate.find(input.certificateId, of: owner, transaction.snapshot)
        try transaction.run(
            "UPDATE iam_signing_certificate SET active = ? WHERE id = ? AND owner = ?", .bool(isActive),
            .text(found.id), .text(owner))
        return Output()
    }
}

/// - Source: IAM API Reference, "DeleteSigningCertificate".
struct DeleteSigningCertificate: Change, OnKeys {
    typealias Shape = IAM.DeleteSigningCertificate
    func userName(_ input: Input) -> String? { input.userName }

    func perform(
        _ input: Input, under permit: borrowing Permit<KeyOwner>, in transaction: inout Transaction
    ) throws -> Output {
        let owner = try permit.target.required()
        let found = try SigningCertificate.find(input.certificateId, of: owner, transaction.snapshot)
        try transaction.run(
            "DELETE FROM iam_signing_certificate WHERE id = ? AND owner = ?", .text(found.id), .text(owner))
        return Output()
    }
}
