public import Door
public import Journal
public import KeyEngine
public import KeyVault
public import Storage
public import World

/// Key Management Service: the operations it has here.
public enum KMSService {
    /// All operations. - Parameter store: has the journal.
    public static func operations(
        _ world: World, _ keys: Keys, _ engine: any KeyEngine, _ journal: Journal, _ store: Store,
        _ vault: any KeyVault
    ) -> [AnyOperation] {
        management(world, keys, engine, journal, KeyUses(store)) + stores(world, engine, vault)
            + cryptography(keys, engine)
    }
}
