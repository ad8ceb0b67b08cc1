import Door
import IAMAPI
import Storage

/// A group and a user that are to be joined or parted.
struct Membership: Sendable {
    let group: Found<Group>
    let user: Found<User>

    init(_ groupName: String, _ userName: String, _ facts: RequestFacts, _ snapshot: borrowing Snapshot) throws {
        let account = try facts.signedAccount()
        group = try Group.find(groupName, in: account, snapshot)
        user = try User.find(userName, in: account, snapshot)
    }
}

/// Puts a user into a group. Only users: a group's name is nobody here.
/// - Source: IAM API Reference, "AddUserToGroup".
struct AddUserToGroup: Change {
    typealias Shape = IAM.AddUserToGroup

    func resolve(_ input: Shape.Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Membership {
        try Membership(input.groupName, input.userName, facts, snapshot)
    }

    func access(_ input: Shape.Input, to target: Membership, for facts: RequestFacts) throws -> Access {
        try ask(on: target.group.arn, facts, as: target.group.title)
    }

    func perform(
        _ input: Shape.Input, under permit: borrowing Permit<Membership>, in transaction: inout Transaction
    ) throws -> Shape.Output {
        let user = try permit.target.user.required()
        let group = try permit.target.group.required()
        try transaction.run(
            "INSERT OR IGNORE INTO iam_member (group_id, user_id) VALUES (?, ?)", .text(group.id), .text(user.id))
        let count = try transaction.number("SELECT count(*) FROM iam_member WHERE user_id = ?", .text(user.id))
        guard count <= Membership.limit else { throw Quota.exceeded("GroupsPerUser", Membership.limit) }
        transaction.touch(.identity)
        return Shape.Output()
    }
}

/// Takes a user out of a group. The next call of the user is decided without it. It is no error if it was not in it.
/// - Source: IAM API Reference, "RemoveUserFromGroup".
struct RemoveUserFromGroup: Change {
    typealias Shape = IAM.RemoveUserFromGroup

    func resolve(_ input: Shape.Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Membership {
        try Membership(input.groupName, input.userName, facts, snapshot)
    }

    func access(_ input: Shape.Input, to target: Membership, for facts: RequestFacts) throws -> Access {
        try ask(on: target.group.arn, facts, as: target.group.title)
    }

    func perform(
        _ input: Shape.Input, under permit: borrowing Permit<Membership>, in transaction: inout Transaction
    ) throws -> Shape.Output {
        let user = try permit.target.user.required()
        let group = try permit.target.group.required()
        try transaction.run(
            "DELETE FROM iam_member WHERE group_id = ? AND user_id = ?", .text(group.id), .text(user.id))
        transaction.touch(.identity)
        return Shape.Output()
    }
}

extension Membership {
    /// - Source: IAM and STS quotas: groups per user.
    static let limit = 10
}

/// The groups a user is in.
/// - Source: IAM API Reference, "ListGroupsForUser".
struct ListGroupsForUser: Query, OnUser {
    typealias Shape = IAM.ListGroupsForUser
    func userName(_ input: Input) -> String { input.userName }

    func answer(
        _ input: Shape.Input, under permit: borrowing Permit<Found<User>>, in snapshot: borrowing Snapshot
    ) throws -> Shape.Output {
        let user = try permit.target.required()
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        let (groups, marker) = page.cut(
            try Group.list(of: user, after: page.after, limit: page.fetch, snapshot)
        ) { $0.name.lowercased() }
        return Shape.Output(groups: groups.map { $0.shape() }, isTruncated: marker != nil, marker: marker)
    }
}
