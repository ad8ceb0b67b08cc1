import Storage

extension StagingLabels {
    static func all(of place: SecretPlace, _ snapshot: borrowing Snapshot) throws -> StagingLabels {
        let pairs = try snapshot.rows(
            "SELECT stage, version FROM secret_stage WHERE account = ? AND region = ? AND secret = ?",
            place.accountValue, place.regionValue, .text(place.name)
        ) { (label: $0.text(0), version: $0.text(1)) }
        return StagingLabels(pairs)
    }

    /// In place of those that are stored.
    func write(to place: SecretPlace, _ transaction: inout Transaction) throws {
        try transaction.run(
            "DELETE FROM secret_stage WHERE account = ? AND region = ? AND secret = ?", place.accountValue,
            place.regionValue, .text(place.name))
        for (label, version) in pairs {
            try transaction.run(
                "INSERT INTO secret_stage (account, region, secret, stage, version) VALUES (?, ?, ?, ?, ?)",
                place.accountValue, place.regionValue, .text(place.name), .text(label), .text(version))
        }
    }
}
