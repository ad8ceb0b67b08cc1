public import AWS
import Formats

/// What a question about a KMS key has besides the key's policy: the grants that may reach the caller, and the encryption
/// context that they may ask for.
public struct KMSKeySide: Sendable, Equatable {
    /// A grant as `4-Authorization` takes it.
    public struct Grant: Sendable, Equatable {
        public let grantee: String
        /// Sorted.
        public let operations: [String]
        public let retiringPrincipal: String?
        public let contextSubset: [String: String]?
        public let contextEquals: [String: String]?
        /// Nil is the key's account.
        public let issuingAccount: AccountID?

        /// As it was asked.
        public init(
            grantee: String, operations: [String], retiringPrincipal: String?, contextSubset: [String: String]?,
            contextEquals: [String: String]?, issuingAccount: AccountID?
        ) {
            (self.grantee, self.operations, self.retiringPrincipal) = (grantee, operations, retiringPrincipal)
            (self.contextSubset, self.contextEquals) = (contextSubset, contextEquals)
            self.issuingAccount = issuingAccount
        }
    }

    /// Whether a service manages the key.
    public let isAWSManaged: Bool
    /// Those that might reach the caller.
    public let grants: [Grant]
    /// The encryption context of the call.
    public let context: [String: String]

    /// What was asked about the key.
    public init(isAWSManaged: Bool, grants: [Grant], context: [String: String]) {
        (self.isAWSManaged, self.grants, self.context) = (isAWSManaged, grants, context)
    }
}

/// As bytes of a decision's block: a byte that tells whether AWS manages the key, the context, the number of grants in
/// two bytes, and the grants. Pairs are sorted by their names.
extension KMSKeySide {
    private static let absent: UInt16 = 0xFFFF

    func write(to entry: inout ByteWriter) {
        entry.byte(isAWSManaged ? 1 : 0)
        KMSKeySide.write(context, to: &entry)
        entry.bigEndian(UInt16(grants.count))
        for grant in grants {
            Entry.append(grant.grantee, to: &entry)
            entry.bigEndian(UInt16(grant.operations.count))
            for operation in grant.operations { Entry.append(operation, to: &entry) }
            Entry.append(grant.retiringPrincipal ?? "", to: &entry)
            Entry.append(grant.issuingAccount?.description ?? "", to: &entry)
            KMSKeySide.write(grant.contextSubset, to: &entry)
            KMSKeySide.write(grant.contextEquals, to: &entry)
        }
    }

    private static func write(_ pairs: [String: String]?, to entry: inout ByteWriter) {
        guard let pairs else { return entry.bigEndian(absent) }
        entry.bigEndian(UInt16(pairs.count))
        for (name, value) in pairs.sorted(by: { $0.key < $1.key }) {
            Entry.append(name, to: &entry)
            Entry.append(value, to: &entry)
        }
    }

    init?(_ reader: inout EntryReader) {
        guard let managed = reader.byte(), managed < 2, case .some(.some(let context)) = KMSKeySide.pairs(&reader),
            let count = reader.number()
        else { return nil }
        var grants: [Grant] = []
        for _ in 0..<count {
            guard let grant = KMSKeySide.grant(&reader) else { return nil }
            grants.append(grant)
        }
        self.init(isAWSManaged: managed == 1, grants: grants, context: context)
    }

    private static func grant(_ reader: inout EntryReader) -> Grant? {
        guard let grantee = reader.text(), let count = reader.number() else { return nil }
        var operations: [String] = []
        for _ in 0..<count {
            guard let operation = reader.text() else { return nil }
            operations.append(operation)
        }
        guard let retiring = reader.text(), let issuing = reader.text(), let subset = pairs(&reader),
            let equals = pairs(&reader)
        else { return nil }
        return Grant(
            grantee: grantee, operations: operations, retiringPrincipal: retiring.isEmpty ? nil : retiring,
            contextSubset: subset, contextEquals: equals, issuingAccount: AccountID(issuing))
    }

    /// Nil where the bytes are no pairs; a nil inside where there are none.
    private static func pairs(_ reader: inout EntryReader) -> [String: String]?? {
        guard let count = reader.number() else { return nil }
        if count == absent { return .some(nil) }
        var pairs: [String: String] = [:]
        for _ in 0..<count {
            guard let name = reader.text(), let value = reader.text() else { return nil }
            pairs[name] = value
        }
        return pairs
    }
}
