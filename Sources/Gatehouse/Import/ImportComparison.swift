import Formats

/// What an entity of the export must be like where one of its name is there already: what limits it is never replaced,
/// for it may be stricter, and nothing is added to what somebody else may use.
struct ImportComparison {
    /// For people: `its inline policy work`.
    let what: String
    /// The call that reads it, and the element of the answer that holds it.
    let reading: ImportStep
    let element: String
    let wanted: Wanted

    enum Wanted {
        /// A policy that says this, white space aside. There must be one where `isRequired`.
        case document(String, isRequired: Bool)
        /// This text, or none.
        case text(String)
        /// A list, page by page, of nothing but these. What else it holds is told by `others`.
        case among([String])
    }

    /// Of a policy within an entity. One that is not there is fine: it will be made.
    static func inlinePolicy(_ name: String, of entity: String, _ kind: String, _ document: String) -> ImportComparison
    {
        ImportComparison(
            what: "its inline policy \(name)",
            reading: ImportStep(
                "Get\(kind)Policy", kind.lowercased() + " " + entity, [(kind + "Name", entity), ("PolicyName", name)]),
            element: "PolicyDocument", wanted: .document(document, isRequired: false))
    }

    /// Of a user's or a role's permissions boundary. None is fine: it is set before anything is given.
    static func boundary(_ arn: String, of entity: String, _ kind: String) -> ImportComparison {
        ImportComparison(
            what: "its permissions boundary",
            reading: ImportStep("Get\(kind)", kind.lowercased() + " " + entity, [(kind + "Name", entity)]),
            element: "PermissionsBoundaryArn", wanted: .text(arn))
    }

    /// Of who may assume a role.
    static func trust(_ document: String, of role: String) -> ImportComparison {
        ImportComparison(
            what: "its trust policy", reading: ImportStep("GetRole", "role " + role, [("RoleName", role)]),
            element: "AssumeRolePolicyDocument", wanted: .document(document, isRequired: true))
    }

    /// Of a group's policies, attached and inline: whoever is put into it gets them all. Fewer are fine.
    static func policies(of group: String, attached: [String], inline: [String]) -> [ImportComparison] {
        [
            ("its attached policies", "ListAttachedGroupPolicies", "PolicyArn", attached),
            ("its inline policies", "ListGroupPolicies", "member", inline),
        ].map { what, operation, element, wanted in
            ImportComparison(
                what: what, reading: ImportStep(operation, "group " + group, [("GroupName", group)]),
                element: element, wanted: .among(wanted))
        }
    }

    /// What a page of a list holds besides.
    func others(_ page: XMLDocument) -> [String] {
        guard case .among(let wanted) = wanted else { return [] }
        return page.texts(element).filter { !wanted.contains($0) }
    }

    /// What is told where the entity that is there is another; nil where it is the same.
    /// - Parameter answer: what the server said to `reading`.
    func difference(_ answer: (status: Int, body: [UInt8])) -> String? {
        guard answer.status == 200, let found = try? XMLDocument(answer.body) else {
            let failure = QueryFailure(answer)
            if failure.code == "NoSuchEntity", case .document(_, isRequired: false) = wanted { return nil }
            return "it is there already, and \(what) cannot be looked at: \(failure.message) (\(failure.code))"
        }
        let isSame =
            switch (wanted, found.text(element)) {
            case (.document(let document, _), let text?): PolicyComparison.isEqual(encoded: text, document)
            case (.document(_, let isRequired), nil): !isRequired
            case (.text(let wanted), let text): text.map { $0 == wanted } ?? true
            case (.among, _): true
            }
        return isSame ? nil : "it is there already, and \(what) is another one"
    }
}

/// Whether two policies have the same text, white space aside.
enum PolicyComparison {
    /// - Parameter encoded: as IAM's answers have documents, with percent signs.
    static func isEqual(encoded: String, _ document: String) -> Bool {
        guard let decoded = PercentEncoding.decode(encoded.utf8) else { return false }
        return packed(decoded) == packed(Array(document.utf8))
    }

    /// JSON without the white space between its parts.
    private static func packed(_ json: [UInt8]) -> [UInt8] {
        var (packed, isText, isEscaped): ([UInt8], Bool, Bool) = ([], false, false)
        for byte in json where isText || !" \t\r\n".utf8.contains(byte) {
            packed.append(byte)
            if byte == UInt8(ascii: "\""), !isEscaped { isText.toggle() }
            isEscaped = isText && byte == UInt8(ascii: "\\") && !isEscaped
        }
        return packed
    }
}
