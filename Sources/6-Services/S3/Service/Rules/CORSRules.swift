import S3API
import Smithy

/// Which pages of other origins may call a bucket, and how.
///
/// - Source: S3 User Guide, "Using cross-origin resource sharing (CORS)" and "Elements of a CORS configuration"; the words
///   of refusals as S3 was seen to answer (versitygw issues 1863 and 1870).
struct CORSRules: Sendable {
    let rules: [S3.CORSRule]

    init(_ rules: [S3.CORSRule]) { self.rules = rules }

    private static let most = 100
    /// Bytes of all names, methods and origins; S3 limits its document to as many.
    private static let sizeLimit = 64 * 1024
    private static let idLimit = 255
    static let methods: Set<String> = ["GET", "PUT", "HEAD", "POST", "DELETE"]
    /// Names in one preflight; no page sends as many. Nobody signs preflights, so what they cost has a limit.
    private static let mostHeaders = 100

    var isWithinLimits: Bool { rules.count <= CORSRules.most && size <= CORSRules.sizeLimit }

    private var size: Int {
        rules.reduce(0) { size, rule in
            let lists = [rule.allowedOrigins, rule.allowedMethods, rule.allowedHeaders ?? [], rule.exposeHeaders ?? []]
            return size + lists.joined().reduce(rule.iD?.utf8.count ?? 0) { $0 + $1.utf8.count }
        }
    }

    func check() throws {
        guard !rules.isEmpty else { throw CORSRules.malformed }
        guard rules.count <= CORSRules.most else {
            throw S3.InvalidRequest(
                message: "The number of CORS rules should not exceed allowed limit of \(CORSRules.most) rules.")
        }
        guard size <= CORSRules.sizeLimit else {
            throw S3.MaxMessageLengthExceeded(
                message: "Your request was too large.",
                fields: [.init("MaxMessageLengthBytes", "\(CORSRules.sizeLimit)")])
        }
        for rule in rules { try check(rule) }
        let names = rules.compactMap(\.iD)
        guard Set(names).count == names.count else {
            throw S3.InvalidRequest(message: "Rule ID must be unique. Found same ID for more than one rule")
        }
    }

    private func check(_ rule: S3.CORSRule) throws {
        guard !rule.allowedOrigins.isEmpty, !rule.allowedMethods.isEmpty else { throw CORSRules.malformed }
        for method in rule.allowedMethods where !CORSRules.methods.contains(method) {
            throw S3.InvalidRequest(
                message: "Found unsupported HTTP method in CORS config. Unsupported method is \(method)")
        }
        for origin in rule.allowedOrigins { try checkWildcard("AllowedOrigin", origin) }
        for header in rule.allowedHeaders ?? [] { try checkWildcard("AllowedHeader", header) }
        for header in rule.exposeHeaders ?? [] where header.utf8.contains(UInt8(ascii: "*")) {
            throw S3.InvalidRequest(
                message: "ExposeHeader \"\(header)\" contains wildcard. We currently do not support wildcard for "
                    + "ExposeHeader.")
        }
        guard (rule.iD ?? "").utf16.count <= CORSRules.idLimit else {
            throw S3.InvalidRequest(message: "ID length should not exceed allowed limit of \(CORSRules.idLimit)")
        }
        if let age = rule.maxAgeSeconds {
            guard (0...Int(Int32.max)).contains(age) else {
                throw S3.InvalidRequest(message: "MaxAgeSeconds must be an integer between 0 and \(Int32.max)")
            }
        }
    }

    private func checkWildcard(_ element: String, _ pattern: String) throws {
        guard pattern.utf8.count(where: { $0 == UInt8(ascii: "*") }) <= 1 else {
            throw S3.InvalidRequest(message: "\(element) \"\(pattern)\" can not have more than one wildcard.")
        }
    }

    private static let malformed = S3.MalformedXML(
        message: "The XML you provided was not well-formed or did not validate against our published schema")
}

/// Which rule lets a request pass, and what the browser is told of it.
extension CORSRules {
    /// The header lines by the first rule that lets the request pass; nil where none does.
    /// - Parameter headers: the names a preflight asks for.
    func answer(origin: String, method: String, headers: [String]) -> [ErrorField]? {
        guard headers.count <= CORSRules.mostHeaders else { return nil }
        for rule in rules {
            guard rule.allowedMethods.contains(method),
                let pattern = rule.allowedOrigins.first(where: { CORSRules.matches($0, origin) }),
                headers.allSatisfy({ name in
                    (rule.allowedHeaders ?? []).contains { CORSRules.matches($0, name, anyCase: true) }
                })
            else { continue }
            return lines(rule, pattern == "*" ? nil : origin, headers)
        }
        return nil
    }

    /// - Parameter origin: nil where any may call; a browser then sends no cookies and no credentials of its own.
    private func lines(_ rule: S3.CORSRule, _ origin: String?, _ headers: [String]) -> [ErrorField] {
        var lines = [
            ErrorField("Access-Control-Allow-Origin", origin ?? "*"),
            ErrorField("Access-Control-Allow-Methods", rule.allowedMethods.joined(separator: ", ")),
        ]
        if !headers.isEmpty {
            lines.append(
                ErrorField("Access-Control-Allow-Headers", headers.map { $0.lowercased() }.joined(separator: ", ")))
        }
        if let exposed = rule.exposeHeaders, !exposed.isEmpty {
            lines.append(ErrorField("Access-Control-Expose-Headers", exposed.joined(separator: ", ")))
        }
        if let age = rule.maxAgeSeconds { lines.append(ErrorField("Access-Control-Max-Age", String(age))) }
        if origin != nil { lines.append(ErrorField("Access-Control-Allow-Credentials", "true")) }
        lines.append(
            ErrorField("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"))
        return lines
    }

    /// Whether the text is the pattern, whose one `*` stands for any text, none included.
    static func matches(_ pattern: String, _ text: String, anyCase: Bool = false) -> Bool {
        let (wanted, given) = (pattern.utf8, text.utf8)
        guard let star = wanted.firstIndex(of: UInt8(ascii: "*")) else {
            return wanted.count == given.count && isSame(wanted[...], given[...], anyCase)
        }
        let (start, end) = (wanted[..<star], wanted[wanted.index(after: star)...])
        return given.count >= start.count + end.count && isSame(start, given.prefix(start.count), anyCase)
            && isSame(end, given.suffix(end.count), anyCase)
    }

    /// Of texts of one length; only ASCII letters have a case.
    private static func isSame(_ one: Substring.UTF8View, _ other: Substring.UTF8View, _ anyCase: Bool) -> Bool {
        zip(one, other).allSatisfy { $0 == $1 || anyCase && lowered($0) == lowered($1) }
    }

    private static func lowered(_ byte: UInt8) -> UInt8 { byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte }
}
