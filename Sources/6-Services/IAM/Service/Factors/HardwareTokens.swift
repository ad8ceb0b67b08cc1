import Crypto
import Formats
public import Storage
public import World

/// Hardware tokens that show codes, as their maker's file lists them: the operator hands it to the server, and each token
/// can then be enabled by its number, once at a time, by whoever holds it, in any account.
///
/// Each line is `NUMBER,SEED`; empty lines and those that begin with `#` are passed over. A seed is written in hexadecimal
/// or Base32. Where it could be either, `hex:` or `base32:` before it tells.
public struct HardwareTokens: Sendable {
    /// What is wrong with the file, and where.
    public struct Malformed: Error, CustomStringConvertible {
        public let description: String

        init(_ line: Int, _ reason: String) { description = "line \(line): \(reason)" }
    }

    private let tokens: [(serial: String, seed: [UInt8])]

    /// - Throws: `Malformed`. The seeds themselves are in no error.
    public init(_ text: String) throws {
        var tokens: [(serial: String, seed: [UInt8])] = []
        var seen: Set<String> = []
        for (index, line) in text.split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        ).enumerated() {
            let line = line.filter { !$0.isWhitespace }
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let parts = line.split(separator: ",", omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw Malformed(index + 1, "a line is NUMBER,SEED") }
            let serial = String(parts[0])
            guard HardwareTokens.isSerial(serial) else {
                throw Malformed(index + 1, "a number has 9 to 256 letters, digits and +=/,.@-_, and is no ARN")
            }
            guard seen.insert(serial).inserted else { throw Malformed(index + 1, "the number is there twice") }
            tokens.append((serial, try HardwareTokens.seed(parts[1], index + 1)))
        }
        self.tokens = tokens
    }

    /// As the models of IAM and STS want serial numbers.
    private static func isSerial(_ text: String) -> Bool {
        (9...256).contains(text.utf8.count) && !text.hasPrefix("arn:")
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || "_+=/.@-".utf8.contains(byte)
            }
    }

    /// - Source: RFC 4226, section 4, R6: at least 128 bits.
    private static let shortest = 16

    private static func seed(_ text: Substring, _ line: Int) throws -> [UInt8] {
        let hexadecimal =
            text.hasPrefix("base32:") ? nil : Hexadecimal.decode(Array(text.trimming(prefix: "hex:").utf8))
        let base32 = text.hasPrefix("hex:") ? nil : Base32.decode(text.trimming(prefix: "base32:"))
        let found = [hexadecimal, base32].compactMap { $0 }.filter { $0.count >= shortest }
        guard found.count < 2 else {
            throw Malformed(line, "the seed can be read in two ways: write hex: or base32: before it")
        }
        guard let seed = found.first else {
            throw Malformed(line, "a seed has at least \(shortest) bytes, in hexadecimal or Base32")
        }
        return seed
    }

    /// Adds those that are not there yet, and tells how many. A token that is there stays as it is, also where the file has
    /// another seed for it.
    public func add(to store: Store, _ seeds: FactorSeeds, _ identifiers: Identifiers) async throws -> Int {
        var sealed: [(serial: String, id: String, seed: [UInt8])] = []
        for token in tokens {
            let isKnown = try store.read { snapshot in try MFADevice.find(token.serial, snapshot) } != nil
            if !isKnown {
                sealed.append((token.serial, identifiers.uuid(), try seeds.seal(token.seed, for: token.serial)))
            }
        }
        let new = sealed
        guard !new.isEmpty else { return 0 }
        try await store.write(.synced) { transaction in
            for token in new {
                try MFADevice.insert(
                    token.serial, .hardware, in: nil, id: token.id, sealedSeed: token.seed, &transaction)
            }
        }
        return new.count
    }
}

extension Substring {
    fileprivate func trimming(prefix: String) -> Substring { hasPrefix(prefix) ? dropFirst(prefix.count) : self }
}
