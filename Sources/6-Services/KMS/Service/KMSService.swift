public import Door
public import Journal
public import KeyEngine
public import World

/// Key Management Service: the operations it has here.
public enum KMSService {
    /// All operations.
    public static func operations(
        _ world: World, _ keys: Keys, _ engine: any KeyEngine, _ journal: Journal
    ) -> [AnyOperation] {
        management(world, keys, engine, journal) + cryptography(keys, engine)
    }
}
