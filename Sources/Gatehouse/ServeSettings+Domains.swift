import AWS

extension ServeSettings {
    private static let mostDomains = 16
    /// A name has 253 characters at most, and a certificate puts `*.s3.` before it.
    private static let longestDomain = 248

    /// The names in a list such as `s3.corp.example,store.example`, in lower case, each once.
    /// - Throws: `SetupError` where one is no name that a bucket can stand before.
    static func domains(_ text: String) throws -> [String] {
        var domains: [String] = []
        for entry in text.split(separator: ",", omittingEmptySubsequences: false) {
            let domain = entry.lowercased()
            if let fault = fault(in: domain) {
                throw SetupError(
                    "--domain: \"\(entry)\" \(fault); it is a list of names such as s3.corp.example, with a comma between two"
                )
            }
            if !domains.contains(domain) { domains.append(domain) }
        }
        guard domains.count <= mostDomains else { throw SetupError("--domain takes \(mostDomains) names at most") }
        return domains
    }

    /// - Source: RFC 1123, 2.1: letters, digits and hyphens, and a last label that is no number, else it were an address.
    private static func fault(in domain: String) -> String? {
        if domain.hasPrefix("*.") { return "has a star: name what stands behind it" }
        if domain.contains(":") || domain.contains("/") { return "has more than a name: leave out scheme and port" }
        if EndpointDomain.all.contains(domain) || EndpointDomain.holds(domain) {
            return "is AWS's, by which the server answers as AWS does"
        }
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        guard domain.utf8.count <= longestDomain, labels.allSatisfy(isLabel),
            labels.last?.allSatisfy(\.isNumber) == false
        else { return domain.isEmpty ? "is empty" : "is no name of a host" }
        return nil
    }

    private static func isLabel(_ label: Substring) -> Bool {
        let isWord = label.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D }
        return (1...63).contains(label.utf8.count) && isWord && label.first != "-" && label.last != "-"
    }
}
