import AWS
public import Authentication
import Crypto
public import Door
import HTTP
public import Journal
public import KeyVault
public import Storage
public import World

/// What sign-in works with.
public struct SignInParts: Sendable {
    let world: World
    let store: Store
    let journal: Journal
    let vault: any KeyVault
    let people: any SignInDirectory
    let factors: any SecondFactors
    let keys: any SecurityKeys
    let attempts: PasswordAttempts
    /// Guesses from one address at anybody's password: many people may sit behind one.
    let addresses = PasswordAttempts(free: 20)
    /// Opens temporary credentials, and makes them.
    let credentials: any CredentialSource
    let issuer: any SessionIssuer
    let saml: any SAMLOffers

    /// - Parameters:
    ///   - attempts: shared with IAM, whose ChangePassword is another way to guess.
    ///   - credentials: where temporary keys are found.
    ///   - saml: reads what identity providers post.
    public init(
        world: World, store: Store, journal: Journal, vault: any KeyVault, people: any SignInDirectory,
        factors: any SecondFactors, keys: any SecurityKeys, attempts: PasswordAttempts,
        credentials: any CredentialSource, issuer: any SessionIssuer, saml: any SAMLOffers
    ) {
        (self.world, self.store, self.journal, self.vault) = (world, store, journal, vault)
        (self.people, self.factors, self.keys, self.attempts) = (people, factors, keys, attempts)
        (self.credentials, self.issuer, self.saml) = (credentials, issuer, saml)
    }

    /// Forgets who has to wait. For test servers that begin anew.
    public func forgetAttempts() {
        attempts.clearAll()
        addresses.clearAll()
    }

    /// The token that a page of the console must send with what changes something: bound to its session.
    func forgeryToken(_ secret: String) throws -> String {
        let key = try vault.derive(.forgeryTokens)
        return Hexadecimal.string(HMACSHA256.authenticate(Array(secret.utf8), key: key))
    }

    func record(_ record: SignInRecord, _ request: ConsoleRequest) async throws {
        try await journal.record(record.event(request, world.identifiers), .synced)
    }
}
