import AWS
import Door
import Journal
import SSMAPI

/// How CloudTrail tells of calls about parameters: by the shapes, without values, and with the parameters' ARNs.
/// - Source: Systems Manager User Guide, "Logging AWS Systems Manager API calls with AWS CloudTrail".
enum ParameterRecord {
    static func of(_ targets: [ParameterTarget]) -> Recording {
        let found = targets.filter { $0.parameter != nil }
        return Recording(
            resources: found.map { Event.Resource(account: $0.name.account, type: type, arn: $0.arn) },
            subjects: found.map { Event.Subject(type: type, name: $0.arn) }, owner: found.first?.name.account)
    }

    private static let type = "AWS::SSM::Parameter"
}
