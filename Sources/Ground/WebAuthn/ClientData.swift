import Formats

/// What the browser says it did: for which page, and with which challenge.
/// - Source: Web Authentication Level 2, section 5.8.1.
public struct ClientData: Sendable {
    public enum Kind: String, Sendable {
        case create = "webauthn.create"
        case get = "webauthn.get"
    }

    /// As the browser signed it.
    public let bytes: [UInt8]
    /// The challenge's bytes.
    public let challenge: [UInt8]
    /// The host of the page, without its port.
    public let host: String

    /// Nil where it is no client data of that kind, of a page in another page's frame, or of a page that was not loaded
    /// safely: by HTTPS, or from this machine.
    public init?(_ bytes: [UInt8], _ kind: Kind) {
        guard let members = try? ClientData.members(bytes), members.type == kind.rawValue, !members.isCrossOrigin,
            let challenge = Base64URL.decode(members.challenge), let host = ClientData.host(members.origin)
        else { return nil }
        (self.bytes, self.challenge, self.host) = (bytes, challenge, host)
    }

    private static func members(
        _ bytes: [UInt8]
    ) throws -> (type: String, challenge: String, origin: String, isCrossOrigin: Bool) {
        var (type, challenge, origin, isCrossOrigin) = ("", "", "", false)
        var json = JSONReader(bytes, depthLimit: 4)
        var keys = JSONKeys()
        try json.beginObject()
        while let key = try json.nextKey() {
            try keys.note(key, at: json.keyOffset)
            switch key {
            case "type": type = try json.readString()
            case "challenge": challenge = try json.readString()
            case "origin": origin = try json.readString()
            case "crossOrigin": isCrossOrigin = try json.readBool()
            default: try json.skipValue()
            }
        }
        try json.finish()
        return (type, challenge, origin, isCrossOrigin)
    }

    private static func host(_ origin: String) -> String? {
        let isSafe = origin.hasPrefix("https://")
        guard isSafe || origin.hasPrefix("http://") else { return nil }
        let authority = origin.dropFirst(isSafe ? 8 : 7)
        let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let host = String(parts[0])
        guard !host.isEmpty, host.utf8.allSatisfy({ ClientData.isOfName($0) }),
            parts.count == 1 || !parts[1].isEmpty && parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return isSafe || host == "localhost" ? host : nil
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ".")
    }
}
