import Door
import World

extension IAMService {
    static func factors(_ world: World, _ seeds: FactorSeeds) -> [AnyOperation] {
        [
            .prepared(CreateVirtualMFADevice(identifiers: world.identifiers, seeds: seeds)),
            .change(DeleteVirtualMFADevice()), .query(ListVirtualMFADevices()), .change(TagMFADevice()),
            .change(UntagMFADevice()), .query(ListMFADeviceTags()), .prepared(EnableMFADevice(seeds: seeds)),
            .prepared(ResyncMFADevice(seeds: seeds)), .change(DeactivateMFADevice()), .query(ListMFADevices()),
        ]
    }
}
