import Scaffold
import World

/// What the house should hold, kept beside it in the plainest form.
struct Model: Sendable {
    struct Key: Sendable {
        let secret: String
        var isActive = true
    }
    struct Member: Sendable {
        var isGranted = false
        var keys: [String: Key] = [:]
    }
    struct Session: Sendable {
        let keys: Keys
        let expires: Instant
    }

    var users: [String: Member] = [:]
    var buckets: [String: [String: [UInt8]]] = [:]
    var sessions: [Session] = []

    /// Who makes a call.
    enum Caller: Sendable {
        case root
        case user(String, key: String)
        case session(Int)
    }

    static func randomCaller(_ dice: inout Dice, _ model: Model) -> Caller {
        if dice.once(in: 4), !model.sessions.isEmpty { return .session(dice.roll(0...model.sessions.count - 1)) }
        let keys = model.users.sorted { $0.key < $1.key }.flatMap { user in
            user.value.keys.keys.sorted().map { Caller.user(user.key, key: $0) }
        }
        return dice.once(in: 2) ? dice.pick(keys) ?? .root : .root
    }

    /// Nil where the caller's credential is not good any more.
    func isAllowed(_ caller: Caller, at now: Instant) -> Bool? {
        switch caller {
        case .root: return true
        case .user(let name, let key):
            guard let user = users[name], user.keys[key]?.isActive == true else { return nil }
            return user.isGranted
        case .session(let index): return sessions[index].expires > now ? true : nil
        }
    }

    /// The statuses a call may be answered where the store works.
    func statuses(of call: Call, by caller: Caller, at now: Instant) -> Set<Int> {
        guard let isAllowed = isAllowed(caller, at: now) else { return [400, 403] }
        if case .whoAmI = call { return [200] }
        if case .assumeRole = call {
            switch caller {
            // The root user may not.
            case .root: return [403]
            case .session, .user: break
            }
        }
        // S3 tells everybody that a bucket is not there.
        if let bucket = bucket(of: call), buckets[bucket] == nil { return [404] }
        return isAllowed ? statuses(ofAllowed: call) : [403]
    }

    private func bucket(of call: Call) -> String? {
        switch call {
        case .deleteBucket(let name), .listObjects(let name): name
        case .putObject(let name, _, _), .getObject(let name, _), .deleteObject(let name, _): name
        default: nil
        }
    }

    private func statuses(ofAllowed call: Call) -> Set<Int> {
        switch call {
        case .createUser(let name): return users[name] == nil ? [200] : [409]
        case .getUser(let name), .grant(let name): return users[name] == nil ? [404] : [200]
        case .deleteUser(let name):
            guard let user = users[name] else { return [404] }
            return user.isGranted || !user.keys.isEmpty ? [409] : [200]
        case .revoke(let name): return users[name]?.isGranted == true ? [200] : [404]
        case .createKey(let name):
            guard let user = users[name] else { return [404] }
            return user.keys.count < 2 ? [200] : [409]
        case .setKey(let name, let id, _), .deleteKey(let name, let id):
            return users[name]?.keys[id] == nil ? [404] : [200]
        case .listUsers, .whoAmI, .assumeRole, .putObject, .listObjects: return [200]
        // In us-east-1 making one's own bucket again is a success.
        case .createBucket(let name): return buckets[name] == nil ? [200] : [200, 409]
        case .deleteBucket(let name): return buckets[name]?.isEmpty == true ? [204] : [409]
        case .getObject(let bucket, let key): return buckets[bucket]?[key] == nil ? [404] : [200]
        case .deleteObject: return [204]
        }
    }

    /// Takes note of a call that succeeded.
    mutating func apply(_ call: Call, _ answer: Answer, at now: Instant) {
        switch call {
        case .createUser(let name): users[name] = Member()
        case .deleteUser(let name): users[name] = nil
        case .grant(let name): users[name]?.isGranted = true
        case .revoke(let name): users[name]?.isGranted = false
        case .createKey(let name):
            users[name]?.keys[answer.text("AccessKeyId")] = Key(secret: answer.text("SecretAccessKey"))
        case .setKey(let name, let id, let isActive): users[name]?.keys[id]?.isActive = isActive
        case .deleteKey(let name, let id): users[name]?.keys[id] = nil
        case .assumeRole:
            let keys = Keys(
                id: answer.text("AccessKeyId"), secret: answer.text("SecretAccessKey"),
                token: answer.text("SessionToken"))
            sessions.append(Session(keys: keys, expires: now + .seconds(900)))
        case .createBucket(let name): if buckets[name] == nil { buckets[name] = [:] }
        case .deleteBucket(let name): buckets[name] = nil
        case .putObject(let bucket, let key, let content): buckets[bucket]?[key] = content
        case .deleteObject(let bucket, let key): buckets[bucket]?[key] = nil
        case .getUser, .listUsers, .whoAmI, .getObject, .listObjects: break
        }
    }

    /// The model as lines, to be compared with those of the store.
    var lines: [String] {
        let people = users.flatMap { name, user in
            ["user \(name)"] + (user.isGranted ? ["policy \(name)"] : [])
                + user.keys.map { "key \(name) \($0.key) \($0.value.isActive ? 1 : 0)" }
        }
        let things = buckets.flatMap { name, objects in
            ["bucket \(name)"] + objects.map { "object \(name) \($0.key) \($0.value.count)" }
        }
        return (people + things).sorted()
    }
}
