/// The calls whose records are still to be seen.
struct Ledger: Sendable {
    enum Duty: Sendable {
        /// Answered with success, or known to be committed: one record of it, without an error.
        case success
        /// Answered with an error by a working store: one record, with an error.
        case failure
        /// Answered with an error by a failing store: no record, or one with an error.
        case perhapsFailure
        /// Lost in a crash before its commit: no record.
        case nothing
    }

    private var open: [String: (name: String, duty: Duty)] = [:]
    private(set) var position: Int64 = 0

    mutating func expect(_ duty: Duty, of name: String, _ requestID: String) { open[requestID] = (name, duty) }

    /// Takes the new records, and tells what is wrong with them.
    mutating func settle(_ records: [StormHouse.Record]) -> [String] {
        var complaints: [String] = []
        for record in records {
            guard record.position == position + 1 else {
                return complaints + ["record \(record.position) follows \(position)"]
            }
            position = record.position
            guard let (name, duty) = open.removeValue(forKey: record.requestID) else {
                complaints.append("a record of \(record.name) that no call, or an earlier record, accounts for")
                continue
            }
            let isRight =
                switch duty {
                case .success: record.errorCode == nil
                case .failure, .perhapsFailure: record.errorCode != nil
                case .nothing: false
                }
            if !isRight || !Ledger.isSame(record.name, name) {
                complaints.append("\(name), \(duty): recorded as \(record.name), \(record.errorCode ?? "success")")
            }
        }
        for (name, duty) in open.values {
            switch duty {
            case .success, .failure: complaints.append("\(name), \(duty): no record")
            case .perhapsFailure, .nothing: break
            }
        }
        open = [:]
        return complaints
    }

    /// CloudTrail calls both kinds of listing the same.
    private static func isSame(_ recorded: String, _ name: String) -> Bool {
        recorded == name || recorded == name + "V2"
    }
}
