import Door
import KeyEngine
import World

extension KMSService {
    /// Keys and what belongs to them.
    static func management(_ world: World, _ keys: Keys, _ engine: any KeyEngine) -> [AnyOperation] {
        [
            .prepared(CreateKey(keys: keys, engine: engine, identifiers: world.identifiers)),
            .query(DescribeKey(keys: keys)), .query(ListKeys()), .change(UpdateKeyDescription(keys: keys)),
            .change(EnableKey(keys: keys)), .change(DisableKey(keys: keys, engine: engine)),
            .change(ScheduleKeyDeletion(keys: keys, engine: engine)), .change(CancelKeyDeletion(keys: keys)),
            .query(ListKeyPolicies(keys: keys)), .query(GetKeyPolicy(keys: keys)), .change(PutKeyPolicy(keys: keys)),
            .change(TagResource(keys: keys)), .change(UntagResource(keys: keys)), .query(ListResourceTags(keys: keys)),
            .change(CreateAlias(keys: keys)), .change(UpdateAlias(keys: keys)), .change(DeleteAlias(keys: keys)),
            .query(ListAliases(keys: keys)),
        ]
    }
}
