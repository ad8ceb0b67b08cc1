import CData

extension ServiceAuthorization {
    /// The services that publish condition keys of that prefix although they have another: `catalog:` keys are Partner
    /// Central's.
    public static func publishers(ofKeysWith prefix: String) -> [String] { keyPublishers[prefix] ?? [] }

    private static let keyPublishers: [String: [String]] = {
        let source = Table { gh_service_authorization($0) }
        var publishers: [String: [String]] = [:]
        var service = ""
        for row in source.rows(0..<source.count) {
            if row[0] == "S" { service = String(row[1]) }
            guard row[0] == "K", let colon = row[1].firstIndex(of: ":") else { continue }
            let prefix = row[1][..<colon].lowercased()
            guard prefix != service, prefix != "aws", publishers[prefix]?.last != service else { continue }
            publishers[prefix, default: []].append(service)
        }
        return publishers
    }()
}
