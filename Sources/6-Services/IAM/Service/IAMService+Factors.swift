public import Door
public import World

extension IAMService {
    static func factors(_ world: World, _ seeds: FactorSeeds) -> [AnyOperation] {
        [
            .prepared(CreateVirtualMFADevice(identifiers: world.identifiers, seeds: seeds)),
            .change(DeleteVirtualMFADevice()), .query(ListVirtualMFADevices()), .change(TagMFADevice()),
            .change(UntagMFADevice()), .query(ListMFADeviceTags()), .prepared(EnableMFADevice(seeds: seeds)),
            .prepared(ResyncMFADevice(seeds: seeds)), .change(DeactivateMFADevice()), .query(ListMFADevices()),
            .query(GetMFADevice()),
        ]
    }

    /// The calls with which security keys are registered, by the last part of their path.
    public static func securityKeyCalls(_ world: World, _ seeds: FactorSeeds) -> [String: AnyOperation] {
        [
            "register/begin": .query(BeginSecurityKey(challenges: seeds.challenges)),
            "register": .prepared(
                EnableSecurityKey(challenges: seeds.challenges, identifiers: world.identifiers)),
        ]
    }
}
