/// A KMS grant. Specification 6.3.
struct Grant {
    let grantee: String
    let retiring: String?
    let operations: [String]
    let equals: [(key: String, value: String)]?
    let subset: [(key: String, value: String)]?
    let issuer: String?

    init(_ tree: Tree) {
        func pairs(_ name: String) -> [(key: String, value: String)]? {
            tree["constraints"]?[name]?.members.map { ($0.name, $0.value.string ?? "") }
        }
        grantee = tree["grantee"]?.string ?? ""
        retiring = tree["retiringPrincipal"]?.string
        operations = (tree["operations"]?.elements ?? []).compactMap(\.string)
        equals = pairs("encryptionContextEquals") ?? pairs("EncryptionContextEquals")
        subset = pairs("encryptionContextSubset") ?? pairs("EncryptionContextSubset")
        issuer = tree["issuingAccount"]?.string
    }

    /// The ways in which this grant lets the caller do what is asked.
    func ways(_ request: Request) -> [Reach] {
        var ways: [Reach] = []
        if request.isAction("kms:RetireGrant"), let retiring { ways += reach(retiring, request.caller) }
        if operations.contains(where: { request.isAction("kms:" + $0) }), constraintsHold(request) {
            ways += reach(grantee, request.caller)
        }
        return ways
    }

    /// A grantee is a principal of an account, or a service.
    private func reach(_ name: String, _ caller: Caller) -> [Reach] {
        if caller.kind == .service, caller.name?.isText(name) == true { return [.exact] }
        return caller.ways(named: name)
    }

    /// Constraints do not apply to operations that take no encryption context; in them the case of a key's name is the
    /// same as another, that of a value is not.
    /// - Source: KMS API Reference, "GrantConstraints".
    private func constraintsHold(_ request: Request) -> Bool {
        if request.isAction("kms:DescribeKey") || request.isAction("kms:RetireGrant") { return true }
        let given = request.encryptionContext
        func contains(_ pairs: [(key: String, value: String)], _ pair: (key: String, value: String)) -> Bool {
            // As names of condition keys are.
            pairs.contains { $0.key.lowercased().isText(pair.key.lowercased()) && $0.value.isText(pair.value) }
        }
        if let equals {
            guard equals.count == given.count, equals.allSatisfy({ contains(given, $0) }) else { return false }
        }
        if let subset {
            guard subset.allSatisfy({ contains(given, $0) }) else { return false }
        }
        return true
    }
}
