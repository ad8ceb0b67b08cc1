/// An action of a request, such as `s3:GetObject`: shown as given, matched without regard to case.
///
/// A class: there are as many as a server has actions, and each is asked about again and again.
public final class ActionName: Sendable, Hashable, CustomStringConvertible {
    public let description: String
    /// Both lower-cased (ASCII).
    public let service: String
    public let name: String
    /// The whole, lower-cased.
    let lowered: [UInt8]
    /// The same with the service replaced by `*`; empty without a colon.
    let ofAnyService: [UInt8]
    /// Where the first colon is; nil if there is none.
    let colon: Int?
    /// Digests of the first 0, 1, 2 … bytes of `lowered`.
    let beginnings: [UInt64]

    /// Text without a colon has an empty name and is matched by `*` alone.
    public init(_ text: String) {
        description = text
        let lowered = ASCII.lowercased(text.utf8)
        let colon = lowered.firstIndex(of: UInt8(ascii: ":"))
        (self.lowered, self.colon) = (lowered, colon)
        service = String(decoding: lowered[..<(colon ?? lowered.count)], as: UTF8.self)
        name = String(decoding: lowered[(colon.map { $0 + 1 } ?? lowered.count)...], as: UTF8.self)
        ofAnyService = colon.map { [UInt8(ascii: "*")] + lowered[$0...] } ?? []
        beginnings = Digest.ofBeginnings(lowered)
    }

    /// As given, case included: for sets and tests. Policies match without regard to case.
    public static func == (left: ActionName, right: ActionName) -> Bool { left.description == right.description }

    /// Fits `==`.
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

/// Case of ASCII letters only.
enum ASCII {
    static func lowercased(_ text: String) -> String {
        guard text.utf8.contains(where: { (0x41...0x5A).contains($0) }) else { return text }
        return String(decoding: lowercased(text.utf8), as: UTF8.self)
    }

    static func lowercased(_ bytes: some Collection<UInt8>) -> [UInt8] {
        bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }

    /// True if `text` is `true` in any case, which is how policies read booleans.
    static func isTrue(_ text: String) -> Bool {
        let utf8 = text.utf8
        return utf8.count == 4 && zip(utf8, "true".utf8).allSatisfy { $0 | 0x20 == $1 }
    }
}
