import Door
import KeyEngine
import World

extension KMSService {
    /// Keys and what belongs to them.
    static func management(_ world: World, _ keys: Keys, _ engine: any KeyEngine) -> [AnyOperation] {
        [
            .prepared(CreateKey(keys: keys, engine: engine, identifiers: world.identifiers)),
            .query(DescribeKey(keys: keys)),
        ]
    }
}
