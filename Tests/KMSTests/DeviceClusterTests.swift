import KMSAPI
import KeyEngine
import Testing

@testable import KMSService

/// Defends the names of devices: a cluster id that follows from the token, and none without a device.
@Suite struct DeviceClusterTests {
    private func status(_ serial: String) -> EngineStatus {
        EngineStatus(
            root: .hsm, isAvailable: true,
            device: DeviceDescription(
                module: "m", library: "l", tokenLabel: "t", manufacturer: "m", model: "m", serialNumber: serial,
                hardwareVersion: "1", firmwareVersion: "1"))
    }

    @Test func aTokenIsACluster() throws {
        let id = try #require(DeviceCluster.id(status("1")))
        #expect(id.wholeMatch(of: /cluster-[2-7a-z]{11}/) != nil)
        #expect(id == DeviceCluster.id(status("1")) && id != DeviceCluster.id(status("2")))
        try DeviceCluster.require(id, status("1"))
        #expect(throws: KMS.CloudHsmClusterNotFoundException.self) { try DeviceCluster.require(id, status("2")) }
    }

    @Test func withoutADeviceThereIsNone() {
        let software = EngineStatus(root: .software, isAvailable: true)
        #expect(DeviceCluster.id(software) == nil)
        #expect(throws: KMS.CloudHsmClusterNotFoundException.self) {
            try DeviceCluster.require("cluster-234abcdefgh", software)
        }
    }
}
