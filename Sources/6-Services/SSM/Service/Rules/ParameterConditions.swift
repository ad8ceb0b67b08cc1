import AWS
import Door
import SSMAPI

/// The condition keys of calls about parameters.
/// - Source: Service Authorization Reference, "AWS Systems Manager".
enum ParameterConditions {
    /// Of what the parameter is.
    static func of(_ parameter: Parameter) -> [ConditionEntry] {
        parameter.tags.flatMap { tag in
            [
                ConditionEntry(.awsResourceTag(tag.key), tag.value),
                ConditionEntry(.ssmResourceTag(tag.key), tag.value),
            ]
        }
    }

    /// Of a request that brings tags.
    static func of(_ tags: [SSM.Tag]?) -> [ConditionEntry] {
        guard let tags, !tags.isEmpty else { return [] }
        return tags.map { ConditionEntry(.awsRequestTag($0.key), $0.value) } + [
            ConditionEntry(.awsTagKeys, tags.map(\.key))
        ]
    }
}
