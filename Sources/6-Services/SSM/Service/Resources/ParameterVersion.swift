import Formats
import SSMAPI
import Storage
import World

/// A version of a parameter.
struct ParameterVersion: Sendable {
    let number: Int
    let type: SSM.ParameterType
    let tier: SSM.ParameterTier
    let dataType: String
    let description: String?
    let pattern: String?
    let modified: Instant
    /// The ARN of who wrote it.
    let modifiedBy: String
    let value: StoredValue

    /// The versions of a parameter that Parameter Store keeps.
    /// - Source: Systems Manager User Guide, "Working with parameter versions".
    static let limit = 100

    /// How answers name its KMS key.
    var shownKey: String? { value.key }

    private init(_ row: borrowing Row) {
        (number, type) = (Int(row.int(0)), SSM.ParameterType(rawValue: row.text(1)))
        (tier, dataType) = (SSM.ParameterTier(rawValue: row.text(2)), row.text(3))
        (description, pattern) = (row.textOrNull(4), row.textOrNull(5))
        (modified, modifiedBy) = (Instant(milliseconds: row.int(6)), row.text(7))
        value = StoredValue(plain: row.textOrNull(8), key: row.textOrNull(9), dataKey: row.blobOrNull(10), row.blob(11))
    }

    /// Whatever number the caller came up with.
    static func find(
        _ number: Int, of place: ParameterPlace, _ snapshot: borrowing Snapshot
    ) throws -> ParameterVersion? {
        try snapshot.first(
            """
            SELECT version, type, tier, data_type, description, pattern, modified, modified_by, value, kms_key,
                data_key, sealed
            FROM ssm_version WHERE account = ? AND region = ? AND name = ? AND version = ?
            """, place.accountValue, place.regionValue, place.nameValue, .number(number)
        ) { ParameterVersion($0) }
    }

    /// The one that has the label.
    static func find(
        label: String, of place: ParameterPlace, _ snapshot: borrowing Snapshot
    ) throws -> ParameterVersion? {
        let number = try snapshot.first(
            "SELECT version FROM ssm_label WHERE account = ? AND region = ? AND name = ? AND label = ?",
            place.accountValue, place.regionValue, place.nameValue, .text(label)
        ) { Int($0.int(0)) }
        return try number.flatMap { try find($0, of: place, snapshot) }
    }

    /// Oldest first, those after a number.
    static func list(
        of place: ParameterPlace, after number: Int64, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> [ParameterVersion] {
        try snapshot.rows(
            """
            SELECT version, type, tier, data_type, description, pattern, modified, modified_by, value, kms_key,
                data_key, sealed
            FROM ssm_version WHERE account = ? AND region = ? AND name = ? AND version > ? ORDER BY version LIMIT ?
            """, place.accountValue, place.regionValue, place.nameValue, .int(number), .number(limit)
        ) { ParameterVersion($0) }
    }

    func labels(of place: ParameterPlace, _ snapshot: borrowing Snapshot) throws -> [String] {
        try snapshot.rows(
            """
            SELECT label FROM ssm_label WHERE account = ? AND region = ? AND name = ? AND version = ? ORDER BY label
            """, place.accountValue, place.regionValue, place.nameValue, .number(number)
        ) { $0.text(0) }
    }
}

/// A value as it is stored.
enum StoredValue: Sendable {
    case plain(String)
    /// As KMS encrypted it.
    case encrypted(key: String, text: [UInt8])
    /// Under a data key that KMS encrypted.
    case enveloped(key: String, dataKey: [UInt8], sealed: [UInt8])

    init(plain: String?, key: String?, dataKey: [UInt8]?, _ sealed: [UInt8]) {
        guard let key else {
            self = .plain(plain ?? "")
            return
        }
        self = dataKey.map { .enveloped(key: key, dataKey: $0, sealed: sealed) } ?? .encrypted(key: key, text: sealed)
    }

    /// How answers name the KMS key; nil where nothing is encrypted.
    var key: String? {
        switch self {
        case .plain: nil
        case .encrypted(let key, _), .enveloped(let key, _, _): key
        }
    }

    /// What who does not ask to decrypt is shown.
    var shown: String {
        switch self {
        case .plain(let text): text
        case .encrypted(_, let text): Base64.encode(text)
        case .enveloped(_, let dataKey, let sealed): Base64.encode(dataKey + sealed)
        }
    }
}
