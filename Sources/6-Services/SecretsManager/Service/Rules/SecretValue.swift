import SecretsManagerAPI

/// What is kept secret: a text or bytes. Never printed.
enum SecretValue: Sendable, Equatable {
    case text(String)
    case binary([UInt8])

    /// Bytes.
    /// - Source: Secrets Manager User Guide, "Quotas".
    static let longest = 65_536

    /// Nil where the request brings none.
    init?(text: String?, binary: [UInt8]?) throws {
        switch (text, binary) {
        case (nil, nil): return nil
        case (let text?, nil): self = .text(text)
        case (nil, let binary?): self = .binary(binary)
        default:
            throw Refused.parameter(
                "You can't specify both a binary secret value and a string secret value in the same secret.")
        }
        guard bytes.count <= SecretValue.longest else {
            throw Refused.parameter("A secret value has at most \(SecretValue.longest) bytes.")
        }
    }

    init(_ bytes: [UInt8], isBinary: Bool) {
        self = isBinary ? .binary(bytes) : .text(String(decoding: bytes, as: UTF8.self))
    }

    var bytes: [UInt8] {
        switch self {
        case .text(let text): Array(text.utf8)
        case .binary(let bytes): bytes
        }
    }

    var isBinary: Bool {
        if case .binary = self { return true }
        return false
    }

    var string: String? {
        if case .text(let text) = self { return text }
        return nil
    }

    var binary: [UInt8]? {
        if case .binary(let bytes) = self { return bytes }
        return nil
    }

    /// By bytes: texts that only look alike are two.
    static func == (left: SecretValue, right: SecretValue) -> Bool {
        left.isBinary == right.isBinary && left.bytes == right.bytes
    }
}
