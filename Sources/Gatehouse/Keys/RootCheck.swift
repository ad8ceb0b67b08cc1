import Crypto
import KMSService
import Storage

/// Whether the root that was opened is the one of the data, looked at before anything is written.
enum RootCheck {
    /// - Throws: `SetupError` where it is of another folder, or of another time.
    static func require(_ store: Store, _ ground: KeyGround) throws {
        if var (_, key) = try Authority.stored(store, ground.vault) { key.zero() }
        guard try store.read({ try KeysUnderRoot.hasStrangers(to: ground.engine, $0) }) else { return }
        throw SetupError(
            "The root key opens, but keys of KMS in this data are under another one: the file root is of a time before or after "
                + "the root was changed. Restore the root and the database of the same time, with the key file or the HSM."
        )
    }
}
