import AWS
import Authorization
import Formats
import KMSAPI
import Storage
import World

/// What a grant gives, whoever has it: its operations, the encryption context they are bound to, and who gave it.
struct GrantRights: Sendable, Equatable {
    /// In the model's order.
    let operations: [KMS.GrantOperation]
    let equals: [String: String]?
    let subset: [String: String]?
    let issuer: AccountID

    /// Operations that ask for no encryption context.
    static let unconstrained: [KMS.GrantOperation] = [.createGrant, .retireGrant, .describeKey]

    init(_ operations: [KMS.GrantOperation], _ constraints: KMS.GrantConstraints?, by issuer: AccountID) {
        let names = Set(operations.map(\.rawValue))
        self.operations = KMS.GrantOperation.values.filter(names.contains).map(KMS.GrantOperation.init(rawValue:))
        equals = constraints?.encryptionContextEquals.flatMap { $0.isEmpty ? nil : $0 }
        subset = constraints?.encryptionContextSubset.flatMap { $0.isEmpty ? nil : $0 }
        self.issuer = issuer
    }

    var constraints: KMS.GrantConstraints? {
        equals == nil && subset == nil
            ? nil : KMS.GrantConstraints(encryptionContextSubset: subset, encryptionContextEquals: equals)
    }

    /// `kms:GrantConstraintType`; nil without one.
    var constraintType: String? {
        equals != nil ? "EncryptionContextEquals" : subset != nil ? "EncryptionContextSubset" : nil
    }

    /// Whether a principal who may make grants because of this one may make that one: no operation more, and an encryption
    /// context bound as strictly.
    /// - Source: KMS Developer Guide, "Granting CreateGrant permission".
    func covers(_ child: GrantRights) -> Bool {
        guard operations.contains(.createGrant), Set(child.operations).isSubset(of: operations) else { return false }
        if let equals {
            guard let bound = child.equals, EncryptionContext.encoded(bound) == EncryptionContext.encoded(equals) else {
                return false
            }
        }
        guard let subset else { return true }
        let bound = child.equals ?? child.subset ?? [:]
        return subset.allSatisfy { pair in
            bound.contains { $0.key.hasSameBytes(as: pair.key) && $0.value.hasSameBytes(as: pair.value) }
        }
    }

    /// By what it is found.
    var bound: String { GrantContexts.bound(equals: equals, subset: subset) }

    /// As a decision sees it. - Parameter grantee: the caller, by the name that the grant is for.
    func grant(to grantee: String) -> KMSGrant {
        var grant = KMSGrant(grantee: grantee, operations: Set(operations.map(\.rawValue)))
        (grant.contextEquals, grant.contextSubset, grant.issuingAccount) = (equals, subset, issuer)
        return grant
    }
}

// As stored: one text for the same rights, so that they can be told apart and counted once.
extension GrantRights {
    var text: String {
        var json = JSONWriter()
        json.beginObject()
        json.key("issuer")
        json.string(issuer.description)
        json.key("operations")
        json.beginArray()
        for operation in operations { json.string(operation.rawValue) }
        json.endArray()
        for (name, pairs) in [("equals", equals), ("subset", subset)] {
            guard let pairs else { continue }
            json.key(name)
            json.beginObject()
            for pair in pairs.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                json.key(pair.key)
                json.string(pair.value)
            }
            json.endObject()
        }
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// What follows the texts of all that an issuer gave, and precedes those of the next.
    static func end(of issuer: AccountID) -> String { #"{"issuer":"\#(issuer)"~"# }

    /// What follows a text and precedes whatever follows it.
    static func end(of text: String) -> String { text + " " }

    /// What follows the texts of all that the issuer of one gave with the same operations, and precedes the others.
    static func end(ofOperationsIn text: String) -> String { text.prefix { $0 != "]" } + "]~" }

    init(stored text: String) throws {
        do { self = try GrantRights.read(text) } catch { throw StorageError.corrupt("the rights of a KMS grant") }
    }

    private static func read(_ text: String) throws -> GrantRights {
        var reader = JSONReader(Array(text.utf8))
        var (issuer, operations): (AccountID?, [KMS.GrantOperation]) = (nil, [])
        var constraints = KMS.GrantConstraints()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "issuer": issuer = AccountID(try reader.readString())
            case "operations":
                try reader.beginArray()
                while try reader.nextElement() { operations.append(.init(rawValue: try reader.readString())) }
            case "equals": constraints.encryptionContextEquals = try pairs(&reader)
            case "subset": constraints.encryptionContextSubset = try pairs(&reader)
            default: try reader.skipValue()
            }
        }
        guard let issuer else { throw StorageError.corrupt("the rights of a KMS grant") }
        return GrantRights(operations, constraints, by: issuer)
    }

    private static func pairs(_ reader: inout JSONReader) throws -> [String: String] {
        var pairs: [String: String] = [:]
        try reader.beginObject()
        while let key = try reader.nextKey() { pairs[key] = try reader.readString() }
        return pairs
    }
}
