public import AWS
import Formats

/// What a question about a bucket, or about an object in it, has besides the bucket's policy where access control lists
/// count: the two lists, and who owns the object. Numbers are those of `5-Dispatch`, and never change.
public struct AccessListSide: Sendable, Equatable {
    /// One grant of a list.
    public struct Grant: Sendable, Equatable {
        /// The kind of grantee.
        public let grantee: UInt8
        /// Of a grantee that is an account.
        public let account: AccountID?
        public let permission: UInt8

        static let mostBytes = 16

        /// As it was asked.
        public init(grantee: UInt8, account: AccountID?, permission: UInt8) {
            (self.grantee, self.account, self.permission) = (grantee, account, permission)
        }
    }

    /// The bucket's Object Ownership.
    public let ownership: UInt8
    /// Nil where it is the bucket's owner, or nobody's account.
    public let objectOwner: AccountID?
    /// Whether the object belongs to the anonymous user.
    public let isObjectAnonymous: Bool
    /// Whether the key had an object.
    public let objectExists: Bool
    /// Whether IgnorePublicAcls bore on it.
    public let ignoresPublicLists: Bool
    /// Of an upload: who began it, as far as it bears on the caller. At most 3.
    public let begun: UInt8
    public let bucket: [Grant]
    public let object: [Grant]

    /// What was asked.
    public init(
        ownership: UInt8, objectOwner: AccountID?, isObjectAnonymous: Bool, objectExists: Bool,
        ignoresPublicLists: Bool, begun: UInt8 = 0, bucket: [Grant], object: [Grant]
    ) {
        (self.ownership, self.objectOwner, self.isObjectAnonymous) = (ownership, objectOwner, isObjectAnonymous)
        (self.objectExists, self.ignoresPublicLists, self.begun) = (objectExists, ignoresPublicLists, begun)
        (self.bucket, self.object) = (bucket, object)
    }
}

/// As bytes of a decision's block: the ownership, a byte of flags, the object's owner, and the two lists, each with its length
/// in two bytes. An account that is not there is an empty text.
extension AccessListSide {
    private enum Flag {
        static let isObjectAnonymous: UInt8 = 1
        static let objectExists: UInt8 = 1 << 1
        static let ignoresPublicLists: UInt8 = 1 << 2
        /// Two bits: who began an upload.
        static let begunShift: UInt8 = 3
        static let begun: UInt8 = 0b11 << begunShift
        static let all: UInt8 = 0b11111
    }

    func write(to entry: inout ByteWriter) {
        entry.byte(ownership)
        entry.byte(
            (isObjectAnonymous ? Flag.isObjectAnonymous : 0) | (objectExists ? Flag.objectExists : 0)
                | (ignoresPublicLists ? Flag.ignoresPublicLists : 0) | begun << Flag.begunShift & Flag.begun)
        Entry.append(objectOwner?.description ?? "", to: &entry)
        for list in [bucket, object] {
            entry.bigEndian(UInt16(list.count))
            for grant in list {
                entry.byte(grant.grantee)
                Entry.append(grant.account?.description ?? "", to: &entry)
                entry.byte(grant.permission)
            }
        }
    }

    init?(_ reader: inout EntryReader) {
        guard let ownership = reader.byte(), let flags = reader.byte(), flags & ~Flag.all == 0,
            let owner = AccessListSide.account(&reader), let bucket = AccessListSide.grants(&reader),
            let object = AccessListSide.grants(&reader)
        else { return nil }
        self.init(
            ownership: ownership, objectOwner: owner, isObjectAnonymous: flags & Flag.isObjectAnonymous != 0,
            objectExists: flags & Flag.objectExists != 0, ignoresPublicLists: flags & Flag.ignoresPublicLists != 0,
            begun: (flags & Flag.begun) >> Flag.begunShift, bucket: bucket, object: object)
    }

    /// Nil where the bytes are no account, and nil within where there is none.
    private static func account(_ reader: inout EntryReader) -> AccountID?? {
        guard let text = reader.text() else { return nil }
        if text.isEmpty { return .some(nil) }
        return AccountID(text).map { .some($0) }
    }

    private static func grants(_ reader: inout EntryReader) -> [Grant]? {
        guard let count = reader.number() else { return nil }
        var grants: [Grant] = []
        for _ in 0..<count {
            guard let grantee = reader.byte(), let account = account(&reader), let permission = reader.byte() else {
                return nil
            }
            grants.append(Grant(grantee: grantee, account: account, permission: permission))
        }
        return grants
    }
}
