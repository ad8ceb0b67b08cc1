import Crypto
import Formats
public import KeyVault

/// Makes the seeds of devices that show codes, seals them for the store, opens them for the check of a code.
public struct FactorSeeds: Sendable {
    private let vault: any KeyVault

    /// - Parameter vault: whose key the seeds are sealed with.
    public init(_ vault: any KeyVault) { self.vault = vault }

    var challenges: KeyChallenges { KeyChallenges(vault: vault) }

    /// A new seed in Base32, which only the answer of CreateVirtualMFADevice shows, and its sealed form. 64 characters, as
    /// AWS's.
    func make(for serial: String) throws -> (text: [UInt8], sealed: [UInt8]) {
        var seed = SecureRandom.bytes(40)
        defer { seed.zero() }
        return (Base32.encodeBytes(seed), try seal(seed, for: serial))
    }

    /// Bound to the serial number: sealed bytes moved to another device do not open.
    func seal(_ seed: [UInt8], for serial: String) throws -> [UInt8] {
        try vault.seal(seed, for: .factorSeeds, context: SealContext(serial))
    }

    /// The codes of a device; nil for one that shows none.
    func codes(of device: MFADevice) throws -> DeviceCodes? {
        guard let sealed = device.sealedSeed else { return nil }
        let seed = try vault.unsealSecret(sealed, for: .factorSeeds, context: SealContext(device.serial))
        return DeviceCodes(seed, drift: device.drift, used: device.used)
    }
}
