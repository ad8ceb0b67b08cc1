public import AWS
import Crypto
public import Door
import Formats
public import KeyVault
import WebAuthn
public import Storage
public import World

/// The security keys of users and root users, as sign-in and STS see them.
public struct UserSecurityKeys: SecurityKeys {
    private let store: Store
    private let challenges: KeyChallenges

    /// Reads the store at each question; keeps nothing.
    public init(_ store: Store, _ vault: any KeyVault) {
        (self.store, challenges) = (store, KeyChallenges(vault: vault))
    }

    /// The keys of that host alone: others would not answer.
    public func challenge(for principal: Principal, host: String, now: Instant) throws -> SecurityKeyChallenge? {
        guard let owner = UserFactors.owner(principal) else { return nil }
        let keys = try store.read { snapshot in try StoredSecurityKey.all(of: owner, host: host, snapshot) }
        guard !keys.isEmpty else { return nil }
        return SecurityKeyChallenge(
            challenge: Base64URL.encode(try challenges.make(.prove, for: owner, now: now)),
            credentials: keys.map { Base64URL.encode($0.key.id) })
    }

    /// Nobody's is bound to nobody.
    public func challenge(forSignInOf principal: Principal?, now: Instant) throws -> String {
        let owner = principal.flatMap(UserFactors.owner) ?? ""
        return Base64URL.encode(try challenges.make(.prove, for: owner, now: now))
    }

    /// A signature is no guess: wrong ones are not counted.
    public func check(
        _ assertion: SecurityKeyAssertion, of principal: Principal, now: Instant
    ) async throws -> FactorCheck {
        guard let owner = UserFactors.owner(principal) else { return .noDevice }
        let found = try store.read { snapshot throws -> StoredSecurityKey? in
            guard let key = try StoredSecurityKey.find(assertion.credential, snapshot),
                try MFADevice.find(key.serial, snapshot)?.owner == owner
            else { return nil }
            return key
        }
        guard let found else { return .noDevice }
        guard let client = ClientData(assertion.clientData, .get), client.host == found.host,
            try challenges.isGood(client.challenge, .prove, for: owner, now: now),
            let counter = found.key.counter(asserting: assertion.authenticatorData, assertion.signature, client)
        else { return .wrong }
        return try await store.write(.synced) { transaction in
            guard try KeyChallenges.use(client.challenge, now: now, &transaction),
                try MFADevice.find(found.serial, transaction.snapshot)?.owner == owner,
                try found.use(counter, &transaction)
            else { return .wrong }
            try FactorLock.open(owner, &transaction)
            return .proved(serial: found.serial)
        }
    }
}
