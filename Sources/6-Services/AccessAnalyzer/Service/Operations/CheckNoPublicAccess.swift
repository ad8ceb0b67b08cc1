import AWS
import AccessAnalyzerAPI
import Authorization
import Door
import Smithy
import Storage

/// Whether a policy, put on a resource of the caller's account, would let in everybody. It may be as long as the resource's own
/// may be. Reads nothing but the call.
/// - Source: Access Analyzer API Reference, "CheckNoPublicAccess".
struct CheckNoPublicAccess: Query {
    typealias Shape = AccessAnalyzer.CheckNoPublicAccess

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .ask(Action("access-analyzer", "CheckNoPublicAccess"), on: "*", of: target)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let (kind, longest): (PolicyKind, Int)
        switch input.resourceType {
        case .awsS3Bucket, .awsS3AccessPoint: (kind, longest) = (.resource(service: "s3"), 20_480)
        case .awsKmsKey: (kind, longest) = (.keyPolicy, 32_768)
        case .awsSecretsManagerSecret: (kind, longest) = (.resource(service: "secretsmanager"), 20_480)
        case .awsIamAssumeRolePolicyDocument: (kind, longest) = (.trust, 4096)
        default:
            throw AccessAnalyzer.UnprocessableEntityException(
                message: "Policies of \(input.resourceType.rawValue) are not checked here.")
        }
        guard input.policyDocument.utf8.count <= longest else {
            throw Invalid.field("A policy of \(input.resourceType.rawValue) has at most \(longest) bytes.")
        }
        let policy: CompiledPolicy
        do { policy = try PolicyParser.parse(Array(input.policyDocument.utf8), as: kind) } catch {
            throw AccessAnalyzer.InvalidParameterException(message: error.message)
        }
        let reaches = ExternalReach.all(of: policy, ownedBy: permit.target.description)
        guard reaches.contains(where: \.isPublic) else {
            return Output(result: .pass, message: "The resource policy does not grant public access.")
        }
        return Output(result: .fail, message: "The resource policy grants public access for the given resource type.")
    }
}
