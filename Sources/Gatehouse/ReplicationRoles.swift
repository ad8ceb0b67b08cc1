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
    let desk: ServiceDesk
    let tokens: SessionTokens
    let credentials: LivingIssuers
    let world: World

    func credential(ofRole arn: String, for bucket: String, in region: Region) async throws -> Credential {
        let operation = AssumeRoleForService(tokens, Roles(), world.identifiers, for: bucket)
        let made = try await desk.call(
            operation, STS.AssumeRole.Input(roleArn: arn, roleSessionName: "s3-replication"), by: "s3.amazonaws.com",
            in: region)
        guard let keys = made.credentials,
            case .found(let credential) = try credentials.credential(
                accessKeyID: keys.accessKeyId, sessionToken: Array(keys.sessionToken.utf8), now: world.clock.now())
        else { throw Failure.unsettled }
        return credential
    }
}
