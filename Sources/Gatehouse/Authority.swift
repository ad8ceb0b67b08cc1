import AWS
import Crypto
import Edge
import KeyVault
import Storage
import World

/// The local certificate authority: made at first start, its key sealed in the store.
struct Authority {
    private let authority: LocalAuthority
    private let house: House

    /// The root certificate in a file that anyone who may read the data folder can hand on.
    static let fileName = "ca.pem"
    /// The same of the authority that the forward proxy's certificates are of.
    static let proxyFileName = "proxy-ca.pem"
    private static let purpose = KeyPurpose.localAuthority

    init(_ house: House) async throws {
        self.house = house
        let now = house.clock.wallTime().seconds
        if let (certificate, key) = try Authority.stored(house.store, house.vault) {
            // The proxy's, where there is one, comes behind this one.
            authority = try LocalAuthority(
                certificate: PEM.blocks(certificate).first ?? [], privateKey: PEM.blocks(key).first ?? [])
        } else {
            authority = try LocalAuthority(now: now)
            try await Authority.keep([authority], house)
        }
        try Authority.hand(authority, in: house.folder.path, as: Authority.fileName)
    }

    /// The authority that certificates of the forward proxy are of: it is made when the proxy is first on, and can sign for
    /// AWS's domains alone.
    func forProxy() async throws -> LocalAuthority {
        let made: LocalAuthority
        if let (certificates, keys) = try Authority.stored(house.store, house.vault),
            let certificate = PEM.blocks(certificates).dropFirst().first, let key = PEM.blocks(keys).dropFirst().first
        {
            made = try LocalAuthority(certificate: certificate, privateKey: key)
        } else {
            made = try LocalAuthority(now: house.clock.wallTime().seconds, onlyFor: EndpointDomain.all)
            try await Authority.keep([authority, made], house)
        }
        try Authority.hand(made, in: house.folder.path, as: Authority.proxyFileName)
        return made
    }

    private static func hand(_ authority: LocalAuthority, in folder: String, as name: String) throws {
        try PrivateText.write(String(decoding: authority.certificate, as: UTF8.self), to: folder + "/" + name)
    }

    /// Keeps them in one row, certificates and keys one after the other, as PEM has it.
    private static func keep(_ all: [LocalAuthority], _ house: House) async throws {
        let sealed = try house.vault.seal(
            all.flatMap(\.privateKey), for: Authority.purpose, context: SealContext("authority"))
        let certificates = all.flatMap(\.certificate)
        try await house.store.write { transaction in
            try transaction.run(
                "INSERT OR REPLACE INTO server_authority (id, certificate, sealed_key) VALUES (1, ?, ?)",
                .blob(certificates), .blob(sealed))
        }
    }

    /// The first thing that is sealed in a folder, from its first start on; nil before it.
    /// - Throws: `SetupError` where it does not open: the root is not the one that the data was sealed under.
    static func stored(_ store: Store, _ vault: any KeyVault) throws -> (certificate: [UInt8], key: [UInt8])? {
        let stored = try store.read { snapshot in
            try snapshot.first("SELECT certificate, sealed_key FROM server_authority WHERE id = 1") {
                ($0.blob(0), $0.blob(1))
            }
        }
        guard let (certificate, sealed) = stored else { return nil }
        do throws(KeyVaultError) {
            return (certificate, try vault.unseal(sealed, for: Authority.purpose, context: SealContext("authority")))
        } catch {
            guard error == .notOpened else { throw error }
            throw SetupError(
                "The root key opens, but it is not the one that this data was sealed under: the file root and the database are "
                    + "of different folders or backups. Restore the root that belongs to the data, with its key file or HSM."
            )
        }
    }

    /// A signer of identity documents, with a key of its own.
    func documentSigner(_ clock: any Clock) throws -> DocumentSigner {
        try DocumentSigner(authority, name: "Gatehouse instance identity", now: clock.wallTime().seconds)
    }

    /// A fresh server certificate for localhost, its subdomains and loopback, and for the server's domains.
    func identity(_ clock: any Clock, domains: [String]) throws -> TLSIdentity {
        let names = domains.flatMap { ["\($0)", "*.\($0)", "s3.\($0)", "*.s3.\($0)"] }
        let issued = try authority.issue(names: names, now: clock.wallTime().seconds)
        return try TLSIdentity(certificateChain: issued.chain, privateKey: issued.privateKey)
    }
}
