import AWS
import Door
import SSMAPI
import Smithy
import Storage

/// An operation on the tags of a parameter. Systems Manager has them of other things too, which are not here.
protocol OnTags: OnParameter {
    static func resourceType(_ input: Input) -> SSM.ResourceTypeForTagging
}

extension OnTags {
    /// The parameter whose tags they are.
    func tagged(_ input: Input, _ target: ParameterTarget) throws -> Parameter {
        let type = Self.resourceType(input)
        guard type == .parameter else { throw NotImplemented("The resource type \(type.rawValue)") }
        guard let parameter = target.parameter, target.name.selector == nil else {
            throw SSM.InvalidResourceId(message: "The resource ID isn't valid. Verify that you entered the correct ID.")
        }
        return parameter
    }
}

/// Adds tags to a parameter, or gives those it has another value.
/// - Source: Systems Manager API Reference, "AddTagsToResource".
struct AddTagsToResource: Change, OnTags {
    typealias Shape = SSM.AddTagsToResource

    static func resourceType(_ input: Input) -> SSM.ResourceTypeForTagging { input.resourceType }
    func parameterName(_ input: Input) -> String { input.resourceId }
    func bound(_ input: Input) throws { try ParameterTags.bound(input.tags) }
    func conditions(_ input: Input) -> [ConditionEntry] { ParameterConditions.of(input.tags) }

    func perform(
        _ input: Input, under permit: borrowing Permit<ParameterTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try ParameterTags.put(input.tags, on: tagged(input, permit.target).place, &transaction)
        return Output()
    }
}

/// Takes tags from a parameter. Those it has not are no error.
/// - Source: Systems Manager API Reference, "RemoveTagsFromResource".
struct RemoveTagsFromResource: Change, OnTags {
    typealias Shape = SSM.RemoveTagsFromResource

    static func resourceType(_ input: Input) -> SSM.ResourceTypeForTagging { input.resourceType }
    func parameterName(_ input: Input) -> String { input.resourceId }
    func bound(_ input: Input) throws { try ParameterTags.bound(names: input.tagKeys) }
    func conditions(_ input: Input) -> [ConditionEntry] { [ConditionEntry(.awsTagKeys, input.tagKeys)] }

    func perform(
        _ input: Input, under permit: borrowing Permit<ParameterTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try ParameterTags.remove(input.tagKeys, from: tagged(input, permit.target).place, &transaction)
        return Output()
    }
}

/// The tags of a parameter.
/// - Source: Systems Manager API Reference, "ListTagsForResource".
struct ListTagsForResource: Query, OnTags {
    typealias Shape = SSM.ListTagsForResource

    static func resourceType(_ input: Input) -> SSM.ResourceTypeForTagging { input.resourceType }
    func parameterName(_ input: Input) -> String { input.resourceId }

    func answer(
        _ input: Input, under permit: borrowing Permit<ParameterTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        Output(tagList: try tagged(input, permit.target).tags)
    }
}
