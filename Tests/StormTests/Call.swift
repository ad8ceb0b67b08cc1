/// A call that a storm may make.
enum Call: Sendable {
    case createUser(String), deleteUser(String), getUser(String), listUsers
    /// A policy that allows everything.
    case grant(String), revoke(String)
    case createKey(String), setKey(String, id: String, isActive: Bool), deleteKey(String, id: String)
    case whoAmI, assumeRole
    case createBucket(String), deleteBucket(String)
    case putObject(String, key: String, [UInt8]), getObject(String, key: String), deleteObject(String, key: String)
    case listObjects(String)

    /// As the journal names it.
    var name: String {
        switch self {
        case .createUser: "CreateUser"
        case .deleteUser: "DeleteUser"
        case .getUser: "GetUser"
        case .listUsers: "ListUsers"
        case .grant: "PutUserPolicy"
        case .revoke: "DeleteUserPolicy"
        case .createKey: "CreateAccessKey"
        case .setKey: "UpdateAccessKey"
        case .deleteKey: "DeleteAccessKey"
        case .whoAmI: "GetCallerIdentity"
        case .assumeRole: "AssumeRole"
        case .createBucket: "CreateBucket"
        case .deleteBucket: "DeleteBucket"
        case .putObject: "PutObject"
        case .getObject: "GetObject"
        case .deleteObject: "DeleteObject"
        case .listObjects: "ListObjects"
        }
    }

    /// What two calls of one burst must not share.
    var target: String {
        switch self {
        case .createUser(let name), .deleteUser(let name), .getUser(let name), .grant(let name), .revoke(let name),
            .createKey(let name), .setKey(let name, _, _), .deleteKey(let name, _):
            name
        case .createBucket(let name), .deleteBucket(let name), .listObjects(let name), .putObject(let name, _, _),
            .getObject(let name, _), .deleteObject(let name, _):
            name
        case .listUsers, .whoAmI, .assumeRole: self.name
        }
    }

    var isS3: Bool {
        switch self {
        case .createBucket, .deleteBucket, .putObject, .getObject, .deleteObject, .listObjects: true
        default: false
        }
    }

    static let users = ["ann", "ben", "cleo", "dora"]
    static let buckets = ["bucket-one", "bucket-two"]
    static let keys = ["a", "b/c", "d e", "f"]

    static func random(_ dice: inout Dice, _ model: Model) -> Call {
        let user = dice.pick(users) ?? ""
        let key = dice.pick(model.users[user].map { Array($0.keys.keys).sorted() } ?? [])
        let (bucket, name) = (dice.pick(buckets) ?? "", dice.pick(keys) ?? "")
        switch dice.roll(1...30) {
        case 1...3: return .createUser(user)
        case 4: return .deleteUser(user)
        case 5: return .getUser(user)
        case 6: return .listUsers
        case 7...8: return .grant(user)
        case 9: return .revoke(user)
        case 10...11: return .createKey(user)
        case 12: return .setKey(user, id: key ?? "AKIANOTHINGOFTHATKIND", isActive: dice.once(in: 2))
        case 13: return .deleteKey(user, id: key ?? "AKIANOTHINGOFTHATKIND")
        case 14: return .whoAmI
        case 15...16: return .assumeRole
        case 17...18: return .createBucket(bucket)
        case 19: return .deleteBucket(bucket)
        case 20...23: return .putObject(bucket, key: name, content(&dice))
        case 24...27: return .getObject(bucket, key: name)
        case 28: return .deleteObject(bucket, key: name)
        default: return .listObjects(bucket)
        }
    }

    /// Small contents lie in the database, large ones in files.
    private static func content(_ dice: inout Dice) -> [UInt8] {
        let byte = UInt8(dice.roll(0...255))
        return [UInt8](repeating: byte, count: dice.once(in: 3) ? dice.roll(5000...20_000) : dice.roll(0...300))
    }
}
