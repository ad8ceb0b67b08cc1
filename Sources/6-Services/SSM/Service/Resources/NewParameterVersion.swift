import SSMAPI
import Storage
import World

/// A version about to be written: of a SecureString, its value is ciphertext already.
struct NewParameterVersion: Sendable {
    let place: ParameterPlace
    let plan: ParameterPlan
    let dataType: String
    let description: String?
    let pattern: String?
    let value: StoredValue
    /// The ARN of who writes it.
    let author: String

    func write(isFirst: Bool, _ now: Instant, _ transaction: inout Transaction) throws {
        if isFirst { try checkQuota(&transaction) } else { try makeRoom(&transaction) }
        try transaction.run(
            """
            INSERT INTO ssm_parameter (account, region, name, tier, version) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (account, region, name) DO UPDATE SET tier = excluded.tier, version = excluded.version
            """, place.accountValue, place.regionValue, place.nameValue, .text(plan.tier.rawValue), .number(plan.number)
        )
        let columns = value.columns
        try transaction.run(
            """
            INSERT INTO ssm_version (account, region, name, version, type, tier, data_type, description, pattern,
                modified, modified_by, value, kms_key, data_key, sealed)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, place.accountValue, place.regionValue, place.nameValue, .number(plan.number),
            .text(plan.type.rawValue), .text(plan.tier.rawValue), .text(dataType), .textOrNull(description),
            .textOrNull(pattern), .int(now.milliseconds), .text(author), .textOrNull(columns.plain),
            .textOrNull(value.key), .blobOrNull(columns.dataKey), .blobOrNull(columns.sealed))
    }

    /// The oldest version goes where there are too many, unless a label holds it.
    private func makeRoom(_ transaction: inout Transaction) throws {
        let count = try transaction.number(
            "SELECT count(*) FROM ssm_version WHERE account = ? AND region = ? AND name = ?", place.accountValue,
            place.regionValue, place.nameValue)
        guard count >= ParameterVersion.limit else { return }
        let oldest = try ParameterVersion.list(of: place, after: 0, limit: 1, transaction.snapshot)
        for version in oldest {
            guard try version.labels(of: place, transaction.snapshot).isEmpty else {
                throw SSM.ParameterMaxVersionLimitExceeded(
                    message: "You attempted to create a new version of \(place.name) by calling the PutParameter API "
                        + "with the overwrite flag. Version \(version.number), the oldest version, can't be deleted "
                        + "because it has a label associated with it. Move the label to another version of the "
                        + "parameter, and try again.")
            }
            try transaction.run(
                "DELETE FROM ssm_version WHERE account = ? AND region = ? AND name = ? AND version = ?",
                place.accountValue, place.regionValue, place.nameValue, .number(version.number))
            transaction.eraseTraces()
        }
    }

    /// - Source: Systems Manager User Guide, "Managing parameter tiers": parameters of each account and Region.
    private func checkQuota(_ transaction: inout Transaction) throws {
        let limit = plan.tier == .advanced ? 100_000 : 10_000
        let isFull = try transaction.exists(
            "SELECT 1 FROM ssm_parameter_count WHERE account = ? AND region = ? AND tier = ? AND parameters >= ?",
            place.accountValue, place.regionValue, .text(plan.tier.rawValue), .number(limit))
        guard !isFull else {
            throw SSM.ParameterLimitExceeded(
                message:
                    "You have exceeded the number of parameters for this AWS account. Delete one or more parameters "
                    + "and try again.")
        }
    }
}

extension StoredValue {
    /// As they lie in the table, beside the key.
    fileprivate var columns: (plain: String?, dataKey: [UInt8]?, sealed: [UInt8]?) {
        switch self {
        case .plain(let text): (text, nil, nil)
        case .encrypted(_, let text): (nil, nil, text)
        case .enveloped(_, let dataKey, let sealed): (nil, dataKey, sealed)
        }
    }
}
