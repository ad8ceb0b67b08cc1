import CPKCS11

/// What a module and a token say of themselves.
/// - Source: PKCS #11 v2.40 base, CK_INFO and CK_TOKEN_INFO.
public struct TokenDescription: Hashable, Sendable {
    /// The module's name and version.
    public let library: String
    /// The token's own words.
    public let label, manufacturer, model, serialNumber, hardwareVersion, firmwareVersion: String

    init(_ library: CK_INFO, _ token: CK_TOKEN_INFO) {
        self.library =
            text(library.libraryDescription) + " " + number(library.libraryVersion.major, library.libraryVersion.minor)
        label = text(token.label)
        manufacturer = text(token.manufacturerID)
        model = text(token.model)
        serialNumber = text(token.serialNumber)
        hardwareVersion = number(token.hardwareVersion.major, token.hardwareVersion.minor)
        firmwareVersion = number(token.firmwareVersion.major, token.firmwareVersion.minor)
    }
}

/// Fixed-width texts, padded with blanks.
func text<Bytes>(_ bytes: Bytes) -> String {
    var all = withUnsafeBytes(of: bytes) { Array($0) }
    while let last = all.last, last == 0x20 || last == 0 { all.removeLast() }
    return String(decoding: all, as: UTF8.self)
}

private func number(_ major: UInt8, _ minor: UInt8) -> String { "\(major).\(minor)" }
