public import KeyEngine
public import Storage

/// What of KMS is wrapped under the root of the data folder, and would not come along to another.
public enum KeysUnderRoot {
    /// How many materials could not be used any more, were the root moved.
    ///
    /// Under a root in software all that the software engine wrapped stays usable, because the vault's keys come along. What
    /// an HSM wrapped is bound to that root in that HSM; and what the software engine wrapped, an HSM does not use. The keys
    /// by which imported material is known again are wrapped too, and count.
    /// - Parameter root: where the new root is to lie.
    public static func lost(movingTo root: EngineStatus.Root, _ snapshot: borrowing Snapshot) throws -> Int {
        switch root {
        case .hsm:
            Int(
                try snapshot.number(
                    "SELECT count(*) FROM kms_material WHERE wrapped IS NOT NULL OR digest_key IS NOT NULL"))
        case .software:
            Int(
                try snapshot.number(
                    """
                    SELECT count(*) FROM kms_material
                    WHERE substr(wrapped, 1, length(?1)) <> ?1 OR substr(digest_key, 1, length(?1)) <> ?1
                    """, .blob(WrappedKey.softwareStart)))
        }
    }
}
