import AWS
import Door
import SSMAPI

/// How a request names a parameter: by its name or its ARN, and perhaps one of its versions by number or label.
/// - Source: Systems Manager API Reference, "GetParameter", Name.
struct ParameterName: Sendable, Equatable {
    enum Selector: Sendable, Equatable {
        case version(Int)
        case label(String)

        /// Versions count from 1: any other number is a label that no version can have.
        init(_ text: Substring) {
            let number = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
            if let number, number >= 1 { self = .version(number) } else { self = .label(String(text)) }
        }

        /// As answers have it.
        var text: String {
            switch self {
            case .version(let number): ":\(number)"
            case .label(let label): ":\(label)"
            }
        }
    }

    /// As the request has it.
    let given: String
    let account: AccountID
    let region: Region
    /// What it may be called: a name without a hierarchy is the same with a slash before it and without, and has one ARN.
    let names: [String]
    let selector: Selector?

    var name: String { names.first ?? "" }
    var arn: String { Parameter.arn(account, region, name) }

    init(_ text: String, for facts: RequestFacts) throws {
        given = text
        var rest = Substring(text)
        if text.hasPrefix("arn:") {
            let head = "parameter/"
            guard let arn = ARN(text), arn.service == "ssm", let account = arn.accountID,
                arn.region == facts.region.description, arn.partition == facts.region.partition,
                arn.resource.hasPrefix(head)
            else { throw Refused.notFound }
            (self.account, region) = (account, facts.region)
            rest = arn.resource.dropFirst(head.utf8.count)
        } else {
            (account, region) = (try facts.signedAccount(), facts.region)
        }
        let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        selector = parts.count == 2 ? Selector(parts[1]) : nil
        let name = String(parts.first ?? "")
        let bare = name.hasPrefix("/") ? String(name.dropFirst()) : name
        if bare.isEmpty || bare.contains("/") {
            names = [text.hasPrefix("arn:") ? "/" + name : name]
        } else {
            names = [name, name == bare ? "/" + bare : bare]
        }
    }
}
