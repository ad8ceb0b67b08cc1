import Crypto
import Edge
import KeyVault
import Storage
import World

/// The local certificate authority: made at first start, its key sealed in the store.
struct Authority {
    private let authority: LocalAuthority

    /// The root certificate in a file that anyone who may read the data folder can hand on.
    static let fileName = "ca.pem"
    private static let purpose = KeyPurpose.localAuthority

    init(_ house: House) async throws {
        let now = house.clock.wallTime().seconds
        if let (certificate, sealed) = try house.store.read({ snapshot in
            try snapshot.first("SELECT certificate, sealed_key FROM server_authority WHERE id = 1") {
                ($0.blob(0), $0.blob(1))
            }
        }) {
            let key = try house.vault.unseal(sealed, for: Authority.purpose, context: SealContext("authority"))
            authority = try LocalAuthority(certificate: certificate, privateKey: key)
        } else {
            let made = try LocalAuthority(now: now)
            let sealed = try house.vault.seal(
                made.privateKey, for: Authority.purpose, context: SealContext("authority"))
            let certificate = made.certificate
            try await house.store.write { transaction in
                try transaction.run(
                    "INSERT INTO server_authority (id, certificate, sealed_key) VALUES (1, ?, ?)", .blob(certificate),
                    .blob(sealed))
            }
            authority = made
        }
        try PrivateText.write(
            String(decoding: authority.certificate, as: UTF8.self), to: house.folder.path + "/" + Authority.fileName)
    }

    /// A signer of identity documents, with a key of its own.
    func documentSigner(_ clock: any Clock) throws -> DocumentSigner {
        try DocumentSigner(authority, name: "Gatehouse instance identity", now: clock.wallTime().seconds)
    }

    /// A fresh server certificate for localhost, its subdomains and loopback.
    func identity(_ clock: any Clock) throws -> TLSIdentity {
        let issued = try authority.issue(now: clock.wallTime().seconds)
        return try TLSIdentity(certificateChain: issued.chain, privateKey: issued.privateKey)
    }
}
