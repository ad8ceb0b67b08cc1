import CData
public import World

/// The managed policies that AWS publishes, read-only, carried inside the binary.
///
/// - Source: the table and its date are named in NOTICE. AWS's descriptions of these policies are not part of it.
public struct ManagedPolicy: Sendable {
    /// With leading and trailing slash, such as `/job-function/`.
    public let path: String
    public let name: String
    /// The default version's number as AWS counts it, such as `v12`; older versions are not carried.
    public let version: String
    /// `ANPA…`; nil for the newer ones, whose ids the table does not know.
    public let id: String?
    public let created: Instant
    /// When the default version came.
    public let updated: Instant
    public let document: [UInt8]

    public var arn: String { "arn:aws:iam::aws:policy\(path)\(name)" }
}

public enum ManagedPolicies {
    /// How many there are.
    public static var count: Int { lines.count }

    /// The policy whose ARN is `arn:aws:iam::aws:policy/` + `resource`; nil where AWS publishes none of that name.
    public static func find(_ resource: some StringProtocol) -> ManagedPolicy? {
        let wanted = Array(resource.utf8)
        var low = 0
        var high = lines.count
        while low < high {
            let middle = (low + high) / 2
            switch compare(wanted, with: lines[middle]) {
            case 0: return policy(lines[middle])
            case ..<0: high = middle
            default: low = middle + 1
            }
        }
        return nil
    }

    /// The policy at `index` in byte order of path and name, `0..<count`.
    public static func policy(at index: Int) -> ManagedPolicy { policy(lines[index]) }

    /// One line of the table: where it begins, its first field ends, and it ends.
    private struct Line: Sendable { let start, nameEnd, end: Int }

    private static let table = Table { gh_managed_policies($0) }

    private static let lines: [Line] = table.withBytes { bytes in
        var lines: [Line] = []
        lines.reserveCapacity(1600)
        var at = 0
        while at < bytes.count {
            guard let end = bytes[at...].firstIndex(of: 10), let name = bytes[at..<end].firstIndex(of: 9) else { break }
            lines.append(Line(start: at, nameEnd: name, end: end))
            at = end + 1
        }
        return lines
    }

    /// Negative where `wanted` sorts before the line's first field, zero where equal.
    private static func compare(_ wanted: [UInt8], with line: Line) -> Int {
        table.withBytes { bytes in
            let length = line.nameEnd - line.start
            for offset in 0..<min(wanted.count, length) where wanted[offset] != bytes[line.start + offset] {
                return wanted[offset] < bytes[line.start + offset] ? -1 : 1
            }
            return wanted.count - length
        }
    }

    private static func policy(_ line: Line) -> ManagedPolicy {
        table.withBytes { bytes in
            let fields = bytes[line.start..<line.end].split(
                separator: 9, maxSplits: 5, omittingEmptySubsequences: false)
            let texts = fields.dropLast().map { String(decoding: $0, as: UTF8.self) }
            guard fields.count == 6, let created = Instant(iso8601: texts[3]), let updated = Instant(iso8601: texts[4])
            else { preconditionFailure("A line of the table of managed policies has other fields.") }
            let slash = texts[0].lastIndex(of: "/")
            return ManagedPolicy(
                path: slash.map { "/" + texts[0][...$0] } ?? "/",
                name: String(slash.map { texts[0][texts[0].index(after: $0)...] } ?? texts[0][...]), version: texts[1],
                id: texts[2].isEmpty ? nil : texts[2], created: created, updated: updated, document: Array(fields[5]))
        }
    }
}
