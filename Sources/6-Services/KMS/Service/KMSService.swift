public import Door
public import Journal
public import KeyEngine
public import KeyVault
public import World

/// Key Management Service: the operations it has here.
public enum KMSService {
    /// All operations.
    public static func operations(
        _ world: World, _ keys: Keys, _ engine: any KeyEngine, _ journal: Journal, _ vault: any KeyVault
    ) -> [AnyOperation] {
        management(world, keys, engine, journal) + stores(world, engine, vault) + cryptography(keys, engine)
    }
}
