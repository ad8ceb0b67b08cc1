import AWS
import Crypto
import Door
import KMSAPI
import KeyEngine
import KeyVault
import World

/// The passwords of custom key stores. Each is kept sealed, to be compared with the PIN of the device when its store is
/// connected, and for nothing else: the server is logged in at the device with the PIN that its operator configured. Who
/// guesses it that way is slowed down, account by account.
struct StorePasswords: Sendable {
    let vault: any KeyVault
    private let attempts = PasswordAttempts()

    init(_ vault: any KeyVault) { self.vault = vault }

    /// Bound to the store: sealed bytes moved to another one do not open.
    func seal(_ password: String, of store: String, in account: AccountID) throws -> [UInt8] {
        try vault.seal(
            Array(password.utf8), for: .keyStorePasswords, context: SealContext(account.description, store))
    }

    /// Why a store cannot be connected with its password; nil where it can. One that was made before passwords were kept has
    /// none.
    func failure(of store: KeyStore, _ engine: any KeyEngine, _ now: Instant) throws -> KMS.ConnectionErrorCodeType? {
        guard let sealed = store.password else { return .invalidCredentials }
        let password = try vault.unsealSecret(
            sealed, for: .keyStorePasswords, context: SealContext(store.account.description, store.id))
        guard let attempt = try? attempts.admit(store.account.description, at: now) else { return .userLockedOut }
        let isRight = engine.isLoggedIn(with: password)
        switch isRight {
        case true?:
            attempts.end(attempt, .right)
            return nil
        case false?:
            attempts.end(attempt, .wrong)
            return .invalidCredentials
        case nil:
            attempts.end(attempt, .undecided)
            return .internalError
        }
    }
}
