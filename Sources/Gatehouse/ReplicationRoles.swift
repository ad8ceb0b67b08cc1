import AWS
import Authentication
import Door
import IAMService
import S3Service
import STSAPI
import STSService
import World

/// Takes on the roles of buckets that are replicated, as S3 does.
struct BucketRoles: ReplicationRoles {
    let calls: ServiceCalls
    let tokens: SessionTokens
    let credentials: LivingIssuers
    let world: World

    func credential(ofRole arn: String, for bucket: ServiceSource, in region: Region) async throws -> Credential {
        let operation = AssumeRoleForService(tokens, Roles(), world.identifiers)
        let made = try await calls.ask(
            operation, STS.AssumeRole.Input(roleArn: arn, roleSessionName: "s3-replication"), by: "s3.amazonaws.com",
            for: bucket, in: region)
        guard let keys = made.credentials,
            case .found(let credential) = try credentials.credential(
                accessKeyID: keys.accessKeyId, sessionToken: Array(keys.sessionToken.utf8), now: world.clock.now())
        else { throw Failure.unsettled }
        return credential
    }
}
