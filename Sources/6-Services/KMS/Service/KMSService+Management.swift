import Door
import Journal
import KeyEngine
import KeyVault
import World

extension KMSService {
    /// Keys and what belongs to them.
    static func management(
        _ world: World, _ keys: Keys, _ engine: any KeyEngine, _ journal: Journal, _ uses: KeyUses
    ) -> [AnyOperation] {
        let events = KeyEvents(identifiers: world.identifiers)
        return [
            .prepared(CreateKey(keys: keys, engine: engine, identifiers: world.identifiers)),
            .query(DescribeKey(keys: keys)), .query(ListKeys()), .change(UpdateKeyDescription(keys: keys)),
            .change(EnableKey(keys: keys)), .informed(DisableKey(keys: keys, uses: uses, engine: engine)),
            .informed(ScheduleKeyDeletion(keys: keys, uses: uses, engine: engine)),
            .change(CancelKeyDeletion(keys: keys)),
            .query(ListKeyPolicies(keys: keys)), .query(GetKeyPolicy(keys: keys)), .change(PutKeyPolicy(keys: keys)),
            .change(TagResource(keys: keys)), .change(UntagResource(keys: keys)), .query(ListResourceTags(keys: keys)),
            .change(CreateAlias(keys: keys)), .change(UpdateAlias(keys: keys)), .change(DeleteAlias(keys: keys)),
            .query(ListAliases(keys: keys)),
            .change(CreateGrant(keys: keys, identifiers: world.identifiers)), .query(ListGrants(keys: keys)),
            .query(ListRetirableGrants(keys: keys)), .change(RevokeGrant(keys: keys)),
            .change(RetireGrant(keys: keys)),
            .change(EnableKeyRotation(keys: keys)), .change(DisableKeyRotation(keys: keys)),
            .query(GetKeyRotationStatus(keys: keys)), .query(ListKeyRotations(keys: keys)),
            .worked(GetKeyLastUsage(keys: keys, uses: uses)), .change(ReplicateKey(keys: keys)),
            .change(UpdatePrimaryRegion(keys: keys)),
            .worked(GetParametersForImport(keys: keys, engine: engine)),
            .prepared(
                ImportKeyMaterial(keys: keys, work: ImportWork(engine: engine), identifiers: world.identifiers)),
            .change(DeleteImportedKeyMaterial(keys: keys, engine: engine)),
            .prepared(RotateKeyOnDemand(keys: keys, engine: engine, journal: journal, events: events)),
        ]
    }

    /// Custom key stores.
    static func stores(_ world: World, _ engine: any KeyEngine, _ vault: any KeyVault) -> [AnyOperation] {
        let passwords = StorePasswords(vault)
        return [
            .change(
                CreateCustomKeyStore(engine: engine, passwords: passwords, identifiers: world.identifiers)),
            .query(DescribeCustomKeyStores()),
            .prepared(ConnectCustomKeyStore(engine: engine, passwords: passwords)),
            .change(DisconnectCustomKeyStore()),
            .change(UpdateCustomKeyStore(engine: engine, passwords: passwords)), .change(DeleteCustomKeyStore()),
        ]
    }
}
