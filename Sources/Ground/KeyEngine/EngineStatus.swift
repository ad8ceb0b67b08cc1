/// What protects the keys. Says only what the engine knows or the device reports.
public struct EngineStatus: Hashable, Sendable {
    /// Where the root key lies.
    public enum Root: String, Hashable, Sendable { case software, hsm }

    /// Where its root lies, and whether it can be used at this moment.
    public let root: Root
    public let isAvailable: Bool
    /// Why it cannot, and what to do where waiting does not help; for operators, not for callers. Nil where it can.
    public let reason: String?
    /// Nil for the software root.
    public let device: DeviceDescription?

    /// As an engine finds it.
    public init(root: Root, isAvailable: Bool, reason: String? = nil, device: DeviceDescription? = nil) {
        (self.root, self.isAvailable, self.reason, self.device) = (root, isAvailable, reason, device)
    }
}

/// A PKCS#11 token, in its own words.
/// - Source: PKCS #11 v2.40 base, CK_INFO and CK_TOKEN_INFO.
public struct DeviceDescription: Hashable, Sendable {
    /// The path of the module that was loaded.
    public let module: String
    /// What the module calls itself, with its version.
    public let library: String
    /// What the token says of itself.
    public let tokenLabel, manufacturer, model, serialNumber: String
    public let hardwareVersion, firmwareVersion: String
    /// What certificate the device says it holds; nil, and nothing is claimed, where it says none.
    public let validation: String?

    /// As a device tells it.
    public init(
        module: String, library: String, tokenLabel: String, manufacturer: String, model: String, serialNumber: String,
        hardwareVersion: String, firmwareVersion: String, validation: String? = nil
    ) {
        (self.module, self.library, self.tokenLabel) = (module, library, tokenLabel)
        (self.manufacturer, self.model, self.serialNumber) = (manufacturer, model, serialNumber)
        (self.hardwareVersion, self.firmwareVersion) = (hardwareVersion, firmwareVersion)
        self.validation = validation
    }
}
