import CData

/// The forms of all resource ARNs that AWS publishes, by the service that the ARN names.
///
/// That service is mostly the prefix of actions, but not always.
public enum ResourceARNs {
    /// The six fields of one form, with `${…}` where something is to be filled in.
    public struct Form: Sendable, Hashable {
        public let region: String
        public let account: String
        public let resource: String
    }

    /// - Parameter service: as ARNs write it.
    public static func forms(of service: String) -> [Form] { table[service] ?? [] }

    private static let table: [String: [Form]] = {
        let source = Table { gh_service_authorization($0) }
        var forms: [String: Set<Form>] = [:]
        for row in source.rows(0..<source.count) where row[0] == "R" {
            for arn in row[2].split(separator: ",") {
                let parts = arn.drop { $0 == " " }.split(
                    separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
                guard parts.count == 6, parts[0] == "arn" else { continue }
                forms[String(parts[2]), default: []].insert(
                    Form(region: String(parts[3]), account: String(parts[4]), resource: String(parts[5])))
            }
        }
        return forms.mapValues {
            $0.sorted { ($0.resource, $0.region, $0.account) < ($1.resource, $1.region, $1.account) }
        }
    }()
}
