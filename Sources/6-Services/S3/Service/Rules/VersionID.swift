import Crypto
import Formats

/// The name of one version of an object: 32 characters that tell nothing and cannot be guessed.
///
/// Of its 24 bytes ten are random, six say which place the version has among those of its key, and eight make sure of the
/// others. So an id that was never given is told from one whose version is gone, and a listing can go on after a version
/// that was removed meanwhile.
/// - Source: S3 User Guide, "How S3 Versioning works", "Version IDs": unique, opaque, at most 1,024 bytes; that S3 tells
///   ids it never gave from others, and pages on after removed versions, shows in LocalStack's validated tests
///   (`test_s3_api.py`, `test_s3_list_operations.py`).
struct VersionID: Sendable, Hashable {
    /// As stored.
    let bytes: [UInt8]
    /// Counts down with every version of the bucket: the least is the newest.
    let place: Int64

    private static let (randomCount, placeCount, checkCount) = (10, 6, 8)
    private static let count = randomCount + placeCount + checkCount

    /// A new one. - Parameter place: below 0.
    init(at place: Int64) {
        let random = SecureRandom.bytes(VersionID.randomCount)
        let number = (0..<VersionID.placeCount).map { UInt8(truncatingIfNeeded: -place >> (8 * Int64($0))) }
        let name = random + VersionID.masked(number, by: random)
        bytes = name + VersionID.check(of: name)
        self.place = place
    }

    /// Nil for what no server of ours gave.
    init?(bytes: [UInt8]) {
        guard bytes.count == VersionID.count else { return nil }
        let name = Array(bytes.prefix(VersionID.randomCount + VersionID.placeCount))
        guard Array(bytes.suffix(VersionID.checkCount)) == VersionID.check(of: name) else { return nil }
        let random = Array(name.prefix(VersionID.randomCount))
        let number = VersionID.masked(Array(name.suffix(VersionID.placeCount)), by: random)
        self.bytes = bytes
        place = -number.reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
    }

    init?(_ text: String) {
        guard text.utf8.count == VersionID.count / 3 * 4, !text.utf8.contains(where: { $0 == 0x2B || $0 == 0x2F })
        else {
            return nil
        }
        let standard = text.utf8.map { byte -> UInt8 in
            byte == UInt8(ascii: ".") ? 0x2B : byte == UInt8(ascii: "_") ? 0x2F : byte
        }
        guard let bytes = Base64.decode(standard) else { return nil }
        self.init(bytes: bytes)
    }

    /// Letters, digits, `.` and `_`.
    var text: String {
        String(
            decoding: Base64.encodeBytes(bytes).map { byte -> UInt8 in
                byte == 0x2B ? UInt8(ascii: ".") : byte == 0x2F ? UInt8(ascii: "_") : byte
            }, as: UTF8.self)
    }

    private static func masked(_ number: [UInt8], by random: [UInt8]) -> [UInt8] {
        zip(number, SHA256.hash(Array("gatehouse version place".utf8) + random)).map { $0 ^ $1 }
    }

    private static func check(of name: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(Array("gatehouse version".utf8) + name).prefix(checkCount))
    }
}

/// What a request calls a version by.
enum VersionName: Sendable, Hashable {
    /// The version that was stored while the bucket gave no ids.
    case null
    case id(VersionID)

    /// Nil for what is no name of a version.
    init?(_ text: String) {
        if text == "null" {
            self = .null
        } else {
            guard let id = VersionID(text) else { return nil }
            self = .id(id)
        }
    }

    /// Of a text that was looked at before; nil where there is none.
    static func given(_ text: String?) -> VersionName? { text.flatMap { VersionName($0) } }

    init(_ version: VersionID?) { self = version.map { .id($0) } ?? .null }

    var text: String {
        switch self {
        case .null: "null"
        case .id(let id): id.text
        }
    }
}
