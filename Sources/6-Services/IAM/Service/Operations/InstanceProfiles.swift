import Door
import IAMAPI
import Storage

/// Makes an instance profile, without a role in it.
/// - Source: IAM API Reference, "CreateInstanceProfile".
struct CreateInstanceProfile: Change {
    typealias Shape = IAM.CreateInstanceProfile
    let naming: Naming

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> NewEntity {
        let account = try facts.signedAccount()
        let taken = try InstanceProfile.find(input.instanceProfileName, in: account, snapshot).record != nil
        return NewEntity(
            .instanceProfile, account, path: input.path, name: input.instanceProfileName, isTaken: taken)
    }

    func access(_ input: Input, to target: NewEntity, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts, keys: Tags.requestKeys(input.tags))
            .with(tagging: input.tags, .instanceProfile, target.arn, facts)
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<NewEntity>, in transaction: inout Transaction
    ) throws -> Output {
        let target = permit.target
        guard !target.isTaken else {
            throw IAM.EntityAlreadyExistsException(
                message: EntityKind.instanceProfile.exists(input.instanceProfileName))
        }
        guard try InstanceProfile.count(in: target.account, transaction.snapshot) < InstanceProfile.limit else {
            throw Quota.exceeded("InstanceProfilesPerAccount", InstanceProfile.limit)
        }
        let profile = InstanceProfile(
            account: target.account, name: input.instanceProfileName, path: input.path ?? "/",
            id: naming.id(.instanceProfile), created: permit.facts.now)
        try profile.insert(in: &transaction)
        if let tags = input.tags { try Tags.put(tags, on: .resource(profile.id), &transaction) }
        return Output(instanceProfile: try profile.shape(tags: input.tags, transaction.snapshot))
    }
}

/// - Source: IAM API Reference, "GetInstanceProfile".
struct GetInstanceProfile: Query, OnInstanceProfile {
    typealias Shape = IAM.GetInstanceProfile
    func profileName(_ input: Input) -> String { input.instanceProfileName }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<InstanceProfile>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        Output(instanceProfile: try permit.target.required().shape(tags: permit.target.tags, snapshot))
    }
}

/// Instance profiles whose path begins with a prefix.
/// - Source: IAM API Reference, "ListInstanceProfiles".
struct ListInstanceProfiles: Query {
    typealias Shape = IAM.ListInstanceProfiles

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Listing {
        try Listing(.instanceProfile, pathPrefix: input.pathPrefix, input.marker, input.maxItems, facts)
    }

    func access(_ input: Input, to target: Listing, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<Listing>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let (target, page) = (permit.target, permit.target.page)
        let (profiles, marker) = page.cut(
            try InstanceProfile.list(
                in: target.account, pathPrefix: target.pathPrefix, after: page.after, limit: page.fetch, snapshot)
        ) { $0.name.lowercased() }
        return Output(
            instanceProfiles: try profiles.map { try $0.shape(snapshot) }, isTruncated: marker != nil, marker: marker)
    }
}

/// The instance profiles that a role is in.
/// - Source: IAM API Reference, "ListInstanceProfilesForRole".
struct ListInstanceProfilesForRole: Query, OnRole {
    typealias Shape = IAM.ListInstanceProfilesForRole
    func roleName(_ input: Input) -> String { input.roleName }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<Role>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let role = try permit.target.required()
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        let (profiles, marker) = page.cut(
            try InstanceProfile.list(of: role.id, after: page.after, limit: page.fetch, snapshot)
        ) { $0.name.lowercased() }
        return Output(
            instanceProfiles: try profiles.map { try $0.shape(snapshot) }, isTruncated: marker != nil, marker: marker)
    }
}

/// Removes an instance profile without a role. Instances that run with it get no keys any more.
/// - Source: IAM API Reference, "DeleteInstanceProfile".
struct DeleteInstanceProfile: Change, OnInstanceProfile {
    typealias Shape = IAM.DeleteInstanceProfile
    func profileName(_ input: Input) -> String { input.instanceProfileName }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<InstanceProfile>>, in transaction: inout Transaction
    ) throws -> Output {
        let profile = try permit.target.required()
        guard profile.role == nil else { throw DeleteConflict.first("remove roles from instance profile") }
        try profile.delete(in: &transaction)
        return Output()
    }
}
